"""The life of a case as plain rules, without SQL: what may follow what, and who comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.records.models import Case
from bot.vocabulary import Category, RiskLevel

REQUESTED = "requested"
"""Category of a case a resident asked for without any risk."""

GATE_ERROR = "gate_error"


class CaseError(Exception):
    """A step a case does not allow now. `code` is stable; `case` is how it really stands."""

    def __init__(self, code: str, message: str, case: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.case = case


@dataclass(frozen=True)
class Opening:
    """What a new case starts with."""

    level: RiskLevel
    category: str
    reason: str

    @classmethod
    def from_assessment(cls, level: RiskLevel, category: Category | None) -> Opening:
        return cls(level, (category or Category.distress).value, "gate")


def snapshot(case: Case, assignee_name: str | None, transfer_name: str | None = None) -> dict[str, Any]:
    """A case as staff see it; the same shape in lists, answers and events. Times are ISO 8601 UTC."""
    return {
        "id": case.id,
        "conversation_id": case.conversation_id,
        "display_name": f"相談者 {case.conversation_id[:4].upper()}",
        "state": case.state,
        "version": case.version,
        "level": RiskLevel(case.level).name,
        "category": case.category,
        "priority": case.priority,
        "locale": case.locale,
        "preview_locale": case.locale,
        "channel": case.channel,
        "reason": case.reason,
        "opened_at": _iso(case.opened_at),
        "waiting_since": _iso(case.waiting_since),
        "assignee": {"id": case.assignee_id, "name": assignee_name} if case.assignee_id else None,
        "lease_until": _iso(case.lease_until),
        "acknowledged_at": _iso(case.acknowledged_at),
        "last_message_at": _iso(case.last_message_at),
        "resolved_at": _iso(case.resolved_at),
        "outcome": case.outcome,
        "tags": list(case.tags),
        "transfer": {"to": {"id": case.transfer_to, "name": transfer_name}} if case.transfer_to else None,
    }


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
