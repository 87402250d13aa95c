"""A hundred thousand random records of doses: no proposed day breaks a printed rule. `-s` prints what a plan takes."""

from __future__ import annotations

import random
import statistics
import sys
import time
from datetime import date, timedelta
from typing import Any

import pytest

from bot.family.plan import plan
from tests.family.checker import broken_rules
from tests.family.test_properties import COMMON, LATEST, PRODUCTS, USUAL

FIRST_BIRTH, LAST_DAY = date(1995, 1, 1), date(2034, 3, 31)


def history(draw: random.Random) -> dict[str, Any]:
    """A child of any age with up to 24 doses, half of them near the ages at which doses are given."""

    def offset() -> int:
        return draw.randrange(7301) if draw.random() < 0.5 else max(0, draw.choice(USUAL) + draw.randint(-9, 40))

    birth = FIRST_BIRTH + timedelta(days=draw.randrange((LATEST - FIRST_BIRTH).days + 1))
    on = min(birth + timedelta(days=offset()), LAST_DAY)
    days = [birth + timedelta(days=offset()) for _ in range(draw.randint(0, 24))]
    doses = [
        {"vaccine": draw.choice(draw.choice((COMMON, PRODUCTS))), "date": day.isoformat()} for day in days if day <= on
    ]
    sex = draw.choice(({}, {"sex": "female"}, {"sex": "male"}))
    return {"birthdate": birth.isoformat(), "on": on.isoformat(), "doses": doses, **sex}


def broken_and_median_ms(count: int, seed: int = 1) -> tuple[list[Any], float]:
    draw = random.Random(seed)
    broken, took = [], []
    for _ in range(count):
        child = history(draw)
        birth, on = date.fromisoformat(child["birthdate"]), date.fromisoformat(child["on"])
        start = time.perf_counter()
        answer = plan(child, on)
        took.append(time.perf_counter() - start)
        if found := broken_rules(birth, on, answer):
            broken.append((child, found))
    return broken, statistics.median(took) * 1000


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_no_rule_is_broken_in_a_hundred_thousand_histories() -> None:
    broken, median = broken_and_median_ms(100_000)
    sys.stdout.write(f"\n100,000 plans: median {median:.2f} ms\n")
    assert broken == []


def test_the_histories_hold_doses_that_count_and_doses_that_do_not() -> None:
    draw = random.Random(1)
    verdicts = {
        dose["status"]
        for child in (history(draw) for _ in range(60))
        for dose in plan(child, date.fromisoformat(child["on"]))["doses"]
    }
    assert {"valid", "invalid"} <= verdicts
