"""How complete the knowledge base is: which texts exist, and how sure its facts are on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.knowledge.articles import Article, KnowledgeBase

STALE_AFTER_DAYS = 730
"""A source older than two fiscal years is stale: amounts and telephone numbers change about yearly."""


@dataclass(frozen=True)
class Coverage:
    """One article: the locales that have a text, and its facts on the day by how far they can be relied on.

    A fact counts once: ended ones (or not yet begun) as `not_valid`, then those to confirm, then stale ones.
    """

    article: str
    locales: tuple[str, ...]
    certain: int
    to_confirm: int
    stale: int
    not_valid: int


def coverage(kb: KnowledgeBase, on: date) -> list[Coverage]:
    """One entry per article, sorted by id."""
    return [_of(article, on) for article in sorted(kb.articles(), key=lambda article: article.id)]


def _of(article: Article, on: date) -> Coverage:
    counts = {"certain": 0, "to_confirm": 0, "stale": 0, "not_valid": 0}
    for fact in article.facts:
        if not fact.valid_on(on):
            counts["not_valid"] += 1
        elif fact.to_confirm:
            counts["to_confirm"] += 1
        elif _is_stale(fact.source_date, on):
            counts["stale"] += 1
        else:
            counts["certain"] += 1
    return Coverage(article.id, tuple(article.texts), **counts)


def _is_stale(source_date: str, on: date) -> bool:
    """A month or year counts from its end; without a date nobody can say that the source is recent."""
    if not source_date:
        return True
    year = int(source_date[:4])
    month = int(source_date[5:7]) if len(source_date) >= 7 else 12
    return (on - date(year, month, 28)).days > STALE_AFTER_DAYS
