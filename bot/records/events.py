"""Durable, gapless event sequences: one per conversation for the resident, one for all cases for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.records.models import CaseEvent, Conversation, ConversationEvent, Stream

STAFF_STREAM = "staff"
AUDIT_STREAM = "audit"


def reserve_conversation_seq(session: Session, conversation_id: str) -> int:
    """The next number of this conversation. Locks the conversation's row until the transaction ends."""
    seq = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(next_seq=Conversation.next_seq + 1)
        .returning(Conversation.next_seq)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return int(seq)


def reserve_stream_seq(session: Session, name: str) -> int:
    """The next number of a named stream. Numbers commit in order because the counter's row stays locked."""
    statement = (
        update(Stream)
        .where(Stream.name == name)
        .values(last_seq=Stream.last_seq + 1)
        .returning(Stream.last_seq)
        .execution_options(synchronize_session=False)
    )
    return int(session.execute(statement).scalar_one())


def append_conversation_event(
    session: Session,
    conversation_id: str,
    kind: str,
    *,
    now: datetime,
    data: dict[str, Any] | None = None,
    message_id: str | None = None,
    seq: int | None = None,
) -> int:
    """Record one event and return its number. `data` never holds what a resident wrote."""
    number = reserve_conversation_seq(session, conversation_id) if seq is None else seq
    session.add(
        ConversationEvent(
            conversation_id=conversation_id,
            seq=number,
            kind=kind,
            message_id=message_id,
            data=data or {},
            created_at=now,
        )
    )
    return number


def append_case_event(
    session: Session,
    case_id: str,
    kind: str,
    *,
    now: datetime,
    actor_id: str | None = None,
    data: dict[str, Any] | None = None,
    message_id: str | None = None,
) -> int:
    """Record one event of a case in the staff sequence and return its number."""
    number = reserve_stream_seq(session, STAFF_STREAM)
    session.add(
        CaseEvent(
            seq=number,
            case_id=case_id,
            kind=kind,
            actor_id=actor_id,
            message_id=message_id,
            data=data or {},
            created_at=now,
        )
    )
    return number


def conversation_events_after(session: Session, conversation_id: str, seq: int, limit: int) -> list[ConversationEvent]:
    return list(
        session.scalars(
            select(ConversationEvent)
            .where(ConversationEvent.conversation_id == conversation_id, ConversationEvent.seq > seq)
            .order_by(ConversationEvent.seq)
            .limit(limit)
        )
    )


def case_events_after(session: Session, seq: int, limit: int) -> list[CaseEvent]:
    return list(session.scalars(select(CaseEvent).where(CaseEvent.seq > seq).order_by(CaseEvent.seq).limit(limit)))


def last_staff_seq(session: Session) -> int:
    return int(session.scalars(select(Stream.last_seq).where(Stream.name == STAFF_STREAM)).one())
