"""Cases worked out by hand from the printed rules."""

from __future__ import annotations

from typing import Any

import pytest

from bot.family.rules import RuleSet
from tests.family.worked import cases, differences


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_plan_agrees_with_the_worked_case(case: dict[str, Any]) -> None:
    assert differences(RuleSet.load(), case) == []


def test_every_case_names_a_rule_with_a_source() -> None:
    rules = RuleSet.load().rules
    assert [case["id"] for case in cases() if case["rule"] not in rules] == []


def test_every_rule_used_by_a_dose_has_a_worked_case() -> None:
    rules = RuleSet.load()
    used = {step.rule for series in rules.series for course in series.courses for step in course.steps}
    assert used - {case["rule"] for case in cases()} == set()
