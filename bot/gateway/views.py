"""What a resident's page is sent: messages and events as JSON values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.gateway.context import Gateway
from bot.handover import store
from bot.records.events import conversation_events_after
from bot.records.models import Conversation, Message, Staff
from bot.records.talk import Talk
from bot.reply.furigana import with_readings
from bot.reply.parts import Part, text_part
from bot.vocabulary import Author

BATCH = 200


def message_view(
    talk: Talk, session: Session, conversation: Conversation, message: Message, *, readings: bool = False
) -> dict[str, Any]:
    """One message as the resident sees it. An erased one has no parts and `erased` true.

    With `readings`, Japanese text of ours carries furigana; the dictionary for it is large, so only pages that show them ask.
    """
    body = talk.body(conversation, message)
    view: dict[str, Any] = {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "author_name": _author_name(session, message),
        "sent_at": message.created_at.isoformat(),
        "locale": message.locale,
        "parts": _parts(message, body, readings),
        "choices": body.get("choices", []),
        "translated": bool(body.get("translated")),
        "in_reply_to": message.in_reply_to,
    }
    if message.author == Author.resident.value and body.get("client_id"):
        view["client_id"] = body["client_id"]
    if body.get("input"):
        view["input"] = body["input"]
    if message.erased_at is not None:
        view["erased"] = True
    return view


def status_view(gateway: Gateway, session: Session, conversation: Conversation) -> dict[str, Any]:
    """Who handles the talk now, the true queue place, and who has read how far."""
    duty = gateway.duty.status(gateway.clock())
    read_by = "nobody"
    if conversation.read_by_staff and conversation.read_by_staff >= conversation.read_by_machine:
        read_by = "staff"
    elif conversation.read_by_machine:
        read_by = "machine"
    return {
        **store.resident_status(session, conversation.id),
        "wait_minutes": store.measured_wait_minutes(session),
        "on_duty": duty.on_duty,
        "next_open": duty.next_open.isoformat() if duty.next_open else None,
        "read_by": read_by,
        "read_up_to": {"machine": conversation.read_by_machine, "staff": conversation.read_by_staff},
        "locale": conversation.locale,
        "locale_chosen": conversation.locale_chosen,
        "ward": conversation.ward,
    }


def events_after(
    gateway: Gateway, conversation_id: str, seq: int, readings: bool = False
) -> list[tuple[int, str, dict[str, Any]]]:
    """Up to BATCH events after `seq` as (seq, kind, data), oldest first. Blocking."""
    with gateway.database.read() as session:
        talk = Talk(session, gateway.vault)
        conversation = talk.get(conversation_id)
        if conversation is None:
            return []
        events = conversation_events_after(session, conversation_id, seq, BATCH)
        wanted = [event.message_id for event in events if event.kind == "message" and event.message_id]
        messages = {message.id: message for message in session.scalars(select(Message).where(Message.id.in_(wanted)))}
        result: list[tuple[int, str, dict[str, Any]]] = []
        for event in events:
            if event.kind == "message":
                message = messages.get(event.message_id or "")
                if message is not None:
                    result.append(
                        (event.seq, "message", message_view(talk, session, conversation, message, readings=readings))
                    )
            elif event.kind == "status":
                result.append((event.seq, "status", status_view(gateway, session, conversation)))
            else:
                result.append((event.seq, event.kind, event.data))
        return result


def _parts(message: Message, body: dict[str, Any], readings: bool) -> list[Part]:
    parts: list[Part] = body.get("parts") or ([text_part(body["text"])] if body.get("text") else [])
    ours = readings and message.author in (Author.machine.value, Author.system.value)
    return with_readings(parts) if ours and message.locale.startswith("ja") else parts


def _author_name(session: Session, message: Message) -> str | None:
    if message.author != Author.staff.value or message.author_id is None:
        return None
    return session.scalars(select(Staff.name).where(Staff.id == message.author_id)).first()
