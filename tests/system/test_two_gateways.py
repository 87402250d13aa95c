"""Two gateways and two Rasa workers on one PostgreSQL and one Valkey: it does not matter which of them anybody talks to.

The Rasa workers are stand-ins; the gateways, database and Valkey are real processes.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any, ClassVar

import httpx
import pytest

from bot.records.crypto import Vault
from bot.records.database import Database
from tests.conftest import free_port
from tests.system.history import Sent, deviations
from tests.system.stack import PASSWORD, SERVICE_PYTHON, Stack
from tests.system.test_crashes import Crashable, settled

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

RESIDENTS = 6
MESSAGES = 10


class Pair:
    """`first` has Valkey and both Rasa workers beside it, `second` is a gateway alone."""

    def __init__(self, folder: Path, database_url: str) -> None:
        other_rasa = free_port()
        self.database_url = database_url
        self.keys = folder / "master.keys"
        shared = {"IROIRO_DATABASE_URL": database_url, "IROIRO_SECRET_KEY_FILE": str(self.keys)}
        self.first = Crashable(folder / "first", **shared)
        addresses = f"http://127.0.0.1:{self.first.rasa_port},http://127.0.0.1:{other_rasa}"
        self.first._settings["IROIRO_RASA_URL"] = addresses
        self.second = Stack(
            folder / "second",
            IROIRO_REDIS_URL=f"redis://127.0.0.1:{self.first.valkey_port}/0",
            IROIRO_RASA_URL=addresses,
            **shared,
        )
        self._other_rasa = other_rasa

    def start(self) -> None:
        self.first.start_valkey()
        self.first.start_rasa(wait=False)
        self.first._spawn("rasa-2", [str(SERVICE_PYTHON), "-m", "tests.system.stand_in_rasa", str(self._other_rasa)])
        for stack in (self.first, self.second):
            stack._keep_vectors()
        # One of them makes the schema and the keys.
        self.first.start_app()
        self.second.start_app()

    def stop(self) -> None:
        self.second.stop()
        self.first.stop()

    @property
    def bases(self) -> tuple[str, str]:
        return self.first.base, self.second.base


@pytest.fixture
def pair(tmp_path: Path, database_url: str) -> Iterator[Pair]:
    made = Pair(tmp_path, database_url)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        # Streams end with their gateways; what is still open would be a warning.
        while Reader.opened:
            Reader.opened.pop().join(10)


class Reader(threading.Thread):
    """An open event stream; every event with an id goes into `seen`, with the moment it came."""

    opened: ClassVar[list[Reader]] = []

    def __init__(self, url: str, headers: dict[str, str], cookies: httpx.Cookies | None = None) -> None:
        super().__init__(daemon=True)
        self.opened.append(self)
        self._url, self._headers, self._cookies = url, headers, cookies
        self.seen: Queue[tuple[int, str, dict[str, Any], float]] = Queue()
        self.start()

    def run(self) -> None:
        seq, kind = 0, ""
        client = httpx.Client(timeout=60, trust_env=False, headers=self._headers, cookies=self._cookies)
        try:
            with client, client.stream("GET", self._url) as stream:
                for line in stream.iter_lines():
                    if line.startswith("id:"):
                        seq = int(line[3:])
                    elif line.startswith("event:"):
                        kind = line[6:].strip()
                    elif line.startswith("data:"):
                        self.seen.put((seq, kind, json.loads(line[5:]), time.monotonic()))
        except httpx.HTTPError:
            return

    def until(self, kind: str, **wanted: Any) -> tuple[dict[str, Any], float]:
        """The next event of this kind with these values. Fails after 20 s."""
        while True:
            _, found, data, moment = self.seen.get(timeout=20)
            if found == kind and all(data.get(key) == value for key, value in wanted.items()):
                return data, moment


class Talker:
    """One resident who sends through either gateway."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(timeout=20, trust_env=False)
        started = self.http.post(f"{base}/api/chat/conversations", json={"locale": "ja"}).raise_for_status().json()
        self.talk = str(started["conversation"])
        self.headers = {"Authorization": f"Bearer {started['token']}"}

    def send(self, base: str, client_id: str, text: str) -> int:
        body = {"client_id": client_id, "text": text}
        answer = self.http.post(f"{base}/api/chat/messages", json=body, headers=self.headers)
        return int(answer.raise_for_status().json()["seq"])

    def read(self, base: str, after: int = 0) -> Reader:
        return Reader(f"{base}/api/chat/events?after={after}", self.headers)


