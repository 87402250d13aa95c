"""The pattern language of signals.yml (docs/signals.md): parsing, and compilation to bounded regular expressions.

No pattern can run away: every repetition is bounded, and the matcher only looks at a window around an anchor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from bot.safety.characters import ACCENTS, weaker_spellings
from bot.safety.fold import LATIN, VOWEL_ROWS, fold_phrase, sound_of

DEFAULT_WORDS = 3
DEFAULT_CHARACTERS = 10
MAX_GAP = 60
_LONGEST_WORD = 24
_OPEN_END = 15
_MAX_ANCHORS = 400
_JOINABLE = 6
"""Latin words of so many letters are found inside others too: people run words together."""

_WORD = f"[{LATIN}0-9]"
_LATIN_CHAR = re.compile(f"[{LATIN}]")
_OTHER_LETTER = re.compile(f"[^\\W\\d_{LATIN}]")


_COMMON = frozenset(
    "the a an i im me my you he she they we us it is are was be to of in on at for and or with not no so do how what when "
    "where that this if his her their have has had get got go can will all now one out up want like some "
    "la el los las un una de del en que mi me te se su lo por con para es no si ya muy mas yo tu al le "
    "o os as um uma do da em na no eu ele ela que meu minha nao mais e "
    "toi em anh con chi bi co khong la va cua cho minh nguoi da duoc ra vao o di lam "
    "ko ako siya ang ng sa na ay mga nang kami yung po pa "
    "aku saya dia di ke yang dan ini itu ada tidak gak aja mau sama bisa dari".split()
)
"""Words too frequent to look for first."""


class PatternError(ValueError):
    """A pattern cannot be read. The message says what is wrong and what to write instead."""


@dataclass(frozen=True)
class Literal:
    text: str


@dataclass(frozen=True)
class Space:
    pass


@dataclass(frozen=True)
class Gap:
    size: int | None


@dataclass(frozen=True)
class Star:
    pass


@dataclass(frozen=True)
class Edge:
    kind: str


@dataclass(frozen=True)
class Group:
    """Alternatives. `known` remembers what was worked out of them: slots are used in many patterns."""

    alternatives: tuple[tuple[Node, ...], ...]
    optional: bool
    known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Digits:
    pass


Node = Literal | Digits | Space | Gap | Star | Edge | Group
Sequence_ = tuple[Node, ...]


@dataclass(frozen=True)
class Pattern:
    """One pattern, parsed. `view` names the folded text it is matched against: plain, accented or sound."""

    source: str
    nodes: tuple[Node, ...]
    view: str
    wide: bool
    exact: bool
    anchors: frozenset[str]
    reach: int
    whole: bool

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled at first use: most patterns never meet a text that holds their anchor."""
        return re.compile(self.expression())

    def expression(self) -> str:
        latin = any(_LATIN_CHAR.search(word) for word in _literals(self.nodes))
        return _Writer(self.wide, self.view, self.exact, latin).write(self.nodes)


