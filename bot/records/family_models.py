"""Tables of the family services. What a family writes is ciphertext under the family's own key; forgetting the row forgets it all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models import Base, Id


class Family(Base):
    """One conversation that agreed to use the family services: its key, its choices, its place in the schedule."""

    __tablename__ = "families"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(16))
    choices_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Hour, quiet hours, mode, wards: see bot.family.choices."""
    waiting_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the guided talk has just asked for."""
    reminders_on: Mapped[bool] = mapped_column(default=False)
    notices_on: Mapped[bool] = mapped_column(default=False)
    next_reminder_at: Mapped[datetime | None]
    """When to look next; moving it is the claim that lets one process alone send."""
    month: Mapped[str | None] = mapped_column(String(7))
    sent_in_month: Mapped[int] = mapped_column(default=0)
    calendar_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    agreed_at: Mapped[datetime]

    __table_args__ = (Index("ix_families_next_reminder", "next_reminder_at"),)


class FamilyCard(Base):
    """A child or a pregnancy. `version` fences two people who write at once."""

    __tablename__ = "family_cards"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("families.conversation_id", ondelete="CASCADE"), index=True)
    body_enc: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CardShare(Base):
    """Leave for another conversation to read or write one card. Before it is used, only the hash of its code."""

    __tablename__ = "card_shares"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    card_id: Mapped[str] = mapped_column(ForeignKey("family_cards.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(8))
    label_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the owner calls this person; the person's own name, language and place are never asked for."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("card_id", "conversation_id", name="uq_card_shares_card_conversation"),)


class SentReminder(Base):
    """A reminder that went out. The primary key is what makes a second one impossible."""

    __tablename__ = "sent_reminders"

    family_id: Mapped[str] = mapped_column(ForeignKey("families.conversation_id", ondelete="CASCADE"), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    sent_at: Mapped[datetime]


class PushSubscription(Base):
    """A browser that may be woken for a conversation."""

    __tablename__ = "push_subscriptions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    subscription_enc: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class PushItem(Base):
    """A notification on its way to a browser. Gone once it was taken, or was of no more use."""

    __tablename__ = "push_items"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("push_subscriptions.id", ondelete="CASCADE"), index=True)
    payload_enc: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]


class Notice(Base):
    """A local notice of the staff. Its texts are public and so not encrypted: {locale: {"title", "body"}}."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    """draft, sending, done or stopped."""
    wards: Mapped[list[str]]
    """Empty: every ward."""
    from_months: Mapped[int]
    to_months: Mapped[int]
    """Ages of children it is for, both ends included; -1 begins with pregnancy."""
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    texts: Mapped[dict[str, Any]]
    created_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cursor: Mapped[str] = mapped_column(String(32), default="")
    """The last family looked at; "~" when all have been."""
    next_batch_at: Mapped[datetime | None]


class NoticeDelivery(Base):
    """One notice for one family. The primary key is what makes a second one impossible."""

    __tablename__ = "notice_deliveries"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("families.conversation_id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8), default="pending")
    """pending, sent or missed (its last day passed in quiet hours)."""
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_notice_deliveries_due", "notice_id", "state", "due_at"),)
