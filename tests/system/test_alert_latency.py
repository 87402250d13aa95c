"""From a resident's SOS to the alert on every open console: 500 conversations and 50 consoles open at once, over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.system.stack import PASSWORD, Stack

pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.timeout(900)]

CONVERSATIONS = 500
PER_ADDRESS = 100
CONSOLES = 50
ALARMS = 100
PAUSE_S = 0.25
WARM_UP_S = 20.0
WORDS = "こんにちは"
SOS = "死にたい"
LIMIT_MS = 1000.0
"""The requirement: the slowest hundredth of all (alarm, console) pairs."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path / "stack", with_rasa=False, IROIRO_RASA_URL="")
    try:
        made.start()
        yield made
    finally:
        made.stop()


class Measurement:
    def __init__(self, base: str) -> None:
        self.base = base
        self.sent_at: dict[str, float] = {}
        self.case_of: dict[str, str] = {}
        self.seen: dict[str, list[float]] = {}
        """Case → when each console had its alert."""

    async def console(self, http: httpx.AsyncClient, ready: asyncio.Event) -> None:
        url = f"{self.base}/api/console/events"
        async with http.stream("GET", url, timeout=None) as stream:
            assert stream.status_code == 200
            ready.set()
            kind = ""
            async for line in stream.aiter_lines():
                if line.startswith("event:"):
                    kind = line[6:].strip()
                elif line.startswith("data:") and kind == "alert":
                    self.seen.setdefault(json.loads(line[5:])["case_id"], []).append(time.monotonic())

    async def resident(self, http: httpx.AsyncClient, gate: asyncio.Semaphore) -> dict[str, str]:
        async with gate:
            started = (await http.post(f"{self.base}/api/chat/conversations", json={"locale": "ja"})).json()
        return {"id": started["conversation"], "Authorization": f"Bearer {started['token']}"}

    async def page(self, http: httpx.AsyncClient, resident: dict[str, str]) -> None:
        """The resident's open chat: reads its own events."""
        headers = {"Authorization": resident["Authorization"]}
        url = f"{self.base}/api/chat/events"
        async with http.stream("GET", url, headers=headers, timeout=None) as stream:
            async for _ in stream.aiter_lines():
                pass

    async def send(self, http: httpx.AsyncClient, resident: dict[str, str], text: str) -> None:
        headers = {"Authorization": resident["Authorization"]}
        body = {"client_id": uuid.uuid4().hex, "text": text}
        answer = await http.post(f"{self.base}/api/chat/messages", json=body, headers=headers)
        assert answer.status_code == 202, answer.text


async def measure(service: Stack) -> list[float]:
    """Milliseconds from the sending of each SOS to each console's alert."""
    found = Measurement(service.base)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    tasks: list[asyncio.Task[Any]] = []
    async with httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as http:
        administrator = {"token": service.setup_token(), "login": "admin", "name": "admin", "password": PASSWORD}
        (await http.post(f"{service.base}/api/console/setup", json=administrator)).raise_for_status()
        ready = [asyncio.Event() for _ in range(CONSOLES)]
        tasks += [asyncio.create_task(found.console(http, flag)) for flag in ready]
        await asyncio.gather(*(flag.wait() for flag in ready))
        gate = asyncio.Semaphore(10)
        residents = []
        for place in range(CONVERSATIONS // PER_ADDRESS):
            # One address may open only so many conversations a minute.
            transport = httpx.AsyncHTTPTransport(local_address=f"127.0.0.{place + 2}")
            async with httpx.AsyncClient(timeout=60, transport=transport) as elsewhere:
                residents += await asyncio.gather(*(found.resident(elsewhere, gate) for _ in range(PER_ADDRESS)))
        tasks += [asyncio.create_task(found.page(http, one)) for one in residents]
        # The first question after a start loads the search, which holds up all else for seconds.
        await found.send(http, residents[-1], WORDS)
        await asyncio.sleep(WARM_UP_S)
        for number, one in enumerate(residents[:ALARMS]):
            # Others talk meanwhile: an alert must not queue behind ordinary questions.
            await found.send(http, residents[ALARMS + number], WORDS)
            found.sent_at[one["id"]] = time.monotonic()
            await found.send(http, one, SOS)
            await asyncio.sleep(PAUSE_S)
        await asyncio.sleep(5)
        cases = (await http.get(f"{service.base}/api/console/cases")).json()["cases"]
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
    delays = []
    for case in cases:
        begun = found.sent_at.get(case["conversation_id"])
        if begun is not None:
            arrived = found.seen.get(case["id"], [])
            assert len(arrived) == CONSOLES, "a console missed an alert, or had it twice"
            delays += [(moment - begun) * 1000 for moment in arrived]
    return sorted(delays)


def test_an_alert_is_on_every_open_console_within_a_second(service: Stack) -> None:
    delays = asyncio.run(measure(service))
    assert len(delays) == ALARMS * CONSOLES
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    told = f"alerts: {len(delays)} seen, p50 {p50:.0f} ms, p99 {p99:.0f} ms, slowest {delays[-1]:.0f} ms"
    sys.stderr.write(f"\n{told}\n")
    assert p99 <= LIMIT_MS, told
