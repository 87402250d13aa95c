from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.eligibility import AnswerFault, add, find, grade_begins, grade_ends
from tests.knowledge.conftest import SMALL_LOCALES, TODAY, edit

FITS: dict[str, Any] = {"birthdate": "2018-05-01", "household": ["low_income"], "ward": "tama", "pregnant": False}


def test_a_family_that_fits_learns_how_much_and_where(small: KnowledgeBase) -> None:
    (found,) = find(small, FITS, TODAY)
    assert (found.article, found.certain, found.unanswered) == ("swim-lessons", True, ())
    assert found.amount is not None
    assert found.amount.data == 300
    assert (found.where, found.documents, found.offices) == (("ward_office",), ("receipt",), ("pool-desk",))


def test_the_amount_is_the_one_of_the_day(small: KnowledgeBase) -> None:
    (found,) = find(small, FITS, date(2026, 12, 1))
    assert found.amount is not None
    assert found.amount.data == 450


@pytest.mark.parametrize(
    "change",
    [
        {"birthdate": "2020-11-24"},  # six tomorrow
        {"birthdate": "2011-04-01"},  # left junior high school in March
        {"birthdate": "2027-01-01"},
        {"household": []},
        {"household": ["foreign"]},
        {"ward": "saiwai"},
    ],
)
def test_a_family_that_does_not_fit_is_told_nothing(small: KnowledgeBase, change: dict[str, Any]) -> None:
    assert not [found for found in find(small, {**FITS, **change}, TODAY) if found.certain]


@pytest.mark.parametrize(
    ("skipped", "unanswered"),
    [("birthdate", "child_age"), ("household", "household"), ("ward", "ward")],
)
def test_a_skipped_question_leaves_the_answer_open(small: KnowledgeBase, skipped: str, unanswered: str) -> None:
    (found,) = find(small, {key: value for key, value in FITS.items() if key != skipped}, TODAY)
    assert not found.certain
    assert found.unanswered == (unanswered,)


def test_a_year_of_age_that_straddles_the_limit_is_not_certain(small: KnowledgeBase) -> None:
    answers = {**FITS, "birthdate": None}
    assert [one.certain for one in find(small, {**answers, "child_age": {"years": 8}}, TODAY)] == [True]
    assert [one.certain for one in find(small, {**answers, "child_age": {"years": 15}}, TODAY)] == [False]
    assert find(small, {**answers, "child_age": {"years": 16}}, TODAY) == []
    assert [one.certain for one in find(small, {**answers, "grade": "j3"}, TODAY)] == [True]
    assert find(small, {**answers, "grade": "h1"}, TODAY) == []


def test_school_years_run_from_april_and_the_first_of_april_belongs_to_the_year_before() -> None:
    assert grade_begins(date(2019, 4, 1), "e1") == date(2025, 4, 1)
    assert grade_begins(date(2019, 4, 2), "e1") == date(2026, 4, 1)
    assert grade_begins(date(2019, 4, 2), "nencho") == date(2025, 4, 1)
    assert grade_ends(date(2008, 4, 2), "h3") == date(2027, 3, 31)


def test_birthdays_on_the_last_of_february_come_on_the_first_of_march() -> None:
    assert add(date(2020, 2, 29), {"years": 1}) == date(2021, 3, 1)
    assert add(date(2026, 8, 31), {"months": 6}) == date(2027, 3, 1)
    assert add(date(2026, 1, 1), {"weeks": 6, "days": 1}) == date(2026, 2, 13)


@pytest.mark.parametrize(
    "answers",
    [
        {"household": ["rich"]},
        {"household": "single_parent"},
        {"ward": "shibuya"},
        {"pregnant": "yes"},
        {"birthdate": "1 May"},
        {"child_age": 3},
        {"child_age": {"years": -1}},
        {"grade": "e7"},
    ],
)
def test_an_unreadable_answer_is_refused(small: KnowledgeBase, answers: dict[str, Any]) -> None:
    with pytest.raises(AnswerFault):
        find(small, answers, TODAY)


def test_deadlines_are_computed_from_the_birth(content: Path) -> None:
    path = content / "knowledge_base/articles/swim-lessons/article.yml"
    edit(path, "child_age: {min: {years: 6}, max_school_end: j3}", "child_age: {max: {years: 1}}")
    edit(path, "amount: swim-fee.fee", "deadline: {kind: days_after_birth, value: swim-time.days}")
    edit(path, "      tel:", "      days: {type: count, value: 15, unit: days}\n      tel:")
    kb = KnowledgeBase.load(content, SMALL_LOCALES)
    (fresh,) = find(kb, {**FITS, "birthdate": "2026-11-20"}, TODAY)
    assert (fresh.deadline, fresh.deadline_kind) == (date(2026, 12, 5), "days_after_birth")
    (late,) = find(kb, {**FITS, "birthdate": "2026-10-20"}, TODAY)
    assert late.deadline is None


@pytest.mark.parametrize(("birthdate", "amount"), [("2024-06-01", 15000), ("2023-06-01", 10000)])
def test_the_child_allowance_depends_on_the_childs_age(city: KnowledgeBase, birthdate: str, amount: int) -> None:
    found = {one.article: one for one in find(city, {"birthdate": birthdate}, TODAY)}
    allowance = found["child-allowance"].amount
    assert allowance is not None
    assert allowance.data == amount


def test_pregnancy_and_childhood_are_not_mixed(city: KnowledgeBase) -> None:
    pregnant = {one.article for one in find(city, {"pregnant": True}, TODAY)}
    teenager = {one.article for one in find(city, {"grade": "j2", "household": ["single_parent"]}, TODAY)}
    assert "pregnancy-support-benefit" in pregnant
    assert "child-rearing-allowance" not in pregnant
    assert {"child-rearing-allowance", "child-medical-subsidy"} <= teenager
    assert not teenager & {"vaccine-bcg", "daycare-application", "pregnancy-support-benefit"}
