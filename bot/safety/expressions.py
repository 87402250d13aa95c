"""Writes the bounded regular expression of a parsed pattern: every repetition has an end."""

from __future__ import annotations

import re

from bot.safety.characters import ACCENTS, weaker_spellings
from bot.safety.fold import LATIN
from bot.safety.nodes import (
    LATIN_CHAR,
    OPEN_END,
    Digits,
    Edge,
    Gap,
    Group,
    Literal,
    Nodes,
    Space,
    Star,
    gap_size,
    last_letters,
    literals,
    may_lose_first,
    merges,
)

_LONGEST_WORD = 24
_WORD = f"[{LATIN}0-9]"


class Writer:
    """Writes the bounded regular expression of a parsed pattern."""

    def __init__(self, wide: bool, view: str, exact: bool, latin: bool) -> None:
        self.wide = wide
        self.latin = latin
        self.view = view
        self.exact = exact

    def write(self, nodes: Nodes) -> str:
        begin = "" if nodes and isinstance(nodes[0], (Star, Edge)) else self._begin()
        end = "" if nodes and isinstance(nodes[-1], (Star, Edge)) else self._end()
        return begin + self._sequence(nodes, frozenset()) + end

    def _begin(self) -> str:
        if not self.latin:
            return ""
        return f"(?:(?!{LATIN_CHAR.pattern})|(?<!{_WORD}))" if self.wide else f"(?<!{_WORD})"

    def _end(self) -> str:
        if not self.latin:
            return ""
        return f"(?:(?<!{LATIN_CHAR.pattern})|(?!{_WORD}))" if self.wide else f"(?!{_WORD})"

    def _sequence(self, nodes: Nodes, before: frozenset[str]) -> str:
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
                out += f"[^ .]{{0,{OPEN_END}}}"
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
        first = self._letter(text[0])
        if may_lose_first(text, before, last):
            # Swallowed only by a letter that stands right before it: not by one on the far side of a gap.
            swallowing = "".join(sorted(self._letter(char).strip("[]") for char in before if merges(text[0], {char})))
            first = f"(?:{first}|(?<=[{swallowing}]))"
        return first + "".join(self._letter(char) for char in text[1:])

    def _gap(self, gap: Gap, first: bool, last: bool) -> str:
        size = gap_size(gap, self.wide)
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
    def _is_star(nodes: Nodes, index: int) -> bool:
        return 0 <= index < len(nodes) and isinstance(nodes[index], Star)


def _literal_length(nodes: Nodes) -> int:
    return sum(len(word) for word in literals(nodes))
