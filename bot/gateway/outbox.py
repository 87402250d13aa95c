"""Carrying messages to channels that have servers of their own. Effectively once, in order within a conversation.

Before each attempt the attempt is committed, so that after a kill we know that LINE may have it already. A push carries the
row's id as retry key, and LINE answers 409 to a key it has accepted. A reply has no such key, but its token works once: after an
unclear attempt, "invalid token" means that the first one arrived.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.delivery import Sender, Sent, Verdict
from bot.channels.line_render import render
from bot.gateway.context import Gateway
from bot.handover import store
from bot.records.events import append_case_event
from bot.records.models import Conversation, Message, OutboxItem, Staff
from bot.records.talk import Talk
from bot.vocabulary import Author, CaseState

log = structlog.get_logger(__name__)

REPLY_TOKEN_S = 50
"""LINE says a reply token must be used within one minute; ten seconds are left for the way."""

BATCH = 50
IDLE_S = 2.0
CLAIM_S = 30.0
MAX_ATTEMPTS = 12
MAX_PAUSE_S = 300.0


@dataclass(frozen=True)
class Parcel:
    """One message ready to go."""

    item_id: str
    conversation_id: str
    user_id: str
    messages: list[dict[str, Any]]
    reply_token: str | None
    tried_before: bool


class Outbox:
    """Sends what is due, one message of a conversation after another, several conversations at a time."""

    def __init__(self, gateway: Gateway, sender: Sender) -> None:
        self._gateway = gateway
        self._sender = sender
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._sender.aclose()

    async def _run(self) -> None:
        with self._gateway.wakeups.subscribed("outbox") as subscription:
            while True:
                try:
                    parcels = await self._gateway.database.run(self._claim_due)
                    await asyncio.gather(*(self._send(parcel) for parcel in parcels))
                except SQLAlchemyError:
                    log.exception("outbox_failed")
                    parcels = []
                if not parcels:
                    await subscription.wait(IDLE_S)

    def _claim_due(self) -> list[Parcel]:
        """The oldest due message of each conversation, marked as tried."""
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.write() as session:
            oldest: dict[str, OutboxItem] = {}
            query = (
                select(OutboxItem)
                .where(OutboxItem.state == "pending")
                .join(Message, Message.id == OutboxItem.message_id)
                .order_by(Message.created_at, Message.seq)
                .limit(BATCH * 4)
                .with_for_update(skip_locked=True, of=OutboxItem)
            )
            for item in session.scalars(query):
                oldest.setdefault(item.conversation_id, item)
            parcels = []
            for item in [item for item in oldest.values() if item.next_attempt_at <= now][:BATCH]:
                parcel = self._parcel(session, item)
                item.attempts += 1
                # Nobody else may try it while this attempt is under way.
                item.next_attempt_at = now + timedelta(seconds=CLAIM_S)
                if parcel is None:
                    item.state, item.sent_at = "dropped", now
                else:
                    parcels.append(parcel)
            return parcels

    def _parcel(self, session: Any, item: OutboxItem) -> Parcel | None:
        gateway = self._gateway
        talk = Talk(session, gateway.vault)
        conversation = session.get_one(Conversation, item.conversation_id)
        message = session.get_one(Message, item.message_id)
        body = talk.body(conversation, message)
        if conversation.address_enc is None or not body.get("parts"):
            return None
        rendered = render(body, self._sender_name(session, message), self._labels(message.locale))
        if not rendered:
            return None
        return Parcel(
            item.id,
            conversation.id,
            str(talk.box(conversation).open(conversation.address_enc)),
            rendered,
            self._reply_token(session, talk, conversation, message),
            item.attempts > 0,
        )

    def _sender_name(self, session: Any, message: Message) -> str | None:
        """Every bubble says whether a machine or a person wrote it."""
        words = self._gateway.words
        if message.author == Author.staff.value:
            name = session.scalars(select(Staff.name).where(Staff.id == message.author_id)).first() or ""
            return f"{name} {words.text(message.locale, 'handover.staff_label')}".strip()
        return words.text(message.locale, "handover.machine_label") or None

    def _labels(self, locale: str) -> dict[str, str]:
        return {
            "as_of": self._gateway.words.text(locale, "article_as_of", date="").strip(),
            "source": self._gateway.words.text(locale, "article_source", source="").strip(),
        }

    def _reply_token(self, session: Any, talk: Talk, conversation: Conversation, message: Message) -> str | None:
        """The token of the message this one answers, while it lives and no earlier answer used it."""
        if message.in_reply_to is None:
            return None
        asked = session.get(Message, message.in_reply_to)
        if asked is None or (self._gateway.clock() - asked.created_at).total_seconds() > REPLY_TOKEN_S:
            return None
        earlier = session.scalars(
            select(Message.id).where(Message.in_reply_to == asked.id, Message.seq < message.seq).limit(1)
        ).first()
        return None if earlier else talk.body(conversation, asked).get("reply_token")

    async def _send(self, parcel: Parcel) -> None:
        sent = Sent(Verdict.token_gone)
        if parcel.reply_token:
            sent = await self._sender.reply(parcel.reply_token, parcel.messages)
            if sent.verdict is Verdict.token_gone and parcel.tried_before:
                sent = Sent(Verdict.sent, "the first attempt had arrived")
        if sent.verdict is Verdict.token_gone:
            sent = await self._sender.push(parcel.user_id, parcel.messages, parcel.item_id)
        staff_told = await self._gateway.database.run(self._note, parcel.item_id, sent)
        if staff_told:
            self._gateway.wakeups.publish("staff")

    def _note(self, item_id: str, sent: Sent) -> bool:
        """Write down what happened. True when staff must be told that a resident was not reached."""
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.write() as session:
            item = session.get_one(OutboxItem, item_id)
            item.last_error = sent.detail or None
            if sent.verdict is Verdict.sent:
                item.state, item.sent_at = "sent", now
                return False
            if sent.verdict is Verdict.again and item.attempts < MAX_ATTEMPTS:
                # A reply that may have arrived is tried again at once, while its token can still tell us.
                pause = min(MAX_PAUSE_S, 0.5 * 2 ** (item.attempts - 1)) * random.uniform(0.8, 1.2)
                item.next_attempt_at = now + timedelta(seconds=pause)
                return False
            item.state = "failed"
            log.error("delivery_failed", item=item.id, channel=item.channel, attempts=item.attempts)
            return _tell_staff(session, item, now=now)


def _tell_staff(session: Any, item: OutboxItem, *, now: Any) -> bool:
    case = store.open_case_of(session, item.conversation_id)
    if case is None or case.state == CaseState.resolved.value:
        return False
    data = {"message_id": item.message_id, "error": item.last_error}
    append_case_event(session, case.id, "undelivered", now=now, data=data)
    return True
