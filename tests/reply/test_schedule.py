"""A plan becomes readable lines in a locale's own words; what is over or given is left out."""

from __future__ import annotations

from datetime import date

import pytest

from bot.family.plan import plan
from bot.reply.schedule import SHOWN, schedule_lines
from bot.reply.words import Words
from bot.settings import PROJECT_ROOT

TODAY = date(2026, 11, 24)
NEWBORN = {"birthdate": "2026-09-20", "doses": []}


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load(PROJECT_ROOT)


@pytest.mark.parametrize("locale", ["ja", "en", "vi", "zh-Hans", "th"])
def test_every_line_names_a_thing_and_a_time(words: Words, locale: str) -> None:
    lines = schedule_lines(plan(NEWBORN, TODAY, PROJECT_ROOT), words, locale)
    assert 0 < len(lines) <= SHOWN
    assert all("{" not in line and line.strip() for line in lines)


def test_a_given_dose_is_not_proposed_again(words: Words) -> None:
    given = {**NEWBORN, "doses": [{"vaccine": "pcv", "date": "2026-11-20"}]}
    before = schedule_lines(plan(NEWBORN, TODAY, PROJECT_ROOT), words, "ja")
    after = schedule_lines(plan(given, TODAY, PROJECT_ROOT), words, "ja")
    assert any(line.startswith("小児用肺炎球菌 1回目") for line in before)
    assert not any(line.startswith("小児用肺炎球菌 1回目") for line in after)


def test_nothing_left_is_no_line(words: Words) -> None:
    assert schedule_lines({"on": "2026-11-24", "immunisation": [], "checkups": []}, words, "ja") == []
