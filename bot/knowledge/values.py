"""Typed values of facts: parsed once, with a precise complaint when one is not what its type says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

GRADES: tuple[str, ...] = ("nencho", "e1", "e2", "e3", "e4", "e5", "e6", "j1", "j2", "j3", "h1", "h2", "h3")
"""School years in order: the last year before school, six of elementary, three of junior high, three of high school."""

COUNT_UNITS: tuple[str, ...] = (
    "times",
    "children",
    "doses",
    "places",
    "people",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "minutes",
    "pages",
    "projects",
    "measures",
    "none",
)
WEEKDAYS: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_WORDS: tuple[str, ...] = ("weekdays", "weekends", "daily", "holidays")
AGE_PARTS: tuple[str, ...] = ("years", "months", "weeks", "days")
TYPES: tuple[str, ...] = (
    "yen",
    "count",
    "ordinal",
    "percent",
    "age",
    "grade",
    "date",
    "month",
    "months",
    "year",
    "fiscal_year",
    "time",
    "hours",
    "phone",
    "email",
    "url",
    "text",
    "range",
    "number",
)

_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_PHONE = re.compile(r"#?[0-9]+(?:-[0-9]+)*")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_URL = re.compile(r"https?://[^\s<>\"]+")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class ValueFault(ValueError):
    """A value does not fit its type. `remedy` says how to write it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class TypedValue:
    """One value of a fact.

    `data` holds, by type: an int or float (yen, count, ordinal, percent, year, fiscal_year, number), a dict of parts
    (age), a grade code, a date, `(year, month)` (month), a tuple of months, `"HH:MM"` (time), `(days, open, close)`
    (hours), a string (phone, email, url), locale → text (text), or a pair of TypedValue (range). `unit` is for counts.
    """

    type: str
    data: Any
    unit: str = "none"

    def number(self) -> float | None:
        """The amount as a plain number where the type has one, else None."""
        return float(self.data) if isinstance(self.data, (int, float)) else None


def parse_value(raw: Any) -> TypedValue:
    """A TypedValue from its YAML form. Raises ValueFault naming what is wrong and how to write it."""
    if not isinstance(raw, Mapping) or "type" not in raw:
        raise ValueFault("a value needs a `type`.", "Write for example {type: yen, value: 500}.")
    kind = raw["type"]
    parser = _PARSERS.get(kind)
    if parser is None:
        raise ValueFault(f"`{kind}` is not a type of value.", f"Use one of: {', '.join(TYPES)}.")
    parsed: TypedValue = parser(kind, raw)
    return parsed


def parse_days(text: str) -> list[tuple[str, str] | str]:
    """`"mon-fri,holidays"` → `[("mon", "fri"), "holidays"]`. Raises ValueFault."""
    parts: list[tuple[str, str] | str] = []
    for piece in str(text).split(","):
        piece = piece.strip()
        if piece in WEEKDAYS or piece in DAY_WORDS:
            parts.append(piece)
            continue
        first, dash, last = piece.partition("-")
        if dash and first in WEEKDAYS and last in WEEKDAYS:
            parts.append((first, last))
            continue
        raise ValueFault(
            f"`{piece}` is not a day.",
            f"Use {', '.join(DAY_WORDS)}, or {', '.join(WEEKDAYS)}, ranges like mon-sat, lists like mon,wed,fri.",
        )
    return parts


def _need(raw: Mapping[str, Any], key: str, kind: str) -> Any:
    if raw.get(key) is None:
        raise ValueFault(f"a {kind} needs `{key}`.", f"Add `{key}:` to it.")
    return raw[key]


