"""Writes typed values the way readers of each locale expect them. All words come from nlu_data/<locale>/formats.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.source_lines import YamlFault, load_yaml
from bot.knowledge.values import AGE_PARTS, COUNT_UNITS, DAY_WORDS, WEEKDAYS, TypedValue, parse_days

ERAS: tuple[tuple[date, str], ...] = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)
_SCHOOLS = {"e": "elementary", "j": "junior_high", "h": "high"}
_CLOCK_24H = ("00:00", "24:00")
LABELS: tuple[str, ...] = (
    "confirm",
    "confirm_no_phone",
    "source",
    "as_of",
    "unchecked",
    "fallback",
    "native_name",
)
_KEYS: tuple[str, ...] = (
    "spaces_between_words",
    "number",
    "yen",
    "percent",
    "ordinal",
    "list",
    "range",
    "month_names",
    "date",
    "month",
    "year",
    "fiscal_year",
    "age",
    "grade",
    "time",
    "all_day",
    "hours",
    "days",
    "count",
    "labels",
    "number_words",
)


@dataclass(frozen=True)
class Formatted:
    """A value in words, and where it leads when it can be opened: `tel:` or `https:`, else None."""

    text: str
    href: str | None = None


class Formats:
    """The words one locale uses for values, and the labels around an article."""

    def __init__(self, locale: str, words: Mapping[str, Any]) -> None:
        self.locale = locale
        self._words = words
        self.number_words = [re.compile(pattern, re.IGNORECASE) for pattern in words["number_words"]]

    @classmethod
    def load(cls, content_dir: Path, locale: str) -> Formats:
        """Read nlu_data/<locale>/formats.yml. Raises KnowledgeError naming what is missing."""
        path = content_dir / "nlu_data" / locale / "formats.yml"
        remedy = "Copy the keys of nlu_data/en/formats.yml and translate them."
        try:
            loaded = load_yaml(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise KnowledgeError([Problem(str(path), 0, "formats", "the file is missing.", remedy)]) from None
        except YamlFault as fault:
            raise KnowledgeError([Problem(str(path), fault.line, "formats", f"{fault}.", "Mend the YAML.")]) from None
        words = loaded.get("formats") if isinstance(loaded, dict) else None
        if not isinstance(words, dict):
            raise KnowledgeError([Problem(str(path), 1, "formats", "the top key is missing.", remedy)])
        missing = _missing_keys(words)
        if missing:
            raise KnowledgeError([Problem(str(path), 1, key, "the key is missing.", remedy) for key in missing])
        return cls(locale, words)

    @property
    def spaces_between_words(self) -> bool:
        return bool(self._words["spaces_between_words"])

    def label(self, key: str, **data: str) -> str:
        """A label of formats.yml with its placeholders filled."""
        return _fill(self._words["labels"][key], data)

    def format(self, value: TypedValue) -> Formatted:
        """`value` as residents of this locale read it."""
        kind, data = value.type, value.data
        if kind == "phone":
            # Short numbers such as #8000 cannot be dialled in international form, so every number stays domestic.
            return Formatted(data, "tel:" + quote(data.replace("-", ""), safe=""))
        if kind == "url":
            return Formatted(data, data)
        if kind == "email":
            return Formatted(data)
        return Formatted(self._written(value))

    def date_or_month(self, text: str) -> str:
        """An ISO date, month or year (`"2025-03-01"`, `"2025-03"`, `"2025"`) in words; other text comes back as is."""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return self._written(TypedValue("date", date.fromisoformat(text)))
        if re.fullmatch(r"\d{4}-\d{2}", text):
            return self._written(TypedValue("month", (int(text[:4]), int(text[5:]))))
        if re.fullmatch(r"\d{4}", text):
            return self._written(TypedValue("year", int(text)))
        return text

    def join(self, items: Sequence[str]) -> str:
        """`["a", "b", "c"]` → `a, b and c`."""
        words = self._words["list"]
        if len(items) < 2:
            return "".join(items)
        return str(words["separator"]).join(items[:-1]) + str(words["last"]) + items[-1]

    def _written(self, value: TypedValue) -> str:
        kind, data, words = value.type, value.data, self._words
        if kind in ("yen", "percent"):
            return _fill(_plural(words[kind], data), {"n": self._number(data)})
        if kind == "count":
            return _fill(_plural(words["count"][value.unit], data), {"n": self._number(data)})
        if kind == "number":
            return self._number(data)
        if kind == "ordinal":
            return _fill(words["ordinal"], {"n": str(data), "suffix": self._ordinal_suffix(data)})
        if kind == "age":
            parts = [
                _fill(_plural(words["age"][part], data[part]), {"n": self._number(data[part])})
                for part in AGE_PARTS
                if part in data
            ]
            return str(words["age"]["separator"]).join(parts)
        if kind == "grade":
            if data == "nencho":
                return str(words["grade"]["nencho"])
            return _fill(words["grade"][_SCHOOLS[data[0]]], {"n": data[1]})
        if kind == "date":
            return self._dated("date", data)
        if kind == "month":
            return self._dated("month", date(data[0], data[1], 1))
        if kind in ("year", "fiscal_year"):
            # An era begins inside a year; the fiscal year from April 2019 is called the first of Reiwa by the city.
            return self._dated(kind, date(data, 12, 31))
        if kind == "months":
            return self.join([str(words["month_names"][number - 1]) for number in data])
        if kind == "time":
            return self._time(data)
        if kind == "hours":
            return self._hours(*data)
        if kind == "text":
            return self._name(data)
        if kind == "range":
            low, high = data
            return _fill(words["range"], {"from": self.format(low).text, "to": self.format(high).text})
        return str(data)

    def _number(self, value: float) -> str:
        marks = self._words["number"]
        if isinstance(value, int) or float(value).is_integer():
            return f"{int(value):,}".replace(",", marks["group"])
        whole, _, fraction = str(value).partition(".")
        return f"{int(whole):,}".replace(",", marks["group"]) + str(marks["decimal"]) + fraction

    def _ordinal_suffix(self, n: int) -> str:
        suffixes = self._words.get("ordinal_suffixes")
        if not suffixes:
            return ""
        if n % 100 in (11, 12, 13):
            return str(suffixes["other"])
        return str(suffixes[{1: "one", 2: "two", 3: "few"}.get(n % 10, "other")])

    def _dated(self, kind: str, day: date) -> str:
        return _fill(
            self._words[kind],
            {
                "y": str(day.year),
                "m": str(day.month),
                "d": str(day.day),
                "month": str(self._words["month_names"][day.month - 1]),
                "era": era_year(day) if self._words.get("era_years") else "",
            },
        )

    def _time(self, clock: str) -> str:
        words = self._words["time"]
        hour, minute = int(clock[:2]), clock[3:]
        half = words["am"] if hour < 12 else words["pm"]
        # Noon is 12 on both clocks; Japanese and English both dislike "0 in the afternoon".
        shown = hour if words["clock"] == 24 else (hour % 12 or 12)
        template = words["on_the_hour"] if minute == "00" else words["exact"]
        return _fill(template, {"h": str(shown), "mm": minute, "half": str(half)})

    def _hours(self, days: str, opens: str, closes: str) -> str:
        named = self.days(days)
        if (opens, closes) == _CLOCK_24H:
            return f"{named} {self._words['all_day']}"
        return _fill(self._words["hours"], {"days": named, "open": self._time(opens), "close": self._time(closes)})

    def days(self, text: str) -> str:
        """Days such as `"mon-fri,holidays"` in words."""
        names = self._words["days"]
        return self.join(
            [
                str(names[part])
                if isinstance(part, str)
                else _fill(names["range"], {"from": str(names[part[0]]), "to": str(names[part[1]])})
                for part in parse_days(text)
            ]
        )

    def _name(self, names: Mapping[str, str]) -> str:
        if self.locale in names:
            return names[self.locale]
        if self.locale == "ja-easy":
            return names["ja"]
        english = names.get("en")
        # A reader must be able to show the Japanese name at a counter, so it stays beside the English one.
        return (
            f"{english} ({names['ja']})"
            if english and english != names["ja"] and self.locale != "en"
            else (english or names["ja"])
        )


def era_year(day: date) -> str:
    """The Japanese era and year of a day: 2026-09-01 → 令和8年. The first year is 元年."""
    for start, name in ERAS:
        if day >= start:
            number = day.year - start.year + 1
            return f"{name}{'元' if number == 1 else number}年"
    return f"{day.year}年"


def _plural(forms: Any, n: float) -> str:
    if isinstance(forms, Mapping):
        return str(forms["one"] if n == 1 and "one" in forms else forms["other"])
    return str(forms)


def _fill(template: Any, data: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: data.get(match.group(1), match.group(0)), str(template))


def _missing_keys(words: Mapping[str, Any]) -> list[str]:
    missing = [key for key in _KEYS if key not in words]
    if missing:
        return missing
    needed: dict[str, tuple[str, ...]] = {
        "number": ("group", "decimal"),
        "list": ("separator", "last"),
        "age": (*AGE_PARTS, "separator"),
        "grade": ("elementary", "junior_high", "high", "nencho"),
        "time": ("clock", "exact", "on_the_hour", "am", "pm"),
        "days": (*WEEKDAYS, *DAY_WORDS, "range"),
        "count": COUNT_UNITS,
        "labels": LABELS,
    }
    return [f"{key}.{part}" for key, parts in needed.items() for part in parts if part not in words[key]]
