"""Server-sent events that resume: a durable sequence from the database, woken by wake-ups, with pings between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from bot.http import metrics
from bot.records.wakeups import Wakeups

PING_S = 15
MAX_SEQ = 2**62

Event = tuple[int, str, dict[str, Any]]


class EndOfStream(Exception):
    """Raised by a stream's `fetch`: the reader may not read on, so the stream ends."""


def start_after(request: Request, after: int | None) -> int:
    """Where to resume: the Last-Event-ID header wins over the `after` parameter; nonsense means from the start."""
    header = request.headers.get("last-event-id", "")
    if header.isascii() and header.isdigit() and len(header) < 19:
        return int(header)
    return min(max(after or 0, 0), MAX_SEQ)


def stream(
    request: Request,
    wakeups: Wakeups,
    topic: str,
    after: int,
    fetch: Callable[[int], Awaitable[list[Event]]],
    between: Callable[[], list[ServerSentEvent]] | None = None,
) -> EventSourceResponse:
    """Everything after `after`, then everything new, until the browser goes away.

    `between` gives events that are not stored (presence, the present status); it is asked at the start and at each wake-up.
    """

    async def events() -> AsyncIterator[ServerSentEvent]:
        position = after
        with wakeups.subscribed(topic) as subscription, metrics.STREAMS.track_inprogress():
            while not await request.is_disconnected():
                try:
                    batch = await fetch(position)
                except EndOfStream:
                    return
                for seq, kind, data in batch:
                    position = seq
                    yield ServerSentEvent(json.dumps(data, ensure_ascii=False), event=kind, id=str(seq))
                for event in between() if between else []:
                    yield event
                if not batch:
                    await subscription.wait()

    return EventSourceResponse(events(), ping=PING_S, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
