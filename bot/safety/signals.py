"""Signals as data: reads every locale's signals.yml and proves on loading that it can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.safety.patterns import Pattern, PatternError, Slots, parse
from bot.vocabulary import LOCALES, Category, RiskLevel
from bot.yaml_files import LOADER

GUARD_KINDS = frozenset(
    "idiom negation quotation game lyrics fiction homework news information past other_person work joke".split()
)
SCOPES = ("overlap", "sentence", "message")

_PHRASE_KEYS = frozenset("id category level match romanised after weight why tests".split())
_GUARD_KEYS = frozenset("id kind scope categories to match romanised unless imminent why tests still".split())
_TOP_KEYS = frozenset("slots phrases guards masked clarifications retractions safe_words".split())


class SignalsError(ValueError):
    """A signals.yml cannot be used. The message names file, rule and remedy."""


@dataclass(frozen=True)
class Rule:
    """A signal: any of `patterns` in a text means `category` at `level`.

    `after` names categories of which one must have been disclosed already, in this message or earlier.
    """

    id: str
    locale: str
    category: Category
    level: RiskLevel
    patterns: tuple[Pattern, ...]
    after: frozenset[Category]
    weight: int
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Guard:
    """A reason why a signal's words mean something else here. `to` is the level a covered hit is lowered to."""

    id: str
    locale: str
    kind: str
    scope: str
    categories: frozenset[Category]
    to: RiskLevel
    imminent: bool
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    tests: tuple[str, ...]
    still: tuple[str, ...]


@dataclass(frozen=True)
class LocaleSignals:
    """One locale's signals.yml."""

    locale: str
    rules: tuple[Rule, ...] = ()
    guards: tuple[Guard, ...] = ()
    masked: tuple[str, ...] = ()
    clarifications: tuple[Pattern, ...] = ()
    retractions: tuple[Pattern, ...] = ()
    safe_words: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=())


def load_locale(path: Path, locale: str, strict: bool = False) -> LocaleSignals:
    """Read one signals.yml.

    An entry that cannot be used is left out and told in `problems`, so that one slip in one language never silences the
    others; with `strict` the first problem raises SignalsError instead.
    """
    try:
        text = path.read_text("utf-8")
        document = yaml.load(text, Loader=LOADER)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(getattr(error, "problem_mark", None), "line", None)
        place = f"{path}:{where + 1}" if where is not None else f"{path}"
        trouble = f"{place}: cannot be read ({' '.join(str(error).split())}). Repair the YAML."
        if strict:
            raise SignalsError(trouble) from None
        return LocaleSignals(locale, problems=(trouble,))
    reader = _FileReader(path, locale, text)
    result = reader.read(document)
    if strict and result.problems:
        raise SignalsError(result.problems[0])
    return result


def signal_files(content_dir: Path) -> dict[str, Path]:
    """The signals.yml of every locale folder that has one, known locales first, in a fixed order."""
    root = content_dir / "nlu_data"
    present = {path.parent.name for path in root.glob("*/signals.yml") if not path.parent.name.startswith("_")}
    order = [locale for locale in LOCALES if locale in present] + sorted(present - set(LOCALES))
    return {locale: root / locale / "signals.yml" for locale in order}


def load_all(content_dir: Path, strict: bool = False) -> dict[str, LocaleSignals]:
    """Read the signals of every locale folder that has them, in the order of `signal_files`."""
    return {locale: load_locale(path, locale, strict) for locale, path in signal_files(content_dir).items()}