class Slots(dict[str, Sequence[str]]):
    """Named lists of a file, each parsed once."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        super().__init__(lists)
        self.parsed: dict[str, Group] = {}


def parse(source: str, slots: Mapping[str, Sequence[str]] | None = None, romanised: bool = False, short: bool = False) -> Pattern:
    """Read one pattern; `short` ones, which never flag alone, may have two letters. Raises PatternError with the remedy."""
    text = source.strip()
    exact = text.startswith("=")
    nodes = _Reader(text[1:] if exact else text, slots or {}, source).read()
    nodes = _tidy(nodes)
    letters = "".join(_literals(nodes))
    wide = bool(_OTHER_LETTER.search(letters))
    if romanised:
        nodes = _to_sound(nodes)
        letters = "".join(_literals(nodes))
        if wide:
            raise PatternError(f"{source!r}: a romanised pattern takes Latin letters only. Move it to `match`.")
    whole = any(isinstance(node, Edge) and node.kind in "^$" for node in nodes)
    accented = letters.translate(ACCENTS) != letters
    view = "sound" if romanised else ("accented" if accented or exact else "plain")
    if not letters.strip():
        raise PatternError(f"{source!r} holds no letters. Write at least one word.")
    anchors = _best_anchors(nodes)
    if anchors is None:
        raise PatternError(f"{source!r}: every word is optional. Make at least one word required.")
    if not whole and shortest(nodes) < (1 if short else 2) + (not wide):
        least = "2 characters" if wide else "3 letters"
        raise PatternError(f"{source!r} may match fewer than {least}. Make it longer, or anchor it with ^ and $.")
    if romanised and not whole and shortest(nodes) < 5:
        raise PatternError(f"{source!r}: a romanised pattern needs at least 6 letters. Make it longer.")
    return Pattern(source, nodes, view, wide, exact, anchors, _reach(nodes, wide), whole)


class _Reader:
    """Recursive descent over the characters of one pattern."""

    def __init__(self, text: str, slots: Mapping[str, Sequence[str]], source: str, seen: tuple[str, ...] = ()) -> None:
        self.text = text
        self.slots = slots
        self.source = source
        self.seen = seen
        self.at = 0

    def read(self) -> Sequence_:
        nodes = self._sequence("|")
        if self.at < len(self.text):
            alternatives = [nodes]
            while self.at < len(self.text):
                self.at += 1
                alternatives.append(self._sequence("|"))
            filled = tuple(item for item in alternatives if _says_something(item))
            nodes = (Group(filled, False),) if filled else ()
        if self.at < len(self.text):
            raise PatternError(f"{self.source!r}: unexpected {self.text[self.at]!r}. Close brackets you open.")
        return nodes

    def _sequence(self, stops: str) -> Sequence_:
        nodes: list[Node] = []
        literal = ""

        def flush() -> None:
            nonlocal literal
            if literal:
                nodes.extend(_folded(literal))
                literal = ""

        while self.at < len(self.text) and self.text[self.at] not in stops:
            char = self.text[self.at]
            self.at += 1
            if char in "({":
                flush()
                nodes.append(self._group() if char == "(" else self._slot())
            elif char == "~":
                flush()
                nodes.append(Gap(self._number()))
            elif char == "*":
                flush()
                nodes.append(Star())
            elif char in "^$_":
                flush()
                nodes.append(Edge(char))
            elif char == "#":
                flush()
                nodes.append(Digits())
            elif char == "?" and literal and not literal[-1].isascii():
                last = literal[-1]
                literal = literal[:-1]
                flush()
                nodes.append(Group((_folded(last),), True))
            elif char in "[]+\\":
                raise PatternError(f"{self.source!r}: {char!r} is not part of the pattern language. Write out the alternatives.")
            elif char in " \u3000":
                flush()
                nodes.append(Space())
            elif char in ")}|?":
                raise PatternError(f"{self.source!r}: {char!r} has no partner. `?` may only follow ) or }}.")
            else:
                literal += char
        flush()
        return tuple(nodes)

    def _group(self) -> Group:
        alternatives = []
        empty = False
        while True:
            start = self.at
            alternatives.append(self._sequence("|)"))
            empty = empty or start == self.at
            if self.at >= len(self.text):
                raise PatternError(f"{self.source!r}: a ( is never closed. Add the missing ).")
            self.at += 1
            if self.text[self.at - 1] == ")":
                break
        filled = [item for item in alternatives if _says_something(item)]
        if not filled:
            raise PatternError(f"{self.source!r}: () is empty. Write at least one alternative.")
        return Group(tuple(filled), self._optional() or empty)

    def _slot(self) -> Group:
        end = self.text.find("}", self.at)
        name = self.text[self.at : end] if end >= 0 else self.text[self.at :]
        if end < 0 or name not in self.slots:
            known = ", ".join(sorted(self.slots)) or "none"
            raise PatternError(f"{self.source!r}: no slot {name!r}. Slots of this file: {known}.")
        if name in self.seen:
            raise PatternError(f"{self.source!r}: slot {name!r} contains itself. Break the circle.")
        self.at = end + 1
        cache = self.slots.parsed if isinstance(self.slots, Slots) else {}
        if name not in cache:
            cache[name] = self._parsed_slot(name)
        optional = self._optional()
        return cache[name] if not optional else Group(cache[name].alternatives, True, {"tidy": True})

    def _parsed_slot(self, name: str) -> Group:
        alternatives = tuple(
            _Reader(str(entry), self.slots, f"{self.source} (slot {name})", (*self.seen, name)).read()
            for entry in self.slots[name]
        )
        filled = tuple(_tidy(item) for item in alternatives if _says_something(item))
        if not filled:
            raise PatternError(f"{self.source!r}: slot {name!r} is empty. Give it at least one entry.")
        return Group(filled, False, {"tidy": True})

    def _optional(self) -> bool:
        if self.at < len(self.text) and self.text[self.at] == "?":
            self.at += 1
            return True
        return False

    def _number(self) -> int | None:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in "0123456789":
            self.at += 1
        if self.at == start:
            return None
        size = int(self.text[start : self.at])
        if not 1 <= size <= MAX_GAP:
            raise PatternError(f"{self.source!r}: ~{size} is out of range. Gaps go from 1 to {MAX_GAP}.")
        return size


def _says_something(nodes: Sequence_) -> bool:
    """Whether anything but spaces is left of an alternative; a picture folds to a space."""
    return any(not isinstance(node, Space) for node in nodes)


@lru_cache(maxsize=50_000)
def _folded(literal: str) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for index, word in enumerate(fold_phrase(literal).replace(".", " ").split(" ")):
        if index:
            nodes.append(Space())
        if word:
            nodes.append(Literal(word))
    return tuple(nodes)


def _tidy(nodes: Sequence_) -> Sequence_:
    """Drop spaces that say nothing: beside gaps, beside edges of the message, doubled."""
    kept: list[Node] = []
    for index, node in enumerate(nodes):
        if isinstance(node, Group) and "tidy" not in node.known:
            node = Group(tuple(_tidy(item) for item in node.alternatives), node.optional, {"tidy": True})
        if isinstance(node, Space):
            before = kept[-1] if kept else None
            after = nodes[index + 1] if index + 1 < len(nodes) else None
            if isinstance(before, (Gap, Space)) or isinstance(after, Gap):
                continue
            if (isinstance(before, Edge) and before.kind == "^") or (isinstance(after, Edge) and after.kind == "$"):
                continue
        kept.append(node)
    return tuple(kept)


def _to_sound(nodes: Sequence_) -> Sequence_:
    changed: list[Node] = []
    for node in nodes:
        if isinstance(node, Literal):
            node = Literal(sound_of(node.text.translate(ACCENTS)))
        elif isinstance(node, Group):
            node = Group(tuple(_to_sound(item) for item in node.alternatives), node.optional)
        changed.append(node)
    return tuple(changed)


def _literals(nodes: Sequence_) -> list[str]:
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Literal):
            found.append(node.text)
        elif isinstance(node, Group):
            if "literals" not in node.known:
                node.known["literals"] = [word for item in node.alternatives for word in _literals(item)]
            found.extend(node.known["literals"])
    return found


def latin_words(pattern: Pattern) -> set[str]:
    """Plain Latin words of a pattern; empty for a romanised one."""
    if pattern.view == "sound":
        return set()
    return {word.translate(ACCENTS) for word in _literals(pattern.nodes) if _LATIN_CHAR.match(word)}


def shortest(nodes: Sequence_) -> int:
    """Fewest letters a match can have."""
    total = 0
    for node in nodes:
        if isinstance(node, Literal):
            total += len(node.text)
        elif isinstance(node, Group) and not node.optional:
            if "shortest" not in node.known:
                node.known["shortest"] = min(shortest(item) for item in node.alternatives)
            total += node.known["shortest"]
    return total


def _reach(nodes: Sequence_, wide: bool) -> int:
    """Most characters a match can span."""
    total = 0
    for node in nodes:
        if isinstance(node, Literal):
            total += len(node.text) * 2
        elif isinstance(node, Group):
            if ("reach", wide) not in node.known:
                node.known["reach", wide] = max(_reach(item, wide) for item in node.alternatives)
            total += node.known["reach", wide]
        elif isinstance(node, Gap):
            total += _gap_size(node, wide) * (1 if wide else 14) + 1
        elif isinstance(node, Star):
            total += _OPEN_END
        elif isinstance(node, Digits):
            total += 4
        else:
            total += 1
    return total


def _gap_size(gap: Gap, wide: bool) -> int:
    return gap.size or (DEFAULT_CHARACTERS if wide else DEFAULT_WORDS)


def _weight(text: str) -> int:
    """How telling a literal is: a kanji or hangul says as much as two or three Latin letters or kana."""
    plain = text.strip()
    if plain in _COMMON:
        return 0
    return sum(1 if char.isascii() or "ぁ" <= char <= "ゖ" else 3 for char in plain)


def _best_anchors(
    nodes: Sequence_, before: frozenset[str] = frozenset(), left: bool = True, right: bool = True
) -> frozenset[str] | None:
    """The most telling words of which one must be there; None when every part is optional.

    Short Latin words that stand alone are given with the spaces around them. `left` and `right` say whether a word
    begins and ends where `nodes` do.
    """
    best: frozenset[str] | None = None
    best_score = (-1.0, 0)
    for index, node in enumerate(nodes):
        starts = isinstance(nodes[index - 1], (Space, Gap, Edge)) if index else left
        ends = isinstance(nodes[index + 1], (Space, Gap, Edge)) if index + 1 < len(nodes) else right
        found: frozenset[str] | None = None
        if isinstance(node, Literal):
            text = node.text.translate(ACCENTS)
            if merges(node.text[0], before):
                text, starts = text[1:], False
            if text and len(text) < _JOINABLE and text.isascii():
                text = " " * starts + text + " " * ends
            found = frozenset([text]) if text else None
        elif isinstance(node, Group) and not node.optional:
            key = ("anchors", before, starts, ends)
            if key not in node.known:
                parts = [_best_anchors(item, before, starts, ends) for item in node.alternatives]
                whole = all(part is not None for part in parts)
                node.known[key] = frozenset(anchor for part in parts if part for anchor in part) if whole else None
            found = node.known[key]
        before = last_letters(node, before)
        if found and len(found) <= _MAX_ANCHORS:
            score = (min(8.0, min(_weight(anchor) for anchor in found)) - len(found) / 40, -len(found))
            if score > best_score:
                best, best_score = found, score
    return best


def last_letters(node: Node, before: frozenset[str]) -> frozenset[str]:
    """Letters that may stand right before what follows `node`, when `before` may stand right before it."""
    if isinstance(node, Literal):
        return frozenset(node.text[-1])
    if isinstance(node, Gap):
        return frozenset(char for char in before if not char.isascii())
    if isinstance(node, (Space, Edge)):
        return before
    if isinstance(node, Group):
        if ("last", before) not in node.known:
            found = before if node.optional else frozenset()
            for item in node.alternatives:
                letters = before
                for part in item:
                    letters = last_letters(part, letters)
                found |= letters
            node.known["last", before] = found
        last: frozenset[str] = node.known["last", before]
        return last
    return frozenset()


def merges(letter: str, before: frozenset[str]) -> bool:
    """Whether folding may swallow `letter` after one of `before`: the same letter, or a drawn-out vowel."""
    return letter in before or any(char in VOWEL_ROWS.get(letter, "") for char in before)


class _Writer:
    """Writes the bounded regular expression of a parsed pattern."""

    def __init__(self, wide: bool, view: str, exact: bool, latin: bool) -> None:
        self.wide = wide
        self.latin = latin
        self.view = view
        self.exact = exact

    def write(self, nodes: Sequence_) -> str:
        begin = "" if nodes and isinstance(nodes[0], (Star, Edge)) else self._begin()
        end = "" if nodes and isinstance(nodes[-1], (Star, Edge)) else self._end()
        return begin + self._sequence(nodes, frozenset()) + end

    def _begin(self) -> str:
        if not self.latin:
            return ""
        return f"(?:(?!{_LATIN_CHAR.pattern})|(?<!{_WORD}))" if self.wide else f"(?<!{_WORD})"

    def _end(self) -> str:
        if not self.latin:
            return ""
        return f"(?:(?<!{_LATIN_CHAR.pattern})|(?!{_WORD}))" if self.wide else f"(?!{_WORD})"

    def _sequence(self, nodes: Sequence_, before: frozenset[str]) -> str:
        """`before` holds the letters that may come right before: folding merges equal neighbours."""
        out = ""
        for index, node in enumerate(nodes):
            if isinstance(node, Literal):
                out += self._literal(node.text, before, index == len(nodes) - 1)
            elif isinstance(node, Group):
                ordered = sorted(node.alternatives, key=_literal_length, reverse=True)
                inner = "|".join(self._sequence(item, before) for item in ordered)
                out += f"(?:{inner})" + ("?" if node.optional else "")
            elif isinstance(node, Gap):
                out += self._gap(node, index == 0, index == len(nodes) - 1)
            elif isinstance(node, Star):
                out += f"[^ .]{{0,{_OPEN_END}}}"
            elif isinstance(node, Digits):
                out += "[0-9]{1,4}"
            elif isinstance(node, Space):
                out += " " if self._is_star(nodes, index - 1) or self._is_star(nodes, index + 1) else " ?"
            elif node.kind == "_":
                out += "(?<![^ .])" if index == 0 else "(?![^ .])"
            else:
                out += r"\A[ .]*" if node.kind == "^" else r"[ .]*\Z"
            before = last_letters(node, before)
        return out

    def _letter(self, char: str) -> str:
        if self.view == "accented" and not self.exact and char.translate(ACCENTS) != char:
            return "[" + weaker_spellings(char) + "]"
        return re.escape(char)

    def _literal(self, text: str, before: frozenset[str], last: bool) -> str:
        # A letter that is all there is to the last part stays: nothing must ever match by being empty.
        merged = merges(text[0], before) and not (last and len(text) == 1)
        first = self._letter(text[0]) + ("?" if merged else "")
        return first + "".join(self._letter(char) for char in text[1:])

    def _gap(self, gap: Gap, first: bool, last: bool) -> str:
        size = _gap_size(gap, self.wide)
        if first or last:
            # An outer gap reaches as far as it can: it says how much lies under a guard.
            word = f"[^ .]{{1,{_LONGEST_WORD}}}"
            if self.wide:
                return f"[^.]{{0,{size}}}"
            return f"(?:{word} ){{0,{size}}}" if first else f"(?: {word}){{0,{size}}}"
        if self.wide:
            return f"{self._end()}[^.]{{0,{size}}}?{self._begin()}"
        return f"(?: ?|(?: [^ .]{{1,{_LONGEST_WORD}}}){{1,{size}}}? )"

    @staticmethod
    def _is_star(nodes: Sequence_, index: int) -> bool:
        return 0 <= index < len(nodes) and isinstance(nodes[index], Star)


def _literal_length(nodes: Sequence_) -> int:
    return sum(len(word) for word in _literals(nodes))
