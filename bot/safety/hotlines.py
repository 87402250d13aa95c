"""Which hotlines to show: by category, language, hour, weekday and holiday, emergencies first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.safety.hours import DAYS, JAPAN, Hours, HoursError, Span, parse_hours
from bot.vocabulary import Category, RiskLevel
from bot.yaml_files import read_yaml

CERTAINTIES = ("seen", "confirm", "memory")
"""`seen` in a retrieved source; `confirm`: seen, but staff should confirm; `memory`: never shown before it is verified."""

_URGENT = ("police-110", "fire-119")
_AMBULANCE_FIRST = frozenset({Category.suicide_self_harm, Category.pregnancy_crisis, Category.caregiver_crisis})
_COLUMNS = (
    "id name_ja name_en phone url channels languages categories audience hours fee rank certainty verified_at "
    "note_ja note_en source source_date"
).split()


class HotlinesError(ValueError):
    """hotlines.csv cannot be used. The message names the row and what to do; `field` the column, "" for the whole row."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Hotline:
    """One row of hotlines.csv."""

    id: str
    names: Mapping[str, str]
    phone: str
    url: str
    channels: tuple[str, ...]
    languages: tuple[str, ...]
    categories: frozenset[str]
    audience: tuple[str, ...]
    hours: Hours
    fee: str
    rank: int
    certainty: str
    verified_at: str
    notes: Mapping[str, str]
    source: str
    source_date: str

    @property
    def tel(self) -> str:
        """The number to dial: digits, and # where it begins with one."""
        return "".join(char for char in self.phone if char in "#0123456789")


@dataclass(frozen=True)
class HotlineView:
    """A hotline as one resident sees it now. `open_now` is None when its hours are not known."""

    id: str
    name: str
    phone: str
    tel: str
    hours: str
    open_now: bool | None
    languages: tuple[str, ...]
    note: str
    url: str
    urgent: bool
    to_confirm: bool
    fee: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "phone": self.phone,
            "tel": f"tel:{self.tel.replace('#', '%23')}" if self.tel else "",
            "hours": self.hours,
            "open_now": self.open_now,
            "languages": list(self.languages),
            "note": self.note,
            "url": self.url,
            "urgent": self.urgent,
            "to_confirm": self.to_confirm,
            "fee": self.fee,
        }


class Hotlines:
    """All hotlines. Make it with `Hotlines.load`."""

    def __init__(self, lines: Iterable[Hotline], words: Mapping[str, Mapping[str, Any]]) -> None:
        self.lines = tuple(lines)
        self._words = words

    @classmethod
    def load(cls, content_dir: Path) -> Hotlines:
        """Read knowledge_base/hotlines.csv. Raises HotlinesError."""
        path = content_dir / "knowledge_base" / "hotlines.csv"
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
        except OSError as error:
            raise HotlinesError(f"{path}: cannot be read ({error}). Put the file back.") from None
        lines = [_hotline(row, f"{path}, row {number}") for number, row in enumerate(rows, 2)]
        twice = {line.id for line in lines if sum(other.id == line.id for other in lines) > 1}
        if twice:
            raise HotlinesError(f"{path}: {', '.join(sorted(twice))} given twice. Keep one row each.")
        return cls(lines, _format_words(content_dir))

    def reread(self, content_dir: Path) -> None:
        """Take in a changed hotlines.csv, whole or not at all. Raises HotlinesError."""
        self.lines = Hotlines.load(content_dir).lines

    def pick(
        self, category: Category | None, level: RiskLevel, locale: str, now: datetime, limit: int = 5
    ) -> list[HotlineView]:
        """The lines to show, best first. At `imminent` 110 and 119 come first and do not count towards `limit`.

        A line that speaks the resident's language comes before one that is only open; a closed line is shown, marked.
        Lines that only somebody's memory vouches for are left out until `verified_at` is filled in.
        """
        urgent: list[Hotline] = []
        if level is RiskLevel.imminent:
            order = _URGENT[::-1] if category in _AMBULANCE_FIRST else _URGENT
            urgent = [line for name in order for line in self.lines if line.id == name]
        language = "ja" if locale == "ja-easy" else locale
        wanted = category.value if category else None
        fitting = [
            line
            for line in self.lines
            if line.id not in _URGENT
            and (line.certainty != "memory" or line.verified_at)
            and (wanted in line.categories if wanted else bool(line.categories))
            and (language in line.languages or "ja" in line.languages)
        ]

        def order_key(line: Hotline) -> tuple[bool, int, str]:
            # An hour closed costs a line some places, not its place: the right line tomorrow beats a wrong one now.
            waiting = {True: 0, None: 6, False: 12}[line.hours.open_at(now)]
            breadth = 0 if wanted else -4 * len(line.categories)
            return (language not in line.languages, line.rank + waiting + breadth, line.id)

        fitting.sort(key=order_key)
        if language != "ja":
            # Of the Japanese-only lines two are enough for someone who may not speak Japanese.
            spoken = [line for line in fitting if language in line.languages]
            fitting = spoken + [line for line in fitting if line not in spoken][:2]
        return [self.view(line, locale, now, urgent=line in urgent) for line in urgent + fitting[:limit]]

    def view(self, line: Hotline, locale: str, now: datetime, urgent: bool = False) -> HotlineView:
        """One line as a resident of `locale` sees it at `now`."""
        japanese = locale in ("ja", "ja-easy")
        name = line.names["ja"] if japanese else f"{line.names['en']} ({line.names['ja']})"
        if line.names["ja"] == line.names["en"]:
            name = line.names["ja"]
        note = line.notes["ja"] if japanese else line.notes["en"]
        to_confirm = line.certainty != "seen" and not line.verified_at
        return HotlineView(
            line.id,
            name,
            line.phone,
            line.tel,
            self.hours_text(line.hours, locale),
            line.hours.open_at(now),
            line.languages,
            note,
            line.url,
            urgent,
            to_confirm,
            line.fee,
        )

    def hours_text(self, hours: Hours, locale: str) -> str:
        """Hours in the words of the locale's formats.yml; empty when they are not known."""
        words = self._words.get(locale) or self._words.get("ja") or {}
        if not hours.known:
            return ""
        if hours.always:
            return str(words.get("all_day", "24 h"))
        names = words.get("days", {})
        template = str(words.get("hours", "{days} {open}-{close}"))
        parts = []
        for span in hours.spans:
            if span.month_day is None:
                parts.append(
                    template.format(days=_days_text(span, names), open=_clock(span.opens), close=_clock(span.closes))
                )
        return " / ".join(parts)


