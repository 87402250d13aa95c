"""LINE under load, faults and kill -9: every event answered exactly once and in order, as the simulated platform counts."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.articles import KnowledgeBase
from bot.settings import PROJECT_ROOT
from ops.line_simulator.platform import Platform
from ops.line_simulator.server import Simulator
from ops.line_simulator.webhooks import as_redelivery
from tests.system.stack import Stack

pytestmark = pytest.mark.system

PER_RESIDENT = 20
"""As many as the service answers without slowing a resident down."""
REDELIVERED = 0.05
FAULTS = 0.10


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as made:
        yield made


@pytest.fixture
def service(simulator: Simulator, tmp_path: Path) -> Iterator[Stack]:
    """Gateway and Valkey as processes, LINE simulated here, no Rasa: buttons are answered without it."""
    made = Stack(
        tmp_path / "stack",
        with_rasa=False,
        IROIRO_RASA_URL="",
        IROIRO_LINE_CHANNEL_SECRET=simulator.platform.channel_secret,
        IROIRO_LINE_CHANNEL_ACCESS_TOKEN=simulator.platform.access_token,
        IROIRO_LINE_API_URL=simulator.url,
        IROIRO_LINE_DATA_URL=simulator.url,
    )
    simulator.platform.webhook_url = f"{made.base}/webhooks/line"
    try:
        made.start()
        yield made
    finally:
        made.stop()


class Load:
    """Residents who tap one article after another. Each waits for the 200 before the next, so the order is known."""

    def __init__(self, simulator: Simulator, residents: int, at_once: int) -> None:
        self.simulator = simulator
        self.platform: Platform = simulator.platform
        self.residents = [f"U{number:05d}" for number in range(residents)]
        self.sent: dict[str, list[str]] = {resident: [] for resident in self.residents}
        self.taken = 0
        self._at_once = asyncio.Semaphore(at_once)
        self._dice = random.Random(11)
        self._articles = KnowledgeBase.load(PROJECT_ROOT).ids

    @property
    def events(self) -> int:
        return len(self.residents) * PER_RESIDENT

    async def run(self) -> None:
        await asyncio.gather(*(self._resident(number, name) for number, name in enumerate(self.residents)))

    async def _resident(self, number: int, name: str) -> None:
        async with self._at_once:
            articles = [self._articles[(number + step) % len(self._articles)] for step in range(PER_RESIDENT)]
            events: list[dict[str, Any]] = []
            order = list(range(PER_RESIDENT))
            # Neighbours arrive in the wrong order now and then.
            for step in range(0, PER_RESIDENT - 1, 5):
                order[step], order[step + 1] = order[step + 1], order[step]
            late: list[dict[str, Any]] = []
            for step in order:
                # A tap happens when its turn comes: reply tokens begin to age with it.
                while len(events) <= step:
                    item = articles[len(events)]
                    events.append(self.platform.postback(name, f'/article{{"article": "{item}"}}'))
                await self.simulator.deliverer.until_taken(events[step])
                self.sent[name].append(articles[step])
                self.taken += 1
                if self._dice.random() < REDELIVERED:
                    late.append(as_redelivery(events[step]))
            for event in late:
                await self.simulator.deliverer.until_taken(event)

    def answered(self) -> int:
        return sum(len(self.platform.answers(name)) for name in self.residents)

    def check(self) -> None:
        """Exactly one answer an event, in the order in which the events were taken; every deviation is counted."""
        kb = KnowledgeBase.load(PROJECT_ROOT)
        titles = {item: kb.render(item, "ja", date(2026, 11, 24)).title for item in self._articles}
        found = {"lost": 0, "repeated": 0, "out_of_order": 0}
        for name in self.residents:
            shown = [str(group[0].content["altText"]).split(" — ")[0] for group in self.platform.answers(name)]
            expected = [titles[item] for item in self.sent[name]]
            found["lost"] += sum((Counter(expected) - Counter(shown)).values())
            found["repeated"] += sum((Counter(shown) - Counter(expected)).values())
            found["out_of_order"] += list(dict.fromkeys(shown)) != [item for item in expected if item in shown]
        tell(found)
        assert found == {"lost": 0, "repeated": 0, "out_of_order": 0}
        assert self.platform.refused == []


def drive(simulator: Simulator, service: Stack, load: Load, kills: int, seconds: float) -> dict[str, Any]:
    """Run the load, killing the gateway `kills` times on the way, until everything is answered. Returns figures."""
    simulator.platform.fail_at_random(FAULTS)
    started = time.monotonic()
    assert simulator._loop is not None
    running = asyncio.run_coroutine_threadsafe(load.run(), simulator._loop)
    for number in range(1, kills + 1):
        while load.taken < load.events * number / (kills + 1) and not running.done():
            time.sleep(0.02)
        service.kill("app")
        service.start_app()
    running.result(seconds)
    taken_after = time.monotonic() - started
    before = -1
    for _ in itertools.count():
        answered = load.answered()
        if answered >= load.events:
            break
        assert time.monotonic() - started < seconds, f"{answered} of {load.events} answered; before: {before}"
        before = answered
        time.sleep(0.5)
    answered_after = time.monotonic() - started
    # Late duplicates would come now.
    time.sleep(3)
    milliseconds = sorted(1000 * item for item in simulator.deliverer.seconds)
    ways = [bubble.way for name in load.residents for bubble in simulator.platform.said(name)]
    return {
        "events": load.events,
        "kills": kills,
        "taken_s": round(taken_after, 1),
        "answered_s": round(answered_after, 1),
        "webhook_p50_ms": round(statistics.median(milliseconds), 1),
        "webhook_p99_ms": round(milliseconds[int(len(milliseconds) * 0.99)], 1),
        "replies": ways.count("reply"),
        "pushes": ways.count("push"),
        "faults": dict(simulator.platform.faults_done),
        "retry_keys_refused": simulator.platform.duplicate_keys,
    }


def tell(figures: dict[str, Any]) -> None:
    """Shown with `pytest -s`."""
    sys.stdout.write(f"\n{json.dumps(figures)}\n")


@pytest.mark.timeout(500)
def test_hundreds_of_events_through_faults_and_a_killed_gateway(simulator: Simulator, service: Stack) -> None:
    load = Load(simulator, residents=15, at_once=5)
    tell(drive(simulator, service, load, kills=1, seconds=400))
    load.check()


@pytest.mark.long
@pytest.mark.timeout(5000)
def test_ten_thousand_events_through_faults_and_two_killed_gateways(simulator: Simulator, service: Stack) -> None:
    load = Load(simulator, residents=500, at_once=6)
    tell(drive(simulator, service, load, kills=2, seconds=4500))
    load.check()
