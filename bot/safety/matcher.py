"""Finds every signal of every locale in one folded text, and the guards that cover them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.safety.automaton import Automaton
from bot.safety.characters import ACCENTS
from bot.safety.classifier import LATIN_LOCALES, script_of
from bot.safety.fold import Folded, fold, sentence_bounds
from bot.safety.patterns import MAX_PARTS, Pattern, latin_words
from bot.safety.signals import Guard, LocaleSignals, Rule
from bot.safety.spelling import Masks, Slips, slips_of
from bot.vocabulary import RiskLevel

_MAX_PLACES = 48
"""Places that are looked at for one pattern in one text."""
_WORD = re.compile("[a-z]+")
_DOUBLED = re.compile(r"([a-z])\1+")
_BARE = "\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af"
_TOUCH = re.compile(f"(?<=[a-z0-9])(?=[{_BARE}])|(?<=[{_BARE}])(?=[a-z0-9])")
_BLOCK = 512
"""Long texts are taken in blocks of so many characters: the parts of a pattern must stand in neighbouring ones."""
_FAMILY = {"ja-easy": "ja", "zh-Hant": "zh-Hans"}
"""Locales whose guards cover one another's signals: they share their words."""
_MARGIN = 26
_MAX_MATCHES = 8


@dataclass(frozen=True)
class Hit:
    """A signal seen at start..end of the folded plain text; `guard` lowered it to `level`."""

    rule: Rule
    start: int
    end: int
    level: RiskLevel
    guard: Guard | None = None


Covers = Callable[[], list[tuple[Guard, int, int]]]


