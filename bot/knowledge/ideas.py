"""Ideas that questions share whatever their language: `vaccine` is in "tiêm", "खोप" and "bakuna" alike.

Read from nlu_data/<locale>/concepts.yml. Through them an article is found by what was written for it in other languages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import ahocorasick

from bot.knowledge.article_documents import family
from bot.knowledge.source_lines import YamlFault, load_yaml
from bot.language.folding import folded

FILE_NAME = "concepts.yml"
_MIXED_IN = ("ja", "en")
"""Residents of every language mix words of these into their questions."""
_LATIN = re.compile(r"[a-z]")


class Ideas:
    """Finds the ideas of a text. Never raises for any text."""

    def __init__(self, words: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """`words` holds idea → phrases for each locale."""
        listed = [(tag, sorted((idea, list(held)) for idea, held in words[tag].items())) for tag in sorted(words)]
        self.version = hashlib.sha256(repr(listed).encode()).hexdigest()
        self._words = words
        self._automata = {locale: self._automaton(locale) for locale in words}
        self._for_all = self._automaton("")

    @classmethod
    def load(cls, content_dir: Path, locales: Sequence[str]) -> Ideas:
        """The files there are. The training of the language understanding reports a broken one; search goes without."""
        words: dict[str, Mapping[str, Sequence[str]]] = {}
        for locale in locales:
            try:
                content: Any = load_yaml((content_dir / "nlu_data" / locale / FILE_NAME).read_text(encoding="utf-8"))
                words[locale] = {
                    str(idea): [str(phrase) for phrase in held] for idea, held in content["concepts"].items()
                }
            except (OSError, UnicodeDecodeError, YamlFault, KeyError, TypeError, AttributeError):
                words[locale] = {}
        return cls(words)

    def terms(self, text: str, locale: str) -> list[str]:
        """The ideas, sorted, and every two of them together; a Latin phrase counts as a whole word only."""
        plain = folded(text)
        found: set[str] = set()
        for last, (phrase, ideas) in self._automata.get(locale, self._for_all).iter(plain):
            if _whole(plain, last + 1 - len(phrase), last + 1):
                found.update(ideas)
        ideas = sorted(found)
        return ideas + [f"{one}+{other}" for one, other in combinations(ideas, 2)]

    def _automaton(self, locale: str) -> Any:
        phrases: dict[str, set[str]] = {}
        for source in dict.fromkeys((*(family(locale) if locale else ()), *_MIXED_IN)):
            for idea, held in self._words.get(source, {}).items():
                for phrase in held:
                    if plain := folded(phrase):
                        phrases.setdefault(plain, set()).add(idea)
        automaton = ahocorasick.Automaton()
        for phrase, ideas in phrases.items():
            automaton.add_word(phrase, (phrase, tuple(sorted(ideas))))
        # An automaton without a single phrase cannot be searched.
        automaton.add_word("\0", ("\0", ()))
        automaton.make_automaton()
        return automaton


def _whole(text: str, start: int, end: int) -> bool:
    inside_before = start > 0 and _LATIN.match(text[start]) and _LATIN.match(text[start - 1])
    inside_after = end < len(text) and _LATIN.match(text[end - 1]) and _LATIN.match(text[end])
    return not (inside_before or inside_after)