class _FileReader:
    def __init__(self, path: Path, locale: str, text: str = "") -> None:
        self.path = path
        self.text = text
        self.locale = locale
        self.problems: list[str] = []
        self.slots = Slots({})
        self.seen: set[str] = set()

    def _tell(self, problem: str, *near: str) -> None:
        """Note a problem with its file and line: where the texts of `near` stand, each after the one before."""
        at = 0
        for text in near or (problem.split(" ")[0].rstrip(":"),):
            found = self.text.find(text, at)
            at = found if found >= 0 else at
        line = f":{self.text.count(chr(10), 0, at) + 1}" if at else ""
        self.problems.append(f"{self.path}{line}: {problem}")

    def read(self, document: Any) -> LocaleSignals:
        top = document.get("signals") if isinstance(document, dict) else None
        if not isinstance(top, dict):
            return LocaleSignals(
                self.locale, problems=(f"{self.path}: the top key must be `signals:` with a map below.",)
            )
        for key in top.keys() - _TOP_KEYS:
            self._tell(f"unknown key {key!r} under signals. Known: {', '.join(sorted(_TOP_KEYS))}.")
        slots = top.get("slots") or {}
        if not isinstance(slots, dict):
            self._tell("slots must be a map of names to lists. Write `name: [entry, entry]`.", "slots:")
            slots = {}
        self.slots = Slots({str(name): self._strings(values, f"slot {name}") for name, values in slots.items()})
        rules = tuple(rule for rule in map(self._rule, self._list(top, "phrases")) if rule)
        guards = tuple(guard for guard in map(self._guard, self._list(top, "guards")) if guard)
        return LocaleSignals(
            self.locale,
            rules,
            guards,
            tuple(self._strings(top.get("masked"), "masked")),
            self._patterns(top.get("clarifications"), "clarifications", short=True),
            self._patterns(top.get("retractions"), "retractions", short=True),
            tuple(self._strings(top.get("safe_words"), "safe_words")),
            tuple(self.problems),
        )

    def _list(self, top: Mapping[str, Any], key: str) -> list[Any]:
        values = top.get(key)
        if values is None or isinstance(values, list):
            return values or []
        self._tell(f"{key} must be a list. Begin each entry with `- id: ...`.", f"{key}:")
        return []

    def _strings(self, values: Any, place: str) -> list[str]:
        if values is None:
            return []
        if not isinstance(values, list):
            self._tell(f"{place} must be a list of texts.")
            return []
        strings = []
        for value in values:
            # Unquoted yes, no, on, numbers and `a: b` are not texts in YAML.
            if isinstance(value, str) and value.strip():
                strings.append(value)
            else:
                self._tell(f"{place} holds {value!r}, not a text. Put it in quotes.")
        return strings

    def _patterns(self, values: Any, place: str, romanised: bool = False, short: bool = False) -> tuple[Pattern, ...]:
        found = []
        for source in self._strings(values, place):
            try:
                found.append(parse(source, self.slots, romanised, short))
            except PatternError as error:
                self._tell(f"{place}: {error}", place, source)
        return tuple(found)

    def _entry(self, entry: Any, known: frozenset[str], kind: str) -> str | None:
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            self._tell(f"a {kind} without an id: {str(entry)[:60]!r}. Give it `id: {self.locale}-...`.")
            return None
        name: str = entry["id"]
        for key in entry.keys() - known:
            self._tell(f"{name}: unknown key {key!r}. Known: {', '.join(sorted(known))}.")
        if name in self.seen:
            self._tell(f"{name} is given twice. Rename one.")
            return None
        self.seen.add(name)
        if not name.startswith(f"{self.locale}-"):
            self._tell(f"{name} must start with '{self.locale}-'.")
        return name

    def _word(
        self, entry: Mapping[str, Any], key: str, known: Mapping[str, Any], default: str | None, name: str
    ) -> Any:
        value = entry.get(key, default)
        if value not in known:
            self._tell(f"{name}: {key} is {value!r}. Use one of: {', '.join(known)}.")
            return None
        return known[value]

    def _categories(self, values: Any, name: str) -> frozenset[Category]:
        found = set()
        for value in self._strings(values, f"{name} categories"):
            if value in Category.__members__:
                found.add(Category(value))
            else:
                self._tell(f"{name}: {value!r} is no category.")
        return frozenset(found)

    def _rule(self, entry: Any) -> Rule | None:
        name = self._entry(entry, _PHRASE_KEYS, "phrase rule")
        if name is None:
            return None
        category = self._word(entry, "category", {item.value: item for item in Category}, None, name)
        level = self._word(entry, "level", RiskLevel.__members__, None, name)
        patterns = self._patterns(entry.get("match"), name, short=bool(entry.get("after")))
        patterns += self._patterns(entry.get("romanised"), name, romanised=True)
        if not patterns:
            self._tell(f"{name} has no usable pattern. Add one under `match`.")
        if category is None or level is None or not patterns:
            return None
        weight = entry.get("weight", 1)
        after = self._categories(entry.get("after"), name)
        tests = tuple(self._strings(entry.get("tests"), f"{name} tests"))
        return Rule(
            name, self.locale, category, level, patterns, after, weight if isinstance(weight, int) else 1, tests
        )

    def _guard(self, entry: Any) -> Guard | None:
        name = self._entry(entry, _GUARD_KEYS, "guard")
        if name is None:
            return None
        kind = self._word(entry, "kind", {item: item for item in sorted(GUARD_KINDS)}, None, name)
        scope = self._word(entry, "scope", {item: item for item in SCOPES}, "overlap", name)
        to = self._word(entry, "to", {"none": RiskLevel.none, "concern": RiskLevel.concern}, "none", name)
        patterns = self._patterns(entry.get("match"), name) + self._patterns(
            entry.get("romanised"), name, romanised=True
        )
        if not patterns:
            self._tell(f"{name} has no usable pattern. Add one under `match`.")
        if kind is None or scope is None or to is None or not patterns:
            return None
        return Guard(
            name,
            self.locale,
            kind,
            scope,
            self._categories(entry.get("categories"), name),
            to,
            bool(entry.get("imminent", False)),
            patterns,
            self._patterns(entry.get("unless"), f"{name} unless", short=True),
            tuple(self._strings(entry.get("tests"), f"{name} tests")),
            tuple(self._strings(entry.get("still"), f"{name} still")),
        )
