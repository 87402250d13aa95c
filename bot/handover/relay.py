"""A counsellor's side of a conversation: sending, announcing who has joined, saying what was read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.records.crypto import Vault
from bot.records.events import append_case_event, append_conversation_event
from bot.records.models import Case, Conversation, Message, Staff
from bot.records.talk import Talk
from bot.vocabulary import Author, CaseState


def text_body(text: str) -> dict[str, Any]:
    return {"parts": [{"type": "text", "text": text}], "choices": []}


def translated_body(words: Any, original: str, translation: str, locale: str) -> dict[str, Any]:
    """A reply the machine has translated: the translation, and below it what the person wrote. So on every channel."""
    marked = words.text(locale, "handover.machine_translated", original=original) or original
    parts = [{"type": "text", "text": translation}, {"type": "text", "text": marked}]
    return {"parts": parts, "choices": [], "translated": True, "original": {"text": original}}


def send(
    session: Session,
    vault: Vault,
    case: Case,
    staff: Staff,
    body: dict[str, Any],
    *,
    client_id: str,
    now: datetime,
) -> Message:
    """Append a counsellor's message; the same `client_id` again returns the first one. The caller proved ownership."""
    talk = Talk(session, vault)
    conversation = session.get_one(Conversation, case.conversation_id)
    channel_message_id = f"staff:{case.id}:{client_id}"
    known = talk.known_message(conversation.channel, channel_message_id)
    if known is not None:
        return known
    message = talk.add_message(
        conversation,
        Author.staff,
        {**body, "client_id": client_id},
        now=now,
        channel_message_id=channel_message_id,
        author_id=staff.id,
    )
    append_case_event(session, case.id, "message", now=now, actor_id=staff.id, message_id=message.id)
    case.last_message_at = now
    return message


def tell(
    session: Session, vault: Vault, words: Any, case: Case, key: str, *, now: datetime, **data: Any
) -> Message | None:
    """Append a system message such as "a person has joined", in the resident's language."""
    conversation = session.get_one(Conversation, case.conversation_id)
    text = words.text(conversation.locale, key, **data)
    if not text:
        return None
    message = Talk(session, vault).add_message(conversation, Author.system, text_body(text), now=now)
    append_case_event(session, case.id, "message", now=now, message_id=message.id)
    return message


def announce_person(session: Session, vault: Vault, words: Any, case: Case, staff: Staff, *, now: datetime) -> None:
    """Say who has joined, and again what is kept and when it must be told on."""
    tell(session, vault, words, case, "handover.person_joined", now=now, name=staff.name)
    tell(session, vault, words, case, "handover.privacy_at_handover", now=now)
    note_read(session, case, by=staff.id, now=now)


def note_read(session: Session, case: Case, *, by: str, now: datetime) -> None:
    """The case's own counsellor has the conversation on the screen: the resident may be told so."""
    if case.state != CaseState.assigned.value or case.assignee_id != by:
        return
    conversation = session.get_one(Conversation, case.conversation_id, populate_existing=True)
    if conversation.read_by_staff >= conversation.next_seq:
        return
    up_to = conversation.next_seq
    data = {"by": "staff", "up_to": up_to}
    # The read event itself takes the next number, so it counts as read too; otherwise each look would make another.
    seq = append_conversation_event(session, conversation.id, "read", now=now, data=data)
    session.refresh(conversation)
    conversation.read_by_staff = seq
