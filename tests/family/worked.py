"""Reads tests/family/data/cases.yml and compares a plan with a worked case."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.family.history import read_doses
from bot.family.immunisation import Immunisation, plan_immunisation
from bot.family.rules import RuleSet

DATA = Path(__file__).parent / "data" / "cases.yml"


@lru_cache(maxsize=1)
def cases() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(DATA.read_text(encoding="utf-8"))["cases"])


def dose_of(text: str) -> dict[str, str]:
    name, day, *country = text.split()
    return {"vaccine": name, "date": day, "country": country[0] if country else ""}


def planned(rules: RuleSet, case: dict[str, Any]) -> Immunisation:
    birth, on = date.fromisoformat(case["born"]), date.fromisoformat(case["as_of"])
    doses = read_doses(rules, birth, on, [dose_of(text) for text in case.get("doses", ())])
    return plan_immunisation(rules, birth, on, doses, case.get("sex"), frozenset(case.get("had", ())))


def differences(rules: RuleSet, case: dict[str, Any]) -> list[str]:
    """What the plan says otherwise than the case; empty when they agree."""
    plan = planned(rules, case)
    entries = {f"{entry['vaccine']}/{entry['dose']}": entry for entry in plan.entries}
    found = []
    for name, fields in case.get("expect", {}).items():
        for field, wanted in fields.items():
            value = entries.get(name, {}).get(field, "no such entry")
            if value != wanted:
                found.append(f"{name}.{field}: {value}, worked out {wanted}")
    for name in case.get("absent", ()):
        if name in entries:
            found.append(f"{name} is planned, worked out as absent")
    for text, wanted in case.get("judged", {}).items():
        if (value := _judged(rules, plan, dose_of(text))) != wanted:
            found.append(f"{text}: {value}, worked out {wanted}")
    return found


def _judged(rules: RuleSet, plan: Immunisation, dose: dict[str, str]) -> str:
    product = rules.product(dose["vaccine"])
    given = [item for item in plan.doses if product and item["vaccine"] == product.id and item["date"] == dose["date"]]
    if len(given) != 1:
        return f"{len(given)} doses"
    told: dict[str, Any] = next((item for item in given[0]["counts_for"] if item["status"] == given[0]["status"]), {})
    if given[0]["status"] in ("valid", "not_routine") or not told:
        return str(given[0]["status"])
    return " ".join(filter(None, (told["status"], told.get("reason"), told.get("not_before"))))
