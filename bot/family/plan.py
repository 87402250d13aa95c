"""One request in, one plan out: immunisation, checkups and what comes next. docs/family.md describes the output."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.family.checkups import CheckupRules, child_checkups, pregnancy_plan
from bot.family.dates import FamilyInputError, age_on, parse_date
from bot.family.history import read_doses
from bot.family.immunisation import plan_immunisation
from bot.family.rules import RuleSet
from bot.settings import PROJECT_ROOT

OLDEST_YEARS = 120
SEXES = ("female", "male")


def plan(request: Mapping[str, Any], today: date, content_dir: Path = PROJECT_ROOT) -> dict[str, Any]:
    """Plan for one child (`birthdate`) or one pregnancy (`due_date`).

    Keys read: birthdate, due_date, doses, on, sex (`female` or `male`), had (illnesses), checkups_done. Raises
    FamilyInputError naming the key and what to give.
    """
    rules, checkup_rules = RuleSet.load(content_dir), CheckupRules.load(content_dir)
    on = today if request.get("on") is None else parse_date(request["on"], "on")
    if request.get("birthdate") is None and request.get("due_date") is not None:
        return _pregnancy(rules, checkup_rules, request, on)
    if request.get("birthdate") is None:
        raise FamilyInputError("birthdate", "is missing. Give year-month-day, for example 2026-04-30.")
    birth = parse_date(request["birthdate"], "birthdate")
    if birth > on:
        raise FamilyInputError("birthdate", f"{birth} is after {on}. For a baby not yet born give `due_date`.")
    if birth.year < on.year - OLDEST_YEARS:
        raise FamilyInputError("birthdate", f"{birth} is too long ago. Correct the year.")
    sex = request.get("sex")
    if sex is not None and sex not in SEXES:
        raise FamilyInputError("sex", f"{sex!r} is not known. Give female or male, or leave it out.")
    had = _illnesses(rules, request.get("had") or [])
    done = _texts(request.get("checkups_done") or [], "checkups_done")
    doses = read_doses(rules, birth, on, request.get("doses") or [])
    found = plan_immunisation(rules, birth, on, doses, sex, had)
    checkups = child_checkups(checkup_rules, birth, on, done)
    years, months, days = age_on(birth, on)
    return {
        "birthdate": birth.isoformat(),
        "on": on.isoformat(),
        "age": {"years": years, "months": months, "days": days},
        "schedule": {"id": rules.id, "as_of": rules.as_of, "confirm_with": _contact(rules)},
        "immunisation": found.entries,
        "doses": found.doses,
        "checkups": checkups,
        "visits": visits(found.entries),
        "next": _next(found.entries, checkups, on),
        "overdue": [
            {"vaccine": entry["vaccine"], "dose": entry["dose"], "best": entry["best"], "latest": entry["latest"]}
            for entry in found.entries
            if entry["overdue"]
        ],
    }


def visits(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days on which doses are proposed, each with the doses that can be given together then."""
    days: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        if entry["best"] and entry["status"] != "check":
            item = {key: entry[key] for key in ("vaccine", "dose", "one_of")}
            days.setdefault(entry["best"], []).append(item)
    return [{"date": day, "doses": days[day]} for day in sorted(days)]


def _pregnancy(rules: RuleSet, checkups: CheckupRules, request: Mapping[str, Any], on: date) -> dict[str, Any]:
    due = parse_date(request["due_date"], "due_date")
    start = date.fromordinal(max(1, due.toordinal() - checkups.term_days))
    doses = read_doses(rules, start, on, request.get("doses") or [])
    maternal = dict(rules.maternal)
    days = []
    if maternal:
        rule = rules.rules[maternal["rule"]]
        maternal["why"] = rule.as_dict()
        parts = set(maternal["parts"])
        days = [date.fromordinal(dose.day) for dose in doses if dose.product.parts & parts]
        if on.toordinal() < rule.valid_from:
            maternal = {}
    found = pregnancy_plan(checkups, due, on, maternal or None, days)
    upcoming = [visit["about"] for visit in found["visits"]]
    return {
        "on": on.isoformat(),
        "schedule": {"id": rules.id, "as_of": rules.as_of, "confirm_with": _contact(rules)},
        "immunisation": [found["maternal"]] if found["maternal"] else [],
        "checkups": found["visits"],
        "pregnancy": found,
        "next": {"date": upcoming[0], "doses": [], "checkups": [found["visits"][0]["id"]]} if upcoming else None,
    }


def _next(entries: list[dict[str, Any]], checkups: list[dict[str, Any]], on: date) -> dict[str, Any] | None:
    """The nearest day with something to do, today for what is due, and all that belongs to it."""
    today = on.isoformat()
    wanted: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry["best"] and entry["status"] != "check":
            day = wanted.setdefault(entry["best"], {"doses": [], "checkups": []})
            day["doses"].append({key: entry[key] for key in ("vaccine", "dose", "one_of", "overdue")})
    for checkup in checkups:
        if checkup["status"] in ("due", "upcoming") and not checkup["only_if_doctor_says"]:
            day = wanted.setdefault(max(checkup["from"], today), {"doses": [], "checkups": []})
            day["checkups"].append(checkup["id"])
    if not wanted:
        return None
    nearest = min(wanted)
    return {"date": nearest, "in_days": (date.fromisoformat(nearest) - on) // timedelta(days=1), **wanted[nearest]}


def _contact(rules: RuleSet) -> dict[str, Any]:
    contact = dict(rules.contact)
    return {**contact, **rules.rules[contact.pop("rule")].as_dict()} if contact else {}


def _illnesses(rules: RuleSet, value: object) -> frozenset[str]:
    known = {series.not_after_illness for series in rules.series if series.not_after_illness}
    given = _texts(value, "had")
    for name in given:
        if name not in known:
            raise FamilyInputError("had", f"{name!r} is not known. Known: {', '.join(sorted(known))}.")
    return frozenset(given)


def _texts(value: object, field: str) -> list[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise FamilyInputError(field, "give a list of ids.")
    return list(value)
