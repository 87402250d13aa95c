"""Answering, one message of a conversation at a time, across all processes.

The order comes from the database: whoever holds the conversation's lease answers its oldest unhandled message, then
looks again. A killed process leaves unhandled messages and a lease that runs out; the sweeper of any gateway finds them.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import OrderedDict
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.gateway import family_talk, intake, offers, place_talk
from bot.gateway.context import Gateway
from bot.handover import store
from bot.pipeline import run_answer
from bot.records.models import Conversation
from bot.records.switches import is_off
from bot.records.talk import Talk
from bot.turn import Assessment, Turn
from bot.vocabulary import LOCALES, CaseState, Category, Outcome, RiskLevel

log = structlog.get_logger(__name__)

LEASE_S = 20.0
SWEEP_S = 2.0
LEFT_BEHIND_S = 3.0
ANSWERED_CHARACTERS = 2_000
"""How much of a long text is read for meaning. The gate has read all of it."""

FLOOD_FREE = 20
FLOOD_PAUSE_S = 1.0
"""After this many messages within a minute, each further answer of that conversation waits this long."""


class Worker:
    """Answers conversations of this process. `wake` is cheap and may be called for every message."""

    def __init__(self, gateway: Gateway, *, limit: int = 32) -> None:
        self._gateway = gateway
        self._owner = uuid.uuid4().hex
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._limit = asyncio.Semaphore(limit)
        self._sweeper: asyncio.Task[None] | None = None
        self._recent: OrderedDict[str, list[float]] = OrderedDict()

    async def start(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop taking work and let what runs end."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def idle(self) -> None:
        """Return when nothing that was woken is still being answered."""
        while self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            await asyncio.sleep(0)

    def wake(self, conversation_id: str) -> None:
        """There is something unhandled in this conversation."""
        if conversation_id in self._running:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._drain(conversation_id))
        self._running[conversation_id] = task
        task.add_done_callback(lambda _: self._ended(conversation_id))

    def _ended(self, conversation_id: str) -> None:
        self._running.pop(conversation_id, None)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self.wake(conversation_id)

    async def _drain(self, conversation_id: str) -> None:
        async with self._limit:
            try:
                while await self._answer_one(conversation_id):
                    pass
            except SQLAlchemyError:
                log.exception("answer_failed", conversation=conversation_id)

    async def _answer_one(self, conversation_id: str) -> bool:
        """Answer the oldest unhandled message. False when there is none, or another process is at it."""
        run = self._gateway.database.run
        turn = await run(self._next_turn, conversation_id)
        if turn is None:
            return False
        await self._slow_down(conversation_id)
        if not await run(family_talk.answer, self._gateway, turn):
            if not await run(place_talk.answer, self._gateway, turn):
                await run_answer(turn, self._gateway.services)
                await run(place_talk.answer_location, self._gateway, turn)
            offers.offer_card(turn)
            offers.offer_map(self._gateway, turn)
        staff_changed = await run(self._commit, turn)
        self._gateway.wakeups.publish(f"conversation:{conversation_id}")
        self._gateway.wakeups.publish("outbox")
        if staff_changed:
            self._gateway.wakeups.publish("staff")
        return True

    def _next_turn(self, conversation_id: str) -> Turn | None:
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.write() as session:
            talk = Talk(session, gateway.vault)
            if not talk.take_lease(conversation_id, self._owner, now=now, seconds=LEASE_S):
                return None
            message = talk.oldest_unhandled(conversation_id)
            conversation = talk.get(conversation_id)
            if message is None or conversation is None:
                talk.drop_lease(conversation_id, self._owner)
                return None
            body = talk.body(conversation, message)
            case = store.open_case_of(session, conversation_id)
            text = str(body.get("text", ""))
            return Turn(
                conversation_id=conversation_id,
                message_id=message.id,
                channel=message.channel,
                text=(body.get("payload") or text)[:ANSWERED_CHARACTERS],
                received_at=message.created_at,
                locale=message.locale,
                locale_chosen=conversation.locale_chosen,
                payload=body.get("payload"),
                location=body.get("location"),
                paused=is_off(session, message.channel),
                handling=intake.handling_of(case),
                history=tuple(talk.assessments(conversation)),
                assessment=_own_assessment(talk, message.id),
            )

    def _commit(self, turn: Turn) -> bool:
        """Reply, case and handled mark in one transaction; nothing when somebody else was faster."""
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.write() as session:
            talk = Talk(session, gateway.vault)
            conversation = talk.get(turn.conversation_id)
            message = talk.oldest_unhandled(turn.conversation_id)
            holds = talk.take_lease(turn.conversation_id, self._owner, now=now, seconds=LEASE_S)
            if conversation is None or message is None or message.id != turn.message_id or not holds:
                return False
            case = store.open_case_of(session, conversation.id)
            if case is not None and case.state == CaseState.assigned.value:
                # A person took the case while Rasa was thinking: the machine keeps quiet.
                turn.replies.clear()
                turn.outcome = Outcome.handed_over
            _apply_locale(turn, conversation)
            opened = intake.bring_in(session, conversation, turn, now=now)
            intake.say(gateway, session, talk, conversation, turn, now=now)
            intake.finish(session, conversation, message, turn, now=now)
            if turn.outcome is Outcome.not_found:
                intake.keep_question(gateway, session, turn, now=now)
            return case is not None or opened is not None

    async def _slow_down(self, conversation_id: str) -> None:
        """A flood slows the machine's answers to that conversation; recording and the gate never wait."""
        now = asyncio.get_running_loop().time()
        recent = [moment for moment in self._recent.pop(conversation_id, []) if now - moment < 60]
        recent.append(now)
        self._recent[conversation_id] = recent[-2 * FLOOD_FREE :]
        while len(self._recent) > 10_000:
            self._recent.popitem(last=False)
        if len(recent) > FLOOD_FREE:
            await asyncio.sleep(FLOOD_PAUSE_S)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                older_than = self._gateway.clock() - timedelta(seconds=LEFT_BEHIND_S)
                for conversation_id in await self._gateway.database.run(self._left_behind, older_than):
                    self.wake(conversation_id)
            except SQLAlchemyError:
                log.exception("sweep_failed")

    def _left_behind(self, older_than: datetime) -> list[str]:
        with self._gateway.database.read() as session:
            return Talk(session, self._gateway.vault).conversations_left_behind(older_than)


def _own_assessment(talk: Talk, message_id: str) -> Assessment | None:
    found = talk.level_of(message_id)
    if found is None:
        return None
    level, category = found
    return Assessment(RiskLevel(level), Category(category) if category else None)


def _apply_locale(turn: Turn, conversation: Conversation) -> None:
    for item in turn.trace:
        tag = item.get("set_locale")
        if tag in LOCALES:
            conversation.locale = turn.locale = str(tag)
            conversation.locale_chosen = True
