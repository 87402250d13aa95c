"""Conversations stay short in the store, in the same state, and outlive Redis."""

from __future__ import annotations

import asyncio
import json

import pytest
from rasa.core.lock import TicketLock
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.stores import KEEP_EVENTS, BoundedTrackerStore, SharedLockStore, trimmed

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [ask]
    slots:
      ward: {type: text, influence_conversation: false, mappings: [{type: custom}]}
    forms:
      facility_form: {required_slots: [ward]}
    actions: [action_answer]
    """
)


def long_talk(turns: int) -> DialogueStateTracker:
    events = [SessionStarted(), ActionExecuted("action_listen")]
    for number in range(turns):
        events += [
            UserUttered(f"question {number}", {"name": "ask"}),
            SlotSet("ward", f"ward {number}"),
            ActionExecuted("action_answer"),
            BotUttered(f"answer {number}"),
            ActionExecuted("action_listen"),
        ]
    return DialogueStateTracker.from_events("resident", events, DOMAIN.slots)


def test_a_short_talk_is_kept_whole() -> None:
    tracker = long_talk(3)
    assert trimmed(tracker, DOMAIN) is tracker


def test_a_long_talk_keeps_its_last_turns_and_its_slots() -> None:
    tracker = long_talk(500)
    tracker.update(SlotSet("ward", "nakahara"))
    short = trimmed(tracker, DOMAIN)
    assert len(short.events) <= 2 * KEEP_EVENTS
    assert short.get_slot("ward") == "nakahara"
    assert [event.text for event in short.events if isinstance(event, UserUttered)][-1] == "question 499"


def test_a_slot_set_before_the_cut_is_not_forgotten() -> None:
    events = [SessionStarted(), SlotSet("ward", "tama"), ActiveLoop("facility_form"), ActionExecuted("action_listen")]
    tracker = DialogueStateTracker.from_events("resident", events, DOMAIN.slots)
    for event in long_talk(100).events:
        if not isinstance(event, (SlotSet, SessionStarted)):
            tracker.update(event)
    short = trimmed(tracker, DOMAIN)
    assert short.get_slot("ward") == "tama"
    assert short.active_loop_name == "facility_form"


def test_the_cut_never_tears_a_turn_apart() -> None:
    for turns in range(20, 60):
        events = list(trimmed(long_talk(turns), DOMAIN).events)
        first = next(index for index, event in enumerate(events) if isinstance(event, UserUttered))
        assert isinstance(events[first - 1], ActionExecuted)
        assert events[first - 1].action_name == "action_listen"


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:1/0"])
def test_a_talk_goes_on_without_redis(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_REDIS_URL", url)

    async def go() -> DialogueStateTracker | None:
        store = BoundedTrackerStore(DOMAIN)
        await store.save(long_talk(2))
        return await store.retrieve("resident")

    found = asyncio.run(go())
    assert found is not None
    assert found.get_slot("ward") == "ward 1"


def test_an_unknown_sender_has_no_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_REDIS_URL", "")
    assert asyncio.run(BoundedTrackerStore(DOMAIN).retrieve("nobody")) is None


def test_locks_work_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_REDIS_URL", "redis://127.0.0.1:1/0")
    store = SharedLockStore()
    lock = TicketLock("resident")
    lock.issue_ticket(10)
    store.save_lock(lock)
    kept = store.get_lock("resident")
    assert kept is not None
    assert json.loads(kept.dumps()) == json.loads(lock.dumps())
    store.delete_lock("resident")
    assert store.get_lock("resident") is None
