"""The figures of one fiscal year of Japan, April to March, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from bot.handover.statistics import PeriodError, Statistics, collect

FIRST_MONTH = 4
EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True)
class Year:
    """`months` holds twelve periods from April on; those still to come are nought."""

    year: int
    total: Statistics
    months: tuple[Statistics, ...]


def collect_year(session: Session, year: int) -> Year:
    """Count the fiscal year that begins in April of `year`. Raises PeriodError for a year out of range."""
    if not EARLIEST <= year <= LATEST:
        raise PeriodError(f"Give a year from {EARLIEST} to {LATEST}.")
    starts = [date(year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(FIRST_MONTH, FIRST_MONTH + 13)]
    day = timedelta(days=1)
    months = tuple(collect(session, first, after - day) for first, after in zip(starts, starts[1:], strict=False))
    return Year(year, collect(session, starts[0], starts[-1] - day), months)
