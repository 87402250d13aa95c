"""Residents' words: the flat key → text maps of every locale folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.vocabulary import DEFAULT_LOCALE, LOCALES
from bot.yaml_files import read_yaml

FILES = ("replies", "crisis", "handover", "widget", "family", "line", "myfamily")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class WordsError(ValueError):
    """A words file cannot be used. The message names file and remedy."""


class Words:
    """`text(locale, key, **data)` with fallbacks, so that a missing translation never silences a reply."""

    def __init__(self, maps: dict[str, dict[str, str]]) -> None:
        self._maps = maps

    @classmethod
    def load(cls, content_dir: Path) -> Words:
        """Read nlu_data/<locale>/{replies,crisis,handover,widget,family,line}.yml. Raises WordsError."""
        return cls({locale: _read_locale(content_dir, locale) for locale in LOCALES})

    def reread(self, content_dir: Path, locale: str) -> None:
        """Take in the changed files of one locale, all or none. Raises WordsError."""
        self._maps = {**self._maps, locale: _read_locale(content_dir, locale)}

    def text(self, locale: str, key: str, **data: Any) -> str:
        """The words for `key`. Unknown keys give "" and unknown placeholders stay visible as their name."""
        for candidate in fallbacks(locale):
            template = self._maps.get(candidate, {}).get(key)
            if template:
                return PLACEHOLDER.sub(lambda match: str(data.get(match[1], match[0])), template)
        return ""

    def has(self, locale: str, key: str) -> bool:
        return key in self._maps.get(locale, {})

    def keys(self, locale: str) -> set[str]:
        return set(self._maps.get(locale, {}))


def _read_locale(content_dir: Path, locale: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for name in FILES:
        # Keys of replies.yml stand alone; the other files' keys carry the file's name: `crisis.person_told`.
        prefix = "" if name == "replies" else f"{name}."
        words = read_words(content_dir / "nlu_data" / locale / f"{name}.yml")
        merged |= {prefix + key: text for key, text in words.items()}
    return merged


def fallbacks(locale: str) -> tuple[str, ...]:
    """Where to look for words, in order: the locale itself, its nearest relative, English, Japanese."""
    relatives = {"ja-easy": ("ja",), "ja": (), "zh-Hans": ("zh-Hant", "en", "ja"), "zh-Hant": ("zh-Hans", "en", "ja")}
    return (locale, *relatives.get(locale, ("en", DEFAULT_LOCALE)))


def read_words(path: Path) -> dict[str, str]:
    """One words file as a flat map; {} where there is none. Raises WordsError naming the place and the remedy."""
    if not path.exists():
        return {}
    try:
        document = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WordsError(
            f"{path}: not valid YAML in UTF-8: {error}. Mend the line named, then run iroiro check."
        ) from error
    content = document.get(path.stem) if isinstance(document, dict) else None
    if not isinstance(content, dict):
        raise WordsError(f"{path}: the one top key must be '{path.stem}:' with 'key: text' lines below it.")
    for key, value in content.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise WordsError(f"{path}: field {key!r}: a text is expected. Put the value in quotes.")
    return content
