"""What the intent classifier learns from: the examples of the locale folders, and the articles' own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bot.knowledge.articles import KnowledgeBase
from bot.yaml_files import read_yaml

_OTHER_MEANING = frozenset({"plan_immunisation", "find_facility"})
"""Intents that share a category with another one and are no subject of an article."""


class Labelled(NamedTuple):
    """One text, its locale and its intent."""

    text: str
    locale: str
    intent: str


def intents(content_dir: Path) -> dict[str, dict[str, Any]]:
    """The list of intents, name → description."""
    path = content_dir / "nlu_data" / "_template" / "intents.yml"
    found: dict[str, dict[str, Any]] = read_yaml(path)["intents"]
    return found


def written(content_dir: Path) -> list[Labelled]:
    """Every example of nlu_data/<locale>/intents/."""
    found = []
    for path in sorted((content_dir / "nlu_data").glob("*/intents/*.yml")):
        for block in read_yaml(path)["nlu"]:
            locale = block["metadata"]["locale"]
            lines = (line.strip() for line in block["examples"].splitlines())
            found += [Labelled(line[1:].strip(), locale, block["intent"]) for line in lines if line]
    return found


def from_articles(content_dir: Path) -> list[Labelled]:
    """Titles and keywords of the articles, each under the intent of its subject: the official words that few examples hold."""
    return list(_from_articles(KnowledgeBase.load(content_dir), intents(content_dir)))


def _from_articles(kb: KnowledgeBase, known: dict[str, dict[str, Any]]) -> Iterator[Labelled]:
    by_article = {article: name for name, about in known.items() for article in about.get("articles", ())}
    by_category: dict[str, str] = {}
    for name, about in known.items():
        if "topic" in about and "articles" not in about and name not in _OTHER_MEANING:
            by_category.setdefault(about["topic"], name)
    seen: set[tuple[str, str]] = set()
    for article in kb.articles():
        intent = by_article.get(article.id) or by_category.get(article.category)
        if intent is None:
            continue
        for locale, text in article.texts.items():
            for phrase in dict.fromkeys((text.title, *text.keywords)):
                # Many locales list the same Japanese word; read once it teaches as much.
                if (phrase.lower(), intent) not in seen:
                    seen.add((phrase.lower(), intent))
                    yield Labelled(phrase, locale, intent)
