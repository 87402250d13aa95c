"""200 members of staff claim one case at the same moment, thousands of times: always exactly one owner, on both engines.

`CLAIM_ROUNDS=10000` is the whole of it and takes hours on a small machine; without it 500 are run. The fast version with
fewer people is in test_store.py.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from dataclasses import dataclass, field

import pytest

from bot.handover import store
from bot.handover.case import CaseError
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.models import Case, Staff
from tests.conftest import Clock
from tests.handover.test_store import add_case, add_staff, claim

pytestmark = [pytest.mark.long, pytest.mark.timeout(0)]

PEOPLE = 200
ROUNDS = int(os.environ.get("CLAIM_ROUNDS", "500"))


@dataclass
class Round:
    """What all of them are after now, and what came of it."""

    case_id: str = ""
    over: bool = False
    won: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def person(
    database: Database, staff_id: str, clock: Clock, now: Round, begin: threading.Barrier, end: threading.Barrier
) -> None:
    while True:
        begin.wait()
        if now.over:
            return
        try:
            claim(database, now.case_id, staff_id, 1, clock)
        except CaseError as error:
            now.lost.append(error.code)
        except Exception as error:  # whatever it is: the round must end, and the test must say so
            now.lost.append(repr(error))
        else:
            now.won.append(staff_id)
        end.wait()


def send_is_refused(database: Database, case_id: str, staff_id: str) -> bool:
    with database.read() as session:
        try:
            store.require_owner(session, case_id, session.get_one(Staff, staff_id))
        except CaseError as error:
            return error.code == "not_owner"
    return False


def test_two_hundred_claims_leave_one_owner_every_time(database: Database, vault: Vault, clock: Clock) -> None:
    staff = [add_staff(database, f"counsellor{n}") for n in range(PEOPLE)]
    begin, end = threading.Barrier(PEOPLE + 1), threading.Barrier(PEOPLE + 1)
    now, chance = Round(), random.Random(20261124)
    threads = [
        threading.Thread(target=person, args=(database, one, clock, now, begin, end), daemon=True) for one in staff
    ]
    for thread in threads:
        thread.start()
    wrong: list[str] = []
    started = time.monotonic()
    for number in range(ROUNDS):
        now.case_id, now.won, now.lost = add_case(database, vault, clock), [], []
        begin.wait()
        end.wait()
        with database.read() as session:
            owner = session.get_one(Case, now.case_id).assignee_id
        if now.won != [owner] or now.lost != ["owned"] * (PEOPLE - 1):
            wrong.append(f"round {number}: owner {owner}, told they won {now.won}, others {set(now.lost)}")
        late = chance.choice([one for one in staff if one != owner])
        if not send_is_refused(database, now.case_id, late):
            wrong.append(f"round {number}: {late} could send without owning the case")
    now.over = True
    begin.wait()
    seconds = time.monotonic() - started
    engine = database.engine.dialect.name
    sys.stderr.write(f"\n{engine}: {ROUNDS} rounds of {PEOPLE} claims in {seconds:.0f} s, {len(wrong)} wrong\n")
    assert wrong == []
