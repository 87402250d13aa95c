"""Tables of alerts to staff outside the console, and of the second factor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models import Base, Id


class Alert(Base):
    """One alert, repeated until somebody acknowledges its case. Holds nothing that a resident wrote."""

    __tablename__ = "alerts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    """None for a test."""
    staff_id: Mapped[str | None] = mapped_column(Id)
    """Who asked for a test; None otherwise."""
    level: Mapped[int]
    category: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(16))
    raised_at: Mapped[datetime]
    round: Mapped[int] = mapped_column(default=0)
    """How often it was sent. Counted before sending, so that two gateways never send the same round."""
    next_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]]
    """What became of the last round, by way: {"push": {"sent": 1, "failed": 0}, ...}."""

    __table_args__ = (
        Index("ix_alerts_due", "ended_at", "next_at"),
        # Two gateways that raise an alert for one case at the same moment: one of them wins.
        Index(
            "uq_alerts_open_case",
            "case_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class StaffAddress(Base):
    """Where a member of staff wants alerts: a browser (`push`) or an e-mail address (`email`)."""

    __tablename__ = "staff_addresses"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(2))
    """ja or en: the language of the alert's own words."""
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address_enc: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """Stands in for the second factor once. Only a keyed hash is stored."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    used_at: Mapped[datetime | None]
