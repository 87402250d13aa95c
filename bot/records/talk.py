"""Conversations and their messages: made, found, written and read, with bodies sealed."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.records.crypto import Box, Vault
from bot.records.events import append_conversation_event, reserve_conversation_seq
from bot.records.line_models import LineResident
from bot.records.models import Conversation, Message, OutboxItem, RiskAssessment
from bot.turn import Assessment, Signal
from bot.vocabulary import Author, Category, RiskLevel

CHANNELS_WITH_OUTBOX = ("line",)
"""Channels whose messages are carried to servers of their own; the web page reads our event stream."""

RESUME_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RESUME_LENGTH = 10
HISTORY_LIMIT = 60
"""How many earlier assessments weigh in a conversation's risk."""


@dataclass(frozen=True)
class Credentials:
    """What a resident's page keeps. Shown once; only hashes are stored."""

    token: str
    resume_code: str


def new_id() -> str:
    return uuid.uuid4().hex


def new_resume_code() -> str:
    """Ten characters without look-alikes, 49 bits, in two groups for reading aloud."""
    code = "".join(secrets.choice(RESUME_ALPHABET) for _ in range(RESUME_LENGTH))
    return f"{code[:5]}-{code[5:]}"


def clean_resume_code(code: str) -> str:
    return "".join(character for character in code.upper() if character in RESUME_ALPHABET)


