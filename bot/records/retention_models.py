"""What must not be deleted, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models import Base, Id


class Preservation(Base):
    """A conversation that no purge touches (a court, a report to the child guidance centre), until it is released."""

    __tablename__ = "preservations"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300))
    set_by: Mapped[str | None] = mapped_column(Id)
    set_at: Mapped[datetime]
