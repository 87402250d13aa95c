"""Checkups and pregnancy: days, certainty, and every number of the data."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest

from bot.family.checkups import CheckupRules, child_checkups, pregnancy_plan, weight_gain_band
from bot.family.dates import FamilyInputError
from bot.family.plan import plan
from bot.family.rules import RuleSet

RULES = CheckupRules.load()
TODAY = date(2026, 11, 23)
DUE = date(2027, 3, 20)


def by_id(birth: str, on: date = TODAY, **more: Any) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in child_checkups(RULES, date.fromisoformat(birth), on, **more)}


@pytest.mark.parametrize(
    ("checkup", "start", "end"),
    [
        ("newborn-hearing", "2026-01-31", "2026-04-01"),
        ("infant-3-4-months", "2026-05-01", "2026-06-30"),
        ("infant-7-months", "2026-08-31", "2026-09-30"),
        ("child-18-months", "2027-07-31", "2028-01-30"),
        ("child-3-years", "2029-01-31", "2030-01-30"),
        ("child-5-years", "2031-01-31", "2032-01-30"),
        ("postpartum-2-weeks", "2026-02-14", "2026-04-01"),
        ("postpartum-1-month", "2026-03-01", "2026-04-01"),
    ],
)
def test_days_of_a_checkup(checkup: str, start: str, end: str) -> None:
    found = by_id("2026-01-31")[checkup]
    assert (found["from"], found["about_until"]) == (start, end)


def test_what_was_not_seen_in_print_asks_for_confirmation() -> None:
    found = by_id("2026-01-31")
    assert all(item["confirm"] for item in found.values() if item["verified"] == "memory")
    assert not found["postpartum-1-month"]["confirm"]


def test_a_checkup_whose_end_is_unknown_is_never_called_over() -> None:
    found = by_id("2026-01-31")
    assert (found["infant-7-months"]["status"], found["infant-7-months"]["until"]) == ("ask", None)
    assert found["newborn-hearing"]["status"] == "closed"


def test_done_and_unknown_checkups() -> None:
    assert by_id("2026-01-31", done=["infant-7-months"])["infant-7-months"]["status"] == "done"
    with pytest.raises(FamilyInputError, match="Known"):
        by_id("2026-01-31", done=["eyes"])


def test_programmes_do_not_reach_back_before_they_began() -> None:
    assert "newborn-hearing" not in by_id("2021-09-30")
    assert "newborn-hearing" in by_id("2021-10-01")
    for mother in ("postpartum-2-weeks", "postpartum-1-month"):
        assert mother not in by_id("2023-12-31")
        assert mother in by_id("2024-01-01")


def test_visits_come_closer_together_towards_the_due_date() -> None:
    visits = pregnancy_plan(RULES, DUE, DUE - timedelta(weeks=36))["visits"]
    weeks = [visit["week"] for visit in visits]
    gaps = {week: after - week for week, after in zip(weeks, weeks[1:], strict=False)}
    assert weeks == [7, 11, 15, 19, 23, 25, 27, 29, 31, 33, 35, 36, 37, 38, 39, 40]
    assert all(gap == 1 for week, gap in gaps.items() if week >= 36)
    assert all(gap == 2 for week, gap in gaps.items() if 24 <= week < 35)
    assert all(gap == 4 for week, gap in gaps.items() if week < 20)


def test_maternal_vaccine_days_from_the_due_date() -> None:
    maternal = plan({"due_date": DUE.isoformat()}, TODAY)["immunisation"][0]
    # 28 weeks and 0 days are 12 weeks before the due date, 36 weeks and 6 days are 22 days before it.
    assert maternal["earliest"] == (DUE - timedelta(weeks=12)).isoformat()
    assert maternal["latest"] == (DUE - timedelta(days=22)).isoformat()
    assert maternal["why"]["confirm"] is True
    assert maternal["not_proven_within_days_of_birth"] == 14


@pytest.mark.parametrize(("days_before", "status"), [(85, "upcoming"), (84, "due"), (22, "due"), (21, "closed")])
def test_maternal_vaccine_status(days_before: int, status: str) -> None:
    found = plan({"due_date": DUE.isoformat()}, DUE - timedelta(days=days_before))
    assert found["immunisation"][0]["status"] == status


def test_maternal_vaccine_given_and_before_the_programme() -> None:
    dose = {"vaccine": "アブリスボ", "date": (DUE - timedelta(weeks=10)).isoformat()}
    on = DUE - timedelta(weeks=9)
    assert plan({"due_date": DUE.isoformat(), "doses": [dose]}, on)["immunisation"][0]["status"] == "given"
    assert plan({"due_date": "2026-07-01"}, date(2026, 3, 31))["immunisation"] == []
    assert len(plan({"due_date": "2026-07-01"}, date(2026, 4, 1))["immunisation"]) == 1


def test_the_rest_of_a_pregnancy_plan() -> None:
    found = pregnancy_plan(RULES, DUE, TODAY)
    assert (found["week"], found["day"]) == (23, 2)
    assert found["vouchers"]["times"] == 14
    questionnaire = next(item for item in found["interviews"] if item["id"] == "interview-month-8")
    assert questionnaire["from"] == (DUE - timedelta(weeks=12)).isoformat()
    assert questionnaire["about_until"] == (DUE - timedelta(weeks=8, days=1)).isoformat()


@pytest.mark.parametrize("due", [TODAY + timedelta(days=281), TODAY - timedelta(days=28)])
def test_an_impossible_due_date_is_refused(due: date) -> None:
    with pytest.raises(FamilyInputError, match="due_date"):
        pregnancy_plan(RULES, due, TODAY)


@pytest.mark.parametrize(
    ("weight", "band"),
    [
        (47.3, ("under", 12, 15)),
        (47.4, ("normal", 10, 13)),
        (63.9, ("normal", 10, 13)),
        (64.0, ("over-1", 7, 10)),
        (76.7, ("over-1", 7, 10)),
        (76.8, ("over-2", None, 5)),
    ],
)
def test_weight_gain_band_by_body_mass_index(weight: float, band: tuple[str, float | None, float]) -> None:
    found = weight_gain_band(RULES, 160, weight)
    assert (found["id"], found["low_kg"], found["high_kg"]) == band
    assert found["confirm"] is True


@pytest.mark.parametrize(("height", "weight"), [(1.6, 50), (160, 5), (float("nan"), 50)])
def test_impossible_bodies_are_refused(height: float, weight: float) -> None:
    with pytest.raises(FamilyInputError):
        weight_gain_band(RULES, height, weight)


def test_the_rule_sets_are_not_changed_by_planning() -> None:
    before = copy.deepcopy(dict(RULES.data)), copy.deepcopy(dict(RuleSet.load().maternal))
    plan({"due_date": DUE.isoformat()}, TODAY)
    plan({"birthdate": "2026-01-31"}, TODAY)
    assert (dict(RULES.data), dict(RuleSet.load().maternal)) == before
