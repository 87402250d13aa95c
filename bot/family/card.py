"""What a card holds and how it may change: pure. A card is one child or one pregnancy, a plain JSON value.

A child: kind, name, birthdate, sex, ward, doses, checkups, measurements, milestones. A pregnancy: kind, name, due_date, ward,
height_cm, weight_kg (before it), doses, weights. Every change is checked here; FamilyInputError names the field and the remedy.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.family import growth
from bot.family.checkups import CheckupRules, weight_gain_band
from bot.family.dates import FamilyInputError, parse_date
from bot.family.plan import plan
from bot.family.rules import RuleSet
from bot.settings import PROJECT_ROOT
from bot.vocabulary import WARDS

Body = dict[str, Any]

NAME_LENGTH, NOTE_LENGTH = 30, 80
RECORDS_LIMIT = 400
"""Records of one kind on one card; far beyond any childhood, and small enough to open in a moment."""

DUE_WITHIN_DAYS = 300
PREGNANCY_DAYS = 280
HEIGHT_LIMITS = (100.0, 220.0)
WEIGHT_LIMITS = (25.0, 250.0)
RECORDS = {"dose": "doses", "checkup": "checkups", "measurement": "measurements", "milestone": "milestones"}
LISTS = {**RECORDS, "weight": "weights"}


@dataclass(frozen=True)
class Written:
    """What a change did: the key of what to say with its data, and whether the card is to be kept."""

    reply: str
    data: dict[str, Any]
    keep: bool = True
    ask: bool = False
    """The value is surprising: ask once, and take it when it is said to be right."""


def new_card(given: Mapping[str, Any], today: date, content_dir: Path = PROJECT_ROOT) -> Body:
    """A card from what a parent gave: `birthdate` or `due_date`, and if they like `name`, `sex`, `ward`."""
    body: Body = {"kind": "child" if given.get("birthdate") else "pregnancy", "name": "", "ward": None}
    if not given.get("birthdate") and not given.get("due_date"):
        raise FamilyInputError("birthdate", "is missing. Give the birth date, or the due date of a pregnancy.")
    body["doses"] = []
    if body["kind"] == "child":
        body |= {"sex": None, "checkups": [], "measurements": [], "milestones": []}
    else:
        body |= {"height_cm": None, "weight_kg": None, "weights": []}
    change(body, given, today)
    plan_of(body, today, content_dir)
    return body


def change(body: Body, given: Mapping[str, Any], today: date) -> None:
    """Set what stands in `given`. A birth date on a pregnancy makes it a child's card."""
    if "name" in given:
        body["name"] = _text(given["name"], "name", NAME_LENGTH)
    if "ward" in given:
        if given["ward"] not in (None, "", *WARDS):
            raise FamilyInputError("ward", f"is not known. Give one of {', '.join(WARDS)}, or leave it out.")
        body["ward"] = given["ward"] or None
    if given.get("birthdate"):
        birth = parse_date(given["birthdate"], "birthdate")
        if not today - timedelta(days=366 * 20) <= birth <= today:
            raise FamilyInputError("birthdate", "is not the birth date of a child. Check the year.")
        if body["kind"] == "pregnancy":
            _born(body)
        body["birthdate"] = birth.isoformat()
    if given.get("due_date") and body["kind"] == "pregnancy":
        due = parse_date(given["due_date"], "due_date")
        if not today - timedelta(days=21) <= due <= today + timedelta(days=DUE_WITHIN_DAYS):
            raise FamilyInputError("due_date", "lies too far away. Check the date.")
        body["due_date"] = due.isoformat()
    if body["kind"] == "child" and "sex" in given:
        if given["sex"] not in (None, "", "female", "male"):
            raise FamilyInputError("sex", "Give female or male, or leave it out.")
        body["sex"] = given["sex"] or None
    if body["kind"] == "pregnancy":
        for field, low, high in (("height_cm", *HEIGHT_LIMITS), ("weight_kg", *WEIGHT_LIMITS)):
            if field in given:
                body[field] = None if given[field] is None else _number(given[field], field, low, high)


