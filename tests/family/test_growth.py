"""Growth: curves of the survey, and kind answers to numbers that cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.family.growth import (
    MEASURES,
    PERCENTILES,
    GrowthDataError,
    GrowthTable,
    Measurement,
    answer,
    milestones,
)
from bot.family.words import FamilyWords

TABLE = GrowthTable.load()
BIRTH, TODAY = date(2025, 11, 23), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("measure", "sex", "percentile", "months", "value"),
    [
        ("weight", "male", 50, 0, 3.06),
        ("weight", "female", 97, 1.5, 5.36),
        ("height", "male", 50, 3.5, 62.3),
        ("head", "female", 50, 33, 48.7),
        # Half-way between 4.80 at one and a half months and 5.80 at two and a half.
        ("weight", "male", 50, 2.0, 5.30),
    ],
)
def test_curves_go_through_the_printed_figures(
    measure: str, sex: str, percentile: int, months: float, value: float
) -> None:
    assert TABLE.at(measure, sex, percentile, months) == pytest.approx(value)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("sex", ["female", "male", None])
def test_curves_never_cross(measure: str, sex: str | None) -> None:
    low, high = TABLE.span(measure)
    for step in range(200):
        levels = [TABLE.at(measure, sex, one, low + (high - low) * step / 199) for one in PERCENTILES]
        known = [level for level in levels if level is not None]
        assert known == sorted(known)
        assert len(known) == len(PERCENTILES)


def test_there_is_no_curve_beyond_the_survey() -> None:
    assert TABLE.at("weight", "male", 50, 90) is None
    assert TABLE.between("head", "male", 40, 50) is None


def test_percentiles_around_a_value() -> None:
    assert TABLE.between("weight", "male", 0, 3.06) == (50, 75)
    assert TABLE.between("weight", "male", 0, 1.0) == (None, 3)
    assert TABLE.between("weight", "male", 0, 5.0) == (97, None)


@pytest.mark.parametrize(
    ("measure", "value", "on", "reply", "keep"),
    [
        ("weight", 9.0, TODAY, "growth_saved", True),
        ("weight", 9000.0, TODAY, "growth_refused", False),
        ("weight", 0.0, TODAY, "growth_refused", False),
        ("weight", float("nan"), TODAY, "growth_refused", False),
        ("weight", float("inf"), TODAY, "growth_refused", False),
        ("weight", 90.0, TODAY, "growth_ask_again", False),
        ("height", 7.4, TODAY, "growth_refused", False),
        ("height", 740.0, TODAY, "growth_refused", False),
        ("head", 46.0, TODAY, "growth_saved", True),
        ("height", 74.0, date(2026, 11, 24), "growth_wrong_date", False),
        ("height", 74.0, date(2025, 11, 22), "growth_wrong_date", False),
    ],
)
def test_answers(measure: str, value: float, on: date, reply: str, keep: bool) -> None:
    found = answer(TABLE, BIRTH, None, Measurement(measure, on, value), TODAY)
    assert (found.reply, found.keep) == (reply, keep)


def test_a_very_small_baby_is_asked_about_once_and_then_kept() -> None:
    tiny = Measurement("weight", BIRTH, 0.7)
    assert answer(TABLE, BIRTH, "female", tiny, TODAY).reply == "growth_ask_again"
    assert answer(TABLE, BIRTH, "female", tiny, TODAY, confirmed=True).keep


def test_older_children_are_recorded_without_a_curve() -> None:
    found = answer(TABLE, date(2014, 1, 1), None, Measurement("height", TODAY, 150.0), TODAY)
    assert (found.reply, found.keep) == ("growth_no_curve", True)


def test_every_answer_has_words_with_its_data() -> None:
    words = FamilyWords.load("ja")
    for value in (9.0, 9000.0, 90.0):
        found = answer(TABLE, BIRTH, None, Measurement("weight", TODAY, value), TODAY)
        told = {**found.data, "measure": words.texts[f"growth_{found.data['measure']}"]}
        assert "体重" in words.text(found.reply, **told)


def test_a_broken_table_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge_base"
    folder.mkdir()
    (folder / "growth.csv").write_text("measure,unit\nweight,kg\n", encoding="utf-8")
    with pytest.raises(GrowthDataError, match=r"growth\.csv"):
        GrowthTable.load(tmp_path)


def test_every_first_time_has_words() -> None:
    words = FamilyWords.load("ja")
    assert [one for one in milestones() if f"milestone_{one}" not in words.texts] == []
