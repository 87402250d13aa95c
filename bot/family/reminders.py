"""Which reminders a family should get, and when: pure. Storing, sending once and stopping are the caller's.

The caller keeps the keys of what was sent and gives them back; a reminder is made of keys that do not change while the
plan is worked out anew each day, so nothing is said twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.family.dates import FamilyInputError

CITY_TIME = ZoneInfo("Asia/Tokyo")
EARLIEST_HOUR, LATEST_HOUR = 8, 20
"""Reminders begin within these hours of the city's clock, whatever hour was asked for: none at night."""

BEFORE_DOSE, BEFORE_CHECKUP, BEFORE_VISIT, BEFORE_END = 7, 7, 3, 30
"""Days of notice. Choices of this project."""

HORIZON_DAYS = 400
PRIORITY = ("closing", "overdue", "dose", "maternal", "checkup", "pregnancy_visit")
"""What is kept first when a month is full."""

MODES = ("normal", "neutral", "off")


@dataclass(frozen=True)
class Preferences:
    """A family's choice. `neutral`: the words say nothing of health or children. `off`: nothing is sent."""

    hour: int = 18
    per_month: int = 4
    mode: str = "normal"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise FamilyInputError("mode", f"{self.mode!r} is not known. Give one of {', '.join(MODES)}.")
        if not 0 <= self.hour <= 23:
            raise FamilyInputError("hour", f"{self.hour} is no hour. Give 0 to 23.")
        if not 0 <= self.per_month <= 31:
            raise FamilyInputError("per_month", f"{self.per_month} is out of range. Give 0 to 31.")


@dataclass(frozen=True)
class Reminder:
    """One message to send. `keys` are what must be remembered as sent; `until` is the last day it is of use."""

    card: str
    kind: str
    send_at: datetime
    until: date
    reply: str
    data: Mapping[str, Any]
    keys: tuple[str, ...]


@dataclass
class _Wish:
    card: str
    kind: str
    day: date
    until: date
    data: dict[str, Any]
    keys: list[str] = field(default_factory=list)


def schedule(
    plans: Mapping[str, Mapping[str, Any]],
    now: datetime,
    preferences: Preferences,
    sent: Collection[str] = (),
    sent_this_month: int = 0,
) -> list[Reminder]:
    """The reminders from `now` (with a time zone) on, over all cards of one family, in order of time.

    `plans` are plans of bot.family.plan by card reference; `sent` the keys of reminders already sent;
    `sent_this_month` how many went out in the present month. At most `per_month` fall in any calendar month; what does
    not fit waits for the next month while it is still of use.
    """
    if preferences.mode == "off" or not preferences.per_month:
        return []
    hour = min(max(preferences.hour, EARLIEST_HOUR), LATEST_HOUR)
    local = now.astimezone(CITY_TIME)
    first = local.date() if local.time() < time(hour) else local.date() + timedelta(days=1)
    wishes: dict[str, _Wish] = {}
    for card in sorted(plans):
        for wish in _wishes(card, plans[card], first):
            if wish.day <= wish.until and wish.keys[0] not in sent:
                wishes.setdefault(wish.keys[0], wish)
    merged = _merge(list(wishes.values()))
    full: Counter[tuple[int, int]] = Counter({(local.year, local.month): sent_this_month})
    found = []
    waiting = sorted(merged, key=_order)
    while waiting:
        wish = waiting.pop(0)
        month = (wish.day.year, wish.day.month)
        if full[month] >= preferences.per_month:
            wish.day = (wish.day.replace(day=1) + timedelta(days=32)).replace(day=1)
            if wish.day <= wish.until:
                waiting = sorted([*waiting, wish], key=_order)
            continue
        full[month] += 1
        found.append(_reminder(wish, hour, preferences.mode))
    return sorted(found, key=lambda reminder: (reminder.send_at, reminder.card, reminder.keys))


def _order(wish: _Wish) -> tuple[int, int, int, date, str, tuple[str, ...]]:
    # Within a month the most important come first, so that they take its places.
    return wish.day.year, wish.day.month, PRIORITY.index(wish.kind), wish.day, wish.card, tuple(wish.keys)