def add_record(body: Body, given: Mapping[str, Any], today: date, content_dir: Path = PROJECT_ROOT) -> Written:
    """Write down a dose, checkup, measurement, milestone or weight. The new record is the last of its list."""
    kind = str(given.get("kind"))
    name = LISTS.get(kind)
    if name is None or name not in body:
        raise FamilyInputError("kind", f"{kind!r} cannot be written on this card.")
    if len(body[name]) >= RECORDS_LIMIT:
        raise FamilyInputError("kind", "There are too many records of this kind. Remove some first.")
    record, written = {
        "dose": _dose,
        "checkup": _checkup,
        "measurement": _measurement,
        "milestone": _milestone,
        "weight": _weight,
    }[kind](body, given, today, content_dir)
    if written.keep:
        body[name].append({"key": secrets.token_hex(4), **record})
    return written


def remove_record(body: Body, key: str) -> bool:
    """Take a record back. False when there is none with this key."""
    for name in LISTS.values():
        kept = [record for record in body.get(name, []) if record["key"] != key]
        if name in body and len(kept) < len(body[name]):
            body[name] = kept
            return True
    return False


def plan_of(body: Body, today: date, content_dir: Path = PROJECT_ROOT) -> dict[str, Any]:
    """The plan of a card as of `today` (see docs/family.md)."""
    doses = [{"vaccine": dose["vaccine"], "date": dose["date"]} for dose in body["doses"]]
    if body["kind"] == "pregnancy":
        return plan({"due_date": body["due_date"], "doses": doses}, today, content_dir)
    done = [checkup["checkup"] for checkup in body["checkups"]]
    request = {"birthdate": body["birthdate"], "doses": doses, "checkups_done": done, "sex": body["sex"]}
    return plan(request, today, content_dir)


def measurements_of(body: Body) -> list[growth.Measurement]:
    return [
        growth.Measurement(item["measure"], date.fromisoformat(item["on"]), float(item["value"]))
        for item in body.get("measurements", [])
    ]


def gains_of(body: Body) -> list[tuple[float, float]]:
    """(week of pregnancy, kg gained) of every weight; [] until the weight before the pregnancy is known."""
    if body["weight_kg"] is None:
        return []
    start = date.fromisoformat(body["due_date"]) - timedelta(days=PREGNANCY_DAYS)
    weeks = [((date.fromisoformat(item["on"]) - start).days / 7, item) for item in body["weights"]]
    return [(week, round(item["kg"] - body["weight_kg"], 1)) for week, item in weeks]


def band_of(body: Body, content_dir: Path = PROJECT_ROOT) -> dict[str, Any] | None:
    """The recommended gain over the pregnancy; None until height and weight before it are known."""
    if body["height_cm"] is None or body["weight_kg"] is None:
        return None
    return weight_gain_band(CheckupRules.load(content_dir), body["height_cm"], body["weight_kg"])


def _born(body: Body) -> None:
    for field in ("due_date", "height_cm", "weight_kg", "weights"):
        del body[field]
    # The mother's doses are not the child's.
    body |= {"kind": "child", "sex": None, "doses": [], "checkups": [], "measurements": [], "milestones": []}


def _dose(body: Body, given: Mapping[str, Any], today: date, content_dir: Path) -> tuple[dict[str, Any], Written]:
    rules = RuleSet.load(content_dir)
    vaccine = _product(rules, str(given.get("vaccine")))
    if vaccine is None:
        raise FamilyInputError("vaccine", "is not known. Give the id of a product or series.")
    day = _day(given, "on", today, body.get("birthdate"))
    record = {"vaccine": vaccine, "date": day}
    if any(dose["vaccine"] == vaccine and dose["date"] == day for dose in body["doses"]):
        raise FamilyInputError("vaccine", "This dose is already written down.")
    return record, Written("dose_marked", {"vaccine": vaccine, "date": day})


