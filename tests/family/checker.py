"""Checks a plan against the printed rules, written a second time and differently: no code or data of the planner.

Months are counted by comparing calendar fields, not by adding months to a date.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

ONE_DAY = timedelta(days=1)
LIVE = {"bcg": "bcg", "mr": "mr", "varicella": "varicella"}
LIVE_PRODUCTS = {
    "bcg": {"bcg"},
    "mr": {"mr"},
    "mmr": {"mr"},
    "mmrv": {"mr", "varicella"},
    "measles": {"mr"},
    "rubella": {"mr"},
    "varicella": {"varicella"},
    "mumps": {"mumps"},
    "yellow-fever": {"yellow-fever"},
    "je-live": {"je"},
}


def completed_months(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)


def has_reached(birth: date, day: date, months: int) -> bool:
    """At the end of `day` the child is that many months old."""
    return completed_months(birth, day + ONE_DAY) >= months


def is_before(birth: date, day: date, months: int) -> bool:
    """`day` is the day before that month-birthday, or earlier."""
    return completed_months(birth, day) < months


def school_year(day: date) -> int:
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def year_of_reaching(birth: date, years: int) -> int:
    day = date(birth.year + years, birth.month, 1)
    while not has_reached(birth, day, years * 12):
        day += ONE_DAY
    while has_reached(birth, day - ONE_DAY, years * 12):
        day -= ONE_DAY
    return school_year(day)


def between(birth: date, day: date, low: int, high: int) -> bool:
    return has_reached(birth, day, low) and is_before(birth, day, high)


def je_cohort(birth: date) -> bool:
    return date(1995, 4, 2) <= birth <= date(2007, 4, 1)


def age_allowed(vaccine: str, dose: str, birth: date, day: date) -> bool:
    """Whether a proposed day lies in a window of the routine schedule."""
    old = (day - birth).days
    extension = date(2025, 4, 1) <= day <= date(2027, 3, 31)
    if vaccine in ("rota1", "rota5"):
        return 42 <= old <= (104 if dose == "1" else 168 if vaccine == "rota1" else 224)
    if vaccine in ("hepb", "bcg"):
        return is_before(birth, day, 12)
    if vaccine == "pcv":
        return between(birth, day, 12 if dose == "booster" else 2, 60)
    if vaccine == "five-in-one":
        return between(birth, day, 2, 90) and day >= date(2024, 4, 1)
    if vaccine == "four-in-one":
        return between(birth, day, 2, 90)
    if vaccine == "hib":
        return between(birth, day, 2, 12 if dose in "23" else 60)
    if vaccine == "mr" and dose == "period1":
        special = date(2022, 4, 2) <= birth <= date(2023, 4, 1) and extension
        return between(birth, day, 12, 24) or special
    if vaccine == "mr":
        special = date(2018, 4, 2) <= birth <= date(2019, 4, 1) and extension
        return school_year(day) == year_of_reaching(birth, 6) or special
    if vaccine == "varicella":
        return between(birth, day, 12, 36)
    if vaccine == "je":
        low, high = (108, 156) if dose == "period2" else (6, 90)
        return between(birth, day, low, 240 if je_cohort(birth) else high)
    if vaccine == "dt":
        return between(birth, day, 132, 156)
    if vaccine == "hpv":
        ordinary = year_of_reaching(birth, 12) <= school_year(day) <= year_of_reaching(birth, 16)
        late = date(1997, 4, 2) <= birth <= date(2009, 4, 1) and date(2022, 4, 1) <= day <= date(2026, 3, 31)
        return ordinary or late
    raise AssertionError(f"no rule was written for {vaccine}")


def interval_kept(vaccine: str, dose: str, birth: date, course: list[tuple[str, date]], day: date) -> bool:
    """Whether a proposed day keeps the distance from the doses before it; `course` is (dose, day) in order."""
    if not course:
        return True
    previous = course[-1][1]
    days, months = (day - previous).days, completed_months(previous, day)
    first = course[0][1]
    if vaccine in ("rota1", "rota5"):
        return days >= 28
    if vaccine == "hepb":
        return days >= 28 if dose == "2" else days >= 1 and (day - first).days >= 140
    if vaccine == "pcv":
        begun_after_one = not is_before(birth, first, 12)
        return days >= (61 if dose == "booster" or begun_after_one else 28)
    if vaccine in ("five-in-one", "four-in-one"):
        return months >= 6 if dose == "booster" else days >= 21
    if vaccine == "hib":
        wanted = 2 if has_reached(birth, first, 7) and not is_before(birth, first, 7) else 3
        if dose == "booster" and len(course) >= wanted:
            return months >= 7
        return days >= 28
    if vaccine == "varicella":
        return months >= 3
    if vaccine == "je":
        return months >= 6 if dose == "booster" else days >= 7
    if vaccine == "hpv":
        if dose == "3":
            return months >= 3
        return months >= (5 if is_before(birth, first, 180) else 1)
    return days >= 1


def broken_rules(birth: date, on: date, plan: dict[str, Any]) -> list[str]:
    """Every way in which the proposals of a plan break a printed rule."""
    found = []
    courses: dict[str, list[tuple[str, date]]] = {}
    live = [(day, kinds) for item in plan["doses"] for day, kinds in _live(item)]
    given_live = list(live)
    entries = plan["immunisation"]
    for entry in entries:
        if entry["given"]:
            courses.setdefault(entry["vaccine"], []).append((entry["dose"], date.fromisoformat(entry["given"])))
    older = any(item["vaccine"] in ("hpv2", "hpv4") for item in plan["doses"])
    for entry in entries:
        vaccine, dose = entry["vaccine"], entry["dose"]
        name = f"{vaccine}/{dose}"
        if entry["best"] is None:
            continue
        earliest, best, latest = (date.fromisoformat(entry[key]) for key in ("earliest", "best", "latest"))
        if not on <= earliest <= best <= latest:
            found.append(f"{name}: not in order: {on} {earliest} {best} {latest}")
        for day in {earliest, best, latest}:
            if not age_allowed(vaccine, dose, birth, day):
                found.append(f"{name}: {day} is outside the window")
        course = courses.setdefault(vaccine, [])
        for day in {earliest, best}:
            if not (vaccine == "hpv" and older) and not interval_kept(vaccine, dose, birth, course, day):
                found.append(f"{name}: {day} is too soon after {course}")
        course.append((dose, best))
        if vaccine in LIVE:
            for day, kinds in given_live:
                if vaccine not in kinds and 0 < abs((earliest - day).days) < 28:
                    found.append(f"{name}: {earliest} is too near {kinds} on {day}")
            live.append((best, {vaccine}))
    for number, (day, kinds) in enumerate(live[len(given_live) :], start=len(given_live)):
        for other, others in live[:number]:
            if not kinds & others and 0 < abs((day - other).days) < 28:
                found.append(f"{kinds} on {day} is too near {others} on {other}")
    return found


def _live(item: dict[str, Any]) -> list[tuple[date, set[str]]]:
    kinds = LIVE_PRODUCTS.get(item["vaccine"])
    return [(date.fromisoformat(item["date"]), kinds)] if kinds else []
