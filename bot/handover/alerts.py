"""Alerts to staff outside the console, as rows: raised with the case, sent in rounds until somebody acknowledges.

A round is taken by a conditional UPDATE that counts it before it is sent, so that of several gateways one sends it. A
gateway that dies in between costs one round; the next one comes by itself. A row says level, category and locale, never a
word of the resident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.records.alert_models import Alert, StaffAddress
from bot.records.audit import record_audit
from bot.records.crypto import UnreadableError, Vault
from bot.records.models import Case, Staff
from bot.records.talk import new_id
from bot.vocabulary import CaseState, RiskLevel, Role

BATCH = 20
RETRY_S = 15.0
"""When nothing of a round arrived anywhere."""
SLOWER_BELOW_HIGH = 5
"""A talk that is wanted but not at risk is announced more seldom by this factor."""
PATIENT_ROUNDS = 10
SLOWER_LATER = 5
"""After so many rounds that nobody answered, more of the same only numbs."""
TEST = "test"
ESCALATED_TO = (Role.supervisor, Role.administrator)


@dataclass(frozen=True)
class Pace:
    """How often an alert repeats and when it reaches supervisors."""

    repeat_s: float
    escalate_s: float

    def next_after(self, level: int, round_number: int) -> timedelta:
        seconds = self.repeat_s * (1 if level >= RiskLevel.high else SLOWER_BELOW_HIGH)
        return timedelta(seconds=seconds * (SLOWER_LATER if round_number >= PATIENT_ROUNDS else 1))

    def escalates(self, level: int, waited: timedelta) -> bool:
        seconds = self.escalate_s * (1 if level >= RiskLevel.high else SLOWER_BELOW_HIGH)
        return waited >= timedelta(seconds=seconds)


@dataclass(frozen=True)
class Address:
    """One browser or mailbox of one member of staff."""

    id: str
    staff_id: str
    kind: str
    language: str
    address: Any


@dataclass(frozen=True)
class Round:
    """One round of one alert, taken by this process, and to whom it goes."""

    alert_id: str
    case_id: str | None
    level: str
    category: str
    locale: str
    waiting_minutes: int
    number: int
    escalated: bool
    addresses: tuple[Address, ...]

    @property
    def is_test(self) -> bool:
        return self.case_id is None


def raise_alert(session: Session, case: Case, *, now: datetime) -> Alert:
    """Alert staff of a case, in the transaction that opened or raised it. An alert still open for it ends."""
    session.flush()
    session.execute(update(Alert).where(Alert.case_id == case.id, Alert.ended_at.is_(None)).values(ended_at=now))
    return _add(session, now, case_id=case.id, level=int(case.level), category=case.category, locale=case.locale)


def raise_test(session: Session, staff_id: str, *, now: datetime) -> Alert:
    """An alert to the caller's own addresses and the webhook, sent once and marked as a test."""
    return _add(session, now, staff_id=staff_id, level=int(RiskLevel.none), category=TEST, locale="ja")


def work_waits(session: Session, *, forgotten_after: timedelta, now: datetime) -> bool:
    """Is there anything to raise or to send? Asked at every wake-up, so it only reads."""
    due = select(Alert.id).where(Alert.ended_at.is_(None), Alert.next_at <= now).limit(1)
    return any(session.scalars(query).first() for query in (due, _forgotten(forgotten_after, now).limit(1)))


def _forgotten(after: timedelta, now: datetime) -> Any:
    alerted = select(Alert.case_id).where(Alert.case_id.is_not(None), Alert.ended_at.is_(None))
    return select(Case).where(
        Case.state == CaseState.waiting.value,
        Case.acknowledged_at.is_(None),
        Case.waiting_since <= now - after,
        Case.id.not_in(alerted),
    )


def raise_forgotten(session: Session, *, after: timedelta, now: datetime) -> int:
    """Alert of cases that wait unacknowledged with no open alert, such as those given back. Returns how many."""
    raised = 0
    for case in list(session.scalars(_forgotten(after, now))):
        try:
            with session.begin_nested():
                raise_alert(session, case, now=now)
                session.flush()
        except IntegrityError:
            # Another gateway was faster.
            continue
        raised += 1
    return raised


