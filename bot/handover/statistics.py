"""How much was asked, how urgent it was and how long people waited: counts without anybody's words or names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.records.models import AuditEntry, Case, Feedback, Message
from bot.vocabulary import Author, RiskLevel

TOKYO = ZoneInfo("Asia/Tokyo")
LONGEST_DAYS = 400
WAIT_LIMITS = (60, 300, 900, 3600)
"""Upper bounds, in seconds, of the groups of waits; the last group has none."""


class PeriodError(ValueError):
    """The period cannot be used. The message says why."""


@dataclass
class Statistics:
    """Figures of the days `since` to `until`, both included, by the clock of Japan.

    `waits_s` holds percentiles of the seconds from opening to the first claim; `never_claimed` counts the others.
    """

    since: date
    until: date
    messages: int = 0
    answered_by_machine: int = 0
    by_day: Counter[str] = field(default_factory=Counter)
    by_hour: Counter[str] = field(default_factory=Counter)
    by_locale: Counter[str] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)
    by_outcome: Counter[str] = field(default_factory=Counter)
    by_article: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    cases_by_level: Counter[str] = field(default_factory=Counter)
    cases_by_category: Counter[str] = field(default_factory=Counter)
    cases_by_locale: Counter[str] = field(default_factory=Counter)
    cases_by_hour: Counter[str] = field(default_factory=Counter)
    cases_by_outcome: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    waits_s: dict[str, float] = field(default_factory=dict)
    never_claimed: int = 0
    helpful: int = 0
    not_helpful: int = 0

    def as_dict(self) -> dict[str, Any]:
        """All figures as plain values. (`dataclasses.asdict` would count a Counter's pairs instead of copying them.)"""
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}

    def groups(self) -> Iterable[tuple[str, Counter[str]]]:
        """Every group of counts by name, for tables and charts."""
        return ((name, value) for name, value in vars(self).items() if isinstance(value, Counter))


def collect(session: Session, since: date, until: date) -> Statistics:
    """Count. Raises PeriodError when the period is turned round or longer than LONGEST_DAYS."""
    if until < since:
        raise PeriodError("The last day is before the first.")
    if (until - since).days >= LONGEST_DAYS:
        raise PeriodError(f"At most {LONGEST_DAYS} days at once.")
    start = datetime.combine(since, time(), TOKYO)
    end = datetime.combine(until + timedelta(days=1), time(), TOKYO)
    found = Statistics(since, until)
    _count_messages(session, found, start, end)
    _count_cases(session, found, start, end)
    query = select(Feedback.helpful, func.count()).where(Feedback.created_at >= start, Feedback.created_at < end)
    for helpful, count in session.execute(query.group_by(Feedback.helpful)):
        if helpful:
            found.helpful = count
        else:
            found.not_helpful = count
    return found


def _count_messages(session: Session, found: Statistics, start: datetime, end: datetime) -> None:
    query = select(Message.created_at, Message.locale, Message.channel, Message.outcome, Message.article).where(
        Message.author == Author.resident.value, Message.created_at >= start, Message.created_at < end
    )
    for at, locale, channel, outcome, article in session.execute(query).yield_per(1000):
        here = at.astimezone(TOKYO)
        found.messages += 1
        found.by_day[here.date().isoformat()] += 1
        found.by_hour[f"{here.hour:02d}"] += 1
        found.by_locale[locale] += 1
        found.by_channel[channel] += 1
        if outcome:
            found.by_outcome[outcome] += 1
        if outcome in ("answered", "clarified"):
            found.answered_by_machine += 1
        if article:
            found.by_article[article] += 1


def _count_cases(session: Session, found: Statistics, start: datetime, end: datetime) -> None:
    claimed = (
        select(AuditEntry.object_id, func.min(AuditEntry.created_at).label("at"))
        .where(AuditEntry.action == "case.claim", AuditEntry.created_at >= start)
        .group_by(AuditEntry.object_id)
        .subquery()
    )
    query = (
        select(Case.opened_at, Case.level, Case.category, Case.locale, Case.outcome, claimed.c.at)
        .outerjoin(claimed, claimed.c.object_id == Case.id)
        .where(Case.opened_at >= start, Case.opened_at < end)
    )
    waits = []
    for opened, level, category, locale, outcome, claimed_at in session.execute(query):
        found.cases += 1
        found.cases_by_level[RiskLevel(level).name] += 1
        found.cases_by_category[category] += 1
        found.cases_by_locale[locale] += 1
        found.cases_by_hour[f"{opened.astimezone(TOKYO).hour:02d}"] += 1
        if outcome:
            found.cases_by_outcome[outcome] += 1
        if claimed_at is None:
            found.never_claimed += 1
        else:
            waits.append((claimed_at - opened).total_seconds())
    waits.sort()
    for wait in waits:
        limit = next((limit for limit in WAIT_LIMITS if wait < limit), None)
        found.waits[str(limit) if limit else "more"] += 1
    if waits:
        found.waits_s = {name: waits[min(len(waits) - 1, int(share * len(waits)))] for name, share in
                         (("median", 0.5), ("p90", 0.9), ("longest", 1.0))}  # fmt: skip
