"""Opening hours of hotlines as data.

`24h`, or spans separated by `;`: `daily 16:00-21:00`, `mon-fri 08:30-17:15`, `mon,tue,sat 14:00-21:00`,
`dom10 08:00-32:00` (the 10th of each month, until 8:00 the next day), `closed holidays`, `closed 12-29/01-03`.
Times are Japan time. Empty means that nobody knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

JAPAN = timezone(timedelta(hours=9), "JST")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"(\S+) (\d{2}):(\d{2})-(\d{2}):(\d{2})")
_CLOSED = re.compile(r"closed (\d{2})-(\d{2})/(\d{2})-(\d{2})")


class HoursError(ValueError):
    """Hours that cannot be read. The message shows them and the forms that can."""


@dataclass(frozen=True)
class Span:
    """Open on weekdays `days` (0 is Monday) or on the day of the month `month_day`; minutes from midnight."""

    days: tuple[int, ...]
    month_day: int | None
    opens: int
    closes: int


@dataclass(frozen=True)
class Hours:
    """When a line answers. `known` is False when nobody knows; `always` is day and night."""

    spans: tuple[Span, ...] = ()
    always: bool = False
    closed_holidays: bool = False
    closed: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()

    @property
    def known(self) -> bool:
        return self.always or bool(self.spans)

    def open_at(self, moment: datetime) -> bool | None:
        """Whether the line answers at `moment` (naive means Japan time); None when the hours are not known."""
        if not self.known:
            return None
        if self.always:
            return True
        local = moment.astimezone(JAPAN) if moment.tzinfo else moment
        minute = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        return self._open_on(today, minute) or self._open_on(yesterday, minute + 24 * 60)

    def _open_on(self, day: date, minute: int) -> bool:
        if self.closed_holidays and is_holiday(day):
            return False
        at = (day.month, day.day)
        for first, last in self.closed:
            if (first <= at <= last) if first <= last else (at >= first or at <= last):
                return False
        for span in self.spans:
            right_day = day.day == span.month_day if span.month_day else day.weekday() in span.days
            if right_day and span.opens <= minute < span.closes:
                return True
        return False


def parse_hours(text: str) -> Hours:
    """Read hours. Raises HoursError."""
    if text.strip() == "24h":
        return Hours(always=True)
    spans: list[Span] = []
    closed: list[tuple[tuple[int, int], tuple[int, int]]] = []
    holidays = False
    for part in (piece.strip() for piece in text.split(";")):
        if not part:
            continue
        if part == "closed holidays":
            holidays = True
        elif match := _CLOSED.fullmatch(part):
            first_month, first_day, last_month, last_day = (int(value) for value in match.groups())
            closed.append(((first_month, first_day), (last_month, last_day)))
        elif match := _SPAN.fullmatch(part):
            days, month_day = _days(match.group(1), text)
            opens = int(match.group(2)) * 60 + int(match.group(3))
            closes = int(match.group(4)) * 60 + int(match.group(5))
            if not opens < closes <= 48 * 60:
                raise HoursError(f"{part!r} in {text!r} ends before it begins. Past midnight, count on: 20:00-26:00.")
            spans.append(Span(days, month_day, opens, closes))
        else:
            raise HoursError(
                f"{part!r} in {text!r} is not understood. Write e.g. `mon-fri 09:00-17:00; closed holidays`."
            )
    return Hours(tuple(spans), False, holidays, tuple(closed))


def _days(text: str, whole: str) -> tuple[tuple[int, ...], int | None]:
    if text == "daily":
        return tuple(range(7)), None
    if text.startswith("dom") and text[3:].isdigit() and 1 <= int(text[3:]) <= 31:
        return (), int(text[3:])
    found: list[int] = []
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise HoursError(f"{piece!r} in {whole!r} is no weekday. Use mon tue wed thu fri sat sun, daily or dom10.")
        low, high = DAYS.index(first), DAYS.index(last or first)
        found.extend(range(low, high + 1))
    return tuple(found), None


def is_holiday(day: date) -> bool:
    """Whether `day` is a public holiday in Japan."""
    return day in _holidays(day.year)


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    # Imported here: the gate must load without it.
    import holidays

    return frozenset(holidays.country_holidays("JP", years=year))
