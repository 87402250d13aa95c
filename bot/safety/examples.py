"""Labelled example lines of every locale, for training and evaluation. Never read at run time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.vocabulary import Category, RiskLevel
from bot.yaml_files import read_yaml

STYLES_RISK = frozenset("plain indirect slang romanised misspelt child adult long short mixed".split())
STYLES_NEGATIVE = frozenset(
    "idiom game lyrics fiction news homework information past other_person negation work service everyday insult".split()
)


_ORDINARY = ("intent-", "article-")
"""How the families of lines begin that were written for other purposes."""


class ExamplesError(ValueError):
    """A safety_training.yml cannot be used. The message names file, line and remedy."""


@dataclass(frozen=True)
class Example:
    """One labelled line. `family` is shared by lines made from one idea; a split never separates them."""

    text: str
    locale: str
    level: RiskLevel
    category: Category | None
    family: str
    style: str

    @property
    def is_ordinary(self) -> bool:
        """Whether the line was written for other purposes (see `everyday_questions`)."""
        return self.family.startswith(_ORDINARY)

    def fold(self, folds: int) -> int:
        """Which of `folds` parts this line's family belongs to: the same in every locale and on every machine."""
        return zlib.crc32(self.family.encode()) % folds


def load_examples(content_dir: Path) -> list[Example]:
    """All lines of all locales. Raises ExamplesError at the first that cannot be used."""
    found: list[Example] = []
    for path in sorted((content_dir / "nlu_data").glob("*/safety_training.yml")):
        if not path.parent.name.startswith("_"):
            found.extend(read_examples(path, path.parent.name))
    return found


def read_examples(path: Path, locale: str) -> list[Example]:
    """One locale's lines. Raises ExamplesError."""
    document = _read_yaml(path)
    top = document.get("safety_training") if isinstance(document, dict) else None
    if not isinstance(top, dict):
        raise ExamplesError(f"{path}: the top key must be `safety_training:` with `risk` and `negative` below.")
    found = []
    for number, entry in enumerate(top.get("risk") or (), 1):
        found.append(_risk(entry, locale, f"{path}: risk line {number}"))
    for number, entry in enumerate(top.get("negative") or (), 1):
        found.append(_negative(entry, locale, f"{path}: negative line {number}"))
    return found


def _text(entry: Any, place: str) -> tuple[str, str, str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str) or not entry["text"].strip():
        raise ExamplesError(f'{place}: {str(entry)[:80]!r} has no text. Write {{text: "...", family: ...}}, in quotes.')
    family = entry.get("family")
    if not family:
        raise ExamplesError(f"{place}: {entry['text']!r} has no family. Give it a short name.")
    return entry["text"], str(family), str(entry.get("style", "plain"))


def _risk(entry: Any, locale: str, place: str) -> Example:
    text, family, style = _text(entry, place)
    category, level = entry.get("category"), entry.get("level")
    if category not in Category.__members__ or level not in ("concern", "high", "imminent"):
        raise ExamplesError(f"{place}: {text!r}: category {category!r}, level {level!r}. See docs/signals.md for both.")
    return Example(text, locale, RiskLevel[level], Category(category), family, style)


def _negative(entry: Any, locale: str, place: str) -> Example:
    text, family, style = _text(entry, place)
    return Example(text, locale, RiskLevel.none, None, family, style)


def everyday_questions(content_dir: Path) -> Iterator[Example]:
    """Lines written for other purposes that no gate may flag: intents' examples and articles' questions."""
    for path in sorted((content_dir / "nlu_data").glob("*/intents/*.yml")):
        document = _read_yaml(path)
        for block in (document or {}).get("nlu", ()) if isinstance(document, dict) else ():
            for line in str(block.get("examples", "")).splitlines():
                text = line.strip().removeprefix("- ").strip()
                if text:
                    plain = _without_markup(text)
                    yield Example(
                        plain, path.parent.parent.name, RiskLevel.none, None, f"intent-{path.stem}", "service"
                    )
    for path in sorted((content_dir / "knowledge_base" / "articles").glob("*/*.md")):
        head = path.read_text("utf-8").split("---")
        try:
            front = yaml.safe_load(head[1]) if len(head) > 2 else None
        except yaml.YAMLError:
            continue
        for text in (front or {}).get("questions", ()) if isinstance(front, dict) else ():
            yield Example(str(text), path.stem, RiskLevel.none, None, f"article-{path.parent.name}", "service")


def _without_markup(text: str) -> str:
    """`[Nakahara](ward)` → `Nakahara`."""
    out = ""
    rest = text
    while "[" in rest and "]" in rest:
        before, _, after = rest.partition("[")
        inner, _, tail = after.partition("]")
        if tail.startswith(("(", "{")):
            closing = ")" if tail[0] == "(" else "}"
            _, _, tail = tail.partition(closing)
        out += before + inner
        rest = tail
    return out + rest


def _read_yaml(path: Path) -> Any:
    try:
        return read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise ExamplesError(f"{path}: cannot be read ({error}). Repair the YAML.") from None
