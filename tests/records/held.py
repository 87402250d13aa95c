"""A conversation with one of everything that is kept, for tests that give it out or forget it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.crypto import Vault
from bot.records.family_models import CardShare, Family, FamilyCard, PushItem, PushSubscription, SentReminder
from bot.records.line_models import LineMessage, LineResident, LinkCode, Media
from bot.records.models import (
    Base,
    Case,
    CaseEvent,
    CaseNote,
    Conversation,
    Feedback,
    Message,
    Staff,
    UnansweredQuestion,
)
from bot.records.talk import Talk, new_id
from bot.turn import Assessment, Signal
from bot.vocabulary import Author, Category, RiskLevel

QUESTION = "夜泣きの秘密の質問"
NOTE = "「夜泣きの秘密」と話していた"
TRANSLATED = "翻訳された秘密の言葉"
CARD = "たろうの秘密"
ADDRESS = "U-secret-line-id"
SECRETS = (QUESTION, NOTE, TRANSLATED, CARD, ADDRESS)


def staff(session: Session, now: datetime) -> Staff:
    found = session.scalars(select(Staff)).first()
    if found is None:
        found = Staff(id=new_id(), login="s", name="さとう", role="counsellor", password_hash="x", created_at=now)
        session.add(found)
        session.flush()
    return found


def full_conversation(session: Session, vault: Vault, now: datetime, *, level: int = 2, state: str = "resolved") -> str:
    """Its id. Messages, a translation, a case with a note, a card, pictures, feedback, push, LINE ids."""
    talk, person = Talk(session, vault), staff(session, now)
    address = ADDRESS + new_id()
    conversation, _ = talk.create("line", locale="ja", now=now, address=address)
    conversation.level = level
    asked = talk.add_message(conversation, Author.resident, {"text": QUESTION}, now=now, channel_message_id=new_id())
    asked.outcome, asked.handled_at = "not_found", now
    said = {"text": "…", "parts": [{"type": "text", "text": TRANSLATED}], "translated": True}
    reply = talk.add_message(conversation, Author.staff, said, now=now, author_id=person.id)
    signal = Signal("r", Category.distress, RiskLevel.high, "ja", 0, 4, QUESTION)
    talk.add_assessment(conversation, asked, Assessment(RiskLevel(level), Category.distress, (signal,)), now=now)
    own, box = vault.own_box(), talk.box(conversation)
    session.add(UnansweredQuestion(id=new_id(), locale="ja", text_enc=own.seal(QUESTION), created_at=now))
    case = Case(
        id=new_id(),
        conversation_id=conversation.id,
        state=state,
        level=level,
        category="distress",
        reason="gate",
        locale="ja",
        channel="line",
        tags=["秘密の札"],
        opened_at=now,
        waiting_since=now,
        last_message_at=now,
    )
    session.add(case)
    session.flush()
    seq = (session.query(CaseEvent).count()) + 1
    snapshot = {"change": "tagged", "case": {"state": state, "tags": ["秘密の札"]}}
    session.add(CaseEvent(seq=seq, case_id=case.id, kind="case", data=snapshot, created_at=now))
    session.add(CaseNote(id=new_id(), case_id=case.id, author_id=person.id, text_enc=own.seal(NOTE), created_at=now))
    session.add(Feedback(id=new_id(), message_id=reply.id, locale="ja", helpful=False, created_at=now))
    wrapped, key_id = vault.new_data_key()
    family = Family(conversation_id=conversation.id, wrapped_key=wrapped, key_id=key_id, agreed_at=now)
    session.add(family)
    session.flush()
    sealed_card = vault.box(wrapped, key_id).seal({"name": CARD})
    card = FamilyCard(
        id=new_id(), family_id=family.conversation_id, body_enc=sealed_card, created_at=now, changed_at=now
    )
    browser = PushSubscription(
        id=new_id(),
        conversation_id=conversation.id,
        endpoint_hash=new_id(),
        subscription_enc=own.seal({"endpoint": "https://push.example"}),
        created_at=now,
    )
    session.add_all([card, browser])
    session.flush()
    session.add_all(
        [
            CardShare(id=new_id(), card_id=card.id, role="read", code_hash=new_id(), created_at=now, expires_at=now),
            SentReminder(family_id=conversation.id, key_hash=new_id(), sent_at=now),
            PushItem(
                id=new_id(),
                subscription_id=browser.id,
                payload_enc=own.seal("…"),
                next_attempt_at=now,
                until=now,
            ),
            Media(
                id=new_id(),
                conversation_id=conversation.id,
                message_id=asked.id,
                source_id="1",
                kind="image",
                state="stored",
                sealed=box.seal("cGljdHVyZQ=="),
                next_attempt_at=now,
                created_at=now,
            ),
            LineMessage(source_id=new_id(), message_id=asked.id),
            LineResident(conversation_id=conversation.id),
            LinkCode(code_hash=new_id(), conversation_id=conversation.id, expires_at=now),
        ]
    )
    session.flush()
    return conversation.id


def rows_about(session: Session, conversation_id: str) -> dict[str, int]:
    """How many rows of each table name the conversation, its messages, cases or cards; tables without any left out."""
    ids = {conversation_id}
    for model in (Message, Case, FamilyCard, PushSubscription):
        owner = model.family_id if model is FamilyCard else model.conversation_id
        ids |= set(session.scalars(select(model.id).where(owner == conversation_id)))
    counts = {}
    for table in Base.metadata.sorted_tables:
        if table.name in ("audit", "staff"):
            continue
        rows = session.execute(table.select()).mappings().all()
        found = sum(any(value in ids for value in row.values() if isinstance(value, str)) for row in rows)
        if found:
            counts[table.name] = found
    return counts


def husk(session: Session, conversation_id: str) -> Conversation:
    return session.get_one(Conversation, conversation_id)
