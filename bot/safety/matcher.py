"""Finds every signal of every locale in one folded text, and the guards that cover them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from bot.safety.characters import ACCENTS
from bot.safety.classifier import LATIN_LOCALES, script_of
from bot.safety.fold import Folded, fold, sentence_bounds
from bot.safety.patterns import Pattern, latin_words
from bot.safety.search import PatternSet
from bot.safety.signals import Guard, LocaleSignals, Rule
from bot.safety.spelling import Masks, Slips, slips_of
from bot.vocabulary import RiskLevel

_WORD = re.compile("[a-z]+")
_DOUBLED = re.compile(r"([a-z])\1+")
_FAMILY = {"ja-easy": "ja", "zh-Hant": "zh-Hans"}
"""Locales whose guards cover one another's signals: they share their words."""


@dataclass(frozen=True)
class Hit:
    """A signal seen at start..end of the folded plain text; `guard` lowered it to `level`."""

    rule: Rule
    start: int
    end: int
    level: RiskLevel
    guard: Guard | None = None


Cover = tuple[Guard, int, int]


class Covers:
    """The guards of one text, looked for when they are first asked about and only those that may speak."""

    def __init__(self, search: Callable[[frozenset[str] | None], list[Cover]]) -> None:
        self._search = search
        self._all: list[Cover] | None = None

    def of(self, locales: frozenset[str]) -> dict[str, list[Cover]]:
        """The guards that speak for the rules of each of these locales."""
        found = self._all if self._all is not None else self._search(locales)
        return {locale: [cover for cover in found if _speaks_for(cover[0].locale, locale)] for locale in locales}

    def all(self) -> list[Cover]:
        if self._all is None:
            self._all = self._search(None)
        return self._all


@dataclass(frozen=True)
class Prepared:
    """What is worked out of the patterns' own words: slow to make, so it is kept from one start to the next."""

    slips: Mapping[str, str]
    known: Set[str]
    vocabulary: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, locales: Mapping[str, LocaleSignals]) -> Prepared:
        """Needs signals that were parsed, not restored."""
        words = {locale: _pattern_words(data) for locale, data in locales.items()}
        known = frozenset().union(*words.values())
        return cls(
            slips_of(known), known, {locale: _vocabulary(data) | words[locale] for locale, data in locales.items()}
        )


class Matcher:
    """The signals and guards of all locales, compiled once."""

    def __init__(self, locales: Mapping[str, LocaleSignals], prepared: Prepared | None = None) -> None:
        prepared = prepared or Prepared.of(locales)
        self.rules = [rule for data in locales.values() for rule in data.rules]
        self.guards = [guard for data in locales.values() for guard in data.guards]
        self._rule_of: list[Rule] = []
        patterns: list[Pattern] = []
        for rule in self.rules:
            for pattern in rule.patterns:
                patterns.append(pattern)
                self._rule_of.append(rule)
        self._signals = PatternSet(patterns)
        self._guard_of: list[tuple[Guard, bool]] = []
        guard_patterns: list[Pattern] = []
        for guard in self.guards:
            for pattern in guard.patterns:
                guard_patterns.append(pattern)
                self._guard_of.append((guard, False))
            for pattern in guard.unless:
                guard_patterns.append(pattern)
                self._guard_of.append((guard, True))
        self._guards = PatternSet(guard_patterns)
        self._guard_locales = frozenset(guard.locale for guard in self.guards)
        self._clarifications = PatternSet(p for data in locales.values() for p in data.clarifications)
        self._retractions = PatternSet(p for data in locales.values() for p in data.retractions)
        self._masks = Masks(word for data in locales.values() for word in data.masked)
        self._slips = Slips(prepared.known, prepared.slips)
        self._vocabulary = prepared.vocabulary
        self._safe_words = {
            fold(word).plain.strip(" ."): (word, data.locale) for data in locales.values() for word in data.safe_words
        }

    def fold(self, text: str) -> Folded:
        """Fold a text, with half-hidden words restored."""
        return fold(text, self._masks.find)

    def safe_word(self, folded: Folded) -> tuple[str, str] | None:
        """The safe word and its locale, when the whole message is one."""
        if len(folded.plain) > 60:
            return None
        return self._safe_words.get(folded.plain.strip(" ."))

    def covers(self, folded: Folded) -> Covers:
        """The guards of a text, looked for when they are first asked about and only once."""
        return Covers(lambda locales: self._guard_spans(folded, locales))

    def hits(self, folded: Folded, covers: Covers | None = None) -> list[Hit]:
        """Every signal with the level left after guards. Rules that need an earlier disclosure are included."""
        raw = [
            (self._rule_of[index], start, end)
            for index, spans in self._signals.search(folded).items()
            for start, end in spans
        ]
        corrected = self._slips.correct(folded) if len(folded.plain) < 2000 else None
        if corrected is not None:
            spelt, place = corrected
            for index, spans in self._signals.search(spelt).items():
                for start, end in spans:
                    raw.append((self._rule_of[index], place(start), place(end)))
        if not raw:
            return []
        guards = (covers or self.covers(folded)).of(frozenset(rule.locale for rule, _, _ in raw))
        hits = [self._guarded(folded, rule, start, end, guards[rule.locale]) for rule, start, end in raw]
        familiar = self._familiar(folded.plain)
        foreign = _foreign_locales(folded.plain, familiar)
        own = [
            hit
            for hit in hits
            if hit.rule.locale not in foreign
            or hit.rule.level is RiskLevel.none
            or len(folded.plain[hit.start : hit.end].split()) > 2
        ]
        return _share_guards(own, familiar)

    def _guard_spans(self, folded: Folded, locales: frozenset[str] | None) -> list[Cover]:
        """Guards whose words are in the text and which nothing switches off; all, or those that speak for `locales`."""
        wanted = None
        if locales is not None:
            speaking = {own for own in self._guard_locales if any(_speaks_for(own, rule) for rule in locales)}

            def wanted(number: int) -> bool:
                return self._guard_of[number][0].locale in speaking

        matched: list[Cover] = []
        off: set[str] = set()
        for index, spans in self._guards.search(folded, wanted).items():
            guard, switches_off = self._guard_of[index]
            if switches_off:
                off.add(guard.id)
            else:
                matched.extend((guard, start, end) for start, end in spans)
        return [item for item in matched if item[0].id not in off]

    def _familiar(self, plain: str) -> dict[str, int]:
        """How many of the text's Latin words each locale's patterns and tests use: which language it may be in."""
        words = set(plain.replace(".", " ").split())
        return {locale: len(words & known) for locale, known in self._vocabulary.items()}

    def kind(self, folded: Folded) -> str:
        """The script of a text, and for Latin script the locale whose words it uses most: `kana`, `latin-vi`, ..."""
        script = script_of(folded.plain)
        if script != "latin":
            return script
        familiar = self._familiar(folded.plain)
        return "latin-" + max(LATIN_LOCALES, key=lambda locale: familiar.get(locale, 0))

    def clarifies(self, folded: Folded) -> bool:
        return bool(self._clarifications.search(folded))

    def retracts(self, folded: Folded) -> bool:
        return bool(self._retractions.search(folded))

    @staticmethod
    def _guarded(folded: Folded, rule: Rule, start: int, end: int, covers: list[Cover]) -> Hit:
        best: Guard | None = None
        for guard, low, high in covers:
            if guard.categories and rule.category not in guard.categories:
                continue
            if rule.level == RiskLevel.imminent and not guard.imminent:
                continue
            if guard.to >= rule.level or (best is not None and guard.to >= best.to):
                continue
            if guard.scope == "overlap":
                covered = low < end and start < high
            elif guard.scope == "sentence":
                first, last = sentence_bounds(folded.plain, start, end)
                covered = low < last and first < high
            else:
                covered = True
            if covered:
                best = guard
                if guard.to is RiskLevel.none:
                    break
        return Hit(rule, start, end, rule.level if best is None else best.to, best)