def _product(rules: RuleSet, name: str) -> str | None:
    """The product of this name; for a series given by several products, the first that the schedule lists."""
    if name in rules.products:
        return name
    if name not in {series.id for series in rules.series}:
        return None
    return next((product for product in rules.products if product.startswith(name)), None)


def _checkup(body: Body, given: Mapping[str, Any], today: date, content_dir: Path) -> tuple[dict[str, Any], Written]:
    known = {item["id"] for item in plan_of(body, today, content_dir)["checkups"]}
    name = str(given.get("checkup"))
    if name not in known:
        raise FamilyInputError("checkup", f"{name!r} is not known.")
    return {"checkup": name, "on": _day(given, "on", today, body["birthdate"])}, Written("saved", {})


def _measurement(
    body: Body, given: Mapping[str, Any], today: date, content_dir: Path
) -> tuple[dict[str, Any], Written]:
    measure = str(given.get("measure"))
    if measure not in growth.MEASURES:
        raise FamilyInputError("measure", f"Give one of {', '.join(growth.MEASURES)}.")
    value = round(_number(given.get("value"), "value", float("-inf"), float("inf")), 2)
    item = growth.Measurement(measure, parse_date(given.get("on") or today.isoformat(), "on"), value)
    birth = date.fromisoformat(body["birthdate"])
    confirmed = bool(given.get("confirmed"))
    said = growth.answer(growth.GrowthTable.load(content_dir), birth, body["sex"], item, today, confirmed=confirmed)
    asks = said.reply == "growth_ask_again"
    record = {"measure": measure, "value": value, "on": item.on.isoformat()}
    return record, Written(said.reply, dict(said.data), keep=said.keep, ask=asks)


def _milestone(body: Body, given: Mapping[str, Any], today: date, content_dir: Path) -> tuple[dict[str, Any], Written]:
    name = str(given.get("milestone"))
    if name not in growth.milestones(content_dir):
        raise FamilyInputError("milestone", f"{name!r} is not known.")
    day = _day(given, "on", today, body["birthdate"])
    note = _text(given.get("note") or "", "note", NOTE_LENGTH)
    return {"milestone": name, "on": day, "note": note}, Written("milestone_saved", {"milestone": name, "date": day})


def _weight(body: Body, given: Mapping[str, Any], today: date, content_dir: Path) -> tuple[dict[str, Any], Written]:
    value = _number(given.get("value"), "value", float("-inf"), float("inf"))
    start = date.fromisoformat(body["due_date"]) - timedelta(days=PREGNANCY_DAYS)
    day = _day(given, "on", today, start.isoformat())
    data = {"measure": "weight", "value": round(value, 1), "unit": "kg"}
    low, high = WEIGHT_LIMITS
    if not low <= value <= high:
        return {}, Written("growth_refused", {**data, "low": low, "high": high}, keep=False)
    return {"kg": round(value, 1), "on": day}, Written("growth_saved", data)


def _day(given: Mapping[str, Any], field: str, today: date, since: str | None) -> str:
    day = parse_date(given.get(field) or today.isoformat(), field)
    if day > today or (since is not None and day < date.fromisoformat(since)):
        raise FamilyInputError(field, "This day cannot be. Check the date.")
    return day.isoformat()


def _text(value: object, field: str, limit: int) -> str:
    if not isinstance(value, str):
        raise FamilyInputError(field, "Give a text.")
    kept = " ".join("".join(char for char in value if char.isprintable()).split())
    if len(kept) > limit:
        raise FamilyInputError(field, f"is too long. Give at most {limit} characters.")
    return kept


def _number(value: object, field: str, low: float, high: float) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise FamilyInputError(field, "Give a number.") from None
    if number != number or not low <= number <= high:
        raise FamilyInputError(field, f"Give a number from {low:g} to {high:g}.")
    return number
