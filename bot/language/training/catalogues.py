"""Sentences from compiled gettext catalogues (`.mo`) and from the project's own locale folders."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.yaml_files import read_yaml

_PLACEHOLDER = re.compile(r"%\([^)]*\)[a-z]|%[a-z]|\{[^}]*\}|<[^>]*>|&[a-z]+;|https?:\S+|\[[^\]]*\]\([^)]*\)")


_PROSE = frozenset({"replies", "crisis", "handover", "widget", "family", "phrasebook", "safety_training"})
"""Files of a locale that hold sentences; the others hold patterns, names, or what tests are made of."""


def clean(text: str) -> str:
    """A message without placeholders, tags and addresses: only words of the language remain."""
    return " ".join(_PLACEHOLDER.sub(" ", text).split())


def translations(path: Path) -> Iterator[str]:
    """Translated messages of one `.mo` file, its header left out."""
    data = path.read_bytes()
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    count, originals, translated = struct.unpack(f"{order}3I", data[8:20])
    for index in range(count):
        length, _ = struct.unpack_from(f"{order}2I", data, originals + 8 * index)
        size, at = struct.unpack_from(f"{order}2I", data, translated + 8 * index)
        if length:
            for form in data[at : at + size].decode("utf-8", "replace").split("\0"):
                if text := clean(form):
                    yield text


def catalogue_sentences(folder: Path, codes: tuple[str, ...]) -> list[str]:
    """Every different translated message under `folder` in the given gettext languages, sorted."""
    found: set[str] = set()
    for code in codes:
        for path in folder.rglob(f"{code}/LC_MESSAGES/*.mo"):
            found.update(translations(path))
    return sorted(found)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, held in value.items():
            if key not in ("id", "category", "level", "family", "style", "intent", "scripts", "fallbacks", "sudachi"):
                yield from _strings(held)
    elif isinstance(value, list):
        for held in value:
            yield from _strings(held)


def own_sentences(content: Path, locale: str) -> list[str]:
    """Lines of the project's own texts in one locale: nlu_data and the knowledge base, sorted, without repeats."""
    found: set[str] = set()
    for path in sorted((content / "nlu_data" / locale).rglob("*.yml")):
        if path.stem not in _PROSE and path.parent.name != "intents":
            continue
        for text in _strings(read_yaml(path)):
            found.update(clean(line.lstrip("- ")) for line in text.splitlines())
    for path in sorted((content / "knowledge_base" / "articles").glob(f"*/{locale}.md")):
        text = re.sub(
            r"(?m)^(::: .*|:::|---|questions:|title:|keywords:|summary:)", "", path.read_text(encoding="utf-8")
        )
        found.update(clean(line.strip(' -#*"')) for line in text.splitlines())
    found.discard("")
    return sorted(found)
