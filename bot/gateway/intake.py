"""Recording an inbound message. One transaction holds the message, its screening, its case and the crisis reply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.channels.inbound import Inbound
from bot.gateway.context import Gateway
from bot.handover import store
from bot.handover.case import GATE_ERROR, REQUESTED, Opening
from bot.http import metrics
from bot.pipeline import run_intake
from bot.records.events import append_case_event, append_conversation_event
from bot.records.models import Case, Conversation, Message, UnansweredQuestion
from bot.records.talk import Talk, new_id
from bot.reply.compose import Situation
from bot.turn import Turn
from bot.vocabulary import Author, CaseState, Category, RiskLevel

log = structlog.get_logger(__name__)

STORED_CHARACTERS = 20_000
"""Longer texts are screened whole but stored and answered by their beginning."""

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Received:
    """`needs_answer`: the machine has still to answer. `duplicate`: it was recorded before; nothing changed."""

    message_id: str
    seq: int
    needs_answer: bool
    duplicate: bool = False
    staff_changed: bool = False


def readable(text: str) -> str:
    """The text without lone surrogates, control and direction-override characters, which no database or page wants."""
    return UNPRINTABLE.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def receive(gateway: Gateway, conversation_id: str, inbound: Inbound) -> Received:
    """Record and screen one message. Blocking; commits before it returns."""
    try:
        return _receive(gateway, conversation_id, inbound)
    except IntegrityError:
        # The same delivery reached two gateways at once; the other one has recorded it.
        return _receive(gateway, conversation_id, inbound)


def _receive(gateway: Gateway, conversation_id: str, inbound: Inbound) -> Received:
    now = gateway.clock()
    with gateway.database.write() as session:
        talk = Talk(session, gateway.vault)
        conversation = talk.get(conversation_id)
        if conversation is None:
            raise LookupError(conversation_id)
        known = talk.known_message(conversation.channel, inbound.channel_message_id)
        if known is not None:
            return Received(known.id, known.seq, needs_answer=known.handled_at is None, duplicate=True)
        return record(gateway, session, talk, conversation, inbound, now)


def record(
    gateway: Gateway, session: Session, talk: Talk, conversation: Conversation, inbound: Inbound, now: datetime
) -> Received:
    """Record and screen a message that is not known yet, inside the caller's transaction."""
    case = store.open_case_of(session, conversation.id)
    turn = Turn(
        conversation_id=conversation.id,
        message_id="",
        channel=conversation.channel,
        # The gate reads everything, whatever is stored of it.
        text=inbound.text,
        received_at=now,
        locale=conversation.locale,
        locale_chosen=conversation.locale_chosen,
        payload=inbound.payload,
        handling=handling_of(case),
        history=tuple(talk.assessments(conversation)),
    )
    run_intake(turn, gateway.services)
    conversation.locale = turn.locale
    message = talk.add_message(
        conversation,
        Author.resident,
        stored_body(inbound),
        now=now,
        channel_message_id=inbound.channel_message_id,
    )
    turn.message_id = message.id
    assessment = turn.assessment
    if assessment is not None and assessment.signals:
        talk.add_assessment(conversation, message, assessment, now=now)
        conversation.level = max(conversation.level, int(assessment.level))
    case = bring_in(session, conversation, turn, now=now) or case
    if case is not None:
        case.last_message_at = now
        note_message(session, case, message, now=now)
    if turn.replies:
        say(gateway, session, talk, conversation, turn, now=now)
    metrics.count_received(turn)
    if turn.ended:
        finish(session, conversation, message, turn, now=now)
    return Received(message.id, message.seq, needs_answer=not turn.ended, staff_changed=case is not None)


def handling_of(case: Case | None) -> str:
    """Who answers now: machine, waiting or human."""
    if case is None:
        return "machine"
    return "human" if case.state == CaseState.assigned.value else "waiting"


def stored_body(inbound: Inbound) -> dict[str, Any]:
    """What is kept of an inbound message."""
    text = readable(inbound.text)
    body: dict[str, Any] = {"text": text[:STORED_CHARACTERS]}
    if len(text) > STORED_CHARACTERS:
        body["shortened_from"] = len(text)
    if inbound.payload:
        body["payload"] = inbound.payload[:2000]
    if inbound.client_id:
        body["client_id"] = inbound.client_id
    if inbound.location:
        body["location"] = inbound.location
    if inbound.attachment:
        body["attachment"] = inbound.attachment
    if inbound.source_id:
        body["source_id"] = inbound.source_id
    if inbound.reply_token:
        body["reply_token"] = inbound.reply_token
        body["happened_ms"] = inbound.happened_ms
    return body


def bring_in(session: Session, conversation: Conversation, turn: Turn, *, now: datetime) -> Case | None:
    """Open or raise a case when the turn asks for a person."""
    if turn.handover is None:
        return None
    level = turn.assessment.level if turn.assessment else RiskLevel.none
    if isinstance(turn.handover, Category):
        opening = Opening.from_assessment(level, turn.handover)
    elif turn.handover == GATE_ERROR:
        opening = Opening(RiskLevel.high, GATE_ERROR, GATE_ERROR)
    else:
        opening = Opening(level, REQUESTED, REQUESTED)
    case = store.open_or_raise(session, conversation, opening, now=now)
    store.tell_resident(session, case, now=now)
    return case


def note_message(session: Session, case: Case, message: Message, *, now: datetime) -> None:
    """Tell consoles that the case's conversation has grown."""
    append_case_event(session, case.id, "message", now=now, message_id=message.id)


def say(
    gateway: Gateway, session: Session, talk: Talk, conversation: Conversation, turn: Turn, *, now: datetime
) -> None:
    """Compose the turn's replies and append them as one message of the machine."""
    case = store.open_case_of(session, conversation.id)
    situation = situation_of(gateway, session, conversation, case, turn, now=now)
    body = gateway.composer.body(turn, situation, gateway.today())
    if not body["parts"]:
        return
    message = talk.add_message(
        conversation,
        Author.machine,
        body,
        now=now,
        in_reply_to=turn.message_id,
        article=turn.article,
        locale=turn.locale,
    )
    if case is not None:
        note_message(session, case, message, now=now)


def situation_of(
    gateway: Gateway, session: Session, conversation: Conversation, case: Case | None, turn: Turn, *, now: datetime
) -> Situation:
    duty = gateway.duty.status(now)
    earlier = any(assessment.level >= RiskLevel.high for assessment in turn.history)
    return Situation(
        now=now,
        on_duty=duty.on_duty,
        next_open=duty.next_open,
        queue_position=store.queue_position(session, case) if case else None,
        repeated=earlier and turn.handling != "machine",
        age=conversation.age,
    )


def finish(session: Session, conversation: Conversation, message: Message, turn: Turn, *, now: datetime) -> None:
    """Mark the message handled; the page may now say that the machine has read it."""
    message.handled_at = now
    message.outcome = turn.outcome.value if turn.outcome else None
    message.article = turn.article
    metrics.count_finished(turn)
    conversation.read_by_machine = max(conversation.read_by_machine, message.seq)
    append_conversation_event(session, conversation.id, "read", now=now, data={"by": "machine", "up_to": message.seq})


def keep_question(gateway: Gateway, session: Session, turn: Turn, *, now: datetime) -> None:
    """Remember what nothing was found for, without saying whose question it was."""
    sealed = gateway.vault.own_box().seal(turn.text[:500])
    session.add(UnansweredQuestion(id=new_id(), locale=turn.locale, text_enc=sealed, created_at=now))
