"""Wards, ages, dates, kinds of facility, households and languages in a resident's words, found by rules.

The words stand in nlu_data/<locale>/entities.yml. All locales are read together, because people mix languages in one
line; the locale of the message only decides the order of day and month and which look-alikes are not meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from bot.language.alternation import alternation
from bot.language.folding import fold, folded
from bot.settings import PROJECT_ROOT
from bot.vocabulary import DEFAULT_LOCALE, LOCALES, WARDS
from bot.yaml_files import read_yaml

FILE_NAME = "entities.yml"
ERAS = {
    "令和": 2018,
    "れいわ": 2018,
    "reiwa": 2018,
    "r": 2018,
    "平成": 1988,
    "へいせい": 1988,
    "heisei": 1988,
    "h": 1988,
}
"""First year of a Japanese era minus one, by the names people use for it (folded)."""

_GRADE_KINDS = {"grade_e": "e", "grade_j": "j", "grade_h": "h"}
_LIMITS = {"e": 6, "j": 3, "h": 3}
_OPENERS = ("ignore", "years", "half", "years_months", "months", "weeks", "days", "grade", *_GRADE_KINDS)
_DAY_MONTH_ORDERS = ("ymd", "dmy", "mdy")


class EntityDataError(ValueError):
    """entities.yml of a locale cannot be used. The message names the file, the key and what to do."""


@dataclass(frozen=True)
class Entity:
    """One thing found. `start` and `end` are offsets into the original text.

    `kind` and `value`: `ward` (vocabulary.WARDS), `place` (a place outside Kawasaki, as written), `age` (ISO 8601
    duration such as P1Y6M, a school year e1–e6 j1–j3 h1–h3, nencho, nenchu, nensho, or unborn), `date` (ISO date,
    month or year), `facility_kind`, `household`, `language` (a locale tag).
    """

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class _Rule:
    family: str
    expression: str
    read: Callable[[re.Match[str], str], tuple[str, str] | None]
    needed: str = ""
    """A word without which the pattern cannot match: looking for it first makes the finder ten times as fast."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled at first need: all of them together take six seconds, and most are never looked for."""
        return re.compile(self.expression)


_LOOK_ALIKE = _Rule("ward", r"(?!)", lambda _match, _order: ("ignore", ""))


class EntityFinder:
    """Finds entities in one text. Immutable, safe between threads; never raises for any text."""

    def __init__(self, words: Mapping[str, Mapping[str, Any]]) -> None:
        self._rules = _rules(words)
        self._orders = {locale: str(data.get("date_order", "dmy")) for locale, data in words.items()}
        self._nots = {locale: _phrases_pattern(data.get("not", ())) for locale, data in words.items()}

    @classmethod
    @lru_cache(maxsize=4)
    def load(cls, content_dir: Path = PROJECT_ROOT) -> EntityFinder:
        """Read every locale's entities.yml under `content_dir`. Raises EntityDataError for a file that is wrong."""
        words = {}
        for locale in LOCALES:
            path = content_dir / "nlu_data" / locale / FILE_NAME
            if path.exists():
                words[locale] = read_words(path)
        return cls(words)

    def find(self, text: str, locale: str = DEFAULT_LOCALE) -> list[Entity]:
        """Entities of `text` in order of appearance; of two that overlap in one family the longer one counts."""
        plain, origin = fold(text)
        taken: dict[str, list[tuple[int, int]]] = {}
        candidates = []
        look_alike = self._nots.get(locale)
        if look_alike is not None:
            # Before the wards of the same length, behind longer ones: "tama" is no ward in Filipino, "Tama-ku" is.
            candidates += [(m.start() - m.end(), m.start(), -1, m) for m in look_alike.finditer(plain)]
        for index, rule in enumerate(self._rules):
            if rule.needed not in plain:
                continue
            for match in rule.pattern.finditer(plain):
                candidates.append((match.start() - match.end(), match.start(), index, match))
        found = []
        for _length, _start, index, match in sorted(candidates, key=lambda item: item[:3]):
            rule = self._rules[index] if index >= 0 else _LOOK_ALIKE
            spans = taken.setdefault(rule.family, [])
            if any(match.start() < end and start < match.end() for start, end in spans):
                continue
            spoken = rule.read(match, self._orders.get(locale, "dmy"))
            if spoken is None:
                continue
            spans.append(match.span())
            kind, value = spoken
            if kind != "ignore":
                found.append(Entity(kind, value, origin[match.start()], origin[match.end() - 1] + 1))
        return sorted(found, key=lambda entity: (entity.start, entity.kind))

    def mask(self, text: str, locale: str = DEFAULT_LOCALE) -> str:
        """`text` with every entity replaced by its kind, so that a classifier sees one word for seven wards."""
        pieces, position = [], 0
        for entity in self.find(text, locale):
            if entity.start < position:
                continue
            pieces += [text[position : entity.start], f" <{entity.kind}> "]
            position = entity.end
        return "".join([*pieces, text[position:]])


