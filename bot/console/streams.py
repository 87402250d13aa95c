"""One look at the database for all consoles that wait at the same place.

A message wakes every open console at once. Each would read, decrypt and check the same rows; together they do it once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from bot.console.access import Access
from bot.console.context import Console
from bot.console.views import staff_events_after
from bot.http.sse import EndOfStream, Event

GATHER_S = 0.005
"""How long the first console waits for the others. Whoever comes later makes a look of their own: joining one that is
already reading could miss what was committed since."""

Look = tuple[list[Event], set[str]]


@dataclass
class _Gathering:
    sessions: set[str] = field(default_factory=set)
    task: asyncio.Task[Look] | None = None


class SharedLooks:
    """What is new after a number, for consoles whose session lives on."""

    def __init__(self, here: Console) -> None:
        self._here = here
        self._gathering: dict[int, _Gathering] = {}

    async def after(self, seq: int, session_hash: str) -> list[Event]:
        """Events after `seq`. Raises EndOfStream when the session has ended: a stream outlives its first check."""
        gathering = self._gathering.get(seq)
        if gathering is None:
            gathering = self._gathering[seq] = _Gathering()
            gathering.task = asyncio.create_task(self._look(seq, gathering))
        gathering.sessions.add(session_hash)
        assert gathering.task is not None
        # One console that goes away must not take the others' look with it.
        events, alive = await asyncio.shield(gathering.task)
        if session_hash not in alive:
            raise EndOfStream
        return events

    async def _look(self, seq: int, gathering: _Gathering) -> Look:
        await asyncio.sleep(GATHER_S)
        del self._gathering[seq]
        return await self._here.database.run(self._read, seq, gathering.sessions)

    def _read(self, seq: int, sessions: set[str]) -> Look:
        here = self._here
        idle = timedelta(minutes=here.settings.session_idle_minutes)
        absolute = timedelta(hours=here.settings.session_absolute_hours)
        with here.database.read() as session:
            alive = Access(session, here.vault, here.clock()).live(sessions, idle=idle, absolute=absolute)
        return staff_events_after(here, seq) if alive else [], alive
