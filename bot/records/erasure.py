"""Forgetting a conversation: its rows, its family's, notes about it, and the key that opened its bodies.

What stays is a husk without content for statistics and proof: channel, locale, highest level, dates, and its cases with
their times and outcome. Its key is replaced, so that ciphertext that survives on a disk does not open from this database.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.records.audit import record_audit
from bot.records.crypto import UnreadableError, Vault
from bot.records.family_models import (
    CardShare,
    Family,
    FamilyCard,
    NoticeDelivery,
    PushItem,
    PushSubscription,
    SentReminder,
)
from bot.records.line_models import LineMessage, LineResident, LinkCode, Media
from bot.records.models import (
    Case,
    CaseEvent,
    CaseNote,
    Conversation,
    ConversationEvent,
    Feedback,
    Message,
    OutboxItem,
    RiskAssessment,
    UnansweredQuestion,
)
from bot.records.retention_models import Preservation
from bot.records.talk import Talk
from bot.vocabulary import CaseState, Outcome

QUESTION_CHARACTERS = 500
TRACKER_KEY = "rasa:tracker:{}"
"""Rasa's short-lived copy of a conversation in Redis (a week)."""


class ErasureError(RuntimeError):
    """The conversation cannot be erased now. The message says why and what to do."""


def refusal(session: Session, conversation_id: str) -> str | None:
    """Why this conversation must stay, or None."""
    kept = session.get(Preservation, conversation_id)
    if kept is not None:
        return f"it is preserved ({kept.reason}). Release it first: iroiro records preserve {conversation_id} --release"
    open_case = select(Case.id).where(Case.conversation_id == conversation_id, Case.state != CaseState.resolved.value)
    if session.scalars(open_case).first():
        return "a case of it is open. Close the case in the console first."
    return None


def forget(
    session: Session, vault: Vault, conversation: Conversation, *, now: datetime, action: str, reason: str
) -> dict[str, int]:
    """Erase and write the proof into the audit chain. Returns how many rows of each kind went. Raises ErasureError."""
    why_not = refusal(session, conversation.id)
    if why_not:
        raise ErasureError(f"{conversation.id} stays: {why_not}")
    last = conversation.last_message_at
    questions = _forget_questions(session, vault, conversation)
    counts = {"unanswered_questions": questions, **_delete_rows(session, conversation.id)}
    conversation.wrapped_key, conversation.key_id = vault.new_data_key()
    for field in (
        "address_hash",
        "address_enc",
        "token_hash",
        "resume_hash",
        "ward",
        "age",
        "lease_owner",
        "lease_until",
    ):
        setattr(conversation, field, None)
    proof = {"reason": reason, "level": conversation.level, "last_message": last.isoformat(), "rows": counts}
    record_audit(session, action, now=now, object_id=conversation.id, data=proof)
    return counts


def _forget_questions(session: Session, vault: Vault, conversation: Conversation) -> int:
    """Questions without an answer are kept apart and unnamed; the same words, kept at the same time, are this resident's."""
    talk, box, gone = Talk(session, vault), vault.own_box(), 0
    asked = select(Message).where(
        Message.conversation_id == conversation.id, Message.outcome == Outcome.not_found.value
    )
    for message in session.scalars(asked).all():
        try:
            body = talk.body(conversation, message)
        except UnreadableError:
            continue
        words = {str(body.get(name) or "")[:QUESTION_CHARACTERS] for name in ("text", "payload")}
        near = select(UnansweredQuestion).where(UnansweredQuestion.created_at == message.handled_at)
        for question in session.scalars(near).all():
            if box.open(question.text_enc) in words:
                session.delete(question)
                gone += 1
    session.flush()
    return gone


def _delete_rows(session: Session, conversation_id: str) -> dict[str, int]:
    of_talk = select(Message.id).where(Message.conversation_id == conversation_id)
    of_case = select(Case.id).where(Case.conversation_id == conversation_id)
    cards = select(FamilyCard.id).where(FamilyCard.family_id == conversation_id)
    browsers = select(PushSubscription.id).where(PushSubscription.conversation_id == conversation_id)
    session.execute(
        update(LineResident)
        .where(or_(LineResident.shared_with == conversation_id, LineResident.asked_to_share == conversation_id))
        .values(shared_with=None, asked_to_share=None)
        .execution_options(synchronize_session=False)
    )
    _strip_case_events(session, of_case)
    # From the leaves to the stem: SQLite and PostgreSQL both check every reference.
    steps: Sequence[tuple[type[Any], Any]] = (
        (PushItem, PushItem.subscription_id.in_(browsers)),
        (PushSubscription, PushSubscription.conversation_id == conversation_id),
        (CardShare, or_(CardShare.conversation_id == conversation_id, CardShare.card_id.in_(cards))),
        (FamilyCard, FamilyCard.family_id == conversation_id),
        (SentReminder, SentReminder.family_id == conversation_id),
        (NoticeDelivery, NoticeDelivery.family_id == conversation_id),
        (Family, Family.conversation_id == conversation_id),
        (Feedback, Feedback.message_id.in_(of_talk)),
        (CaseNote, CaseNote.case_id.in_(of_case)),
        (Media, Media.conversation_id == conversation_id),
        (LineMessage, LineMessage.message_id.in_(of_talk)),
        (LineResident, LineResident.conversation_id == conversation_id),
        (LinkCode, LinkCode.conversation_id == conversation_id),
        (OutboxItem, OutboxItem.conversation_id == conversation_id),
        (RiskAssessment, RiskAssessment.conversation_id == conversation_id),
        (ConversationEvent, ConversationEvent.conversation_id == conversation_id),
        (Message, Message.conversation_id == conversation_id),
    )
    counts = {}
    for model, condition in steps:
        done = session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
        counts[model.__tablename__] = int(done.rowcount)  # type: ignore[attr-defined]
    session.expire_all()
    return counts


def _strip_case_events(session: Session, of_case: Any) -> None:
    """Staff's own free words (tags) leave the case and its events; states, levels and times stay."""
    for case in session.scalars(select(Case).where(Case.id.in_(of_case))):
        case.tags = []
    for event in session.scalars(select(CaseEvent).where(CaseEvent.case_id.in_(of_case))):
        snapshot = event.data.get("case")
        if isinstance(snapshot, dict) and snapshot.get("tags"):
            event.data = {**event.data, "case": {**snapshot, "tags": []}}
    session.flush()