def _whole(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = _need(raw, "value", kind)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueFault(f"a {kind} is a whole number, not {value!r}.", "Write digits without quotes or commas.")
    unit = raw.get("unit", "none")
    if unit not in COUNT_UNITS:
        raise ValueFault(f"`{unit}` is not a unit of count.", f"Use one of: {', '.join(COUNT_UNITS)}.")
    return TypedValue(kind, value, unit)


def _real(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = _need(raw, "value", kind)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueFault(f"a {kind} is a number, not {value!r}.", "Write digits without quotes.")
    return TypedValue(kind, value)


def _age(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    parts = {part: raw[part] for part in AGE_PARTS if part in raw}
    unknown = set(raw) - set(AGE_PARTS) - {"type"}
    if (
        not parts
        or unknown
        or not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in parts.values())
    ):
        raise ValueFault("an age has whole years, months, weeks or days.", "Write {type: age, years: 1, months: 6}.")
    return TypedValue(kind, parts)


def _grade(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = _need(raw, "value", kind)
    if value not in GRADES:
        raise ValueFault(f"`{value}` is not a school year.", f"Use one of: {', '.join(GRADES)}.")
    return TypedValue(kind, value)


def _date(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = _need(raw, "value", kind)
    try:
        return TypedValue(kind, date.fromisoformat(str(value)))
    except ValueError:
        raise ValueFault(
            f"{value!r} is not a date.", "Write YYYY-MM-DD; use type month when no day is known."
        ) from None


def _month(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = str(_need(raw, "value", kind))
    if not _MONTH.fullmatch(value):
        raise ValueFault(f"{value!r} is not a month.", "Write YYYY-MM.")
    return TypedValue(kind, (int(value[:4]), int(value[5:])))


def _months(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = _need(raw, "value", kind)
    if not isinstance(value, list) or not value or not all(isinstance(n, int) and 1 <= n <= 12 for n in value):
        raise ValueFault(f"{value!r} is not a list of months.", "Write for example [2, 4, 6].")
    return TypedValue(kind, tuple(value))


def _time(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    return TypedValue(kind, _clock(_need(raw, "value", kind)))


def _clock(value: Any) -> str:
    if not isinstance(value, str) or not _TIME.fullmatch(value) or value > "24:00":
        raise ValueFault(f"{value!r} is not a time of day.", 'Write it in quotes with two digits each: "08:30".')
    return value


def _hours(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    days = str(_need(raw, "days", kind))
    parse_days(days)
    opens, closes = _clock(_need(raw, "open", kind)), _clock(_need(raw, "close", kind))
    if closes <= opens:
        raise ValueFault(f"closing {closes} is not after opening {opens}.", "Split hours that run past midnight.")
    return TypedValue(kind, (days, opens, closes))


def _phone(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = _need(raw, "value", kind)
    if not isinstance(value, str) or not _PHONE.fullmatch(value):
        raise ValueFault(f"{value!r} is not a phone number.", 'Write digits and hyphens in quotes: "044-200-2111".')
    return TypedValue(kind, value)


def _matching(pattern: re.Pattern[str], example: str) -> Any:
    def parse(kind: str, raw: Mapping[str, Any]) -> TypedValue:
        value = _need(raw, "value", kind)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            article = "an" if kind[0] in "aeiou" and kind != "url" else "a"
            raise ValueFault(f"{value!r} is not {article} {kind}.", f"Write it like {example}.")
        return TypedValue(kind, value)

    return parse


def _text(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    value = _need(raw, "value", kind)
    if isinstance(value, str):
        value = {"ja": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("ja"), str):
        raise ValueFault("a text needs at least its Japanese form.", "Write {type: text, value: {ja: …, en: …}}.")
    for locale, text in value.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueFault(f"the text for `{locale}` is not a string.", "Put it in quotes.")
    return TypedValue(kind, dict(value))


def _range(kind: str, raw: Mapping[str, Any]) -> TypedValue:
    ends = (parse_value(_need(raw, "from", kind)), parse_value(_need(raw, "to", kind)))
    if any(end.type in ("range", "text", "hours", "months") for end in ends):
        raise ValueFault("a range joins two single values.", "Use numbers, ages, grades, dates or times at both ends.")
    low, high = (end.number() for end in ends)
    if ends[0].type == ends[1].type and low is not None and high is not None and low > high:
        raise ValueFault(f"the range runs backwards, from {low:g} to {high:g}.", "Put the smaller value under `from`.")
    return TypedValue(kind, ends)


_PARSERS: dict[Any, Any] = {
    "yen": _whole,
    "count": _whole,
    "ordinal": _whole,
    "year": _whole,
    "fiscal_year": _whole,
    "percent": _real,
    "number": _real,
    "age": _age,
    "grade": _grade,
    "date": _date,
    "month": _month,
    "months": _months,
    "time": _time,
    "hours": _hours,
    "phone": _phone,
    "email": _matching(_EMAIL, "name@example.jp"),
    "url": _matching(_URL, "https://www.city.kawasaki.jp/…"),
    "text": _text,
    "range": _range,
}
