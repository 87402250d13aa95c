"""Every number and date of the immunisation schedule matters: change one, and a worked case notices."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pytest
import yaml

from bot.family.rules import RuleSet
from bot.settings import PROJECT_ROOT
from tests.family.worked import cases, differences

Path = tuple[str | int, ...]

STRUCTURE = {"period"}
"""Integers that name something rather than measure it."""


EQUIVALENT = {
    # Girls born a day later have their ordinary window until the same 31 March.
    ("born_to", "hpv", 1),
}


@lru_cache(maxsize=1)
def read_schedule() -> dict[str, Any]:
    text = (PROJECT_ROOT / "knowledge_base" / "immunisation.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def schedule() -> dict[str, Any]:
    return copy.deepcopy(read_schedule())


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from () if key in STRUCTURE else leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    elif isinstance(value, (int, date)) and not isinstance(value, bool):
        yield path


def numbers() -> list[Path]:
    data = schedule()
    # The mother's vaccine is not part of a child's plan: tests/family/test_checkups.py holds its numbers.
    data["rules"].pop(data["maternal"]["rule"])
    return [path for part in ("counting", "rules", "series") for path in leaves(data[part], (part,))]


def changed(path: Path, by: int) -> dict[str, Any] | None:
    data = schedule()
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    value = place[path[-1]]
    if isinstance(value, date):
        place[path[-1]] = value + timedelta(days=by)
    elif value + by < 0:
        return None
    else:
        place[path[-1]] = value + by
    return data


def noticed(data: dict[str, Any], first: str) -> bool:
    try:
        rules = RuleSet.build(data)
    except ValueError:
        return True
    ordered = sorted(cases(), key=lambda case: first not in str(case.get("expect", "")) + case["id"])
    return any(differences(rules, case) for case in ordered)


@pytest.mark.parametrize("path", numbers(), ids=lambda path: "/".join(map(str, path)))
@pytest.mark.parametrize("by", [1, -1])
def test_a_changed_number_is_noticed(path: Path, by: int) -> None:
    data = changed(path, by)
    if data is None:
        return
    series = data["series"][path[1]]["id"] if path[0] == "series" and isinstance(path[1], int) else str(path[1])
    if (path[-1], series, by) in EQUIVALENT:
        return
    assert noticed(data, series), f"{'/'.join(map(str, path))} changed by {by} changes no worked case. Add one."
