"""Consoles that wait at the same place read the database once, and none misses what is committed meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.app import console_beside
from bot.console import streams
from bot.console.context import COOKIE
from bot.console.streams import SharedLooks
from bot.gateway.context import Gateway
from bot.http.sse import EndOfStream
from tests.service import Page

pytestmark = pytest.mark.anyio


def session_of(gateway: Gateway, desk: Any) -> str:
    return gateway.vault.keyed_hash("session", desk.http.cookies[COOKIE])


async def test_many_consoles_read_once_and_one_that_was_signed_out_gets_nothing(
    page: Page, desk: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    read = streams.staff_events_after

    def counted(here: Any, seq: int) -> Any:
        reads.append(seq)
        return read(here, seq)

    monkeypatch.setattr(streams, "staff_events_after", counted)
    counsellor = await desk("counsellor")
    await page.start()
    await page.send("死にたい")
    looks = SharedLooks(console_beside(gateway))
    mine = session_of(gateway, counsellor)
    both = await asyncio.gather(
        *(looks.after(0, mine) for _ in range(20)), looks.after(0, "0" * 64), return_exceptions=True
    )
    assert reads == [0]
    assert isinstance(both[-1], EndOfStream)
    assert all(events == both[0] for events in both[:-1])
    assert "alert" in [kind for _, kind, _ in both[0]]


async def test_a_look_that_begins_during_another_sees_what_was_committed_since(
    page: Page, desk: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    counsellor = await desk("counsellor")
    mine = session_of(gateway, counsellor)
    looks = SharedLooks(console_beside(gateway))
    begun, go_on = asyncio.Event(), asyncio.Event()
    run = looks._read

    async def slow(work: Any, *arguments: Any) -> Any:
        answer = run(*arguments)
        if not begun.is_set():
            begun.set()
            await go_on.wait()
        return answer

    await page.start()
    monkeypatch.setattr(gateway.database, "run", slow)
    early = asyncio.create_task(looks.after(0, mine))
    await begun.wait()
    monkeypatch.undo()
    await page.send("死にたい")
    late = await looks.after(0, mine)
    go_on.set()
    assert await early == []
    assert "alert" in [kind for _, kind, _ in late]