def _reminder(wish: _Wish, hour: int, mode: str) -> Reminder:
    neutral = mode == "neutral"
    return Reminder(
        card=wish.card,
        kind=wish.kind,
        send_at=datetime.combine(wish.day, time(hour), CITY_TIME),
        until=wish.until,
        reply="reminder_neutral" if neutral else f"reminder_{wish.kind}",
        data={} if neutral else wish.data,
        keys=tuple(wish.keys),
    )


def _wishes(card: str, plan: Mapping[str, Any], first: date) -> Iterator[_Wish]:
    last = first + timedelta(days=HORIZON_DAYS)
    if "birthdate" in plan:
        found = [*_of_doses(card, plan["immunisation"], first), *_of_checkups(card, plan["checkups"], first)]
    else:
        found = list(_of_pregnancy(card, plan["pregnancy"], first))
    yield from (wish for wish in found if wish.day <= last)


def _of_doses(card: str, entries: list[dict[str, Any]], first: date) -> Iterator[_Wish]:
    for entry in entries:
        # Alternatives to one another are one thing to remember; the first of them speaks for both.
        name = f"{card}:{entry['one_of'] or entry['vaccine']}/{entry['dose']}"
        if entry["best"] is None or entry["status"] == "check":
            continue
        best, latest = date.fromisoformat(entry["best"]), date.fromisoformat(entry["latest"])
        told = {"doses": [{"vaccine": entry["vaccine"], "dose": entry["dose"]}], "date": entry["best"]}
        end = latest - timedelta(days=BEFORE_END)
        closing = {**told, "date": entry["latest"]}
        notice = max(first, best - timedelta(days=BEFORE_DOSE))
        if notice >= end:
            yield _Wish(card, "closing", notice, latest, closing, [f"closing:{name}"])
            continue
        if entry["overdue"]:
            quarter = f"{first.year}-{(first.month + 2) // 3}"
            yield _Wish(card, "overdue", first, latest, told, [f"overdue:{name}:{quarter}"])
        else:
            yield _Wish(card, "dose", notice, latest, told, [f"dose:{name}"])
        if end > best:
            yield _Wish(card, "closing", end, latest, closing, [f"closing:{name}"])


def _of_checkups(card: str, checkups: list[dict[str, Any]], first: date) -> Iterator[_Wish]:
    for checkup in checkups:
        if checkup["status"] in ("due", "upcoming") and not checkup["only_if_doctor_says"]:
            start = date.fromisoformat(checkup["from"])
            until = date.fromisoformat(checkup["about_until"])
            data = {"checkup": checkup["id"], "date": checkup["from"], "confirm": checkup["confirm"]}
            day = max(first, start - timedelta(days=BEFORE_CHECKUP))
            yield _Wish(card, "checkup", day, until, data, [f"checkup:{card}:{checkup['id']}"])


def _of_pregnancy(card: str, pregnancy: Mapping[str, Any], first: date) -> Iterator[_Wish]:
    due = date.fromisoformat(pregnancy["due_date"])
    for visit in pregnancy["visits"]:
        about = date.fromisoformat(visit["about"])
        day = max(first, about - timedelta(days=BEFORE_VISIT))
        key = f"visit:{card}:{visit['week']}"
        yield _Wish(card, "pregnancy_visit", day, min(about, due), {"date": visit["about"]}, [key])
    maternal = pregnancy["maternal"]
    if maternal and maternal["best"]:
        start = date.fromisoformat(maternal["earliest"]) - timedelta(days=BEFORE_DOSE)
        until = date.fromisoformat(maternal["latest"])
        data = {"date": maternal["earliest"], "until": maternal["latest"]}
        yield _Wish(card, "maternal", max(first, start), until, data, [f"maternal:{card}"])


def _merge(wishes: list[_Wish]) -> list[_Wish]:
    """One message for the doses of one card, kind and day; the earliest end holds."""
    found: dict[tuple[Any, ...], _Wish] = {}
    for wish in wishes:
        shared = wish.kind in ("dose", "closing", "overdue")
        same = (wish.card, wish.kind, wish.day, wish.data["date"] if wish.kind != "overdue" else "")
        key = same if shared else (*same, *wish.keys)
        first = found.get(key)
        if first is None:
            found[key] = _Wish(wish.card, wish.kind, wish.day, wish.until, dict(wish.data), list(wish.keys))
        else:
            first.keys += wish.keys
            first.until = min(first.until, wish.until)
            first.data["doses"] = [*first.data["doses"], *wish.data["doses"]]
    return list(found.values())
