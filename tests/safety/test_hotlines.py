from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.safety.hotlines import Hotlines, HotlinesError
from bot.safety.hours import HoursError, parse_hours
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES, Category, RiskLevel

NIGHT = datetime(2026, 11, 23, 23, 40)
NOON = datetime(2026, 11, 24, 12, 30)


@pytest.fixture(scope="module")
def hotlines() -> Hotlines:
    return Hotlines.load(PROJECT_ROOT)


def test_emergencies_come_first_when_life_is_in_danger(hotlines: Hotlines) -> None:
    lines = hotlines.pick(Category.suicide_self_harm, RiskLevel.imminent, "ja", NIGHT)
    assert [line.phone for line in lines[:2]] == ["119", "110"]
    assert all(line.urgent for line in lines[:2])
    assert not any(line.urgent for line in lines[2:])
    assert hotlines.pick(Category.abuse, RiskLevel.imminent, "vi", NIGHT)[0].phone == "110"


def test_emergencies_are_left_out_otherwise(hotlines: Hotlines) -> None:
    assert not any(line.urgent for line in hotlines.pick(Category.abuse, RiskLevel.high, "ja", NIGHT))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("category", [item for item in Category if item is not Category.abusive_language])
def test_everybody_gets_a_line(hotlines: Hotlines, category: Category, locale: str) -> None:
    assert 1 <= len(hotlines.pick(category, RiskLevel.high, locale, NIGHT)) <= 5


def test_a_line_in_the_residents_language_comes_first(hotlines: Hotlines) -> None:
    assert "vi" in hotlines.pick(Category.domestic_violence, RiskLevel.high, "vi", NOON)[0].languages


def test_foreign_language_lines_are_not_said_to_be_open_day_and_night(hotlines: Hotlines) -> None:
    for line in hotlines.lines:
        if "vi" in line.languages:
            assert not line.hours.always
    yorisoi = next(line for line in hotlines.lines if line.id == "yorisoi-foreign")
    assert yorisoi.hours.open_at(NIGHT) is False
    assert yorisoi.hours.open_at(NOON) is True


def test_numbers_only_memory_vouches_for_are_not_shown(hotlines: Hotlines) -> None:
    assert any(line.certainty == "memory" for line in hotlines.lines)
    shown = {v.id for c in Category for v in hotlines.pick(c, RiskLevel.high, "ja", NOON, limit=99)}
    assert not shown & {line.id for line in hotlines.lines if line.certainty == "memory"}


def test_a_short_number_can_be_tapped(hotlines: Hotlines) -> None:
    line = next(line for line in hotlines.lines if line.id == "dv-8008")
    assert hotlines.view(line, "en", NOON).as_dict()["tel"] == "tel:%238008"


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        ("24h", NIGHT, True),
        ("daily 16:00-21:00", datetime(2026, 11, 24, 20, 59), True),
        ("daily 16:00-21:00", datetime(2026, 11, 24, 21, 0), False),
        ("mon-fri 09:00-17:00; closed holidays", datetime(2026, 11, 23, 10), False),  # Labour Thanksgiving Day
        ("mon-fri 09:00-17:00", datetime(2026, 11, 23, 10), True),
        ("daily 16:00-21:00; dom10 08:00-32:00", datetime(2026, 12, 11, 7, 59), True),
        ("daily 16:00-21:00; dom10 08:00-32:00", datetime(2026, 12, 11, 8, 0), False),
        ("daily 10:00-20:00; closed 12-29/01-03", datetime(2027, 1, 2, 12), False),
        ("mon,thu 14:00-21:00", datetime(2026, 11, 26, 15), True),
        ("", NOON, None),
        ("daily 10:00-22:00", datetime(2026, 11, 24, 1, 30, tzinfo=timezone.utc), True),
    ],
)
def test_open_now(hours: str, moment: datetime, is_open: bool | None) -> None:
    assert parse_hours(hours).open_at(moment) is is_open


@pytest.mark.parametrize("wrong", ["always", "mon-fri", "daily 9-17", "daily 18:00-09:00", "someday 09:00-10:00"])
def test_hours_that_cannot_be_read_say_so(wrong: str) -> None:
    with pytest.raises(HoursError, match="09:00|dom10|count on"):
        parse_hours(wrong)


def test_a_broken_row_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge_base"
    folder.mkdir()
    text = (PROJECT_ROOT / "knowledge_base" / "hotlines.csv").read_text("utf-8").replace(",seen,", ",sure,", 1)
    (folder / "hotlines.csv").write_text(text, "utf-8")
    with pytest.raises(HotlinesError, match="row 2.*sure"):
        Hotlines.load(tmp_path)
