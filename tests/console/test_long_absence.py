"""A console that was cut off for a day of events comes back with none lost, none doubled and all in order."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.app import console_beside
from bot.console.views import staff_events_after
from bot.gateway.context import Gateway
from bot.handover import relay, store
from bot.handover.case import Opening
from bot.records.events import STAFF_STREAM
from bot.records.models import Case, CaseEvent, Conversation, Message, Stream
from bot.records.talk import Talk
from bot.vocabulary import RiskLevel
from tests.conftest import Clock

CASES = 100
SOS = Opening(RiskLevel.high, "suicide_self_harm", "gate")


def a_day_of_events(gateway: Gateway, clock: Clock, count: int) -> None:
    """Cases with messages, written in bulk: `count` events in all, half of them messages."""
    with gateway.database.write() as session:
        talk = Talk(session, gateway.vault)
        cases: list[tuple[Case, Conversation]] = []
        for _ in range(CASES):
            conversation, _ = talk.create("web", locale="ja", now=clock())
            cases.append((store.open_or_raise(session, conversation, SOS, now=clock()), conversation))
        first = session.get_one(Stream, STAFF_STREAM).last_seq + 1
        messages, events = [], []
        pause = timedelta(days=1) / count
        for number in range(first, count + 1):
            case, conversation = cases[number % CASES]
            now = clock() + pause * number
            event = {"seq": number, "case_id": case.id, "created_at": now, "actor_id": None}
            if number % 2:
                message_id = f"{number:032x}"
                body = talk.box(conversation).seal(relay.text_body(str(number)))
                messages.append({"id": message_id, "conversation_id": conversation.id, "seq": 1000 + number,
                                 "channel": "web", "author": "resident", "body_enc": body, "locale": "ja",
                                 "created_at": now, "handled_at": now})  # fmt: skip
                events.append(event | {"kind": "message", "message_id": message_id, "data": {}})
            else:
                data = {"change": "tagged", "case": store.describe_case(session, case)}
                events.append(event | {"kind": "case", "message_id": None, "data": data})
        session.execute(insert(Message), messages)
        session.execute(insert(CaseEvent), events)
        session.execute(update(Stream).where(Stream.name == STAFF_STREAM).values(last_seq=count))


def resume(gateway: Gateway, after: int, clock: Clock) -> list[tuple[int, str, str | None]]:
    """Everything after a number as the stream hands it out, while others go on writing."""
    here = console_beside(gateway)
    seen: list[tuple[int, str, str | None]] = []
    position, batches = after, 0
    while batch := staff_events_after(here, position):
        for seq, kind, data in batch:
            text = data["message"]["parts"][0]["text"] if kind == "message" else None
            seen.append((seq, kind, text))
        position, batches = batch[-1][0], batches + 1
        if batches <= 3:
            with gateway.database.write() as session:
                talk = Talk(session, gateway.vault)
                conversation, _ = talk.create("web", locale="ja", now=clock())
                store.open_or_raise(session, conversation, SOS, now=clock())
    return seen


def check(gateway: Gateway, clock: Clock, count: int) -> float:
    """Seconds one console needed; fails when anything was lost, doubled or out of order."""
    a_day_of_events(gateway, clock, count)
    begun = time.monotonic()
    seen = resume(gateway, 300, clock)
    seconds = time.monotonic() - begun
    numbers = [seq for seq, _, _ in seen]
    assert numbers == list(range(301, numbers[-1] + 1))
    assert numbers[-1] > count, "what was written meanwhile is missing"
    told = [text for seq, kind, text in seen if kind == "message" and seq <= count]
    assert told == [str(seq) for seq, kind, _ in seen if kind == "message" and seq <= count]
    assert len(told) == sum(1 for number in range(301, count + 1) if number % 2)
    return seconds


def test_a_short_absence(gateway: Gateway, clock: Clock) -> None:
    check(gateway, clock, 1700)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_day_of_fifty_thousand_events(gateway: Gateway, clock: Clock) -> None:
    seconds = check(gateway, clock, 50_000)
    engine = gateway.database.engine.dialect.name
    sys.stderr.write(f"\n{engine}: 50,000 events read again in {seconds:.1f} s by one console\n")
