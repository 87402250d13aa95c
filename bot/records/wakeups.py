"""Wake-ups between tasks and processes: "look at the database now". They carry no content and may be lost.

Within a process a topic is an asyncio event; between processes Redis publishes the topic's name. Whoever waits also
looks by itself every so often, so that with Redis gone everything still happens, only later.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

CHANNEL = "iroiro:wake"


class Wakeups:
    """`publish(topic)` wakes every `wait(topic)` of every process that shares the Redis."""

    def __init__(self, redis_url: str = "") -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._redis_url = redis_url
        self._redis: Redis | None = None
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(maxsize=10_000)
        self._tasks: list[asyncio.Task[None]] = []
        self.connected = False

    async def start(self) -> None:
        if self._redis_url:
            self._redis = Redis.from_url(self._redis_url, socket_connect_timeout=1, socket_timeout=None)
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()

    @property
    def patience_s(self) -> float:
        """How long to wait before looking anyway: short when other processes cannot wake us."""
        return 15.0 if self.connected or not self._redis_url else 1.0

    def publish(self, topic: str) -> None:
        """Wake waiters here at once, elsewhere soon. Never blocks and never fails."""
        self._wake(topic)
        if self._redis is not None:
            with contextlib.suppress(asyncio.QueueFull):
                self._outgoing.put_nowait(topic)

    @contextlib.contextmanager
    def subscribed(self, topic: str) -> Iterator[Subscription]:
        flag = asyncio.Event()
        self._waiting[topic].add(flag)
        try:
            yield Subscription(self, flag)
        finally:
            self._waiting[topic].discard(flag)
            if not self._waiting[topic]:
                del self._waiting[topic]

    def _wake(self, topic: str) -> None:
        for flag in self._waiting.get(topic, ()):
            flag.set()

    async def _send(self) -> None:
        assert self._redis is not None
        while True:
            topic = await self._outgoing.get()
            try:
                await self._redis.publish(CHANNEL, topic)
            except (RedisError, OSError):
                await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        assert self._redis is not None
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._set_connected(True)
                    async for item in pubsub.listen():
                        if item["type"] == "message":
                            self._wake(item["data"].decode())
            except (RedisError, OSError):
                self._set_connected(False)
                await asyncio.sleep(0.5)

    def _set_connected(self, connected: bool) -> None:
        if connected != self.connected:
            self.connected = connected
            log.info("redis_wakeups", connected=connected)
        # Whatever was published while we were deaf is found by looking.
        for topic in list(self._waiting):
            self._wake(topic)


class Subscription:
    """Registered before the first look at the database, so nothing between look and wait is missed."""

    def __init__(self, wakeups: Wakeups, flag: asyncio.Event) -> None:
        self._wakeups = wakeups
        self._flag = flag

    async def wait(self, timeout_s: float | None = None) -> None:
        """Return when woken or when patience ends, whichever is first."""
        patience = self._wakeups.patience_s
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._flag.wait(), patience if timeout_s is None else min(timeout_s, patience))
        self._flag.clear()
