"""When counsellors answer. Decided here, on the server, at the moment something is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import yaml

from bot.yaml_files import read_yaml

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 30

Span = tuple[time, time]


class DutyError(ValueError):
    """duty.yml cannot be used. The message names file, field and remedy."""


@dataclass(frozen=True)
class DutyStatus:
    """`next_open` is set exactly when nobody is on duty and an opening within 30 days is known."""

    on_duty: bool
    next_open: datetime | None


@dataclass(frozen=True)
class Duty:
    """Weekly hours, hours on public holidays, and dated exceptions which win over both."""

    weekly: dict[str, Span | None]
    on_holidays: Span | None
    exceptions: tuple[tuple[date, date, Span | None], ...]

    @classmethod
    def load(cls, content_dir: Path) -> Duty:
        path = content_dir / "knowledge_base" / "duty.yml"
        try:
            raw = read_yaml(path)["duty"]
            weekly = {day: _span(raw["hours"].get(day)) for day in DAYS}
            exceptions = tuple(
                (item["from"], item["to"], _span(item.get("hours"))) for item in raw.get("exceptions") or []
            )
            return cls(weekly, _span(raw.get("holidays")), exceptions)
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            remedy = 'Give hours as ["08:30", "17:00"] or null for each of mon..sun, holidays and exceptions.'
            raise DutyError(f"{path}: {error!r}. {remedy}") from error

    def span_on(self, day: date) -> Span | None:
        for first, last, span in self.exceptions:
            if first <= day <= last:
                return span
        if day in _holidays(day.year):
            return self.on_holidays
        return self.weekly[DAYS[day.weekday()]]

    def status(self, now: datetime) -> DutyStatus:
        """`now` is any aware datetime; the answer is in Japan time."""
        local = now.astimezone(TOKYO)
        span = self.span_on(local.date())
        if span and span[0] <= local.time() < span[1]:
            return DutyStatus(True, None)
        for days in range(LOOK_AHEAD_DAYS):
            day = local.date() + timedelta(days=days)
            span = self.span_on(day)
            if span:
                opening = datetime.combine(day, span[0], TOKYO)
                if opening > local:
                    return DutyStatus(False, opening)
        return DutyStatus(False, None)


@lru_cache(maxsize=8)
def _holidays(year: int) -> Any:
    return holidays.country_holidays("JP", years=year)


def _span(value: Any) -> Span | None:
    if value is None:
        return None
    opening, closing = (time.fromisoformat(str(part)) for part in value)
    if opening >= closing:
        raise ValueError(f"{value}: opens after it closes")
    return opening, closing
