"""Aho–Corasick over the anchors of all patterns of all locales: one pass whatever their number."""

from __future__ import annotations

from collections.abc import Iterable

import ahocorasick


class Automaton:
    """Finds every word of a list in a text in one pass over its characters."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(sorted(set(words)))
        self._automaton = ahocorasick.Automaton()
        for number, word in enumerate(self.words):
            self._automaton.add_word(word, number)
        if self.words:
            self._automaton.make_automaton()

    def scan(self, text: str) -> list[tuple[int, int]]:
        """(offset of the last character, number of the word) for every word in `text`, in order of their ends."""
        return list(self._automaton.iter(text)) if self.words else []

    def __len__(self) -> int:
        return len(self.words)
