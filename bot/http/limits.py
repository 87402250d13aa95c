"""Rate limits in this process's memory. They never stand between a message and the gate."""

from __future__ import annotations

import time
from collections import OrderedDict

REMEMBERED = 20_000


class SlidingLimit:
    """At most `count` events per `seconds` for each key."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._seen: OrderedDict[str, list[float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """0 when the event is allowed (and counted), else the seconds until the next one will be."""
        now = time.monotonic()
        recent = [moment for moment in self._seen.pop(key, []) if now - moment < self._seconds]
        allowed = len(recent) < self._count
        if allowed:
            recent.append(now)
        self._seen[key] = recent
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return 0.0 if allowed else self._seconds - (now - recent[0])