def read_words(path: Path) -> dict[str, Any]:
    """The map under `entities:` in one file. Raises EntityDataError when its shape is wrong."""
    content = read_yaml(path)
    data = content.get("entities") if isinstance(content, dict) else None
    if not isinstance(data, dict):
        raise EntityDataError(f"{path}: needs one top key 'entities:' with a map below it")
    unknown = set(data.get("ward") or {}) - set(WARDS)
    if unknown:
        raise EntityDataError(f"{path}: ward: {', '.join(sorted(unknown))} is not a ward. Wards: {', '.join(WARDS)}")
    if data.get("date_order", "dmy") not in _DAY_MONTH_ORDERS:
        raise EntityDataError(f"{path}: date_order: must be one of {', '.join(_DAY_MONTH_ORDERS)}")
    unknown = set(data.get("age") or {}) - {*_OPENERS, "words"}
    if unknown:
        raise EntityDataError(
            f"{path}: age: {', '.join(sorted(unknown))} is unknown. Keys: words, {', '.join(_OPENERS)}"
        )
    return data


def age_in_months(value: str, on: date, birthdate: str | None = None) -> int | None:
    """Whole months of age that an `age` value stands for; None for `unborn` and for what is not an age.

    A school year gives the age its pupils have reached when it begins (e1 = 72 months), which is what the rules of the
    services go by. With an ISO `birthdate` the age on the day `on` is exact.
    """
    if birthdate and re.fullmatch(r"\d{4}-\d\d-\d\d", birthdate):
        born = date.fromisoformat(birthdate)
        return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    match = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", value)
    if match and value != "P":
        years, months, weeks, days = (int(group or 0) for group in match.groups())
        return years * 12 + months + (weeks * 7 + days) // 30
    if re.fullmatch(r"[ejh]\d", value):
        return (5 + int(value[1]) + {"e": 0, "j": 6, "h": 9}[value[0]]) * 12
    return {"nensho": 36, "nenchu": 48, "nencho": 60}.get(value)


# ── building the rules ──────────────────────────────────────────────────────────────────────────────────────────────


def _rules(words: Mapping[str, Mapping[str, Any]]) -> list[_Rule]:
    numbers = _numbers(words, "numbers")
    ordinals = {**numbers, **_numbers(words, "ordinals")}
    months = _numbers(words, "month_names")
    shapes = _Shapes(numbers, ordinals, months)
    rules = []
    for family in ("ward", "facility_kind", "household", "language"):
        rules += _phrase_rules(family, words)
    places = [phrase for data in words.values() for phrase in data.get("elsewhere") or ()]
    if places:
        rules.append(_Rule("ward", _phrases_pattern(places).pattern, lambda match, _order: ("place", match.group())))
    exact: dict[str, str] = {}
    for data in words.values():
        age = data.get("age") or {}
        for opener in _OPENERS:
            for template in age.get(opener) or ():
                rules.append(_Rule("age", shapes.expression(template), _age_reader(opener, shapes), _needed(template)))
        for value, phrases in (age.get("words") or {}).items():
            exact.update({folded(phrase): value for phrase in phrases})
        for template in data.get("dates") or ():
            rules.append(_Rule("age", shapes.expression(template), _date_reader(shapes), _needed(template)))
    if exact:
        body = _alternatives(exact)
        values = {_key(phrase): value for phrase, value in exact.items()}
        rules.append(_Rule("age", f"({body})", _value_reader("age", values)))
    for template in ("{Y}-{m}-{d}", "{Y}/{m}/{d}", "{Y}.{m}.{d}", "{a}/{b}/{Y}", "{a}-{b}-{Y}", "{a}.{b}.{Y}"):
        rules.append(_Rule("age", shapes.expression(template), _date_reader(shapes)))
    return rules


