"""Append-only audit log. Each entry's hash covers the one before it (a hash chain, as in RFC 6962's spirit but linear)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.events import AUDIT_STREAM, reserve_stream_seq
from bot.records.models import AuditEntry

GENESIS = "0" * 64


def _digest(seq: int, actor: str | None, action: str, obj: str | None, data: dict[str, Any], at: str, prev: str) -> str:
    canonical = json.dumps([seq, actor, action, obj, data, at, prev], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def record_audit(
    session: Session,
    action: str,
    *,
    now: datetime,
    actor_id: str | None = None,
    object_id: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Add an entry in the caller's transaction: the deed and its record stand or fall together."""
    seq = reserve_stream_seq(session, AUDIT_STREAM)
    previous = session.scalars(select(AuditEntry.hash).where(AuditEntry.seq == seq - 1)).first() or GENESIS
    details = data or {}
    session.add(
        AuditEntry(
            seq=seq,
            actor_id=actor_id,
            action=action,
            object_id=object_id,
            data=details,
            created_at=now,
            previous_hash=previous,
            hash=_digest(seq, actor_id, action, object_id, details, now.isoformat(), previous),
        )
    )
    # The next entry of this transaction reads this one's hash.
    session.flush()


def verify_audit(session: Session) -> tuple[int, int | None]:
    """(entries checked, number of the first entry that does not fit, or None when the chain is whole)."""
    previous, expected = GENESIS, 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq)):
        expected += 1
        digest = _digest(
            entry.seq,
            entry.actor_id,
            entry.action,
            entry.object_id,
            entry.data,
            entry.created_at.isoformat(),
            previous,
        )
        if entry.seq != expected or entry.previous_hash != previous or entry.hash != digest:
            return expected, entry.seq
        previous = entry.hash
    return expected, None