def hotline_faults(text: str) -> list[tuple[int, str, str]]:
    """(line, column or "", what is wrong and what to do) of every faulty row, and of emergency rows that are missing."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    faults: list[tuple[int, str, str]] = []
    seen: set[str] = set()
    for row in reader:
        line = reader.line_num
        try:
            found = _hotline(row, f"row {line}")
        except HotlinesError as error:
            faults.append((line, error.field, str(error).partition(": ")[2]))
            seen.add(str(row.get("id") or "").strip())
            continue
        if found.id in seen:
            faults.append((line, "id", f"{found.id} is given twice. Keep one row."))
        seen.add(found.id)
        if found.phone and not found.tel:
            faults.append((line, "phone", f"{found.phone!r} holds no digits. Write the number, or leave it empty."))
        if found.url and not found.url.startswith("https://"):
            faults.append((line, "url", f"{found.url!r} is no address. Begin it with https://, or leave it empty."))
    for name in _URGENT:
        if name not in seen:
            faults.append((0, "id", f"{name} is missing, which whoever is in danger is shown first. Put the row back."))
    return faults


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour % 24}:{minute:02d}" if hour != 24 else "24:00"


def _days_text(span: Span, names: Mapping[str, str]) -> str:
    if len(span.days) == 7:
        return names.get("daily", "daily")
    if span.days == (0, 1, 2, 3, 4):
        return names.get("weekdays", "mon-fri")
    labels = [names.get(DAYS[day], DAYS[day]) for day in span.days]
    first, last = span.days[0], span.days[-1]
    if len(span.days) > 2 and last - first == len(span.days) - 1:
        return names.get("range", "{from}-{to}").replace("{from}", labels[0]).replace("{to}", labels[-1])
    return ", ".join(labels)


def _hotline(row: Mapping[str, str | None], place: str) -> Hotline:
    missing = [name for name in _COLUMNS if row.get(name) is None]
    if missing:
        raise HotlinesError(f"{place}: no column {', '.join(missing)}. Keep all columns, empty where unknown.")
    value = {name: str(row[name]).strip() for name in _COLUMNS}
    categories = frozenset(Category.__members__ if value["categories"] == "*" else value["categories"].split())
    unknown = categories - set(Category.__members__)
    if unknown:
        raise HotlinesError(
            f"{place}: {', '.join(sorted(unknown))} is no category. See bot/vocabulary.py.", "categories"
        )
    if value["certainty"] not in CERTAINTIES:
        raise HotlinesError(
            f"{place}: certainty {value['certainty']!r}. Use one of: {', '.join(CERTAINTIES)}.", "certainty"
        )
    if not (value["id"] and value["name_ja"] and (value["phone"] or value["url"])):
        raise HotlinesError(f"{place}: needs an id, a name_ja, and a phone or a url.")
    if value["verified_at"]:
        try:
            datetime.strptime(value["verified_at"], "%Y-%m-%d").replace(tzinfo=JAPAN)
        except ValueError:
            raise HotlinesError(
                f"{place}: verified_at {value['verified_at']!r}. Write a date like 2026-11-23.", "verified_at"
            ) from None
    try:
        hours = parse_hours(value["hours"])
    except HoursError as error:
        raise HotlinesError(f"{place}: {error}", "hours") from None
    return Hotline(
        value["id"],
        {"ja": value["name_ja"], "en": value["name_en"] or value["name_ja"]},
        value["phone"],
        value["url"],
        tuple(value["channels"].split()),
        tuple(value["languages"].split()),
        categories,
        tuple(value["audience"].split()),
        hours,
        value["fee"],
        int(value["rank"]) if value["rank"].isdigit() else 50,
        value["certainty"],
        value["verified_at"],
        {"ja": value["note_ja"], "en": value["note_en"]},
        value["source"],
        value["source_date"],
    )


def _format_words(content_dir: Path) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((content_dir / "nlu_data").glob("*/formats.yml")):
        document = read_yaml(path)
        words = document.get("formats") if isinstance(document, dict) else None
        if isinstance(words, dict):
            found[path.parent.name] = words
    return found
