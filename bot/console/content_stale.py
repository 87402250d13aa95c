"""What of the content is out of date, is about to be, or was never made sure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from bot.console.content_items import FACILITIES, HOTLINES
from bot.knowledge.articles import Article, Fact, KnowledgeBase
from bot.safety.hotlines import Hotlines

SOON = timedelta(days=60)
OLD = timedelta(days=365)
ORDER = ("expired", "ends_soon", "to_confirm", "unverified", "old_source")


@dataclass(frozen=True)
class Stale:
    """One fact, place or line to look at. `reason` is of ORDER; `date` is the day or month it is about, "" for none."""

    item: str
    part: str
    reason: str
    date: str
    states: str


def stale(kb: KnowledgeBase, hotlines: Hotlines, on: date) -> list[dict[str, Any]]:
    """Everything to look at, the most urgent first."""
    found = [*_articles(kb.articles(), on), *_facilities(kb, on), *_hotlines(hotlines, on)]
    found.sort(key=lambda one: (ORDER.index(one.reason), one.date or "9999", one.item, one.part))
    return [asdict(one) for one in found]


def _articles(articles: Iterable[Article], on: date) -> Iterator[Stale]:
    for article in articles:
        for fact in article.facts:
            reason = _of_fact(article, fact, on)
            if reason:
                day = fact.valid_to.isoformat() if reason in ("expired", "ends_soon") and fact.valid_to else ""
                yield Stale(f"article:{article.id}", fact.id, reason, day or fact.source_date, fact.states)


def _of_fact(article: Article, fact: Fact, on: date) -> str:
    """Why a fact has to be looked at; "" for none. An old version whose successor holds is history, not stale."""
    if fact.valid_to is not None:
        after = fact.valid_to + timedelta(days=1)
        follows = bool(fact.slot) and article.fact_on(fact.slot, max(after, on)) is not None
        if fact.valid_to < on:
            return "" if follows else "expired"
        if fact.valid_to - on <= SOON and not follows:
            return "ends_soon"
    return _of_source(fact.confirm, fact.verified == "memory", fact.source_date, on)


def _facilities(kb: KnowledgeBase, on: date) -> Iterator[Stale]:
    for place in kb.facilities:
        reason = _of_source(place.certainty == "confirm", place.certainty == "memory", place.source_date, on)
        if reason:
            yield Stale(FACILITIES, place.id, reason, place.source_date, place.name)


def _hotlines(hotlines: Hotlines, on: date) -> Iterator[Stale]:
    for line in hotlines.lines:
        if line.verified_at:
            reason = "old_source" if _older(line.verified_at, on) else ""
        else:
            reason = _of_source(line.certainty == "confirm", line.certainty == "memory", line.source_date, on)
        if reason:
            yield Stale(HOTLINES, line.id, reason, line.verified_at or line.source_date, line.names["ja"])


def _of_source(confirm: bool, memory: bool, source_date: str, on: date) -> str:
    if memory:
        return "unverified"
    if confirm:
        return "to_confirm"
    return "old_source" if _older(source_date, on) else ""


def _older(written: str, on: date) -> bool:
    """Whether an ISO date, month or year lies more than a year back, counted from its last day; unknown dates do."""
    parts = written.split("-")
    try:
        year, month, day = (
            int(parts[0]),
            int(parts[1]) if len(parts) > 1 else 12,
            int(parts[2]) if len(parts) > 2 else 28,
        )
        return on - date(year, month, day) > OLD
    except ValueError:
        return True
