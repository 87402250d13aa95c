"""Everything held about one conversation, opened: for the person it is about (subject access), as JSON and as text.

The console's notes and the gate's findings are in it: an official decides what of them may be given out.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.records.crypto import Box, UnreadableError, Vault
from bot.records.family_models import CardShare, Family, FamilyCard, NoticeDelivery, PushSubscription, SentReminder
from bot.records.line_models import LineResident, LinkCode, Media
from bot.records.models import (
    AuditEntry,
    Base,
    Case,
    CaseEvent,
    CaseNote,
    Conversation,
    ConversationEvent,
    Feedback,
    Message,
    OutboxItem,
    RiskAssessment,
    Staff,
)
from bot.records.retention_models import Preservation
from bot.records.talk import Talk

# Keys and hashes are no information about a person, and would open the talk to whoever reads the export.
LEFT_OUT = {"wrapped_key", "key_id", "token_hash", "resume_hash", "address_hash", "lease_owner", "lease_until"}
LEFT_OUT |= {"calendar_hash", "code_hash", "endpoint_hash"}
UNREADABLE = {"unreadable": "does not open with any key that is held"}


def everything_about(session: Session, vault: Vault, conversation_id: str) -> dict[str, Any] | None:
    """All rows of the conversation with their ciphertexts opened, as plain JSON values; None when there is none."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        return None
    talk, own = Talk(session, vault), vault.own_box()
    box = talk.box(conversation)
    family = session.get(Family, conversation_id)
    family_box = vault.box(family.wrapped_key, family.key_id) if family else own

    def of(model: type[Base], condition: Any, key: Box = box) -> list[dict[str, Any]]:
        return [_plain(row, key) for row in session.scalars(select(model).where(condition))]

    messages = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
    of_talk = select(Message.id).where(Message.conversation_id == conversation_id)
    of_case = select(Case.id).where(Case.conversation_id == conversation_id)
    cards = select(FamilyCard.id).where(FamilyCard.family_id == conversation_id)
    shares = or_(CardShare.conversation_id == conversation_id, CardShare.card_id.in_(cards))
    names = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
    return {
        "conversation": _plain(conversation, box),
        "messages": [
            {**_plain(row, box), "author_name": names.get(row.author_id or "")} for row in session.scalars(messages)
        ],
        "assessments": of(RiskAssessment, RiskAssessment.conversation_id == conversation_id),
        "cases": of(Case, Case.conversation_id == conversation_id),
        "case_events": of(CaseEvent, CaseEvent.case_id.in_(of_case)),
        "notes": of(CaseNote, CaseNote.case_id.in_(of_case), own),
        "events": of(ConversationEvent, ConversationEvent.conversation_id == conversation_id),
        "feedback": of(Feedback, Feedback.message_id.in_(of_talk), own),
        "media": of(Media, Media.conversation_id == conversation_id),
        "outbox": of(OutboxItem, OutboxItem.conversation_id == conversation_id),
        "line": of(LineResident, LineResident.conversation_id == conversation_id),
        "link_codes": of(LinkCode, LinkCode.conversation_id == conversation_id),
        "family": [_plain(family, family_box)] if family else [],
        "family_cards": of(FamilyCard, FamilyCard.family_id == conversation_id, family_box),
        "card_shares": of(CardShare, shares, family_box),
        "reminders": of(SentReminder, SentReminder.family_id == conversation_id),
        "notices": of(NoticeDelivery, NoticeDelivery.family_id == conversation_id),
        "push": of(PushSubscription, PushSubscription.conversation_id == conversation_id, own),
        "preserved": of(Preservation, Preservation.conversation_id == conversation_id),
        "audit": of(AuditEntry, or_(AuditEntry.object_id == conversation_id, AuditEntry.object_id.in_(of_case))),
    }


def as_text(held: dict[str, Any]) -> str:
    """The same for reading on paper: the talk in order, then every other list."""
    talk = held["conversation"]
    lines = [f"Conversation {talk['id']} ({talk['channel']}, {talk['locale']}), begun {talk['created_at']}", ""]
    for row in held["messages"]:
        who = row["author_name"] or row["author"]
        lines += [f"[{row['created_at']}] {who}", *_told(row["body"]), ""]
    for name, rows in held.items():
        if name in ("conversation", "messages", "events") or not rows:
            continue
        lines.append(f"── {name}")
        for row in rows:
            lines += [f"  {key}: {_short(value)}" for key, value in row.items() if value not in (None, [], {}, "")]
            lines.append("")
    return "\n".join(lines) + "\n"


def _plain(row: Base, box: Box) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in row.__table__.columns:
        if column.key in LEFT_OUT:
            continue
        value = getattr(row, column.key)
        if column.key.endswith("_enc"):
            found[column.key.removesuffix("_enc")] = _opened(box, value)
        elif column.key == "sealed":
            opened = _opened(box, value)
            found["content"] = opened
        else:
            found[column.key] = _simple(value)
    return found


def _opened(box: Box, sealed: bytes | None) -> Any:
    if sealed is None:
        return None
    try:
        return box.open(sealed)
    except UnreadableError:
        return UNREADABLE


def _simple(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _told(body: Any) -> Iterable[str]:
    """The words of a message, whatever its parts are."""
    if not isinstance(body, dict):
        return ["  (erased)"]
    words: list[str] = []

    def collect(value: Any, key: str = "") -> None:
        if isinstance(value, str) and key in ("text", "title", "summary", "name", "phone", "payload", "label"):
            words.append(f"  {value}")
        elif isinstance(value, dict):
            for inner, item in value.items():
                collect(item, inner)
        elif isinstance(value, list):
            for item in value:
                collect(item, key)

    collect(body)
    return words or [f"  {_short(body)}"]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 2000 else f"{text[:2000]}… (whole in the JSON file)"
