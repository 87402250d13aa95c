"""Checkups of mothers and children: which, when, where, and how certain that is. Pure; the checkups are data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from bot.family.dates import FamilyInputError, month_day
from bot.settings import PROJECT_ROOT
from bot.yaml_files import read_yaml

MAX_PREGNANCY_WEEKS = 43
"""A due date further away than a whole pregnancy, or long past, is a typing mistake. Not a medical limit."""


class CheckupDataError(ValueError):
    """The checkup file cannot be used. The message names the file, the place in it and what to do."""


@dataclass(frozen=True)
class CheckupRules:
    """`knowledge_base/checkups.yml`, read and checked."""

    data: Mapping[str, Any]

    @classmethod
    def load(cls, content_dir: Path = PROJECT_ROOT) -> CheckupRules:
        """Read the file under `content_dir` (cached). Raises CheckupDataError."""
        return _load(content_dir.resolve())

    @property
    def term_days(self) -> int:
        """Days from the first day of week 0 to the due date."""
        return int(self.data["due_date_week"]["value"]) * 7


@lru_cache(maxsize=4)
def _load(content_dir: Path) -> CheckupRules:
    path = content_dir / "knowledge_base" / "checkups.yml"
    try:
        data = read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise CheckupDataError(f"{path} cannot be read: {error}. Restore the file.") from error
    schema = json.loads((PROJECT_ROOT / "knowledge_base/schema/checkups.schema.json").read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(data, default=str))
    problems = sorted(jsonschema.Draft202012Validator(schema).iter_errors(plain), key=lambda item: item.json_path)
    if problems:
        raise CheckupDataError(f"{path}, {problems[0].json_path}: {problems[0].message}. Correct that entry.")
    return CheckupRules(data)


def child_checkups(
    rules: CheckupRules, birth: date, on: date, done: Iterable[str] = (), *, mother: bool = True
) -> list[dict[str, Any]]:
    """Checkups after a birth: the child's and, with `mother`, those of the woman who gave birth.

    `done` are ids of checkups already had. Raises FamilyInputError for an id that is not listed.
    """
    had = set(done)
    listed = {item["id"] for who in ("child", "mother") for item in rules.data[who]}
    if unknown := sorted(had - listed):
        raise FamilyInputError("checkups_done", f"{unknown[0]!r} is not known. Known: {', '.join(sorted(listed))}.")
    found = []
    for who in ("child", "mother") if mother else ("child",):
        for item in rules.data[who]:
            if item.get("born_from", date.min) <= birth:
                found.append(_after_birth(item, who, birth.toordinal(), on.toordinal(), item["id"] in had))
    return sorted(found, key=lambda entry: (entry["from"], entry["id"]))


def _after_birth(item: Mapping[str, Any], who: str, birth: int, on: int, done: bool) -> dict[str, Any]:
    start = _age_day(birth, item["about"])
    if "through_days" in item:
        end = birth + int(item["through_days"])
    else:
        end = _age_day(birth, item["until"]) - 1
    soft = bool(item.get("soft_end"))
    if done:
        status = "done"
    elif on < start:
        status = "upcoming"
    elif on <= end:
        status = "due"
    else:
        # Where the facts do not say when a checkup ends, it may still be possible: the family is told to ask.
        status = "ask" if soft else "closed"
    return {
        "id": item["id"],
        "who": who,
        "status": status,
        "from": _iso(start),
        "until": None if soft else _iso(end),
        "about_until": _iso(end),
        "place": item.get("place"),
        "only_if_doctor_says": bool(item.get("only_if_doctor_says")),
        "article": item["article"],
        **_certainty(item),
    }


def pregnancy_plan(
    rules: CheckupRules, due: date, on: date, maternal: Mapping[str, Any] | None = None, given: Sequence[date] = ()
) -> dict[str, Any]:
    """The visits, interviews and maternal immunisation of a pregnancy that is due on `due`.

    `maternal` is the section of that name of the immunisation schedule with its rule under `why`; `given` are the days
    it was given. Raises FamilyInputError for a due date that cannot belong to a present pregnancy.
    """
    start = due.toordinal() - rules.term_days
    week, day = divmod(on.toordinal() - start, 7)
    if not 0 <= week <= MAX_PREGNANCY_WEEKS:
        raise FamilyInputError("due_date", f"{due} is not possible for a pregnancy on {on}. Give the due date.")
    visits = _visits(rules.data["pregnancy"]["visits"], start, due.toordinal(), on.toordinal())
    vouchers = rules.data["pregnancy"]["vouchers"]
    return {
        "due_date": due.isoformat(),
        "week": week,
        "day": day,
        "visits": visits,
        "vouchers": {"times": vouchers["times"], "article": vouchers["article"], **_certainty(vouchers)},
        "interviews": [_interview(item, start, on.toordinal()) for item in rules.data["pregnancy"]["interviews"]],
        "maternal": _maternal(maternal, start, on.toordinal(), given) if maternal else None,
        "counting": _certainty(rules.data["due_date_week"]),
    }


def _visits(item: Mapping[str, Any], start: int, due: int, on: int) -> list[dict[str, Any]]:
    """From `on`, the usual visits at the usual distance, counted back from the due date so that they do not drift."""
    found: list[dict[str, Any]] = []
    bands = item["bands"]
    day = due
    while day >= on:
        week = (day - start) // 7
        told = {"id": item["id"], "about": _iso(day), "week": week, "article": item["article"]}
        found.append({**told, **_certainty(item)})
        before = next(band for band in bands if band["through_week"] is None or week <= band["through_week"])
        day -= 7 * int(before["every_weeks"])
    return found[::-1]


def _interview(item: Mapping[str, Any], start: int, on: int) -> dict[str, Any]:
    entry = {"id": item["id"], "at": item["at"], "article": item["article"], **_certainty(item)}
    if item["at"] == "weeks":
        first, last = start + 7 * int(item["from_week"]), start + 7 * int(item["through_week"]) + 6
        entry.update({"from": _iso(first), "about_until": _iso(last), "status": "due" if on >= first else "upcoming"})
    return entry


def _maternal(item: Mapping[str, Any], start: int, on: int, given: Sequence[date]) -> dict[str, Any]:
    first = start + item["from"].get("weeks", 0) * 7 + item["from"].get("days", 0)
    last = start + item["through"].get("weeks", 0) * 7 + item["through"].get("days", 0)
    inside = [day for day in given if first <= day.toordinal() <= last]
    if inside:
        status = "given"
    elif on > last:
        status = "closed"
    else:
        status = "due" if on >= first else "upcoming"
    return {
        "vaccine": item["id"],
        "status": status,
        "given": inside[0].isoformat() if inside else None,
        "earliest": _iso(first),
        "best": None if inside or on > last else _iso(max(first, on)),
        "latest": _iso(last),
        "not_proven_within_days_of_birth": item["not_proven_within_days_of_birth"],
        "article": item["article"],
        "why": item["why"],
    }


def weight_gain_band(rules: CheckupRules, height_cm: float, weight_kg: float) -> dict[str, Any]:
    """The recommended gain over a whole pregnancy for a woman of this height and weight before it.

    `low_kg` is None where the source gives no band and leaves it to the doctor. Raises FamilyInputError.
    """
    if not 100 <= height_cm <= 220:
        raise FamilyInputError("height_cm", f"{height_cm} is out of range. Give the height in centimetres.")
    if not 25 <= weight_kg <= 250:
        raise FamilyInputError("weight_kg", f"{weight_kg} is out of range. Give the weight in kilograms.")
    # Rounded, so that a woman exactly on an edge is not put below it by binary fractions.
    index = round(weight_kg / (height_cm / 100) ** 2, 6)
    item = rules.data["weight_gain"]
    band = next(band for band in item["bands"] if band["bmi_below"] is None or index < band["bmi_below"])
    return {
        "id": band["id"],
        "low_kg": band["low_kg"],
        "high_kg": band["high_kg"],
        "article": item["article"],
        **_certainty(item),
    }


def _age_day(birth: int, age: Mapping[str, int]) -> int:
    if "years" in age or "months" in age:
        return month_day(birth, age.get("years", 0) * 12 + age.get("months", 0))
    return birth + age.get("weeks", 0) * 7 + age.get("days", 0)


def _certainty(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source": item["source"],
        "source_date": str(item["source_date"]),
        "verified": item["verified"],
        "confirm": bool(item["confirm"]) or item["verified"] == "memory",
    }


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