def _pattern_words(data: LocaleSignals) -> frozenset[str]:
    """Plain Latin words in the patterns of a locale's rules."""
    return frozenset().union(*(latin_words(pattern) for rule in data.rules for pattern in rule.patterns))


def _vocabulary(data: LocaleSignals) -> frozenset[str]:
    """Plain Latin words in the tests of a locale."""
    tests = [text for rule in data.rules for text in rule.tests]
    tests += [text for guard in data.guards for text in (*guard.tests, *guard.still)]
    known: set[str] = set()
    for text in tests:
        # Folding every test would take a second of each start; for Latin words this comes to the same.
        known.update(_WORD.findall(_DOUBLED.sub(r"\1", text.lower().translate(ACCENTS).replace("'", ""))))
    return frozenset(known)


def _foreign_locales(plain: str, familiar: Mapping[str, int]) -> frozenset[str]:
    """Locales that a Latin line plainly is not in: of one or two of its words alone they say nothing.

    A loanword ("self harm" in an Indonesian rule) does not know the guards of the language it comes from.
    """
    words = {word for word in plain.replace(".", " ").split() if word.isalpha()}
    best = max(familiar.values(), default=0)
    if len(words) < 4 or not plain.isascii() or best < 0.75 * len(words):
        return frozenset()
    return frozenset(locale for locale, known in familiar.items() if known <= 0.5 * best)


def _share_guards(hits: list[Hit], familiar: Mapping[str, int]) -> list[Hit]:
    """Let a guard of one language also cover what another language's rule saw in the very same words.

    A guard speaks for its own language only: "lol" may be a game in one and a laugh in another. But where the line is
    in the guard's language, look-alike words of a neighbouring language must not undo it. `familiar` tells which of two
    languages knows more of the line's words.
    """
    covered = [hit for hit in hits if hit.guard is not None]
    open_spans = [hit for hit in hits if hit.guard is None]
    strongest: dict[str, RiskLevel] = {}
    for hit in open_spans:
        strongest[hit.rule.locale] = max(hit.level, strongest.get(hit.rule.locale, RiskLevel.none))
    return [hit if hit.guard else _shared(hit, covered, strongest, familiar) for hit in hits]


def _speaks_for(guard: str, rule: str) -> bool:
    """Whether a guard of one locale may cover a rule of another. Easy Japanese has guards of few words: they are not
    asked about the signals of full Japanese, which has its own."""
    if guard == "ja-easy":
        return rule == guard
    return _FAMILY.get(guard, guard) == _FAMILY.get(rule, rule)


def _shared(hit: Hit, covered: list[Hit], strongest: Mapping[str, RiskLevel], familiar: Mapping[str, int]) -> Hit:
    for other in covered:
        stronger = hit.rule.level is RiskLevel.imminent and other.guard and not other.guard.imminent
        if (
            other.start < hit.end
            and hit.start < other.end
            and hit.rule.locale != other.rule.locale
            and not (hit.rule.locale == "ja" and other.rule.locale == "ja-easy")
            and familiar.get(hit.rule.locale, 0) <= familiar.get(other.rule.locale, 0)
            and strongest.get(other.rule.locale, RiskLevel.none) <= other.level < hit.level
            and not stronger
        ):
            return Hit(hit.rule, hit.start, hit.end, other.level, other.guard)
    return hit