def take_rounds(session: Session, vault: Vault, pace: Pace, *, now: datetime) -> list[Round]:
    """The rounds that are due and are now this process's to send. Alerts somebody has answered end here."""
    taken = []
    due = select(Alert).where(Alert.ended_at.is_(None), Alert.next_at <= now).order_by(Alert.next_at).limit(BATCH)
    for alert in list(session.scalars(due)):
        case = session.get(Case, alert.case_id, populate_existing=True) if alert.case_id else None
        if case is not None and (case.acknowledged_at is not None or case.state == CaseState.resolved.value):
            _end(session, alert.id, now)
            continue
        waited = now - alert.raised_at
        escalates = alert.escalated_at is None and case is not None and pace.escalates(alert.level, waited)
        values: dict[str, Any] = {"round": alert.round + 1, "next_at": now + pace.next_after(alert.level, alert.round)}
        if case is None:
            values["ended_at"] = now
        if escalates:
            values["escalated_at"] = now
        claimed = session.execute(
            update(Alert)
            .where(Alert.id == alert.id, Alert.round == alert.round, Alert.ended_at.is_(None))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            continue
        escalated = escalates or alert.escalated_at is not None
        if escalates:
            record_audit(session, "alert.escalated", now=now, object_id=alert.case_id)
        taken.append(
            Round(
                alert_id=alert.id,
                case_id=alert.case_id,
                level=RiskLevel(alert.level).name,
                category=alert.category,
                locale=alert.locale,
                waiting_minutes=int(waited.total_seconds() // 60),
                number=alert.round + 1,
                escalated=escalated,
                addresses=_addresses(session, vault, alert, escalated),
            )
        )
    return taken


def note_outcome(session: Session, alert_id: str, outcome: dict[str, Any], gone: list[str], *, now: datetime) -> None:
    """Keep what became of a round; forget browsers that are gone; try again soon when nothing arrived."""
    for address_id in gone:
        address = session.get(StaffAddress, address_id)
        if address is not None:
            session.delete(address)
    arrived = any(way.get("sent") for way in outcome.values())
    values: dict[str, Any] = {"outcome": outcome}
    tried = any(way.get("failed") for way in outcome.values())
    session.execute(update(Alert).where(Alert.id == alert_id).values(**values))
    if tried and not arrived:
        soon = now + timedelta(seconds=RETRY_S)
        session.execute(update(Alert).where(Alert.id == alert_id, Alert.next_at > soon).values(next_at=soon))


def add_address(
    session: Session, vault: Vault, staff_id: str, kind: str, address: Any, language: str, *, now: datetime
) -> StaffAddress:
    """Store where a member of staff wants alerts. A browser belongs to whoever asked last."""
    named = address["endpoint"] if kind == "push" else f"{staff_id}\0{address.lower()}"
    digest = vault.keyed_hash(f"staff {kind}", named)
    old = session.scalars(select(StaffAddress).where(StaffAddress.address_hash == digest)).first()
    if old is not None:
        session.delete(old)
        session.flush()
    made = StaffAddress(
        id=new_id(),
        staff_id=staff_id,
        kind=kind,
        language=language,
        address_hash=digest,
        address_enc=vault.own_box().seal(address),
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _addresses(session: Session, vault: Vault, alert: Alert, escalated: bool) -> tuple[Address, ...]:
    query = (
        select(StaffAddress)
        .join(Staff, Staff.id == StaffAddress.staff_id)
        .where(Staff.disabled_at.is_(None))
        .order_by(StaffAddress.created_at)
    )
    if alert.staff_id is not None:
        query = query.where(Staff.id == alert.staff_id)
    else:
        roles = [Role.counsellor.value, *(role.value for role in ESCALATED_TO if escalated)]
        # Whoever holds the case hears of it too, whatever their role.
        owner = select(Case.assignee_id).where(Case.id == alert.case_id).scalar_subquery()
        query = query.where(or_(Staff.role.in_(roles), Staff.id == owner))
    found = []
    for row in session.scalars(query):
        try:
            address = vault.own_box().open(row.address_enc)
        except UnreadableError:
            continue
        found.append(Address(row.id, row.staff_id, row.kind, row.language, address))
    return tuple(found)


def _add(session: Session, now: datetime, **values: Any) -> Alert:
    made = Alert(id=new_id(), raised_at=now, next_at=now, round=0, outcome={}, **values)
    session.add(made)
    session.flush()
    return made


def _end(session: Session, alert_id: str, now: datetime) -> None:
    session.execute(
        update(Alert)
        .where(Alert.id == alert_id, Alert.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
