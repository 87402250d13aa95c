"""An immunisation and checkup plan as lines a resident can read. The plan itself is made by bot.family."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.reply.dates import long_date
from bot.reply.words import Words

SHOWN = 10
"""Lines of one answer; the next ones by date."""


def schedule_lines(plan: dict[str, Any], words: Words, locale: str) -> list[str]:
    """The next doses and checkups by date, each with its window. Finished windows and given doses are left out."""
    today = str(plan.get("on", ""))
    entries: list[tuple[str, str]] = []
    for item in plan.get("immunisation", []):
        if item.get("best"):
            name = f"{_vaccine(item['vaccine'], words, locale)} {_dose(str(item['dose']), words, locale)}"
            entries.append((item["best"], _line(name, item["best"], item.get("latest"), today, words, locale)))
    for item in plan.get("checkups", []):
        if item.get("status") != "closed" and item.get("from"):
            name = words.text(locale, "family.checkup_" + str(item["id"]).replace("-", "_"))
            entries.append((item["from"], _line(name, item["from"], item.get("until"), today, words, locale)))
    return [line for _, line in sorted(entries)[:SHOWN] if line]


def _line(name: str, start: str, end: str | None, today: str, words: Words, locale: str) -> str:
    shown_end = _day(end, locale)
    if not shown_end:
        return f"{name}: {_day(start, locale)}"
    if start <= today:
        return words.text(locale, "plan_due_now", name=name, to=shown_end)
    return words.text(locale, "plan_due", name=name, **{"from": _day(start, locale), "to": shown_end})


def _vaccine(vaccine: str, words: Words, locale: str) -> str:
    return words.text(locale, "family.vaccine_" + vaccine.replace("-", "_"))


def _dose(dose: str, words: Words, locale: str) -> str:
    if dose.isdigit():
        return words.text(locale, "family.dose_number", number=dose)
    return words.text(locale, f"family.dose_{dose}")


def _day(iso: str | None, locale: str) -> str:
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    shown = long_date(day, locale)
    # The Japanese pattern names no year, and a plan runs over several.
    return f"{day.year}年{shown}" if locale.startswith("ja") else shown
