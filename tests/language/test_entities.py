"""Entities by rules: the written test of every locale, and what must not be found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.language.entities import EntityDataError, EntityFinder, age_in_months, read_words
from bot.language.folding import fold, folded

DATA = Path(__file__).resolve().parents[2] / "nlu_data"
LOCALES = sorted(path.parent.name for path in DATA.glob("*/test_sentences.yml") if path.parent.name != "_template")
KINDS = {"ward", "age", "date", "place"}


@pytest.fixture(scope="module")
def finder() -> EntityFinder:
    return EntityFinder.load()


@pytest.mark.parametrize("locale", LOCALES)
def test_wards_and_ages_of_the_written_test_are_found(locale: str, finder: EntityFinder) -> None:
    rows = yaml.safe_load((DATA / locale / "test_sentences.yml").read_text("utf-8"))["test_sentences"]
    assert len(rows) >= 40
    right = wrong = missed = 0
    for row in rows:
        wanted = set(row["entities"].items())
        found = {(entity.kind, entity.value) for entity in finder.find(row["text"], locale) if entity.kind in KINDS}
        right, wrong, missed = right + len(wanted & found), wrong + len(found - wanted), missed + len(wanted - found)
    f1 = 2 * right / (2 * right + wrong + missed)
    assert f1 >= 0.97, f"{locale}: F1 {f1:.3f}"


def test_there_is_a_written_test_for_every_locale_with_entity_words() -> None:
    assert sorted(path.parent.name for path in DATA.glob("*/entities.yml")) == LOCALES


@pytest.mark.parametrize(
    ("text", "locale", "kinds"),
    [
        ("tama po", "tl", []),
        ("Tama-ku po", "tl", ["ward"]),
        ("川崎市の手当", "ja", []),
        ("多摩川", "ja", []),
        ("妊娠5か月", "ja", []),
        ("", "ja", []),
        ("...", "en", []),
    ],
)
def test_look_alikes_are_left_alone(text: str, locale: str, kinds: list[str], finder: EntityFinder) -> None:
    assert [entity.kind for entity in finder.find(text, locale)] == kinds


def test_offsets_point_into_the_original_text(finder: EntityFinder) -> None:
    text = "わたしは Ｎakahara-ku、子は３歳"
    assert [text[entity.start : entity.end] for entity in finder.find(text, "ja")] == ["Ｎakahara-ku", "３歳"]


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("03/04/2024", "en", "2024-04-03"),
        ("03/04/2024", "tl", "2024-03-04"),
        ("25/12/2023", "tl", "2023-12-25"),
        ("3 พ.ค. 2567", "th", "2024-05-03"),
        ("平成元年1月8日", "ja", "1989-01-08"),
        ("2024年2月30日", "ja", None),
    ],
)
def test_dates_are_read_in_the_order_of_the_locale(
    text: str, locale: str, value: str | None, finder: EntityFinder
) -> None:
    values = [entity.value for entity in finder.find(text, locale) if entity.kind == "date"]
    assert (values[0] if values else None) == value or (value is None and all(len(found) < 10 for found in values))


@given(st.text(max_size=80))
def test_no_text_breaks_the_finder(text: str) -> None:
    for entity in EntityFinder.load().find(text, "ja"):
        assert 0 <= entity.start < entity.end <= len(text)


@given(st.text(max_size=80))
def test_folding_keeps_an_offset_for_every_character(text: str) -> None:
    plain, origin = fold(text)
    assert len(plain) == len(origin)
    assert all(0 <= offset < len(text) for offset in origin)


@pytest.mark.parametrize(
    ("value", "birthdate", "months"),
    [
        ("P3Y", None, 36),
        ("P1Y6M", None, 18),
        ("P8M", None, 8),
        ("P10W", None, 2),
        ("e1", None, 72),
        ("j1", None, 144),
        ("h3", None, 204),
        ("nencho", None, 60),
        ("unborn", None, None),
        ("P3Y", "2024-05-24", 29),
        ("", None, None),
    ],
)
def test_age_in_months(value: str, birthdate: str | None, months: int | None) -> None:
    assert age_in_months(value, date(2026, 11, 23), birthdate) == months


def test_masking_makes_seven_wards_one_word(finder: EntityFinder) -> None:
    assert finder.mask("中原区では?") == finder.mask("高津区では?")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("words: {}", "entities:"),
        ("entities: {ward: {atami: [x]}}", "atami"),
        ("entities: {date_order: ydm}", "date_order"),
        ("entities: {age: {jahre: [x]}}", "jahre"),
    ],
)
def test_a_wrong_file_is_named_with_what_to_do(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "entities.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(EntityDataError, match=complaint) as caught:
        read_words(path)
    assert str(path) in str(caught.value)


def test_a_template_with_an_unknown_placeholder_is_refused() -> None:
    with pytest.raises(EntityDataError, match="alter"):
        EntityFinder({"en": {"age": {"years": ["{alter} years"]}}})


def test_folded_is_the_same_for_the_ways_to_write_one_word() -> None:
    assert {folded(text) for text in ("ナカハラ", "なかはら", "ﾅｶﾊﾗ")} == {"なかはら"}
    assert folded("Nguyễn") == folded("nguyen")
