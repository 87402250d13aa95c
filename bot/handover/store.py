"""Cases in SQL. Every change is one transaction: the conditional UPDATE, the event staff see, and what the resident sees.

A change names the version it was decided on. The UPDATE carries that version in its WHERE clause, so of two people who
act at once exactly one succeeds, on any engine; the other gets `CaseError` with the case as it now stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handover.alerts import raise_alert
from bot.handover.case import CaseError, Opening, snapshot
from bot.records.audit import record_audit
from bot.records.events import append_case_event, append_conversation_event
from bot.records.models import Case, Conversation, Staff
from bot.records.talk import new_id
from bot.vocabulary import CaseState, RiskLevel

OPEN_STATES = (CaseState.waiting.value, CaseState.assigned.value)


def open_case_of(session: Session, conversation_id: str) -> Case | None:
    """The conversation's waiting or assigned case, if any."""
    return session.scalars(
        select(Case).where(Case.conversation_id == conversation_id, Case.state.in_(OPEN_STATES))
    ).first()


def open_or_raise(session: Session, conversation: Conversation, opening: Opening, *, now: datetime) -> Case:
    """Open a case, or raise the level of the one that is open. Returns the case; alerts staff when either happened."""
    case = open_case_of(session, conversation.id)
    if case is None:
        case = Case(
            id=new_id(),
            conversation_id=conversation.id,
            state=CaseState.waiting.value,
            version=1,
            level=int(opening.level),
            category=opening.category,
            reason=opening.reason,
            priority=0,
            locale=conversation.locale,
            channel=conversation.channel,
            tags=[],
            opened_at=now,
            waiting_since=now,
            last_message_at=now,
        )
        try:
            with session.begin_nested():
                session.add(case)
        except IntegrityError:
            # Another process opened it between our look and our insert.
            existing = open_case_of(session, conversation.id)
            if existing is None:
                raise
            case = existing
        else:
            _announce(session, case, "opened", now=now)
            _alert(session, case, now=now)
            record_audit(session, "case.open", now=now, object_id=case.id, data={"reason": opening.reason})
            return case
    case.last_message_at = now
    if opening.level > case.level:
        case.level = int(opening.level)
        case.category = opening.category
        case.version += 1
        case.acknowledged_at = None
        session.flush()
        _announce(session, case, "raised", now=now)
        _alert(session, case, now=now)
    return case


def take_next(session: Session, staff: Staff, *, now: datetime, lease_seconds: int) -> Case | None:
    """Claim the case that should be served first, or None when nobody waits."""
    for case in session.scalars(waiting_query().limit(20)):
        try:
            return claim(session, case.id, staff, case.version, now=now, lease_seconds=lease_seconds)
        except CaseError:
            continue
    return None


def waiting_query() -> Any:
    """Waiting cases in the order they should be served: supervisor's priority, risk, then waiting time."""
    return (
        select(Case)
        .where(Case.state == CaseState.waiting.value)
        .order_by(Case.priority.desc(), Case.level.desc(), Case.waiting_since, Case.id)
    )


def queue_position(session: Session, case: Case) -> int:
    """1 for the case to be served next. 0 when it does not wait."""
    if case.state != CaseState.waiting.value:
        return 0
    ahead = or_(
        Case.priority > case.priority,
        and_(Case.priority == case.priority, Case.level > case.level),
        and_(Case.priority == case.priority, Case.level == case.level, Case.waiting_since < case.waiting_since),
    )
    count = session.scalar(select(func.count()).where(Case.state == CaseState.waiting.value, ahead))
    return int(count or 0) + 1


def claim(session: Session, case_id: str, staff: Staff, version: int, *, now: datetime, lease_seconds: int) -> Case:
    """Make `staff` the one owner of a waiting case. CaseError("owned") when somebody was faster."""
    changed = _change(
        session,
        case_id,
        version,
        (Case.state == CaseState.waiting.value,),
        state=CaseState.assigned.value,
        assignee_id=staff.id,
        assigned_at=now,
        acknowledged_at=now,
        waiting_since=None,
        lease_until=now + timedelta(seconds=lease_seconds),
    )
    if changed is None:
        raise CaseError("owned", "somebody else has taken this case", describe(session, case_id))
    _announce(session, changed, "claimed", now=now, actor_id=staff.id)
    record_audit(session, "case.claim", now=now, actor_id=staff.id, object_id=case_id)
    tell_resident(session, changed, now=now)
    return changed


