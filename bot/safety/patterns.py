"""The pattern language of signals.yml (docs/signals.md): reading it, with a remedy for every mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.safety.anchors import all_anchors
from bot.safety.characters import ACCENTS
from bot.safety.expressions import Writer
from bot.safety.fold import LATIN, fold_phrase, sound_of
from bot.safety.nodes import (
    LATIN_CHAR,
    Digits,
    Edge,
    Gap,
    Group,
    Literal,
    Node,
    Nodes,
    Space,
    Star,
    literals,
    reach,
    shortest,
)

MAX_GAP = 60
MAX_PARTS = 3
"""Parts of a pattern whose words are looked for before the whole expression is tried."""
_OTHER_LETTER = re.compile(f"[^\\W\\d_{LATIN}]")


class PatternError(ValueError):
    """A pattern cannot be read. The message says what is wrong and what to write instead."""


@dataclass(frozen=True)
class Pattern:
    """One pattern, parsed. `view` names the folded text it is matched against: plain, accented or sound.

    `anchors` holds, for up to three parts that must be there, the words of which one must be; the most telling first.
    """

    source: str
    view: str
    wide: bool
    exact: bool
    anchors: tuple[frozenset[str], ...]
    reach: int
    whole: bool
    written: str | None = None
    """The expression, when it was written on an earlier start; such a pattern has no `nodes`."""
    nodes: tuple[Node, ...] = ()

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled at first use: most patterns never meet a text that holds their anchor."""
        return re.compile(self.expression())

    def expression(self) -> str:
        if self.written is not None:
            return self.written
        latin = any(LATIN_CHAR.search(word) for word in literals(self.nodes))
        return Writer(self.wide, self.view, self.exact, latin).write(self.nodes)


class Slots(dict[str, Sequence[str]]):
    """Named lists of a file, each parsed once."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        super().__init__(lists)
        self.parsed: dict[str, Group] = {}


def parse(
    source: str, slots: Mapping[str, Sequence[str]] | None = None, romanised: bool = False, short: bool = False
) -> Pattern:
    """Read one pattern; `short` ones, which never flag alone, may have two letters. Raises PatternError with the remedy."""
    text = source.strip()
    exact = text.startswith("=")
    nodes = _Reader(text[1:] if exact else text, slots or {}, source).read()
    nodes = _tidy(nodes)
    letters = "".join(literals(nodes))
    wide = bool(_OTHER_LETTER.search(letters))
    if romanised:
        nodes = _to_sound(nodes)
        letters = "".join(literals(nodes))
        if wide:
            raise PatternError(f"{source!r}: a romanised pattern takes Latin letters only. Move it to `match`.")
    whole = any(isinstance(node, Edge) and node.kind in "^$" for node in nodes)
    accented = letters.translate(ACCENTS) != letters
    view = "sound" if romanised else ("accented" if accented or exact else "plain")
    if not letters.strip():
        raise PatternError(f"{source!r} holds no letters. Write at least one word.")
    anchors = all_anchors(nodes)
    if not anchors:
        raise PatternError(f"{source!r}: every word is optional. Make at least one word required.")
    if not whole and shortest(nodes) < (1 if short else 2) + (not wide):
        least = "2 characters" if wide else "3 letters"
        raise PatternError(f"{source!r} may match fewer than {least}. Make it longer, or anchor it with ^ and $.")
    if romanised and not whole and shortest(nodes) < 5:
        raise PatternError(f"{source!r}: a romanised pattern needs at least 6 letters. Make it longer.")
    parts = tuple(anchors[:MAX_PARTS])
    return Pattern(source, view, wide, exact, parts, reach(nodes, wide), whole, nodes=nodes)


class _Reader:
    """Recursive descent over the characters of one pattern."""

    def __init__(self, text: str, slots: Mapping[str, Sequence[str]], source: str, seen: tuple[str, ...] = ()) -> None:
        self.text = text
        self.slots = slots
        self.source = source
        self.seen = seen
        self.at = 0

    def read(self) -> Nodes:
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

    def _sequence(self, stops: str) -> Nodes:
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
            elif char == "?" and literal:
                # One character of a script without spaces, one whole word of the others.
                last = literal if literal[-1].isascii() else literal[-1]
                literal = literal[: -len(last)]
                flush()
                nodes.append(Group((_folded(last),), True))
            elif char == "?" and nodes and isinstance(nodes[-1], Space):
                # Every space is optional already; `word ?word` says so once more.
                continue
            elif char in "[]+\\":
                raise PatternError(
                    f"{self.source!r}: {char!r} is not part of the pattern language. Write out the alternatives."
                )
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


def _says_something(nodes: Nodes) -> bool:
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


def _tidy(nodes: Nodes) -> Nodes:
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


def _to_sound(nodes: Nodes) -> Nodes:
    changed: list[Node] = []
    for node in nodes:
        if isinstance(node, Literal):
            node = Literal(sound_of(node.text.translate(ACCENTS)))
        elif isinstance(node, Group):
            node = Group(tuple(_to_sound(item) for item in node.alternatives), node.optional)
        changed.append(node)
    return tuple(changed)


def latin_words(pattern: Pattern) -> set[str]:
    """Plain Latin words of a pattern; empty for a romanised one."""
    if pattern.view == "sound":
        return set()
    return {word.translate(ACCENTS) for word in literals(pattern.nodes) if LATIN_CHAR.match(word)}
