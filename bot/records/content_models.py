"""Tables of the content desk: changes of content files, who made, approved and published them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models import Base, BigKey, Id


class ContentDraft(Base):
    """One change of one item of content, from its first line to its publication. Published ones are never removed."""

    __tablename__ = "content_drafts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item: Mapped[str] = mapped_column(String(80), index=True)
    """`article:<id>`, `facilities`, `hotlines` or `crisis`."""
    summary: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(12), index=True)
    """draft, proposed, approved, published or discarded."""
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[str] = mapped_column(Id)
    contributors: Mapped[list[str]]
    """Everybody who saved a text of it, the author among them; none of them may approve it."""
    reason: Mapped[str] = mapped_column(String(1000))
    """Why it was last sent back; "" otherwise."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(Id)
    approved_at: Mapped[datetime | None]
    number: Mapped[int | None] = mapped_column(BigKey, unique=True)
    """The place of a published change in the order of all publications, from 1."""
    published_by: Mapped[str | None] = mapped_column(Id)
    published_at: Mapped[datetime | None]


class ContentFile(Base):
    """One file as a change found it and as it leaves it. Hashes (SHA-256) spare reading the texts."""

    __tablename__ = "content_files"

    draft_id: Mapped[str] = mapped_column(ForeignKey("content_drafts.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Below the content folder, with `/`."""
    base: Mapped[str] = mapped_column(Text)
    base_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
