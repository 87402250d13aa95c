"""What the content desk can change: articles, facilities, hotlines and the words of a crisis; and in which files."""

from __future__ import annotations

import re
from pathlib import Path

from bot.knowledge.articles import KnowledgeBase
from bot.vocabulary import LOCALES

FACILITIES, HOTLINES, CRISIS = "facilities", "hotlines", "crisis"
FACILITIES_FILE = "knowledge_base/facilities.csv"
HOTLINES_FILE = "knowledge_base/hotlines.csv"
SAFETY_CATEGORY = "safety"
"""Articles of this category tell people in danger whom to call."""
_ARTICLE = re.compile(r"article:([a-z0-9][a-z0-9-]*)")


class UnknownItemError(LookupError):
    """There is no such item, or it has no such file."""


def article_of(item: str) -> str | None:
    """The article's id, None for an item that is no article."""
    found = _ARTICLE.fullmatch(item)
    return found.group(1) if found else None


def items(kb: KnowledgeBase) -> list[str]:
    """Every item, articles first."""
    return [*(f"article:{article_id}" for article_id in kb.ids), FACILITIES, HOTLINES, CRISIS]


def paths(item: str, kb: KnowledgeBase) -> tuple[str, ...]:
    """The files of an item, relative to the content folder. Raises UnknownItemError."""
    article = article_of(item)
    if article is not None and article in kb.ids:
        folder = f"knowledge_base/articles/{article}"
        return (f"{folder}/article.yml", *(f"{folder}/{locale}.md" for locale in LOCALES))
    if item == FACILITIES:
        return (FACILITIES_FILE,)
    if item == HOTLINES:
        return (HOTLINES_FILE,)
    if item == CRISIS:
        return tuple(f"nlu_data/{locale}/crisis.yml" for locale in LOCALES)
    raise UnknownItemError(f"There is no content {item!r}.")


def needs_second(item: str, kb: KnowledgeBase) -> bool:
    """Whether a second person must approve: what people in danger read and whom they are told to call."""
    article = article_of(item)
    if article is None:
        return item in (HOTLINES, CRISIS)
    return article in kb.ids and kb.article(article).category == SAFETY_CATEGORY


def locale_of(path: str) -> str | None:
    """The locale whose words a file holds; None for facts and lists."""
    if path.endswith(".md"):
        return Path(path).stem
    return Path(path).parent.name if path.startswith("nlu_data/") else None
