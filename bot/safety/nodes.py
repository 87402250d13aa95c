"""The parts a pattern is made of, and what can be read off them."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from bot.safety.fold import LATIN, VOWEL_ROWS

DEFAULT_WORDS = 3
DEFAULT_CHARACTERS = 10
OPEN_END = 15
LATIN_CHAR = re.compile(f"[{LATIN}]")


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
class Digits:
    pass


@dataclass(frozen=True)
class Group:
    """Alternatives. `known` remembers what was worked out of them: slots are used in many patterns."""

    alternatives: tuple[tuple[Node, ...], ...]
    optional: bool
    known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


Node = Literal | Digits | Space | Gap | Star | Edge | Group
Nodes = tuple[Node, ...]


def literals(nodes: Nodes) -> list[str]:
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Literal):
            found.append(node.text)
        elif isinstance(node, Group):
            if "literals" not in node.known:
                node.known["literals"] = [word for item in node.alternatives for word in literals(item)]
            found.extend(node.known["literals"])
    return found


def shortest(nodes: Nodes) -> int:
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


def reach(nodes: Nodes, wide: bool) -> int:
    """Most characters a match can span."""
    total = 0
    for node in nodes:
        if isinstance(node, Literal):
            total += len(node.text) * 2
        elif isinstance(node, Group):
            if ("reach", wide) not in node.known:
                node.known["reach", wide] = max(reach(item, wide) for item in node.alternatives)
            total += node.known["reach", wide]
        elif isinstance(node, Gap):
            total += gap_size(node, wide) * (1 if wide else 14) + 1
        elif isinstance(node, Star):
            total += OPEN_END
        elif isinstance(node, Digits):
            total += 4
        else:
            total += 1
    return total


def gap_size(gap: Gap, wide: bool) -> int:
    return gap.size or (DEFAULT_CHARACTERS if wide else DEFAULT_WORDS)


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


_KEEPS_DOUBLES = re.compile("[ぁ-ゖ\u3005-\u3007\u3400-\u9fff]")


def merges(letter: str, before: Set[str]) -> bool:
    """Whether folding may swallow `letter` after one of `before`: the same letter, or a drawn-out vowel."""
    if any(char in VOWEL_ROWS.get(letter, "") for char in before):
        return True
    return letter in before and not _KEEPS_DOUBLES.match(letter)


_SHORT_AND_DRAWN = ("いる", "いた", "いく")


def may_lose_first(text: str, before: frozenset[str], last: bool) -> bool:
    """Whether a literal's first letter may be swallowed by what stands before it without leaving too little."""
    if not merges(text[0], before):
        return False
    if len(text) == 1:
        # A letter that is all there is to the last part stays: nothing must ever match by being empty.
        return not last
    return not _KEEPS_DOUBLES.match(text) or len(text) > 2 or text in _SHORT_AND_DRAWN