def heartbeat(session: Session, case_id: str, staff: Staff, *, now: datetime, lease_seconds: int) -> Case:
    """Keep the lease. CaseError("not_owner") when it has gone to somebody else or back to the queue."""
    result = session.execute(
        update(Case)
        .where(Case.id == case_id, Case.state == CaseState.assigned.value, Case.assignee_id == staff.id)
        .values(lease_until=now + timedelta(seconds=lease_seconds))
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise CaseError("not_owner", "this case is not yours any more", describe(session, case_id))
    return get(session, case_id)


def release(session: Session, case_id: str, staff: Staff, version: int, *, now: datetime) -> Case:
    """Give an owned case back to the queue."""
    changed = _change(session, case_id, version, _owned_by(staff), state=CaseState.waiting.value, **_unassigned(now))
    if changed is None:
        raise CaseError("not_owner", "only its counsellor can give a case back", describe(session, case_id))
    _announce(session, changed, "released", now=now, actor_id=staff.id)
    record_audit(session, "case.release", now=now, actor_id=staff.id, object_id=case_id)
    tell_resident(session, changed, now=now)
    return changed


def resolve(session: Session, case_id: str, staff: Staff, version: int, outcome: str, *, now: datetime) -> Case:
    """Close an owned case with an outcome word."""
    changed = _change(
        session,
        case_id,
        version,
        _owned_by(staff),
        state=CaseState.resolved.value,
        outcome=outcome,
        resolved_at=now,
        lease_until=None,
        waiting_since=None,
        transfer_to=None,
    )
    if changed is None:
        raise CaseError("not_owner", "only its counsellor can close a case", describe(session, case_id))
    _announce(session, changed, "resolved", now=now, actor_id=staff.id)
    record_audit(session, "case.resolve", now=now, actor_id=staff.id, object_id=case_id, data={"outcome": outcome})
    tell_resident(session, changed, now=now)
    return changed


def offer_transfer(session: Session, case_id: str, staff: Staff, version: int, to: Staff, *, now: datetime) -> Case:
    """Ask a colleague to take over. The case stays with its owner until they accept."""
    changed = _change(session, case_id, version, _owned_by(staff), transfer_to=to.id)
    if changed is None:
        raise CaseError("not_owner", "only its counsellor can hand a case on", describe(session, case_id))
    _announce(session, changed, "transfer_offered", now=now, actor_id=staff.id, extra={"to": to.id})
    record_audit(session, "case.transfer_offer", now=now, actor_id=staff.id, object_id=case_id, data={"to": to.id})
    return changed


def answer_transfer(
    session: Session, case_id: str, staff: Staff, version: int, accept: bool, *, now: datetime, lease_seconds: int
) -> Case:
    """Accept or decline a transfer offered to `staff`."""
    values: dict[str, Any] = {"transfer_to": None}
    if accept:
        lease = now + timedelta(seconds=lease_seconds)
        values |= {"assignee_id": staff.id, "assigned_at": now, "lease_until": lease}
    changed = _change(
        session,
        case_id,
        version,
        (Case.state == CaseState.assigned.value, Case.transfer_to == staff.id),
        **values,
    )
    if changed is None:
        raise CaseError("not_offered", "this case is not offered to you", describe(session, case_id))
    kind = "transferred" if accept else "transfer_declined"
    _announce(session, changed, kind, now=now, actor_id=staff.id)
    record_audit(session, f"case.{kind}", now=now, actor_id=staff.id, object_id=case_id)
    if accept:
        tell_resident(session, changed, now=now)
    return changed


def return_expired(session: Session, *, now: datetime) -> list[Case]:
    """Put cases whose counsellor fell silent back into the queue and alert everyone."""
    returned = []
    expired = select(Case.id, Case.version).where(Case.state == CaseState.assigned.value, Case.lease_until < now)
    for case_id, version in session.execute(expired).all():
        changed = _change(
            session,
            case_id,
            version,
            (Case.state == CaseState.assigned.value, Case.lease_until < now),
            state=CaseState.waiting.value,
            **_unassigned(now),
        )
        if changed is not None:
            _announce(session, changed, "lease_expired", now=now)
            _alert(session, changed, now=now)
            record_audit(session, "case.lease_expired", now=now, object_id=case_id)
            tell_resident(session, changed, now=now)
            returned.append(changed)
    return returned


def acknowledge(session: Session, case_id: str, staff: Staff, *, now: datetime) -> None:
    """Somebody has seen the alert: it stops repeating."""
    case = get(session, case_id)
    if case.acknowledged_at is None:
        case.acknowledged_at = now
        session.flush()
        _announce(session, case, "acknowledged", now=now, actor_id=staff.id)


def require_owner(session: Session, case_id: str, staff: Staff, version: int | None = None) -> Case:
    """The fence before every send: lock the row and prove that `staff` still holds the case."""
    case = session.scalars(
        select(Case)
        .where(Case.id == case_id, Case.state == CaseState.assigned.value, Case.assignee_id == staff.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if case is None:
        raise CaseError("not_owner", "this case is not yours, so nothing was sent", describe(session, case_id))
    return case


def get(session: Session, case_id: str) -> Case:
    case = session.get(Case, case_id, populate_existing=True)
    if case is None:
        raise CaseError("not_found", "there is no such case")
    return case


def describe(session: Session, case_id: str) -> dict[str, Any] | None:
    """The case as staff see it, or None."""
    case = session.get(Case, case_id, populate_existing=True)
    return describe_case(session, case) if case else None


def describe_case(session: Session, case: Case) -> dict[str, Any]:
    return snapshot(case, _name(session, case.assignee_id), _name(session, case.transfer_to))


def resident_status(session: Session, conversation_id: str) -> dict[str, Any]:
    """What a resident may truthfully be told: who handles the talk, and their place in the queue."""
    case = open_case_of(session, conversation_id)
    if case is None:
        return {"handling": "machine", "queue_position": None, "assignee_name": None}
    if case.state == CaseState.waiting.value:
        return {"handling": "waiting", "queue_position": queue_position(session, case), "assignee_name": None}
    return {"handling": "human", "queue_position": None, "assignee_name": _name(session, case.assignee_id)}


def tell_resident(session: Session, case: Case, *, now: datetime) -> None:
    """Record a status event so that an open chat shows the change."""
    append_conversation_event(session, case.conversation_id, "status", now=now)


def _owned_by(staff: Staff) -> tuple[Any, ...]:
    return (Case.state == CaseState.assigned.value, Case.assignee_id == staff.id)


def _unassigned(now: datetime) -> dict[str, Any]:
    return {
        "assignee_id": None,
        "assigned_at": None,
        "lease_until": None,
        "transfer_to": None,
        "waiting_since": now,
        "acknowledged_at": None,
    }


def _change(session: Session, case_id: str, version: int, conditions: tuple[Any, ...], **values: Any) -> Case | None:
    result = session.execute(
        update(Case)
        .where(Case.id == case_id, Case.version == version, *conditions)
        .values(version=Case.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return get(session, case_id)


def _name(session: Session, staff_id: str | None) -> str | None:
    return session.scalars(select(Staff.name).where(Staff.id == staff_id)).first() if staff_id else None


def _announce(
    session: Session,
    case: Case,
    change: str,
    *,
    now: datetime,
    actor_id: str | None = None,
    extra: dict[str, Any] | None = None,
) -> None:
    data = {"change": change, "case": describe_case(session, case), **(extra or {})}
    append_case_event(session, case.id, "case", now=now, actor_id=actor_id, data=data)


def _alert(session: Session, case: Case, *, now: datetime) -> None:
    data = {"case_id": case.id, "category": case.category, "locale": case.locale}
    append_case_event(session, case.id, "alert", now=now, data=data | {"level": RiskLevel(case.level).name})
    raise_alert(session, case, now=now)


WAITS_MEASURED = 20


def measured_wait_minutes(session: Session) -> int | None:
    """The median wait of the last claimed cases, in minutes; None before three were measured."""
    rows = session.execute(
        select(Case.opened_at, Case.assigned_at)
        .where(Case.assigned_at.is_not(None))
        .order_by(Case.assigned_at.desc())
        .limit(WAITS_MEASURED)
    ).all()
    waits = sorted((assigned - opened).total_seconds() / 60 for opened, assigned in rows if assigned)
    return max(1, round(waits[len(waits) // 2])) if len(waits) >= 3 else None


def set_tags(session: Session, case_id: str, staff: Staff, tags: list[str], *, now: datetime) -> Case:
    """Replace a case's tags. Anyone who may work on cases may do so, at any state."""
    case = get(session, case_id)
    case.tags = tags
    case.version += 1
    session.flush()
    _announce(session, case, "tagged", now=now, actor_id=staff.id)
    return case
