"""The tables. Message bodies, notes and signal spans are stored only as ciphertext (see bot.records.crypto)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes on every engine; SQLite would otherwise hand back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime: give it a timezone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[str]: JSON()}


Id = String(32)
# SQLite gives an automatic key only to INTEGER columns.
BigKey = BigInteger().with_variant(Integer(), "sqlite")


class Conversation(Base):
    """One resident's talk on one channel. `next_seq` numbers its events without gaps."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address_hash: Mapped[str | None] = mapped_column(String(64))
    """Keyed hash of the channel's id for the resident, to find the conversation without storing the id in clear."""
    address_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    resume_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(16))
    locale: Mapped[str] = mapped_column(String(16))
    locale_chosen: Mapped[bool] = mapped_column(default=False)
    ward: Mapped[str | None] = mapped_column(String(16))
    age: Mapped[int | None]
    level: Mapped[int] = mapped_column(default=0)
    """Highest risk level reached, for ordering and for retention."""
    next_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    read_by_machine: Mapped[int] = mapped_column(BigInteger, default=0)
    read_by_staff: Mapped[int] = mapped_column(BigInteger, default=0)
    lease_owner: Mapped[str | None] = mapped_column(Id)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("channel", "address_hash", name="uq_conversations_channel_address"),)


class Message(Base):
    """One message, either way. `seq` is also its event's number. Inbound ones wait until `handled_at` is set."""

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    channel: Mapped[str] = mapped_column(String(16))
    channel_message_id: Mapped[str | None] = mapped_column(String(128))
    author: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[str | None] = mapped_column(Id)
    body_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON {"text", "payload", "parts", "choices"}, encrypted; None once erased."""
    locale: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(24))
    article: Mapped[str | None] = mapped_column(String(64))
    in_reply_to: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("channel", "channel_message_id", name="uq_messages_channel_message"),
        UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_seq"),
        # The sweeper that finds messages a killed process left behind must not scan millions of handled ones.
        Index(
            "ix_messages_unhandled",
            "created_at",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )


class ConversationEvent(Base):
    """The durable sequence a resident's page resumes from. Bodies are read from `messages` when sent."""

    __tablename__ = "conversation_events"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[str | None] = mapped_column(Id)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class RiskAssessment(Base):
    """What the gate said of one message, kept so that "why flagged" and later evaluation can be answered."""

    __tablename__ = "assessments"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)
    level: Mapped[int]
    category: Mapped[str | None] = mapped_column(String(32))
    signals_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    verdict: Mapped[str | None] = mapped_column(String(8))
    verdict_by: Mapped[str | None] = mapped_column(Id)
    verdict_reason_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Case(Base):
    """A conversation that needs a person. At most one open case per conversation; `version` fences every write."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    version: Mapped[int] = mapped_column(default=1)
    level: Mapped[int]
    category: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(32))
    """Why it was opened: gate, requested, gate_error, reopened."""
    priority: Mapped[int] = mapped_column(default=0)
    locale: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    lease_until: Mapped[datetime | None]
    tags: Mapped[list[str]]
    opened_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    assigned_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    acknowledged_at: Mapped[datetime | None]
    transfer_to: Mapped[str | None] = mapped_column(Id)
    last_message_at: Mapped[datetime]

    __table_args__ = (
        # Two gateways that open a case for one conversation at the same moment: the second one fails and joins the first.
        Index(
            "uq_cases_open_conversation",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'resolved'"),
            postgresql_where=text("state <> 'resolved'"),
        ),
    )


class CaseEvent(Base):
    """Everything that ever happened to a case, in one gapless sequence that consoles resume from."""

    __tablename__ = "case_events"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[str | None] = mapped_column(Id)
    message_id: Mapped[str | None] = mapped_column(Id)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class CaseNote(Base):
    """An internal note; residents never see it."""

    __tablename__ = "case_notes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    text_enc: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Stream(Base):
    """Counters of gapless sequences. Updating the row inside the writing transaction makes commit order = number order."""

    __tablename__ = "streams"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)


class OutboxItem(Base):
    """A message that still has to leave for a channel with servers of its own (LINE). The id is the retry key."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    reply_token_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    next_attempt_at: Mapped[datetime]
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_outbox_due", "state", "next_attempt_at"),)


class Staff(Base):
    """A member of staff who may sign in to the console."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_pending_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A secret that was shown but not yet confirmed by a code."""
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code that was accepted: a code works once (RFC 6238, 5.2)."""
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    """`issuer|subject` of the account at the city's own sign-in, bound at the first sign-in there."""
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Base):
    """A signed-in browser. Only the hash of the cookie is stored."""

    __tablename__ = "staff_sessions"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    csrf: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(200))
    """The browser's name for itself, so that its owner recognises it in the list of sessions."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class OneTimeToken(Base):
    """A link that works once, such as the one that makes the first administrator."""

    __tablename__ = "one_time_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to what. Each entry carries the hash of the one before it, so that removal or change shows."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    actor_id: Mapped[str | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(48))
    object_id: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Feedback(Base):
    """Was an answer helpful, and what was missing. No link to the resident beyond the message."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)
    article: Mapped[str | None] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    helpful: Mapped[bool]
    missing_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class UnansweredQuestion(Base):
    """A question nothing was found for, without the resident's identity."""

    __tablename__ = "unanswered_questions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), index=True)
    text_enc: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Switch(Base):
    """Whether the machine's answers are off in one channel, or everywhere (`all`), and why."""

    __tablename__ = "switches"

    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    off: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300))
    changed_by: Mapped[str] = mapped_column(Id)
    changed_at: Mapped[datetime]
