"""Ideas that the same question holds in every language: "tiêm", "खोप" and "bakuna" are all `vaccine`.

The sentence encoder hardly knows Vietnamese, Nepali and Filipino. Through these words what is learnt in one language
serves the others. The words stand in nlu_data/<locale>/concepts.yml; a message is read with those of its own locale, of
Japanese and of English, because people mix them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.language.alternation import alternation
from bot.language.folding import folded
from bot.language.segment import reading
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES
from bot.yaml_files import read_yaml

FILE_NAME = "concepts.yml"
_SHARED = ("ja", "en")
_FAMILY = {"ja-easy": ("ja",), "zh-Hant": ("zh-Hans",), "zh-Hans": ("zh-Hant",)}
_SAID = ("ja", "ja-easy")
_CLEAR = 3
"""Kana that a word needs to be looked for by its sound; shorter ones stand inside too many other words."""


class ConceptDataError(ValueError):
    """concepts.yml of a locale cannot be used. The message names the file and what to do."""


class Concepts:
    """Finds the concepts of a text; a locale's pattern is made at first need. Never raises for any text."""

    def __init__(self, words: dict[str, dict[str, list[str]]]) -> None:
        self._words = words
        self._compiled: dict[str, tuple[re.Pattern[str], dict[str, tuple[str, ...]]]] = {}

    @classmethod
    @lru_cache(maxsize=4)
    def load(cls, content_dir: Path = PROJECT_ROOT) -> Concepts:
        """Read every locale's concepts.yml there is. Raises ConceptDataError for a file of another shape."""
        return cls(
            {path.parent.name: _read(path) for path in sorted((content_dir / "nlu_data").glob(f"*/{FILE_NAME}"))}
        )

    def find(self, text: str, locale: str) -> list[str]:
        """Names of the concepts, each once, in order of appearance."""
        known = locale if locale in LOCALES else "en"
        if known not in self._compiled:
            self._compiled[known] = self._compile(known)
        pattern, names = self._compiled[known]
        found: dict[str, None] = {}
        plain = folded(text)
        if locale in _SAID:
            plain += " " + sounded(text)
        for match in pattern.finditer(plain):
            for name in names[match.group()]:
                found.setdefault(name)
        return list(found)

    def _compile(self, locale: str) -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
        names: dict[str, tuple[str, ...]] = {}
        for source in dict.fromkeys((locale, *_FAMILY.get(locale, ()), *_SHARED)):
            for concept, phrases in self._words.get(source, {}).items():
                for key in _spellings(phrases, locale if source == "ja" else ""):
                    names[key] = tuple(dict.fromkeys((*names.get(key, ()), concept)))
        return re.compile(alternation(names) or r"(?!)"), names


def sounded(text: str) -> str:
    """Japanese as it is said, in hiragana without spaces: kanji of some and kana of others meet there."""
    return re.sub(r"[\W_]+", "", folded(reading(text)))


def _spellings(phrases: list[str], locale: str) -> Iterator[str]:
    for phrase in phrases:
        yield folded(phrase)
        if locale in _SAID and len(said := sounded(phrase)) >= _CLEAR:
            yield said


def _read(path: Path) -> dict[str, list[str]]:
    content: Any = read_yaml(path)
    data = content.get("concepts") if isinstance(content, dict) else None
    if not isinstance(data, dict):
        raise ConceptDataError(f"{path}: needs one top key 'concepts:' with a map of lists below it")
    for name, phrases in data.items():
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
            raise ConceptDataError(f"{path}: {name}: must be a list of words in quotes or plain text")
    return data
