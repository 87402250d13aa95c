from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.formats import Formats, era_year
from bot.knowledge.problems import KnowledgeError
from bot.knowledge.values import COUNT_UNITS, GRADES, parse_value
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES

EVERY_TYPE: list[dict[str, Any]] = [
    {"type": "yen", "value": 48050},
    {"type": "ordinal", "value": 3},
    {"type": "percent", "value": 30},
    {"type": "age", "years": 1, "months": 6},
    {"type": "age", "weeks": 32},
    {"type": "age", "days": 60},
    {"type": "date", "value": "2026-09-01"},
    {"type": "month", "value": "2026-09"},
    {"type": "months", "value": [2, 4, 6]},
    {"type": "year", "value": 2026},
    {"type": "fiscal_year", "value": 2026},
    {"type": "time", "value": "08:30"},
    {"type": "hours", "days": "mon-fri,holidays", "open": "08:30", "close": "17:00"},
    {"type": "hours", "days": "daily", "open": "00:00", "close": "24:00"},
    {"type": "phone", "value": "044-200-3939"},
    {"type": "email", "value": "a@example.jp"},
    {"type": "url", "value": "https://example.jp/"},
    {"type": "text", "value": {"ja": "区役所", "en": "ward office"}},
    {"type": "range", "from": {"type": "age", "months": 5}, "to": {"type": "grade", "value": "e3"}},
    {"type": "number", "value": 3.5},
    *({"type": "count", "value": number, "unit": unit} for unit in COUNT_UNITS for number in (1, 2)),
    *({"type": "grade", "value": grade} for grade in GRADES),
]

WRITTEN = [
    ("ja", {"type": "date", "value": "2026-09-01"}, "令和8年（2026年）9月1日"),
    ("ja-easy", {"type": "date", "value": "2026-09-01"}, "2026年（令和8年）9月1日"),
    ("en", {"type": "date", "value": "2026-09-01"}, "September 1, 2026"),
    ("vi", {"type": "date", "value": "2026-09-01"}, "ngày 1 tháng 9 năm 2026"),
    ("th", {"type": "date", "value": "2026-09-01"}, "1 กันยายน ค.ศ. 2026"),
    ("ja", {"type": "yen", "value": 48050}, "48,050円"),
    ("pt", {"type": "yen", "value": 48050}, "48.050 ienes"),
    ("id", {"type": "yen", "value": 48050}, "48.050 yen"),
    ("es", {"type": "yen", "value": 1}, "1 yen"),
    ("en", {"type": "count", "value": 1, "unit": "children"}, "1 child"),
    ("en", {"type": "count", "value": 3, "unit": "children"}, "3 children"),
    ("ja", {"type": "count", "value": 3, "unit": "children"}, "3人"),
    ("ja", {"type": "count", "value": 4, "unit": "places"}, "4か所"),
    ("ko", {"type": "grade", "value": "j3"}, "중학교 3학년"),
    ("ja-easy", {"type": "time", "value": "12:00"}, "午後12時"),
    ("en", {"type": "time", "value": "00:30"}, "12:30 a.m."),
    ("en", {"type": "ordinal", "value": 11}, "11th"),
    ("en", {"type": "ordinal", "value": 22}, "22nd"),
    ("vi", {"type": "percent", "value": 2.5}, "2,5%"),
    ("en", {"type": "months", "value": [2, 4, 6]}, "February, April and June"),
    ("ja", {"type": "fiscal_year", "value": 2019}, "令和元年度（2019年度）"),
    ("en", {"type": "text", "value": {"ja": "区役所", "en": "ward office"}}, "ward office"),
    ("ko", {"type": "text", "value": {"ja": "区役所", "en": "ward office"}}, "ward office (区役所)"),
    ("ja-easy", {"type": "text", "value": {"ja": "区役所", "en": "ward office"}}, "区役所"),
    ("th", {"type": "text", "value": {"ja": "区役所", "en": "ward office", "th": "ที่ทำการเขต"}}, "ที่ทำการเขต"),
]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_type_is_written_whole_in_every_locale(locale: str) -> None:
    formats = Formats.load(PROJECT_ROOT, locale)
    for raw in EVERY_TYPE:
        text = formats.format(parse_value(raw)).text
        assert text.strip(), raw
        assert not re.search(r"\{|None", text), (raw, text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("amount", [0, 7, 500, 11340, 135000])
def test_the_digits_of_an_amount_survive_every_locale(locale: str, amount: int) -> None:
    text = Formats.load(PROJECT_ROOT, locale).format(parse_value({"type": "yen", "value": amount})).text
    assert re.sub(r"\D", "", text) == str(amount)


@pytest.mark.parametrize(("locale", "raw", "expected"), WRITTEN)
def test_values_read_as_residents_expect(locale: str, raw: dict[str, Any], expected: str) -> None:
    assert Formats.load(PROJECT_ROOT, locale).format(parse_value(raw)).text == expected


@pytest.mark.parametrize(
    ("raw", "href"),
    [
        ({"type": "phone", "value": "044-200-3939"}, "tel:0442003939"),
        ({"type": "phone", "value": "#8000"}, "tel:%238000"),
        ({"type": "url", "value": "https://example.jp/a"}, "https://example.jp/a"),
        ({"type": "email", "value": "a@example.jp"}, None),
        ({"type": "yen", "value": 1}, None),
    ],
)
def test_phones_and_pages_can_be_opened(raw: dict[str, Any], href: str | None) -> None:
    assert Formats.load(PROJECT_ROOT, "en").format(parse_value(raw)).href == href


def test_eras_change_on_their_day() -> None:
    assert era_year(date(2019, 4, 30)) == "平成31年"
    assert era_year(date(2019, 5, 1)) == "令和元年"
    assert era_year(date(1989, 1, 7)) == "昭和64年"


def test_a_missing_word_is_named(content: Path) -> None:
    path = content / "nlu_data" / "vi" / "formats.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("    minutes:", "    minuten:"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"count\.minutes"):
        Formats.load(content, "vi")