def signed_in(base: str, login: str) -> httpx.Client:
    client = httpx.Client(base_url=f"{base}/api/console", timeout=20, trust_env=False)
    answer = client.post("/login", json={"login": login, "password": PASSWORD}).raise_for_status()
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def make_staff(pair: Pair) -> None:
    with httpx.Client(base_url=f"{pair.first.base}/api/console", timeout=20, trust_env=False) as admin:
        # Each start makes a new link and ends the one before it.
        body = {"token": pair.second.setup_token(), "login": "admin", "name": "さとう", "password": PASSWORD}
        admin.headers["X-CSRF-Token"] = admin.post("/setup", json=body).raise_for_status().json()["csrf"]
        for login in ("c1", "c2"):
            new = {"login": login, "name": login, "role": "counsellor", "password": PASSWORD}
            admin.post("/staff", json=new).raise_for_status()


def alternate(pair: Pair, talker: Talker, sent: Sent, number: int) -> None:
    for step in range(MESSAGES):
        client_id = f"{number}-{step}"
        talker.send(pair.bases[(number + step) % 2], client_id, f"こんにちは {step}")
        sent.accepted[talker.talk].append(client_id)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_gateways_are_one_service(pair: Pair) -> None:
    make_staff(pair)
    sent, talkers = Sent(), [Talker(pair.bases[number % 2]) for number in range(RESIDENTS)]
    threads = [
        threading.Thread(target=alternate, args=(pair, talker, sent, number)) for number, talker in enumerate(talkers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert {len(sent.accepted[talker.talk]) for talker in talkers} == {MESSAGES}

    # What is said through one gateway comes out of the other's open stream.
    delays = []
    asker = Talker(pair.first.base)
    page = asker.read(pair.second.base)
    for step in range(10):
        begun = time.monotonic()
        seq = asker.send(pair.first.base, f"x-{step}", "ありがとう")
        sent.accepted[asker.talk].append(f"x-{step}")
        delays.append(page.until("message", seq=seq)[1] - begun)
        page.until("message", author="machine")

    # An SOS through one, the alert on a console of the other; one owner whoever asks.
    one, two = signed_in(pair.first.base, "c1"), signed_in(pair.second.base, "c2")
    console = Reader(f"{pair.second.base}/api/console/events?after=0", dict(two.headers), two.cookies)
    begun = time.monotonic()
    asker.send(pair.first.base, "sos", "死にたい")
    sent.accepted[asker.talk].append("sos")
    sent.sos.add(asker.talk)
    alert, moment = console.until("alert")
    alarm_s = moment - begun
    case = next(item for item in one.get("/cases").json()["cases"] if item["id"] == alert["case_id"])
    claims = [client.post(f"/cases/{case['id']}/claim", json={"version": case["version"]}) for client in (two, one)]
    assert [claim.status_code for claim in claims] == [200, 409]
    reply = {"client_id": "s1", "text": "お話を聞かせてください", "version": claims[0].json()["version"]}
    other_page = asker.read(pair.first.base)
    two.post(f"/cases/{case['id']}/messages", json=reply).raise_for_status()
    other_page.until("message", author="staff")

    # Without Valkey they find each other's news by looking.
    pair.first.kill_valkey()
    for step in range(3):
        seq = talkers[0].send(pair.first.base, f"v-{step}", "こんにちは")
        sent.accepted[talkers[0].talk].append(f"v-{step}")
        talkers[0].read(pair.second.base, after=seq - 1).until("message", seq=seq)
    pair.first.start_valkey()

    # One gateway is cut off in the middle of its work; the other answers, and the page goes on from where it was.
    last = talkers[1].send(pair.second.base, "cut", "こんにちは")
    sent.accepted[talkers[1].talk].append("cut")
    pair.second.kill("app")
    talkers[1].read(pair.first.base, after=last).until("message", author="machine")
    pair.second.start_app()
    seq = talkers[1].send(pair.second.base, "back", "こんにちは")
    sent.accepted[talkers[1].talk].append("back")
    talkers[1].read(pair.first.base, after=seq - 1).until("message", seq=seq)

    database = Database(pair.database_url)
    try:
        settled(database)
        with database.read() as session:
            found = deviations(session, Vault.open(pair.keys), sent)
    finally:
        database.close()
    figures = {
        "messages": sum(len(item) for item in sent.accepted.values()),
        "across_median_ms": round(1000 * statistics.median(delays), 1),
        "across_slowest_ms": round(1000 * max(delays), 1),
        "sos_to_other_console_ms": round(1000 * alarm_s, 1),
        "deviations": found,
    }
    sys.stdout.write(f"\n{json.dumps(figures)}\n")
    for client in (one, two, asker.http, *(talker.http for talker in talkers)):
        client.close()
    assert set(found.values()) == {0}, found