def _phrase_rules(family: str, words: Mapping[str, Mapping[str, Any]]) -> list[_Rule]:
    inside: dict[str, str] = {}
    alone: dict[str, str] = {}
    for data in words.values():
        for value, phrases in (data.get(family) or {}).items():
            for phrase in phrases:
                # A phrase that begins with "=" is meant only when it is the whole message ("=川崎" is also the city).
                target, text = (alone, phrase[1:]) if phrase.startswith("=") else (inside, phrase)
                target.setdefault(folded(text), str(value))
    rules = []
    for phrases, anchored in ((inside, False), (alone, True)):
        if phrases:
            body = _alternatives(phrases)
            pattern = rf"^\W*({body})\W*$" if anchored else f"({body})"
            rules.append(_Rule(family, pattern, _value_reader(family, {_key(text): phrases[text] for text in phrases})))
    return rules


def _value_reader(family: str, values: Mapping[str, str]) -> Callable[[re.Match[str], str], tuple[str, str] | None]:
    return lambda match, _order: (family, values[_key(match.group(1))])


class _Shapes:
    """Turns templates such as "{n} years {m} months" into patterns and their groups back into numbers."""

    def __init__(self, numbers: dict[str, int], ordinals: dict[str, int], months: dict[str, int]) -> None:
        self.numbers, self.ordinals, self.months = numbers, ordinals, months
        count = rf"(?<!\d)\d{{1,2}}(?!\d)|{_alternatives(numbers)}" if numbers else r"(?<!\d)\d{1,2}(?!\d)"
        ordinal = rf"(?<!\d)\d{{1,2}}(?!\d)(?:\s?(?:st|nd|rd|th|er|ro|do|to|o|a)(?![a-z]))?|{_alternatives(ordinals)}"
        two = r"(?<!\d)\d{1,2}(?!\d)"
        self._groups = {
            "n": f"(?P<n>{count})",
            "k": f"(?P<k>{count})",
            "D": f"(?P<n>{two})",
            "o": f"(?P<o>{ordinal})" if ordinals else f"(?P<o>{two})",
            "Y": r"(?P<Y>(?<!\d)(?:19|20|25)\d\d(?!\d))",
            "m": f"(?P<m>{two})",
            "d": f"(?P<d>{two})(?:st|nd|rd|th|o)?",
            "a": f"(?P<a>{two})",
            "b": f"(?P<b>{two})",
            "month": f"(?P<month>{_alternatives(months)})" if months else r"(?P<month>(?!))",
            "era": f"(?P<era>{_alternatives(ERAS)})",
            "e": r"(?P<e>元|(?<!\d)\d{1,2}(?!\d))",
        }

    def expression(self, template: str) -> str:
        parts = re.split(r"\{(\w+)\}", folded(template, keep_case_in_braces=True))
        pieces = []
        for position, part in enumerate(parts):
            if position % 2:
                if part not in self._groups:
                    raise EntityDataError(f"entities.yml: template {template!r}: {{{part}}} is not a placeholder")
                pieces.append(self._groups[part])
            else:
                pieces.append(_literal(part))
        body = r"\s*".join(piece for piece in pieces if piece)
        start = r"(?<![a-z\d])" if re.match(r"[a-z{]", template.lower()) else ""
        end = r"(?![a-z])" if re.search(r"[a-z]$", folded(parts[-1])) else ""
        return start + body + end

    def number(self, raw: str | None, table: Mapping[str, int]) -> int:
        if raw is None:
            return 0
        word = _key(raw)
        digits = re.match(r"\d+", word)
        return int(digits.group()) if digits else table[word]


