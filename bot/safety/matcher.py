"""Finds every signal of every locale in one folded text, and the guards that cover them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.safety.automaton import Automaton
from bot.safety.characters import MASK
from bot.safety.fold import Folded, fold, sentence_bounds
from bot.safety.patterns import Pattern, latin_words
from bot.safety.signals import Guard, LocaleSignals, Rule
from bot.vocabulary import RiskLevel

_MAX_PLACES = 48
"""Places of one anchor that are looked at in one text."""
_FAMILY = {"ja-easy": "ja", "zh-Hant": "zh-Hans"}
"""Locales whose guards cover one another's signals: they share their words."""
_MARGIN = 26
_MAX_MATCHES = 8
_SLIP_LETTERS = 5


@dataclass(frozen=True)
class Hit:
    """A signal seen at start..end of the folded plain text; `guard` lowered it to `level`."""

    rule: Rule
    start: int
    end: int
    level: RiskLevel
    guard: Guard | None = None


class PatternSet:
    """Many patterns, matched together. Payload i belongs to pattern i."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        by_view: dict[bool, list[tuple[str, int]]] = {False: [], True: []}
        for index, pattern in enumerate(self.patterns):
            for anchor in pattern.anchors:
                by_view[pattern.view == "sound"].append((anchor, index))
        self._plain = Automaton(sorted(by_view[False]))
        self._sound = Automaton(sorted(by_view[True]))

    def search(self, folded: Folded) -> dict[int, list[tuple[int, int]]]:
        """Matches by pattern: spans in `folded.plain`, at most eight a pattern."""
        found: dict[int, list[tuple[int, int]]] = {}
        for automaton, text in ((self._plain, folded.plain), (self._sound, folded.sound)):
            if not text or len(automaton) == 1:
                continue
            # Anchors may carry the spaces around a word; the ends of text and sentences count as spaces.
            places: dict[tuple[int, ...], list[int]] = {}
            for _, end, payloads in automaton.scan(f" {text} ".replace(".", " ")):
                known = places.get(payloads)
                if known is None:
                    places[payloads] = [end]
                else:
                    known.append(end)
            by_pattern: dict[int, list[list[int]]] = {}
            for payloads, ends in places.items():
                if len(ends) > _MAX_PLACES:
                    # A text made of near misses: look at both ends of it.
                    ends = ends[: _MAX_PLACES // 2] + ends[-_MAX_PLACES // 2 :]
                for payload in payloads:
                    by_pattern.setdefault(payload, []).append(ends)
            for payload in sorted(by_pattern):
                spans = self._spans(self.patterns[payload], folded, text, by_pattern[payload])
                if spans and automaton is self._sound:
                    spans = [folded.sound_span(start, end) for start, end in spans]
                if spans:
                    found[payload] = sorted(set(spans))
        return found

    @staticmethod
    def _spans(pattern: Pattern, folded: Folded, text: str, places: list[list[int]]) -> list[tuple[int, int]]:
        """Matches of one pattern in the windows around its anchors."""
        subject = folded.accented if pattern.view == "accented" else text
        size = len(subject)
        reach = pattern.reach + _MARGIN
        if pattern.whole or size <= reach:
            return _matches(pattern.regex, subject, 0, size)
        ends = places[0] if len(places) == 1 else sorted(end for group in places for end in group)
        spans: list[tuple[int, int]] = []
        low, high = -1, -1
        for end in ends:
            if low >= 0 and end - reach <= high:
                high = end + reach
                continue
            if low >= 0:
                spans += _matches(pattern.regex, subject, low, high)
            low, high = max(0, end - reach), end + reach
        spans += _matches(pattern.regex, subject, max(0, low), high)
        return spans[:_MAX_MATCHES]


def _matches(regex: re.Pattern[str], subject: str, low: int, high: int) -> list[tuple[int, int]]:
    spans = []
    for match in regex.finditer(subject, low, high):
        if match.end() > match.start():
            spans.append(match.span())
            if len(spans) >= _MAX_MATCHES:
                break
    return spans


class Matcher:
    """The signals and guards of all locales, compiled once."""

    def __init__(self, locales: Mapping[str, LocaleSignals]) -> None:
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
        self._masks = _Masks(word for data in locales.values() for word in data.masked)
        self._slips = _Slips(patterns)
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

    def hits(self, folded: Folded) -> list[Hit]:
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
        covers = self.guard_spans(folded)
        hits = [self._guarded(folded, rule, start, end, covers) for rule, start, end in raw]
        return _share_guards(hits)

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

    def clarifies(self, folded: Folded) -> bool:
        return bool(self._clarifications.search(folded))

    def retracts(self, folded: Folded) -> bool:
        return bool(self._retractions.search(folded))

    @staticmethod
    def _guarded(folded: Folded, rule: Rule, start: int, end: int, covers: list[tuple[Guard, int, int]]) -> Hit:
        best: Guard | None = None
        for guard, low, high in covers:
            if _FAMILY.get(guard.locale, guard.locale) != _FAMILY.get(rule.locale, rule.locale):
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


def _share_guards(hits: list[Hit]) -> list[Hit]:
    """Let a guard of one language also cover what another language's rule saw in the very same words.

    A guard speaks for its own language only: "lol" may be a game in one and a laugh in another. But where the line is
    in the guard's language, look-alike words of a neighbouring language must not undo it.
    """
    covered = [hit for hit in hits if hit.guard is not None]
    open_spans = [hit for hit in hits if hit.guard is None]
    shared = []
    for hit in hits:
        if hit.guard is None:
            for other in covered:
                same = other.start < hit.end and hit.start < other.end
                own = any(rival.rule.locale == other.rule.locale and rival.level > other.level for rival in open_spans)
                stronger = hit.rule.level is RiskLevel.imminent and other.guard and not other.guard.imminent
                if (
                    same
                    and hit.rule.locale != other.rule.locale
                    and not own
                    and not stronger
                    and hit.level > other.level
                ):
                    hit = Hit(hit.rule, hit.start, hit.end, other.level, other.guard)
                    break
        shared.append(hit)
    return shared


class _Masks:
    """Words with a letter or two hidden behind rings or stars."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, str] = {}
        for word in sorted(set(words)):
            plain = fold(word).plain.strip(" .")
            size = len(plain)
            for first in range(size):
                if size < 2 or (plain[0].isascii() and first == 0):
                    continue
                self._words.setdefault(plain[:first] + MASK + plain[first + 1 :], plain)
                for second in range(first + 1, size):
                    if size >= 4:
                        hidden = plain[:first] + MASK + plain[first + 1 : second] + MASK + plain[second + 1 :]
                        self._words.setdefault(hidden, plain)
                if size >= 4 and plain.isascii():
                    self._words.setdefault(plain[0] + MASK * (size - 2) + plain[-1], plain)
        self._automaton = Automaton(sorted((masked, 0) for masked in self._words))

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, word) for each masked word, longest first where they overlap."""
        lowered = text
        found = [
            (start, end, self._words[lowered[start:end]])
            for start, end, _ in self._automaton.scan(lowered)
            if not _inside_word(lowered, start, end)
        ]
        found.sort(key=lambda item: (item[0], -item[1]))
        return found


def _inside_word(text: str, start: int, end: int) -> bool:
    if not text[start].isascii() and text[start] != MASK:
        return False
    if not any(char.isascii() and char.isalpha() for char in text[start:end]):
        return False
    before = text[start - 1 : start]
    after = text[end : end + 1]
    return (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())


class _Slips:
    """Typing slips in Latin words: two letters swapped, one missing, one too many."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        known: set[str] = set()
        for pattern in patterns:
            known |= latin_words(pattern)
        self._known = known
        self._by_slip: dict[str, str] = {}
        for word in sorted(known):
            if len(word) < _SLIP_LETTERS or not word.isascii():
                continue
            for index in range(1, len(word)):
                if len(word) > _SLIP_LETTERS:
                    self._by_slip.setdefault(word[:index] + word[index + 1 :], word)
                if index + 1 < len(word):
                    swapped = word[:index] + word[index + 1] + word[index] + word[index + 2 :]
                    self._by_slip.setdefault(swapped, word)
        for word in known:
            self._by_slip.pop(word, None)

    def _right(self, word: str) -> str | None:
        if len(word) < _SLIP_LETTERS - 1 or word in self._known:
            return None
        right = self._by_slip.get(word)
        if right is not None:
            return right
        if len(word) > _SLIP_LETTERS + 1:
            for index in range(1, len(word)):
                shorter = word[:index] + word[index + 1 :]
                if shorter in self._known and len(shorter) > _SLIP_LETTERS:
                    return shorter
        return None

    def correct(self, folded: Folded) -> tuple[Folded, _Place] | None:
        """The text with slips mended and a map of its offsets back into `folded`; None when there are none."""
        words = folded.plain.split(" ")
        pieces: list[str] = []
        origin: list[int] = []
        at = 0
        changed = False
        for word in words:
            core = word.strip(".")
            right = self._right(core) if core.isascii() and core.isalpha() else None
            if right is None:
                pieces.append(word)
                origin.extend(range(at, at + len(word)))
            else:
                changed = True
                fixed = word.replace(core, right)
                pieces.append(fixed)
                origin.extend(min(at + offset, at + len(word) - 1) for offset in range(len(fixed)))
            at += len(word)
            origin.append(at)
            at += 1
        if not changed:
            return None
        text = " ".join(pieces)
        return Folded(folded.original, text, text, origin[: len(text)]), _Place(origin, len(folded.plain))


class _Place:
    """Where an offset of the mended text lies in the text as written."""

    def __init__(self, origin: list[int], length: int) -> None:
        self._origin = origin
        self._length = length

    def __call__(self, offset: int) -> int:
        return self._origin[offset] if offset < len(self._origin) else self._length
