"""kill -9 of gateway, Rasa and Valkey at random moments while residents write and counsellors answer.

Rasa is a stand-in here: the real one takes so long to start that it would mostly be dead (test_outages.py kills that one).
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.models import Message
from bot.vocabulary import Author
from tests.system.history import Sent, deviations
from tests.system.stack import PASSWORD, SERVICE_PYTHON, Stack

pytestmark = pytest.mark.system

TEXTS = (
    "こんにちは",
    "小児医療費助成について教えてください",
    "How do I apply for daycare?",
    "予防接種はいつですか",
    "ありがとう",
)
SOS = ("死にたい", "もう消えてしまいたい", "I want to kill myself", "夫に殴られて怖い")
PER_TALK = 8
"""Fewer than the service answers without slowing a talk down."""
SETTLE_S = 180


class Crashable(Stack):
    """The system with a stand-in for Rasa. `kill` and `mend` go by the part's name."""

    def start_rasa(self, *, wait: bool = True) -> None:
        self._spawn("rasa", [str(SERVICE_PYTHON), "-m", "tests.system.stand_in_rasa", str(self.rasa_port)])
        if wait:
            self.wait(f"http://127.0.0.1:{self.rasa_port}/", 60)

    def crash(self, part: str) -> None:
        if part == "valkey":
            self.kill_valkey()
        else:
            self.kill(part)

    def mend(self, part: str) -> None:
        {"app": self.start_app, "rasa": self.start_rasa, "valkey": self.start_valkey}[part]()