def _age_reader(opener: str, shapes: _Shapes) -> Callable[[re.Match[str], str], tuple[str, str] | None]:
    def read(match: re.Match[str], _order: str) -> tuple[str, str] | None:
        groups = match.groupdict()
        if opener == "ignore":
            return "ignore", ""
        if opener.startswith("grade"):
            return _grade(opener, shapes.number(groups.get("o") or groups.get("n"), shapes.ordinals))
        first = shapes.number(groups.get("n"), shapes.numbers)
        second = shapes.number(groups.get("k"), shapes.numbers)
        if opener == "years":
            return ("age", f"P{first}Y")
        if opener == "half":
            return ("age", f"P{first}Y6M")
        if opener == "years_months":
            return ("age", f"P{first}Y{second}M") if second < 12 else None
        return ("age", f"P{first}{opener[0].upper()}")

    return read


def _grade(opener: str, number: int) -> tuple[str, str] | None:
    if opener == "grade":
        for stage, below in (("e", 0), ("j", 6), ("h", 9)):
            if 0 < number - below <= _LIMITS[stage]:
                return "age", f"{stage}{number - below}"
        return None
    stage = _GRADE_KINDS[opener]
    return ("age", f"{stage}{number}") if 0 < number <= _LIMITS[stage] else None


def _date_reader(shapes: _Shapes) -> Callable[[re.Match[str], str], tuple[str, str] | None]:
    def read(match: re.Match[str], order: str) -> tuple[str, str] | None:
        groups = match.groupdict()
        if groups.get("era"):
            number = 1 if groups["e"] == "元" else int(groups["e"])
            year = ERAS[groups["era"]] + number
        else:
            year = int(groups["Y"])
            year -= 543 if year >= 2500 else 0  # Thai years count from the Buddhist era
        if groups.get("a"):
            first, second = int(groups["a"]), int(groups["b"])
            month, day = (first, second) if order == "mdy" and first <= 12 else (second, first)
            if month > 12:
                month, day = day, month
        else:
            month = shapes.months[_key(groups["month"])] if groups.get("month") else int(groups.get("m") or 0)
            day = int(groups.get("d") or 0)
        return _iso(year, month, day)

    return read


def _iso(year: int, month: int, day: int) -> tuple[str, str] | None:
    if not month:
        return "date", f"{year:04d}"
    if not 1 <= month <= 12:
        return None
    if not day:
        return "date", f"{year:04d}-{month:02d}"
    try:
        return "date", date(year, month, day).isoformat()
    except ValueError:
        return None


def _numbers(words: Mapping[str, Mapping[str, Any]], key: str) -> dict[str, int]:
    table: dict[str, int] = {}
    for data in words.values():
        for number, names in (data.get(key) or {}).items():
            for name in names:
                table.setdefault(_key(folded(str(name))), int(number))
    return table


def _needed(template: str) -> str:
    literals = re.split(r"\{\w+\}|[\s\-_・]+", folded(template, keep_case_in_braces=True))
    return max(literals, key=len)


def _key(plain: str) -> str:
    """Folded text without the spaces, hyphens and dots that `_literal` lets vary."""
    return re.sub(r"[\s\-_・]+", "", plain)


def _literal(folded_phrase: str) -> str:
    """Pattern of a folded phrase: a space in it may be any run of spaces, hyphens or middle dots, or nothing at all.

    Only spaces between two Latin words must stand for something.
    """
    pattern = ""
    for piece in re.split(r"(\s+)", folded_phrase):
        pattern += r"[\s\-_・]*" if piece.isspace() else re.escape(piece)
    return pattern


def _alternatives(names: Iterable[str]) -> str:
    return alternation(names, _literal)


def _phrases_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_alternatives({folded(phrase) for phrase in phrases}) or r"(?!)")
