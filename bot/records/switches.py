"""The kill switch: turning the machine's answers off, in one channel or everywhere.

Screening, recording, hotlines and people are never switched off.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.audit import record_audit
from bot.records.models import Switch

EVERYWHERE = "all"
SCOPES = (EVERYWHERE, "web", "line")
REASON_CHARACTERS = 300


class SwitchError(ValueError):
    """The switch stays as it was. The message says what is missing."""


def is_off(session: Session, channel: str) -> bool:
    """Whether the machine's answers are off in `channel`."""
    query = select(Switch.scope).where(Switch.scope.in_((EVERYWHERE, channel)), Switch.off).limit(1)
    return session.scalar(query) is not None


def switches(session: Session) -> list[Switch]:
    """One row a scope that was ever switched, in the order of SCOPES."""
    return sorted(session.scalars(select(Switch)), key=lambda row: SCOPES.index(row.scope))


def turn(session: Session, scope: str, *, off: bool, reason: str, actor_id: str, now: datetime) -> Switch:
    """Switch and write it into the audit chain. Raises SwitchError for an unknown scope or a missing reason."""
    reason = " ".join(reason.split())
    if scope not in SCOPES:
        raise SwitchError(f"There is no channel {scope!r}. Channels: {', '.join(SCOPES)}.")
    if not reason:
        raise SwitchError("Say why, so that colleagues and the audit know.")
    if len(reason) > REASON_CHARACTERS:
        raise SwitchError(f"The reason has more than {REASON_CHARACTERS} characters.")
    row = session.get(Switch, scope) or Switch(scope=scope)
    row.off, row.reason, row.changed_by, row.changed_at = off, reason, actor_id, now
    session.add(row)
    data = {"off": off, "reason": reason}
    record_audit(session, "switch.turn", now=now, actor_id=actor_id, object_id=scope, data=data)
    return row