class Talk:
    """Reads and writes conversations inside the caller's session."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session = session
        self.vault = vault

    def create(
        self,
        channel: str,
        *,
        locale: str,
        now: datetime,
        ward: str | None = None,
        address: str | None = None,
        locale_chosen: bool = False,
    ) -> tuple[Conversation, Credentials]:
        wrapped, key_id = self.vault.new_data_key()
        credentials = Credentials(secrets.token_urlsafe(32), new_resume_code())
        conversation = Conversation(
            id=new_id(),
            channel=channel,
            address_hash=self.vault.keyed_hash(channel, address) if address else None,
            address_enc=self.vault.box(wrapped, key_id).seal(address) if address else None,
            wrapped_key=wrapped,
            key_id=key_id,
            locale=locale,
            locale_chosen=locale_chosen,
            ward=ward,
            level=0,
            next_seq=0,
            created_at=now,
            last_message_at=now,
        )
        self._set_credentials(conversation, credentials)
        self.session.add(conversation)
        self.session.flush()
        return conversation, credentials

    def renew_credentials(self, conversation: Conversation) -> Credentials:
        """New token and resume code; the old ones stop working."""
        credentials = Credentials(secrets.token_urlsafe(32), new_resume_code())
        self._set_credentials(conversation, credentials)
        return credentials

    def by_token(self, token: str) -> Conversation | None:
        return self._one(Conversation.token_hash == self.vault.keyed_hash("token", token))

    def by_resume_code(self, code: str) -> Conversation | None:
        cleaned = clean_resume_code(code)
        if len(cleaned) != RESUME_LENGTH:
            return None
        return self._one(Conversation.resume_hash == self.vault.keyed_hash("resume", cleaned))

    def by_address(self, channel: str, address: str) -> Conversation | None:
        digest = self.vault.keyed_hash(channel, address)
        return self._one((Conversation.channel == channel) & (Conversation.address_hash == digest))

    def get(self, conversation_id: str) -> Conversation | None:
        return self.session.get(Conversation, conversation_id, populate_existing=True)

    def box(self, conversation: Conversation) -> Box:
        return self.vault.box(conversation.wrapped_key, conversation.key_id)

    def known_message(self, channel: str, channel_message_id: str) -> Message | None:
        return self.session.scalars(
            select(Message).where(Message.channel == channel, Message.channel_message_id == channel_message_id)
        ).first()

    def add_message(
        self,
        conversation: Conversation,
        author: Author,
        body: dict[str, Any],
        *,
        now: datetime,
        channel_message_id: str | None = None,
        author_id: str | None = None,
        in_reply_to: str | None = None,
        article: str | None = None,
        locale: str | None = None,
    ) -> Message:
        """Append one message and its event. Inbound messages (author resident) start unhandled."""
        seq = reserve_conversation_seq(self.session, conversation.id)
        message = Message(
            id=new_id(),
            conversation_id=conversation.id,
            seq=seq,
            channel=conversation.channel,
            channel_message_id=channel_message_id,
            author=author.value,
            author_id=author_id,
            body_enc=self.box(conversation).seal(body),
            locale=locale or conversation.locale,
            in_reply_to=in_reply_to,
            article=article,
            created_at=now,
            handled_at=None if author is Author.resident else now,
        )
        self.session.add(message)
        self.session.flush()
        append_conversation_event(self.session, conversation.id, "message", now=now, message_id=message.id, seq=seq)
        if author is not Author.resident and (carrier := self._carrier(conversation)):
            self.session.add(
                OutboxItem(
                    id=str(uuid.uuid4()),
                    conversation_id=conversation.id,
                    message_id=message.id,
                    channel=carrier,
                    state="pending",
                    attempts=0,
                    next_attempt_at=now,
                    created_at=now,
                )
            )
        if author is Author.resident:
            self.session.execute(
                update(Conversation)
                .where(Conversation.id == conversation.id)
                .values(last_message_at=now)
                .execution_options(synchronize_session=False)
            )
        return message

    def _carrier(self, conversation: Conversation) -> str | None:
        """The channel whose servers must carry our messages of this talk: its own, or LINE when a resident shares it there."""
        if conversation.channel in CHANNELS_WITH_OUTBOX:
            return conversation.channel
        query = select(LineResident.conversation_id).where(LineResident.shared_with == conversation.id)
        return "line" if self.session.scalars(query).first() else None

    def body(self, conversation: Conversation, message: Message) -> dict[str, Any]:
        """The message's content; {} once it has been erased."""
        if message.body_enc is None:
            return {}
        body = self.box(conversation).open(message.body_enc)
        return body if isinstance(body, dict) else {}

    def erase(self, message: Message, *, now: datetime) -> None:
        """Forget what a message said, and the words its assessment quoted. Level and place stay."""
        message.body_enc = None
        message.erased_at = now
        self.session.execute(
            update(RiskAssessment)
            .where(RiskAssessment.message_id == message.id)
            .values(signals_enc=None)
            .execution_options(synchronize_session=False)
        )

    def oldest_unhandled(self, conversation_id: str) -> Message | None:
        return self.session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.handled_at.is_(None))
            .order_by(Message.seq)
            .limit(1)
        ).first()

    def conversations_left_behind(self, older_than: datetime, limit: int = 200) -> list[str]:
        """Conversations with unhandled messages that nobody is working on now."""
        return list(
            self.session.scalars(
                select(Message.conversation_id)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(
                    Message.handled_at.is_(None),
                    Message.created_at < older_than,
                    or_(Conversation.lease_until.is_(None), Conversation.lease_until < older_than),
                )
                .distinct()
                .limit(limit)
            )
        )

    def take_lease(self, conversation_id: str, owner: str, *, now: datetime, seconds: float) -> bool:
        """May `owner` work on this conversation now? One owner at a time across all processes."""
        result = self.session.execute(
            update(Conversation)
            .where(
                Conversation.id == conversation_id,
                or_(
                    Conversation.lease_owner.is_(None),
                    Conversation.lease_owner == owner,
                    Conversation.lease_until < now,
                ),
            )
            .values(lease_owner=owner, lease_until=now + timedelta(seconds=seconds))
            .execution_options(synchronize_session=False)
        )
        return bool(result.rowcount == 1)  # type: ignore[attr-defined]

    def drop_lease(self, conversation_id: str, owner: str) -> None:
        self.session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id, Conversation.lease_owner == owner)
            .values(lease_owner=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )

    def add_assessment(
        self, conversation: Conversation, message: Message, assessment: Assessment, *, now: datetime
    ) -> None:
        self.session.add(
            RiskAssessment(
                id=new_id(),
                conversation_id=conversation.id,
                message_id=message.id,
                level=int(assessment.level),
                category=assessment.category.value if assessment.category else None,
                signals_enc=self.box(conversation).seal([signal.as_dict() for signal in assessment.signals]),
                created_at=now,
            )
        )

    def level_of(self, message_id: str) -> tuple[int, str | None] | None:
        """(level, category) the gate gave this message, or None when it found nothing."""
        row = self.session.execute(
            select(RiskAssessment.level, RiskAssessment.category).where(RiskAssessment.message_id == message_id)
        ).first()
        return (row[0], row[1]) if row else None

    def assessments(self, conversation: Conversation) -> list[Assessment]:
        """Earlier assessments of the conversation that found something, oldest first, at most HISTORY_LIMIT."""
        rows = self.session.scalars(
            select(RiskAssessment)
            .where(RiskAssessment.conversation_id == conversation.id)
            .order_by(RiskAssessment.created_at.desc())
            .limit(HISTORY_LIMIT)
        ).all()
        box = self.box(conversation)
        return [_assessment(row, box) for row in reversed(rows)]

    def _one(self, condition: Any) -> Conversation | None:
        return self.session.scalars(select(Conversation).where(condition)).first()

    def _set_credentials(self, conversation: Conversation, credentials: Credentials) -> None:
        conversation.token_hash = self.vault.keyed_hash("token", credentials.token)
        conversation.resume_hash = self.vault.keyed_hash("resume", clean_resume_code(credentials.resume_code))


def _assessment(row: RiskAssessment, box: Box) -> Assessment:
    signals = [signal_from_dict(item) for item in (box.open(row.signals_enc) if row.signals_enc else [])]
    category = Category(row.category) if row.category else None
    return Assessment(RiskLevel(row.level), category, tuple(signals))


def signal_from_dict(item: dict[str, Any]) -> Signal:
    return Signal(
        rule=item["rule"],
        category=Category(item["category"]),
        level=RiskLevel[item["level"]],
        locale=item["locale"],
        start=item["start"],
        end=item["end"],
        span=item["span"],
        voice=item["voice"],
        confidence=item["confidence"],
        guard=item["guard"],
    )
