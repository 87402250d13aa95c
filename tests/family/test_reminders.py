"""Reminders: enough, in time, never at night, never twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.family.dates import FamilyInputError
from bot.family.plan import plan
from bot.family.reminders import CITY_TIME, EARLIEST_HOUR, LATEST_HOUR, Preferences, Reminder, schedule

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # noon in the city


def baby(birthdate: str = "2026-10-15", on: str = "2026-11-23", **more: Any) -> dict[str, Any]:
    return plan({"birthdate": birthdate, "on": on, **more}, date(2026, 11, 23))


def test_a_visit_is_one_reminder_a_week_before() -> None:
    first = schedule({"a": baby()}, NOW, Preferences(per_month=30))
    visit = next(item for item in first if item.kind == "dose" and item.data["date"] == "2026-12-15")
    assert visit.send_at == datetime.combine(date(2026, 12, 8), time(18), CITY_TIME)
    assert {dose["vaccine"] for dose in visit.data["doses"]} == {"rota1", "hepb", "pcv", "five-in-one"}
    assert visit.reply == "reminder_dose"


@pytest.mark.parametrize("asked", range(24))
def test_nothing_is_sent_at_night(asked: int) -> None:
    for item in schedule({"a": baby(), "b": baby("2020-06-01")}, NOW, Preferences(hour=asked, per_month=9)):
        assert EARLIEST_HOUR <= item.send_at.hour <= LATEST_HOUR
        assert item.send_at > NOW


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_no_month_gets_more_than_the_family_asked_for(limit: int) -> None:
    plans = {str(number): baby(f"2026-0{number}-05") for number in range(1, 9)}
    found = schedule(plans, NOW, Preferences(per_month=limit), sent_this_month=1)
    months = Counter((item.send_at.year, item.send_at.month) for item in found)
    assert max(months.values()) <= limit
    assert months[2026, 11] <= limit - 1


def test_the_end_of_a_free_period_goes_before_other_reminders() -> None:
    found = schedule({"a": baby("2025-12-10")}, NOW, Preferences(per_month=1))
    assert found[0].kind == "closing"
    assert {dose["vaccine"] for dose in found[0].data["doses"]} == {"hepb", "bcg"}


def test_a_reminder_that_had_to_wait_is_still_of_use() -> None:
    plans = {str(number): baby(f"2025-{number:02}-05") for number in range(1, 13)}
    assert all(item.send_at.date() <= item.until for item in schedule(plans, NOW, Preferences(per_month=2)))


def test_off_sends_nothing_and_neutral_says_nothing() -> None:
    assert schedule({"a": baby()}, NOW, Preferences(mode="off")) == []
    neutral = schedule({"a": baby()}, NOW, Preferences(mode="neutral"))
    assert {item.reply for item in neutral} == {"reminder_neutral"}
    assert all(item.data == {} for item in neutral)


def test_alternatives_are_reminded_of_once() -> None:
    found = schedule({"a": baby()}, NOW, Preferences(per_month=31))
    keys = Counter(key for item in found for key in item.keys)
    assert max(keys.values()) == 1


def test_a_dose_that_was_given_is_not_reminded_of() -> None:
    given = baby("2026-03-05", doses=[{"vaccine": "bcg", "date": "2026-09-01"}])
    found = schedule({"a": given}, NOW, Preferences(per_month=31))
    assert not any("bcg" in key for item in found for key in item.keys)


def test_a_year_day_by_day_says_nothing_twice() -> None:
    """Planning anew every day, with restarts that forget all but the keys, sends each reminder once."""
    sent: set[str] = set()
    months: Counter[tuple[int, int]] = Counter()
    delivered: list[Reminder] = []
    for number in range(365):
        now = NOW + timedelta(days=number)
        today = now.astimezone(CITY_TIME).date()
        plans = {"a": baby(on=today.isoformat()), "b": baby("2023-02-01", on=today.isoformat())}
        month = (today.year, today.month)
        for item in schedule(plans, now, Preferences(), sent, months[month]):
            if item.send_at - now < timedelta(days=1):
                assert not set(item.keys) & sent
                sent |= set(item.keys)
                months[item.send_at.year, item.send_at.month] += 1
                delivered.append(item)
    assert len(delivered) > 12
    assert max(months.values()) <= Preferences().per_month


def test_pregnancy_is_reminded_of_visits_and_the_mothers_vaccine() -> None:
    found = schedule({"p": plan({"due_date": "2027-03-20"}, date(2026, 11, 23))}, NOW, Preferences(per_month=31))
    maternal = next(item for item in found if item.kind == "maternal")
    assert maternal.data == {"date": "2026-12-26", "until": "2027-02-26"}
    assert any(item.kind == "pregnancy_visit" for item in found)


@pytest.mark.parametrize("wrong", [{"mode": "loud"}, {"hour": 24}, {"per_month": -1}])
def test_preferences_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(FamilyInputError):
        Preferences(**wrong)
