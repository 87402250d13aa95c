"""How Japanese rules count days, months and ages. Dates are proleptic Gregorian ordinals (`date.toordinal()`).

Sources: the age law as cities print it (a person reaches an age at the end of the day before the birthday), and the
counting of intervals in https://www.city.natori.miyagi.jp/page/28849.html (2025-01-29): where a month has no such day,
the month of age ends on its last day, and an interval in months ends so that the first of the month after is free.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache


class FamilyInputError(ValueError):
    """Something a family or a caller gave cannot be used. `field` names the place, the message says what to give."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


def parse_date(value: object, field: str) -> date:
    """An ISO date (`YYYY-MM-DD`) or a `date`. Raises FamilyInputError naming `field`."""
    if isinstance(value, date):
        return value if type(value) is date else date(value.year, value.month, value.day)
    if isinstance(value, str) and len(value) == 10 and value.isascii():
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise FamilyInputError(field, f"{value!r} is not a date. Give year-month-day, for example 2026-04-30.")


@lru_cache(maxsize=65536)
def month_day(start: int, months: int) -> int:
    """The day `months` after `start` with the same day number; where there is none, the first of the month after."""
    day = date.fromordinal(start)
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if day.day <= 28 or day.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day).toordinal()
    return date(year, month + 1, monthrange(year, month + 1)[1]).toordinal() + 1


@lru_cache(maxsize=65536)
def month_day_back(end: int, months: int) -> int:
    """The last day from which `month_day(day, months) <= end`."""
    day = date.fromordinal(end)
    years, month = divmod(day.month - 1 - months, 12)
    year = day.year + years
    guess = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).toordinal()
    while month_day(guess + 1, months) <= end:
        guess += 1
    return guess


def fiscal_year_start(day: int) -> int:
    """The 1 April on or before `day`: fiscal and school years run from 1 April to 31 March."""
    value = date.fromordinal(day)
    return date(value.year if value.month >= 4 else value.year - 1, 4, 1).toordinal()


def fiscal_year_end(day: int) -> int:
    """The 31 March on or after `day`."""
    value = date.fromordinal(day)
    return date(value.year + 1 if value.month >= 4 else value.year, 3, 31).toordinal()


def age_on(birth: date, on: date) -> tuple[int, int, int]:
    """Completed (years, months, days) as families say it: a birthday adds a year. Raises ValueError before birth."""
    if on < birth:
        raise ValueError("the day is before the birth")
    months = (on.year - birth.year) * 12 + on.month - birth.month
    while month_day(birth.toordinal(), months) > on.toordinal():
        months -= 1
    days = on.toordinal() - month_day(birth.toordinal(), months)
    return months // 12, months % 12, days


def months_old(birth: date, on: date) -> float:
    """Age in months with the part of the running month as a fraction, for curves."""
    years, months, _ = age_on(birth, on)
    whole = years * 12 + months
    start, end = month_day(birth.toordinal(), whole), month_day(birth.toordinal(), whole + 1)
    return whole + (on.toordinal() - start) / (end - start)
