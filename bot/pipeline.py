"""The message path, on one screen. Each step is one function of (turn, services) and knows nothing of the others.

The first three steps need no model server and no network. They run inside the transaction that records the message, so
that an SOS has its case and its hotlines in the same commit, and never waits for an earlier message that Rasa is still
thinking about. The last two run afterwards, one message of a conversation at a time.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import structlog
from anyio import to_thread

from bot.dialogue import offline
from bot.dialogue.rasa import RasaClient, RasaUnavailableError, apply_customs
from bot.knowledge.articles import KnowledgeBase
from bot.safety.conversation import own_level
from bot.turn import Assessment, Detection, Reply, Turn
from bot.vocabulary import DEFAULT_LOCALE, Category, Outcome, RiskLevel

log = structlog.get_logger(__name__)


class LanguageDetector(Protocol):
    def detect(self, text: str, prior: str | None = None) -> Detection: ...


class RiskGate(Protocol):
    def assess(self, text: str, history: tuple[Assessment, ...] = ()) -> Assessment: ...


@dataclass(frozen=True)
class Services:
    """What the steps may use. Tests replace any of them."""

    detector: LanguageDetector
    gate: RiskGate
    kb: KnowledgeBase
    searcher: offline.SearchesArticles
    rasa: RasaClient | None
    today: Callable[[], date]


Step = Callable[[Turn, Services], None | Awaitable[None]]

CERTAIN = 0.5
"""Below this confidence a text does not change the conversation's locale."""


def detect_language(turn: Turn, services: Services) -> None:
    """Never fails: the conversation's last locale stands unless the text clearly says otherwise."""
    if turn.payload:
        return
    try:
        turn.detection = services.detector.detect(turn.text, prior=turn.locale or None)
    except Exception:
        log.exception("detect_failed")
        turn.locale = turn.locale or DEFAULT_LOCALE
        return
    if not turn.locale_chosen and turn.detection.confidence >= CERTAIN:
        turn.locale = turn.detection.locale


def screen_for_risk(turn: Turn, services: Services) -> None:
    """SOS and abuse. An internal error counts as an SOS: hotlines and a case, marked as a gate error."""
    if turn.payload:
        return
    try:
        turn.assessment = services.gate.assess(turn.text, turn.history)
        failed = any(signal.voice == "gate_error" for signal in turn.assessment.signals)
    except Exception:
        log.exception("gate_failed")
        failed = True
    if failed or turn.assessment is None:
        turn.replies.append(Reply("crisis", {"level": "high", "category": None}))
        turn.handover = "gate_error"
        turn.outcome = Outcome.error_gate
        return
    level, category = alarm_level(turn.assessment, turn.history), turn.assessment.category
    if level >= RiskLevel.high and category is not None:
        turn.handover = category
        turn.outcome = Outcome.crisis
        if turn.handling != "human" or level is RiskLevel.imminent:
            turn.replies.append(Reply("crisis", {"level": level.name, "category": category.value}))
    elif turn.handling == "human":
        return
    elif category is Category.abusive_language:
        turn.replies.append(Reply("boundary"))
        turn.outcome = Outcome.answered
    elif level is RiskLevel.concern:
        turn.replies.append(Reply("concern", {"category": category.value if category else None}))


def alarm_level(assessment: Assessment, history: tuple[Assessment, ...]) -> RiskLevel:
    """How loud this message itself is. A level that only stands from earlier messages is no new alarm."""
    own = own_level(assessment)
    before = history[-1].level if history else RiskLevel.none
    return assessment.level if assessment.level > max(own, before) else own


def relay_to_counsellor(turn: Turn, services: Services) -> None:
    """A person holds this conversation: the machine says nothing more."""
    if turn.handling == "human" and not turn.ended:
        turn.outcome = Outcome.handed_over


def say_paused(turn: Turn, services: Services) -> None:
    """Staff have switched the machine's answers off. Screening has run already; a person can still be asked for."""
    if turn.paused and not offline.person_wanted(turn):
        turn.replies.append(Reply("machine_paused", {}, (offline.PERSON_CHOICE,)))
        turn.outcome = Outcome.paused


async def ask_rasa(turn: Turn, services: Services) -> None:
    """The only step that knows Rasa exists. Says nothing when Rasa gives nothing."""
    if services.rasa is None:
        return
    try:
        customs = await services.rasa.ask(turn)
    except RasaUnavailableError as error:
        turn.trace.append({"rasa": str(error)})
        return
    apply_customs(turn, customs)


async def answer_offline(turn: Turn, services: Services) -> None:
    """Rasa gave nothing: search the knowledge base, or offer a person. In a thread: searching is work for a processor."""
    await to_thread.run_sync(offline.answer, turn, services.kb, services.searcher, services.today())


INTAKE: tuple[Step, ...] = (detect_language, screen_for_risk, relay_to_counsellor)
ANSWER: tuple[Step, ...] = (say_paused, ask_rasa, answer_offline)
STEPS: tuple[Step, ...] = INTAKE + ANSWER


def run_intake(turn: Turn, services: Services) -> None:
    """The steps of the recording transaction: plain calls, no waiting."""
    for step in INTAKE:
        if turn.ended:
            return
        _timed(turn, step, services)


async def run_answer(turn: Turn, services: Services) -> None:
    """The steps after it. An exception in one is logged and the next runs; the turn always ends with an outcome."""
    comforting = turn.assessment is not None and turn.assessment.level is RiskLevel.concern
    for step in ANSWER:
        if turn.ended:
            break
        try:
            pending = _timed(turn, step, services)
            if inspect.isawaitable(pending):
                await pending
        except Exception:
            log.exception("step_failed", step=step.__name__)
    if comforting and turn.outcome not in (Outcome.answered, Outcome.paused) and not turn.handover:
        # Somebody who wrote of their distress is not also told that nothing was found.
        turn.replies.clear()
        turn.outcome = Outcome.answered
    if turn.outcome is None:
        turn.replies.append(Reply("error_sorry", {}, (offline.PERSON_CHOICE,)))
        turn.outcome = Outcome.error_internal


def _timed(turn: Turn, step: Step, services: Services) -> None | Awaitable[None]:
    started = time.perf_counter()
    pending = step(turn, services)
    if inspect.isawaitable(pending):

        async def finish() -> None:
            try:
                await pending
            finally:
                turn.trace.append({"step": step.__name__, "ms": _ms_since(started)})

        return finish()
    turn.trace.append({"step": step.__name__, "ms": _ms_since(started)})
    return None


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
