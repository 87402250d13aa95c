"""A case has at most one owner, and everyone who waits is seen."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from bot.handover import store
from bot.handover.case import CaseError, Opening
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.models import Case, CaseEvent, Conversation, Staff
from bot.records.talk import Talk, new_id
from bot.vocabulary import CaseState, RiskLevel
from tests.conftest import START, Clock

SOS = Opening(RiskLevel.high, "suicide_self_harm", "gate")
ASKED = Opening(RiskLevel.none, "requested", "requested")
LEASE = 120


def add_staff(database: Database, name: str) -> str:
    with database.write() as session:
        staff = Staff(
            id=new_id(),
            login=name,
            name=name,
            role="counsellor",
            password_hash="x",
            failed_logins=0,
            created_at=START,
        )
        session.add(staff)
        return staff.id


def add_case(database: Database, vault: Vault, clock: Clock, opening: Opening = SOS) -> str:
    with database.write() as session:
        conversation, _ = Talk(session, vault).create("web", locale="ja", now=clock())
        return store.open_or_raise(session, conversation, opening, now=clock()).id


def claim(database: Database, case_id: str, staff_id: str, version: int, clock: Clock) -> Case:
    with database.write() as session:
        staff = session.get_one(Staff, staff_id)
        return store.claim(session, case_id, staff, version, now=clock(), lease_seconds=LEASE)


def attempt(
    database: Database,
    case_id: str,
    staff_id: str,
    clock: Clock,
    barrier: threading.Barrier,
    won: list[str],
    lost: list[str],
) -> None:
    barrier.wait()
    try:
        claim(database, case_id, staff_id, 1, clock)
    except CaseError as error:
        lost.append(error.code)
    else:
        won.append(staff_id)


def test_of_many_who_claim_at_once_exactly_one_succeeds(database: Database, vault: Vault, clock: Clock) -> None:
    staff = [add_staff(database, f"counsellor{n}") for n in range(16)]
    for _ in range(5):
        case_id = add_case(database, vault, clock)
        barrier, won, lost = threading.Barrier(len(staff)), [], []

        threads = [
            threading.Thread(target=attempt, args=(database, case_id, one, clock, barrier, won, lost)) for one in staff
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.read() as session:
            owner = session.get_one(Case, case_id).assignee_id
        assert won == [owner]
        assert lost == ["owned"] * (len(staff) - 1)


def test_a_stale_owner_cannot_send(database: Database, vault: Vault, clock: Clock) -> None:
    first, second = add_staff(database, "first"), add_staff(database, "second")
    case_id = add_case(database, vault, clock)
    claim(database, case_id, first, 1, clock)
    clock.tick(seconds=LEASE + 1)
    with database.write() as session:
        assert [case.id for case in store.return_expired(session, now=clock())] == [case_id]
    claim(database, case_id, second, 3, clock)
    with database.write() as session, pytest.raises(CaseError) as refused:
        store.require_owner(session, case_id, session.get_one(Staff, first))
    assert refused.value.code == "not_owner"
    assert refused.value.case is not None
    assert refused.value.case["assignee"]["name"] == "second"


def test_the_queue_serves_risk_before_waiting_time_and_a_supervisor_before_both(
    database: Database, vault: Vault, clock: Clock
) -> None:
    asked = add_case(database, vault, clock, ASKED)
    clock.tick(minutes=5)
    high = add_case(database, vault, clock)
    clock.tick(minutes=5)
    imminent = add_case(database, vault, clock, Opening(RiskLevel.imminent, "abuse", "gate"))
    later = add_case(database, vault, clock, ASKED)
    with database.write() as session:
        assert [case.id for case in session.scalars(store.waiting_query())] == [imminent, high, asked, later]
        assert [store.queue_position(session, session.get_one(Case, one)) for one in (imminent, high, asked)] == [
            1,
            2,
            3,
        ]
        session.get_one(Case, later).priority = 1
    with database.read() as session:
        assert session.scalars(store.waiting_query()).first().id == later  # type: ignore[union-attr]


def test_a_second_sos_raises_the_open_case_and_never_lowers_it(database: Database, vault: Vault, clock: Clock) -> None:
    case_id = add_case(database, vault, clock)
    with database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        raised = store.open_or_raise(session, conversation, Opening(RiskLevel.imminent, "abuse", "gate"), now=clock())
        assert (raised.id, raised.level, raised.category) == (case_id, int(RiskLevel.imminent), "abuse")
        same = store.open_or_raise(session, conversation, ASKED, now=clock())
        assert (same.id, same.level) == (case_id, int(RiskLevel.imminent))
    with database.read() as session:
        kinds = [event.kind for event in session.scalars(select(CaseEvent).order_by(CaseEvent.seq))]
    assert kinds == ["case", "alert", "case", "alert"]


def test_a_resolved_case_is_followed_by_a_new_one(database: Database, vault: Vault, clock: Clock) -> None:
    staff_id, case_id = add_staff(database, "one"), add_case(database, vault, clock)
    claim(database, case_id, staff_id, 1, clock)
    with database.write() as session:
        store.resolve(session, case_id, session.get_one(Staff, staff_id), 2, "helped", now=clock())
        conversation = session.scalars(select(Conversation)).one()
        assert store.open_or_raise(session, conversation, SOS, now=clock()).id != case_id


def test_events_are_numbered_without_gaps(database: Database, vault: Vault, clock: Clock) -> None:
    for _ in range(4):
        add_case(database, vault, clock)
    with database.read() as session:
        numbers = list(session.scalars(select(CaseEvent.seq).order_by(CaseEvent.seq)))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_transfer_needs_the_colleagues_yes(database: Database, vault: Vault, clock: Clock) -> None:
    one, two = add_staff(database, "one"), add_staff(database, "two")
    case_id = add_case(database, vault, clock)
    claim(database, case_id, one, 1, clock)
    with database.write() as session:
        giver, taker = session.get_one(Staff, one), session.get_one(Staff, two)
        store.offer_transfer(session, case_id, giver, 2, taker, now=clock())
        assert store.get(session, case_id).assignee_id == one
        declined = store.answer_transfer(session, case_id, taker, 3, False, now=clock(), lease_seconds=LEASE)
        assert (declined.assignee_id, declined.transfer_to) == (one, None)
        with pytest.raises(CaseError, match="not offered"):
            store.answer_transfer(session, case_id, taker, 4, True, now=clock(), lease_seconds=LEASE)
        store.offer_transfer(session, case_id, giver, 4, taker, now=clock())
        accepted = store.answer_transfer(session, case_id, taker, 5, True, now=clock(), lease_seconds=LEASE)
        assert (accepted.assignee_id, accepted.state) == (two, CaseState.assigned.value)


def test_take_next_gives_nothing_when_nobody_waits(database: Database, clock: Clock) -> None:
    staff_id = add_staff(database, "one")
    with database.write() as session:
        staff = session.get_one(Staff, staff_id)
        assert store.take_next(session, staff, now=clock(), lease_seconds=LEASE) is None