class PatternSet:
    """Many patterns, matched together: an expression is tried only where words of all its parts stand close together."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._views = (self._view(False), self._view(True))

    def _view(self, sound: bool) -> _View:
        return _View([(i, p) for i, p in enumerate(self.patterns) if (p.view == "sound") is sound])

    def search(self, folded: Folded) -> dict[int, list[tuple[int, int]]]:
        """Matches by pattern: spans in `folded.plain`, at most eight a pattern."""
        found: dict[int, list[tuple[int, int]]] = {}
        for view, sound in zip(self._views, (False, True), strict=True):
            if not view:
                continue
            text = folded.sound if sound else folded.plain
            for payload, places in view.candidates(text).items():
                pattern = self.patterns[payload]
                spans = self._spans(pattern, folded.accented if pattern.view == "accented" else text, places)
                if spans and sound:
                    spans = [folded.sound_span(start, end) for start, end in spans]
                if spans:
                    found[payload] = sorted(set(spans))
        return dict(sorted(found.items()))

    @staticmethod
    def _spans(pattern: Pattern, subject: str, ends: list[int]) -> list[tuple[int, int]]:
        """Matches of one pattern in the windows around its anchors."""
        size = len(subject)
        reach = pattern.reach + _MARGIN
        if pattern.whole or size <= reach:
            return _matches(pattern.regex, subject, 0, size)
        if len(ends) > _MAX_PLACES:
            # A text made of near misses: look at both ends of it.
            ends = ends[: _MAX_PLACES // 2] + ends[-_MAX_PLACES // 2 :]
        spans: list[tuple[int, int]] = []
        low, high = -1, -1
        for end in ends:
            if low >= 0 and end - reach <= high:
                high = end + reach
                continue
            if low >= 0:
                spans += _matches(pattern.regex, subject, low, high)
            if len(spans) >= _MAX_MATCHES:
                return spans[:_MAX_MATCHES]
            low, high = max(0, end - reach), end + reach
        spans += _matches(pattern.regex, subject, max(0, low), high)
        return spans[:_MAX_MATCHES]


class _View:
    """The patterns that are matched against one view of the text."""

    def __init__(self, patterns: list[tuple[int, Pattern]]) -> None:
        self._numbers = [number for number, _ in patterns]
        self._automaton = Automaton(word for _, p in patterns for part in p.anchors for word in part)
        place = {word: index for index, word in enumerate(self._automaton.words)}
        flags: list[list[int]] = [[] for _ in place]
        # One flag for each part of each pattern; parts a pattern does not have are always there.
        self._met = np.ones(MAX_PARTS * len(patterns), dtype=bool)
        self._first: list[frozenset[int]] = []
        self._parts: list[tuple[frozenset[int], ...]] = []
        self._far = np.zeros(len(patterns), dtype=bool)
        for row, (_, pattern) in enumerate(patterns):
            parts = tuple(frozenset(place[word] for word in part) for part in pattern.anchors)
            self._parts.append(parts)
            self._first.append(parts[0])
            self._far[row] = pattern.whole or pattern.reach + _MARGIN > _BLOCK
            for column, part in enumerate(pattern.anchors):
                self._met[column * len(patterns) + row] = False
                for word in part:
                    flags[place[word]].append(column * len(patterns) + row)
        self._flags = [np.array(rows, dtype=np.int64) for rows in flags]

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def candidates(self, text: str) -> dict[int, list[int]]:
        """Patterns all of whose parts are met close together, and where the words of their first parts end."""
        if not text:
            return {}
        spaced = f" {text} ".replace(".", " ")
        return (
            self._near(self._words(spaced)) if len(text) <= 2 * _BLOCK else self._in_blocks(*self._many_words(spaced))
        )

    def _words(self, text: str) -> list[tuple[int, int]]:
        """(where it ends, number) of every anchor in `text`.

        Anchors may carry the spaces around a word: the ends of text and sentences count as spaces, and so does the
        place where Latin letters touch a script that is written without them (我mc遲咗).
        """
        met = self._automaton.scan(text)
        spaced, moved = _cut(text)
        if not moved:
            return met
        also = {(end - bisect_right(moved, end), word) for end, word in self._automaton.scan(spaced)}
        return sorted(also.union(met))

    def _many_words(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The same for a long text: where the words end, and their numbers, by numbers and then by ends."""
        ends, words = np.array(self._automaton.scan(text), dtype=np.int64).reshape(-1, 2).T
        spaced, moved = _cut(text)
        if moved:
            also, numbers = np.array(self._automaton.scan(spaced), dtype=np.int64).reshape(-1, 2).T
            ends = np.concatenate([ends, also - np.searchsorted(np.array(moved), also, "right")])
            words = np.concatenate([words, numbers])
        size = len(text) + 1
        codes = np.unique(words * size + ends)
        return codes % size, codes // size

    def _near(self, met: list[tuple[int, int]]) -> dict[int, list[int]]:
        """Candidates of a short text: all of it counts as close together."""
        places: dict[int, list[int]] = {}
        for end, word in met:
            places.setdefault(word, []).append(end)
        found = {}
        for row in self._complete(list(places)):
            words = places.keys() & self._first[row]
            found[self._numbers[row]] = sorted([end for word in words for end in places[word]])
        return found

    def _in_blocks(self, ends: NDArray[np.int64], words: NDArray[np.int64]) -> dict[int, list[int]]:
        """Candidates of a long text: the words of all parts must stand in the same or neighbouring blocks."""
        if not len(ends):
            return {}
        known, starts = np.unique(words, return_index=True)
        row_of = {word: row for row, word in enumerate(known.tolist())}
        blocks = ends // _BLOCK
        here = np.zeros((len(known), int(blocks.max()) + 1), dtype=bool)
        here[np.searchsorted(known, words), blocks] = True
        around = here.copy()
        around[:, 1:] |= here[:, :-1]
        around[:, :-1] |= here[:, 1:]
        places = dict(zip(row_of, np.split(ends, starts[1:]), strict=True))
        found = {}
        for row in self._complete(list(row_of)):
            first, *others = [[word for word in part if word in row_of] for part in self._parts[row]]
            candidates = np.concatenate([places[word] for word in first])
            if not self._far[row]:
                close = np.logical_and.reduce([around[[row_of[word] for word in part]].any(axis=0) for part in others])
                candidates = candidates[np.broadcast_to(close, here.shape[1])[candidates // _BLOCK]]
            if len(candidates):
                found[self._numbers[row]] = np.sort(candidates).tolist()
        return found

    def _complete(self, words: list[int]) -> list[int]:
        """Rows of the patterns that have one of these words for each of their parts."""
        if not words:
            return []
        flags = self._met.copy()
        flags[np.concatenate([self._flags[word] for word in words])] = True
        size = len(self._numbers)
        full = flags[:size]
        for part in range(1, MAX_PARTS):
            full &= flags[part * size : (part + 1) * size]
        rows: list[int] = np.flatnonzero(full).tolist()
        return rows


def _cut(text: str) -> tuple[str, list[int]]:
    """`text` with a space wherever Latin letters touch a script without spaces, and where the spaces are now."""
    cuts = [] if text.isascii() else [touch.start() for touch in _TOUCH.finditer(text)]
    spaced = " ".join(text[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True))
    # A space was put in before each cut: the n-th cut stands n places further on.
    return spaced, [cut + number for number, cut in enumerate(cuts)]


def _matches(regex: re.Pattern[str], subject: str, low: int, high: int) -> list[tuple[int, int]]:
    spans = []
    for match in regex.finditer(subject, low, high):
        if match.end() > match.start():
            spans.append(match.span())
            if len(spans) >= _MAX_MATCHES:
                break
    return spans


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
        return lru_cache(maxsize=1)(lambda: self.guard_spans(folded))

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
        guards = covers() if covers is not None else self.guard_spans(folded)
        hits = [self._guarded(folded, rule, start, end, guards) for rule, start, end in raw]
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

    def guard_spans(self, folded: Folded) -> list[tuple[Guard, int, int]]:
        """Guards whose words are in the text and which nothing switches off."""
        matched: list[tuple[Guard, int, int]] = []
        off: set[str] = set()
        for index, spans in self._guards.search(folded).items():
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
    def _guarded(folded: Folded, rule: Rule, start: int, end: int, covers: list[tuple[Guard, int, int]]) -> Hit:
        best: Guard | None = None
        for guard, low, high in covers:
            if not _speaks_for(guard.locale, rule.locale):
                continue
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
