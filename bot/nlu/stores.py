"""Rasa's conversations and locks in Redis: bounded, off the event loop, and alive when Redis is not.

Rasa's own RedisTrackerStore rewrites every event of a conversation at every message (166 ms at 3,000 events) and blocks
the event loop meanwhile. Here a conversation keeps its last events and the values of its slots.
"""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import redis
import redis.asyncio
from rasa.core.brokers.broker import EventBroker
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.nlu import local_actions
from bot.settings import Settings

logger = logging.getLogger(__name__)

KEEP_EVENTS = 60
"""A save cuts a conversation longer than twice this back to about this many events."""
EXPIRE_S = 60 * 60 * 24 * 7
RETRY_REDIS_S = 5.0
_MEMORY_LIMIT = 5000
_TRACKER_PREFIX = "rasa:tracker:"
_LOCK_PREFIX = "rasa:lock:"

# Rasa reads this module early, whichever of its commands runs (run, shell, test), because endpoints.yml names it.
local_actions.install()


class BoundedTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Conversations in Redis (IROIRO_REDIS_URL), or in memory when it is unset or Redis does not answer."""

    def __init__(
        self,
        domain: Domain | None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        url = Settings.from_env().redis_url
        self._redis = redis.asyncio.from_url(url, socket_timeout=1, socket_connect_timeout=1) if url else None
        self._silent_until = 0.0
        self._memory: OrderedDict[str, str] = OrderedDict()
        super().__init__(domain or Domain.empty(), event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        text = self.serialise_tracker(trimmed(tracker, self.domain))
        self._memory[tracker.sender_id] = text
        self._memory.move_to_end(tracker.sender_id)
        while len(self._memory) > _MEMORY_LIMIT:
            self._memory.popitem(last=False)
        if (live := self._live()) is not None:
            try:
                await live.set(_TRACKER_PREFIX + tracker.sender_id, text, ex=EXPIRE_S)
                del self._memory[tracker.sender_id]
            except redis.RedisError as error:
                self._lost(error)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        text = self._memory.get(sender_id)
        if text is None and (live := self._live()) is not None:
            try:
                stored = await live.get(_TRACKER_PREFIX + sender_id)
                text = bytes(stored).decode("utf-8") if stored else None
            except redis.RedisError as error:
                self._lost(error)
        return self.deserialise_tracker(sender_id, text) if text else None

    async def keys(self) -> Iterable[str]:
        return list(self._memory)

    def _live(self) -> Any:
        """The Redis client, or None while it is not to be asked."""
        return self._redis if time.monotonic() >= self._silent_until else None

    def _lost(self, error: Exception) -> None:
        self._silent_until = time.monotonic() + RETRY_REDIS_S
        logger.warning("Redis does not answer (%s); conversations stay in memory meanwhile", type(error).__name__)


class SharedLockStore(LockStore):
    """Rasa's tickets in Redis, or in memory when it is unset or does not answer.

    Reading and writing a ticket is not atomic in Rasa, so several Rasa processes still need each conversation to stay
    with one of them; the gateway sees to that.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        url = Settings.from_env().redis_url
        self._redis = redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) if url else None
        self._silent_until = 0.0
        self._memory: dict[str, TicketLock] = {}
        super().__init__()

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        if conversation_id not in self._memory and (live := self._live()) is not None:
            try:
                text = live.get(_LOCK_PREFIX + conversation_id)
                return TicketLock.from_dict(json.loads(text)) if text else None
            except redis.RedisError as error:
                self._lost(error)
        return self._memory.get(conversation_id)

    def save_lock(self, lock: TicketLock) -> None:
        if lock.conversation_id not in self._memory and (live := self._live()) is not None:
            try:
                live.set(_LOCK_PREFIX + lock.conversation_id, lock.dumps(), ex=600)
                return
            except redis.RedisError as error:
                self._lost(error)
        self._memory[lock.conversation_id] = lock

    def delete_lock(self, conversation_id: str) -> None:
        self._memory.pop(conversation_id, None)
        if (live := self._live()) is not None:
            try:
                live.delete(_LOCK_PREFIX + conversation_id)
            except redis.RedisError as error:
                self._lost(error)

    def _live(self) -> Any:
        """The Redis client, or None while it is not to be asked."""
        return self._redis if time.monotonic() >= self._silent_until else None

    def _lost(self, error: Exception) -> None:
        self._silent_until = time.monotonic() + RETRY_REDIS_S
        logger.warning("Redis does not answer (%s); locks stay in memory meanwhile", type(error).__name__)


def trimmed(tracker: DialogueStateTracker, domain: Domain, keep: int = KEEP_EVENTS) -> DialogueStateTracker:
    """The tracker itself, or a shorter one in the same state: slots and active form first, then the last events.

    It is cut where the bot waits for the resident, so that no turn is torn apart.
    """
    events = list(tracker.events)
    if len(events) <= 2 * keep:
        return tracker
    cut = next(
        (
            index
            for index in range(len(events) - keep, 0, -1)
            if isinstance(events[index], UserUttered) and index and _listens(events[index - 1])
        ),
        len(events) - keep,
    )
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], domain.slots)
    state: list[Any] = [SessionStarted()]
    state += [SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value is not None]
    if before.active_loop_name:
        state.append(ActiveLoop(before.active_loop_name))
    state.append(ActionExecuted(ACTION_LISTEN_NAME))
    return DialogueStateTracker.from_events(tracker.sender_id, state + events[cut:], domain.slots)


def _listens(event: Any) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
