"""Tables of the LINE channel. What residents sent is stored only as ciphertext."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models import Base, Id


class LineMessage(Base):
    """LINE's own id of a message beside ours, so that an unsend finds it, also when the unsend arrives first."""

    __tablename__ = "line_messages"

    source_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[str | None] = mapped_column(Id)
    unsent_at: Mapped[datetime | None]


class Media(Base):
    """A picture, voice or file of a resident. `state`: pending, stored, too_large, gone, erased."""

    __tablename__ = "media"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), unique=True)
    source_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12))
    content_type: Mapped[str | None] = mapped_column(String(80))
    size: Mapped[int | None]
    """Bytes before sealing."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_media_due", "state", "next_attempt_at"),)


class LineResident(Base):
    """What we know of a LINE talk beside its messages.

    `shared_with`: the web talk that this LINE account takes part in. `asked_to_share`: the one whose code was typed and
    that waits for the resident's yes. `menu_locale`: language of the rich menu they see. `blocked_at`: they blocked us.
    """

    __tablename__ = "line_residents"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    shared_with: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), unique=True)
    asked_to_share: Mapped[str | None] = mapped_column(Id)
    menu_locale: Mapped[str | None] = mapped_column(String(16))
    blocked_at: Mapped[datetime | None]


class LinkCode(Base):
    """A short code that opens a talk from another channel: once, for a few minutes. Only its hash is stored."""

    __tablename__ = "link_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
