"""Opening hours as data: `mon-sat 09:30-21:00; sun,holidays 09:30-18:00; closed 12-29/01-03; closed tue#3`.

`all-year` says that the turn of the year makes no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import holidays

from bot.knowledge.values import WEEKDAYS, ValueFault, parse_days

_SPAN = re.compile(r"(\S+)\s+(\d{2}:\d{2})-(\d{2}:\d{2})")
_CLOSED_DATES = re.compile(r"closed\s+(\d{2})-(\d{2})/(\d{2})-(\d{2})")
_CLOSED_NTH = re.compile(r"closed\s+(mon|tue|wed|thu|fri|sat|sun)#([1-5])")
_TURN_OF_YEAR = ((12, 29), (1, 3))
_JAPANESE_DAYS = "月火水木金土日"


@dataclass(frozen=True)
class OpeningHours:
    """When a place is open. `spans` are (weekday numbers, holidays too?, opens, closes); weekday 0 is Monday."""

    spans: tuple[tuple[frozenset[int], bool, time, time], ...]
    closed_dates: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    closed_nth: tuple[tuple[int, int], ...] = ()
    all_year: bool = False

    @classmethod
    def parse(cls, text: str) -> OpeningHours | None:
        """None for an empty text (unknown hours). Raises ValueFault."""
        spans = []
        closed_dates = []
        closed_nth = []
        all_year = False
        for part in filter(None, (piece.strip() for piece in text.split(";"))):
            if part == "all-year":
                all_year = True
            elif match := _CLOSED_DATES.fullmatch(part):
                first_month, first_day, last_month, last_day = map(int, match.groups())
                closed_dates.append(((first_month, first_day), (last_month, last_day)))
            elif match := _CLOSED_NTH.fullmatch(part):
                closed_nth.append((WEEKDAYS.index(match.group(1)), int(match.group(2))))
            elif match := _SPAN.fullmatch(part):
                numbers, on_holidays = _weekdays(match.group(1))
                spans.append((numbers, on_holidays, _clock(match.group(2)), _clock(match.group(3))))
            else:
                raise ValueFault(
                    f"`{part}` is not a span of opening hours.",
                    "Write `mon-fri 08:30-17:00`, `daily 00:00-24:00`, `closed 12-29/01-03`, `closed tue#3`.",
                )
        return cls(tuple(spans), tuple(closed_dates), tuple(closed_nth), all_year) if spans else None

    @classmethod
    def from_columns(cls, days: str, opens: str, closes: str) -> OpeningHours | None:
        """From the columns of the open-data standard: 利用可能曜日 `月火水`, 開始時間, 終了時間. None when not given."""
        numbers = frozenset(_JAPANESE_DAYS.index(day) for day in days if day in _JAPANESE_DAYS)
        if not (numbers and opens and closes):
            return None
        return cls(((numbers, "祝" in days, _clock(opens), _clock(closes)),))

    def is_open(self, at: datetime) -> bool | None:
        """Whether it is open at local time `at`; None when the hours do not say."""
        day = at.date()
        if self._closed_on(day):
            return False
        if not (self.closed_dates or self.all_year) and _between(day, *_TURN_OF_YEAR):
            # Offices close then, but a stated rule is missing here: unknown is safer than sending someone out.
            return None
        holiday = is_holiday(day)
        own_holiday_hours = any(on_holidays for _, on_holidays, _, _ in self.spans)
        for numbers, on_holidays, opens, closes in self.spans:
            applies = on_holidays if holiday and own_holiday_hours else (not holiday and day.weekday() in numbers)
            if applies and opens <= at.time() and (at.time() < closes or closes == time.max):
                return True
        return False

    def _closed_on(self, day: date) -> bool:
        nth = (day.day - 1) // 7 + 1
        return (day.weekday(), nth) in self.closed_nth or any(_between(day, *span) for span in self.closed_dates)


def is_holiday(day: date) -> bool:
    """Whether `day` is a public holiday in Japan, substitute holidays included."""
    return day in _japan(day.year)


@lru_cache(maxsize=8)
def _japan(year: int) -> Any:
    return holidays.country_holidays("JP", years=year)


def _weekdays(text: str) -> tuple[frozenset[int], bool]:
    numbers: set[int] = set()
    on_holidays = False
    for part in parse_days(text):
        if isinstance(part, tuple):
            first, last = WEEKDAYS.index(part[0]), WEEKDAYS.index(part[1])
            numbers |= {index % 7 for index in range(first, last + 1 if last >= first else last + 8)}
        elif part == "weekdays":
            numbers |= set(range(5))
        elif part == "weekends":
            numbers |= {5, 6}
        elif part == "daily":
            numbers |= set(range(7))
            on_holidays = True
        elif part == "holidays":
            on_holidays = True
        else:
            numbers.add(WEEKDAYS.index(part))
    return frozenset(numbers), on_holidays


def _clock(text: str) -> time:
    if text in ("24:00", "2400"):
        return time.max
    try:
        hour, minute = text.split(":")[:2]
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueFault(f"{text!r} is not a time of day.", "Write HH:MM, for example 08:30.") from None


def _between(day: date, first: tuple[int, int], last: tuple[int, int]) -> bool:
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last