class Traffic:
    """Residents and counsellors who try again until they are heard, as the pages do."""

    def __init__(self, base: str, seed: int) -> None:
        self._base = base
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._seed = seed
        self.sent = Sent()
        self.staff_sends = 0
        self.resolved = 0
        self._threads: list[threading.Thread] = []
        self.failures: list[BaseException] = []

    def start(self, residents: int, setup_token: str) -> None:
        body = {"token": setup_token, "login": "admin", "name": "さとう", "password": PASSWORD}
        with self._client() as client:
            csrf = client.post(f"{self._base}/api/console/setup", json=body).raise_for_status().json()["csrf"]
            for number in range(2):
                new = {"login": f"c{number}", "name": f"相談員{number}", "role": "counsellor", "password": PASSWORD}
                made = client.post(f"{self._base}/api/console/staff", json=new, headers={"X-CSRF-Token": csrf})
                made.raise_for_status()
        work = [(self._resident, number) for number in range(residents)] + [(self._counsellor, n) for n in range(2)]
        for function, number in work:
            thread = threading.Thread(target=self._guarded, args=(function, number), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive()
        assert not self.failures, self.failures

    def _guarded(self, function: Any, number: int) -> None:
        try:
            function(number)
        except BaseException as error:
            self.failures.append(error)
            raise

    @staticmethod
    def _client() -> httpx.Client:
        return httpx.Client(timeout=10, trust_env=False)

    def _until_heard(self, client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The service's answer; the same body again and again while it is down."""
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = client.post(f"{self._base}/api/chat{path}", json=body)
                if answer.is_success:
                    return dict(answer.json())
                assert answer.status_code in (429, 503), answer.text
            time.sleep(0.2)

    def _resident(self, number: int) -> None:
        dice = random.Random(f"{self._seed}-{number}")
        while not self._stop.is_set():
            with self._client() as client:
                started = self._until_heard(client, "/conversations", {"locale": "ja"})
                client.headers["Authorization"] = f"Bearer {started['token']}"
                talk = str(started["conversation"])
                alarm = dice.randrange(PER_TALK) if dice.random() < 0.4 else None
                for step in range(PER_TALK):
                    text = dice.choice(SOS if step == alarm else TEXTS)
                    client_id = uuid.UUID(int=dice.getrandbits(128)).hex
                    self._until_heard(client, "/messages", {"client_id": client_id, "text": text})
                    with self._lock:
                        self.sent.accepted[talk].append(client_id)
                        if step == alarm:
                            self.sent.sos.add(talk)
                    time.sleep(dice.uniform(0, 0.4))
                    if self._stop.is_set():
                        break

    def _counsellor(self, number: int) -> None:
        """Take the next case, say something, close it. Whatever fails is left for the lease to return."""
        console = f"{self._base}/api/console"
        while not self._stop.wait(0.3):
            with contextlib.suppress(httpx.HTTPError, KeyError), self._client() as client:
                signed_in = client.post(f"{console}/login", json={"login": f"c{number}", "password": PASSWORD})
                client.headers["X-CSRF-Token"] = signed_in.raise_for_status().json()["csrf"]
                while not self._stop.wait(0.3):
                    taken = client.post(f"{console}/cases/take-next").raise_for_status()
                    if taken.status_code == 204:
                        continue
                    case = taken.json()
                    said = {"client_id": uuid.uuid4().hex, "text": "お話を聞かせてください", "version": case["version"]}
                    client.post(f"{console}/cases/{case['id']}/messages", json=said).raise_for_status()
                    self.staff_sends += 1
                    closing = {"version": case["version"], "outcome": "advised", "note": ""}
                    client.post(f"{console}/cases/{case['id']}/resolve", json=closing).raise_for_status()
                    self.resolved += 1


def settled(database: Database) -> None:
    """Wait until nothing is unhandled any more."""
    deadline = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline:
        with database.read() as session:
            query = select(Message.id).where(Message.author == Author.resident.value, Message.handled_at.is_(None))
            if session.scalars(query.limit(1)).first() is None:
                return
        time.sleep(0.3)


def victims(cycles: int, gateway_kills: int, dice: random.Random) -> list[str]:
    rest = cycles - gateway_kills
    order = ["app"] * gateway_kills + ["rasa"] * (rest - rest // 2) + ["valkey"] * (rest // 2)
    dice.shuffle(order)
    return order


def crash_cycles(database_url: str, folder: Path, cycles: int, gateway_kills: int, seed: int) -> None:
    dice = random.Random(seed)
    started = time.monotonic()
    stack = Crashable(folder, IROIRO_DATABASE_URL=database_url, IROIRO_LEASE_SECONDS="15")
    database = None
    try:
        stack.start()
        traffic = Traffic(stack.base, seed)
        traffic.start(5, stack.setup_token())
        for part in victims(cycles, gateway_kills, dice):
            time.sleep(dice.uniform(0.2, 1.2))
            stack.crash(part)
            time.sleep(dice.uniform(0, 0.5))
            stack.mend(part)
        time.sleep(1)
        traffic.stop()
        database = Database(database_url)
        settled(database)
        with database.read() as session:
            found = deviations(session, Vault.open(folder / "master.keys"), traffic.sent)
        figures = {
            "engine": "sqlite" if database.is_sqlite else "postgresql",
            "cycles": cycles,
            "gateway_kills": gateway_kills,
            "messages": sum(len(item) for item in traffic.sent.accepted.values()),
            "talks": len(traffic.sent.accepted),
            "sos": len(traffic.sent.sos),
            "staff_messages": traffic.staff_sends,
            "resolved": traffic.resolved,
            "seconds": round(time.monotonic() - started),
            "deviations": found,
        }
        sys.stdout.write(f"\n{json.dumps(figures)}\n")
        assert set(found.values()) == {0}, found
        assert traffic.sent.sos
    finally:
        if database is not None:
            database.close()
        stack.stop()


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_through_crashes(database_url: str, tmp_path: Path) -> None:
    crash_cycles(database_url, tmp_path / "stack", cycles=12, gateway_kills=2, seed=5)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_nothing_is_lost_or_doubled_through_hundreds_of_crashes(database_url: str, tmp_path: Path) -> None:
    crash_cycles(database_url, tmp_path / "stack", cycles=200, gateway_kills=70, seed=23)
