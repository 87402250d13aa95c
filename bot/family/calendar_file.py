"""A calendar (.ics) of a plan, to subscribe to. Python 3.11 only: it uses the icalendar library."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import icalendar

from bot.family.words import FamilyWords


def calendar(
    plan: Mapping[str, Any],
    words: FamilyWords,
    *,
    card: str,
    changed_at: datetime,
    name: str = "",
    neutral: bool = False,
) -> bytes:
    """The days to come of a plan as whole-day entries.

    `card` is any stable reference: entries keep their identity between calls without showing it. With `neutral` no
    entry says anything of health, children or the city.
    """
    file = icalendar.Calendar()
    file.add("prodid", "-//iroiro//family//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-published-ttl", "P1D")
    title = words.text("calendar_name", name=name or words.texts["child_unnamed"])
    file.add("x-wr-calname", words.texts["calendar_name_neutral"] if neutral else title)
    for key, day, what, until in _days(plan, words):
        event = icalendar.Event()
        event.add("uid", hashlib.sha256(f"{card}:{key}".encode()).hexdigest()[:32] + "@iroiro")
        event.add("dtstamp", changed_at)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        if neutral:
            event.add("summary", words.texts["calendar_event_neutral"])
        else:
            event.add("summary", words.text("calendar_event", what=what))
            if until:
                event.add("description", words.text("calendar_note", until=until))
        file.add_component(event)
    return bytes(file.to_ical())


def merged(files: Sequence[bytes], words: FamilyWords, *, neutral: bool) -> bytes:
    """Several cards' calendars as one; an empty one where there is no card."""
    whole = icalendar.Calendar()
    whole.add("prodid", "-//iroiro//family//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-published-ttl", "P1D")
    key = "calendar_name_neutral" if neutral else "calendar_name"
    whole.add("x-wr-calname", words.texts[key].format(name=words.texts["child_unnamed"]))
    for file in files:
        for event in icalendar.Calendar.from_ical(file).walk("VEVENT"):
            whole.add_component(event)
    return bytes(whole.to_ical())


def _days(plan: Mapping[str, Any], words: FamilyWords) -> list[tuple[str, date, str, str]]:
    """(stable key, day, what, last day) of every entry, in order."""
    found: list[tuple[str, date, str, str]] = []
    for entry in plan["immunisation"]:
        if entry["best"] is None or entry["status"] == "check":
            continue
        dose = entry.get("dose")
        what = words.vaccine(entry["vaccine"]) + (f" {words.dose(dose)}" if dose else "")
        found.append((f"{entry['vaccine']}/{dose}", date.fromisoformat(entry["best"]), what, entry["latest"]))
    for checkup in plan["checkups"]:
        if "about" in checkup:
            key = f"visit/{checkup['week']}"
            found.append((key, date.fromisoformat(checkup["about"]), words.checkup(checkup["id"]), ""))
        elif checkup["status"] in ("due", "upcoming") and not checkup["only_if_doctor_says"]:
            day = max(date.fromisoformat(checkup["from"]), date.fromisoformat(plan["on"]))
            found.append((checkup["id"], day, words.checkup(checkup["id"]), checkup["until"] or ""))
    return sorted(found, key=lambda item: (item[1], item[0]))
