"""The calendar file: readable by a calendar, stable, and silent when it should be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest

from bot.family.calendar_file import calendar
from bot.family.plan import plan
from bot.family.words import FamilyWords
from bot.vocabulary import LOCALES

CHANGED = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def events(**how: Any) -> list[Any]:
    found = plan({"birthdate": "2026-10-15"}, date(2026, 11, 23))
    words = FamilyWords.load(how.pop("locale", "ja"))
    file = calendar(found, words, card="card-1", changed_at=CHANGED, **how)
    return list(icalendar.Calendar.from_ical(file).walk("VEVENT"))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_gives_a_file_a_calendar_can_read(locale: str) -> None:
    found = events(locale=locale, name="さくら")
    assert len(found) > 20
    words = FamilyWords.load(locale)
    assert f"{words.vaccine('bcg')} {words.dose('1')}" in {str(event["summary"]) for event in found}


def test_the_day_of_a_dose_is_a_whole_day() -> None:
    bcg = next(event for event in events() if "BCG" in event["summary"])
    assert (bcg["dtstart"].dt, bcg["dtend"].dt) == (date(2027, 3, 15), date(2027, 3, 16))
    assert "2027-10-14" in bcg["description"]


def test_entries_keep_their_identity_and_do_not_show_the_card() -> None:
    first, second = [{str(event["uid"]) for event in events()} for _ in range(2)]
    assert first == second
    assert len(first) == len(events())
    assert not any("card-1" in uid for uid in first)


def test_neutral_entries_name_no_vaccine_and_no_child() -> None:
    found = plan({"birthdate": "2026-10-15"}, date(2026, 11, 23))
    words = FamilyWords.load("ja")
    file = calendar(found, words, card="c", changed_at=CHANGED, name="さくら", neutral=True).decode()
    assert "さくら" not in file
    assert not any(words.vaccine(series) in file for series in ("bcg", "mr", "pcv", "je"))
    assert "接種" not in file


def test_a_pregnancy_has_its_visits() -> None:
    found = plan({"due_date": "2027-03-20"}, date(2026, 11, 23))
    file = calendar(found, FamilyWords.load("en"), card="c", changed_at=CHANGED)
    names = [str(event["summary"]) for event in icalendar.Calendar.from_ical(file).walk("VEVENT")]
    assert names.count("Pregnancy checkup") == len(found["pregnancy"]["visits"])
    assert any("RSV" in name for name in names)
