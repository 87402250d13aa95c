"""Figures for Prometheus: counts and times of this process, and the state that all gateways share, read at each scrape.

Labels are words of ours (outcome, level, channel, step): never an id, an address or what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.records.database import Database
from bot.records.models import Case, Message, OutboxItem
from bot.records.switches import switches
from bot.records.wakeups import Wakeups
from bot.turn import Turn
from bot.vocabulary import CaseState, RiskLevel

log = structlog.get_logger(__name__)

FAST = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

MESSAGES = Counter("iroiro_messages_received", "Messages of residents recorded and screened.", ["channel", "locale"])
LEVELS = Counter("iroiro_messages_by_risk", "Messages by the level the gate gave them.", ["level", "category"])
OUTCOMES = Counter("iroiro_messages_finished", "Messages by how their turn ended.", ["channel", "outcome"])
RASA_FAILURES = Counter("iroiro_rasa_failures", "Messages that Rasa did not answer, so that the search did.")
STEPS = Histogram("iroiro_step_seconds", "Time of one step of the message path.", ["step"], buckets=FAST)
STREAMS = Gauge("iroiro_open_streams", "Open event streams of residents and staff in this process.")


def count_received(turn: Turn) -> None:
    """A message has been screened. Called inside its transaction; a rolled-back one is counted all the same."""
    MESSAGES.labels(turn.channel, turn.locale or "none").inc()
    if turn.assessment is not None:
        category = turn.assessment.category
        LEVELS.labels(RiskLevel(turn.assessment.level).name, category.value if category else "none").inc()
    _observe(turn)


def count_finished(turn: Turn) -> None:
    """A turn has ended, with an outcome."""
    OUTCOMES.labels(turn.channel, turn.outcome.value if turn.outcome else "none").inc()
    if any("rasa" in item for item in turn.trace):
        RASA_FAILURES.inc()
    _observe(turn)


def _observe(turn: Turn) -> None:
    """The steps since the last look. Intake and answer are two turns of one message; an ended intake is one."""
    for item in turn.trace:
        if "step" in item and not item.get("measured"):
            STEPS.labels(item["step"]).observe(item["ms"] / 1000)
            item["measured"] = True


class SharedState(Collector):
    """What the database says now: the same from every gateway, so dashboards take the maximum, not the sum."""

    def __init__(self, database: Database, wakeups: Wakeups, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._wakeups = wakeups
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("iroiro_redis_connected", "Wake-ups go through Redis.", float(self._wakeups.connected))
        try:
            found = list(self._from_database())
        except SQLAlchemyError as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            found = []
        yield GaugeMetricFamily("iroiro_database_up", "The database answers.", float(bool(found)))
        yield from found

    def describe(self) -> Iterable[Metric]:
        """Asking nothing of the database while the service starts."""
        return []

    def _from_database(self) -> Iterable[Metric]:
        now = self._clock()
        with self._database.read() as session:
            cases = GaugeMetricFamily("iroiro_open_cases", "Open cases.", labels=["state", "level"])
            counted = (
                select(Case.state, Case.level, func.count())
                .where(Case.state != CaseState.resolved.value)
                .group_by(Case.state, Case.level)
            )
            for state, level, count in session.execute(counted):
                cases.add_metric([state, RiskLevel(level).name], count)
            waiting = select(func.min(Case.waiting_since)).where(Case.state == CaseState.waiting.value)
            unhandled = select(func.count(), func.min(Message.created_at)).where(Message.handled_at.is_(None))
            outbox = select(func.count(), func.min(OutboxItem.created_at)).where(OutboxItem.state == "pending")
            messages, first_message = session.execute(unhandled).one()
            items, first_item = session.execute(outbox).one()
            oldest_case = session.scalar(waiting)
            off = GaugeMetricFamily("iroiro_machine_off", "The machine's answers are switched off.", labels=["scope"])
            for switch in switches(session):
                off.add_metric([switch.scope], float(switch.off))

        def age(since: datetime | None) -> float:
            return max(0.0, (now - since).total_seconds()) if since else 0.0

        gauge = GaugeMetricFamily
        return [
            cases,
            off,
            gauge("iroiro_oldest_waiting_case_seconds", "How long the first in the queue waits.", age(oldest_case)),
            gauge("iroiro_unanswered_messages", "Recorded messages without an answer yet.", messages),
            gauge("iroiro_oldest_unanswered_seconds", "Age of the oldest of them.", age(first_message)),
            gauge("iroiro_outbox_pending", "Messages that still have to leave for LINE.", items),
            gauge("iroiro_oldest_outbox_seconds", "Age of the oldest of them.", age(first_item)),
        ]


def shared_registry(database: Database, wakeups: Wakeups, clock: Callable[[], datetime]) -> CollectorRegistry:
    """A registry with the shared state of one application."""
    registry = CollectorRegistry()
    registry.register(SharedState(database, wakeups, clock))
    return registry
