"""Alerts outside the console: sent once by many gateways, repeated until answered, escalated, and without the resident's words."""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from bot.console.access import Access
from bot.gateway.alerting import AlertSender, Ways
from bot.gateway.context import Gateway
from bot.handover import store
from bot.handover.alerts import add_address, raise_test
from bot.records.alert_models import Alert, StaffAddress
from bot.records.models import Case, Staff
from bot.settings import Settings, SettingsError
from bot.vocabulary import Role
from tests.conftest import Clock, free_port
from tests.service import Page

pytestmark = pytest.mark.anyio

SECRET_WORDS = "死にたい。名前は川崎はなこ"


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, f"{mail['Subject']}\n{mail.get_content()}"))
        return "250 kept"


class Receiver:
    """Somebody's webhook receiver."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.headers["X-Iroiro-Signature"], body))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


class Pushes:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.status = 201

    def __call__(self, settings: Settings, subscription: dict[str, Any], payload: dict[str, Any], **_: Any) -> int:
        self.sent.append({"to": subscription["endpoint"], **payload})
        return self.status


@pytest.fixture
def pushes() -> Pushes:
    return Pushes()


@pytest.fixture
def team(gateway: Gateway) -> dict[str, str]:
    """A counsellor and a supervisor with a browser each; the counsellor also reads mail, in English."""
    ids = {}
    with gateway.database.write() as session:
        access = Access(session, gateway.vault, gateway.clock())
        for role in (Role.counsellor, Role.supervisor):
            ids[role.value] = access.create_staff(role.value, role.value, role, "correct horse battery").id
            browser = {"endpoint": f"https://fcm.googleapis.com/{role.value}", "keys": {}}
            add_address(session, gateway.vault, ids[role.value], "push", browser, "ja", now=gateway.clock())
        mail = "counsellor@city.example"
        add_address(session, gateway.vault, ids["counsellor"], "email", mail, "en", now=gateway.clock())
    return ids


def sender(gateway: Gateway, pushes: Pushes, **settings: Any) -> AlertSender:
    return AlertSender(replace(gateway, settings=replace(gateway.settings, **settings)), Ways(pushes))


async def sos(page: Page) -> None:
    await page.start(locale="ja")
    await page.send(SECRET_WORDS)


def targets(pushes: Pushes) -> list[str]:
    return [item["to"].rsplit("/", 1)[1] for item in pushes.sent]


async def test_two_gateways_send_one_alert_by_every_way_and_none_carries_the_residents_words(
    page: Page,
    gateway: Gateway,
    team: dict[str, str],
    pushes: Pushes,
    mailbox: tuple[Mailbox, str],
    receiver: Receiver,
) -> None:
    await sos(page)
    box, smtp_url = mailbox
    settings = {"smtp_url": smtp_url, "alert_webhook_url": receiver.url, "alert_webhook_secret": "s3cret"}
    senders = [sender(gateway, pushes, **settings) for _ in range(2)]
    assert [await one.once() for one in senders] == [1, 0]
    assert targets(pushes) == ["counsellor"]
    assert [to for to, _ in box.mails] == [["counsellor@city.example"]]
    assert box.mails[0][1].startswith("High risk: somebody is waiting")
    signature, body = receiver.got[0]
    told = json.loads(body)
    assert (told["kind"], told["level"], told["locale"], told["round"]) == ("alert", "high", "ja", 1)
    assert told["link"].endswith(f"/console#case/{told['case_id']}")
    at, given = (part.split("=")[1] for part in signature.split(","))
    assert given == hmac.new(b"s3cret", f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    everything = json.dumps(pushes.sent, ensure_ascii=False) + box.mails[0][1] + body.decode()
    for word in ("死にたい", "はなこ", "川崎"):
        assert word not in everything


async def test_it_repeats_until_somebody_acknowledges_and_reaches_supervisors_after_a_while(
    page: Page, gateway: Gateway, team: dict[str, str], pushes: Pushes, clock: Clock
) -> None:
    await sos(page)
    alerts = sender(gateway, pushes)
    await alerts.once()
    assert await alerts.once() == 0
    for _ in range(3):
        clock.tick(seconds=60)
        await alerts.once()
    assert targets(pushes) == ["counsellor"] * 3 + ["counsellor", "supervisor"]
    assert pushes.sent[-1]["title"].startswith("【責任者へ】")
    with gateway.database.write() as session:
        case = session.scalars(select(Case)).one()
        store.acknowledge(session, case.id, session.get_one(Staff, team["counsellor"]), now=clock())
    clock.tick(minutes=10)
    assert await alerts.once() == 0
    assert len(pushes.sent) == 5


async def test_a_claim_ends_the_alert(
    page: Page, gateway: Gateway, team: dict[str, str], pushes: Pushes, clock: Clock
) -> None:
    await sos(page)
    with gateway.database.write() as session:
        case = session.scalars(select(Case)).one()
        staff = session.get_one(Staff, team["counsellor"])
        store.claim(session, case.id, staff, case.version, now=clock(), lease_seconds=120)
    assert await sender(gateway, pushes).once() == 0
    with gateway.database.read() as session:
        assert session.scalars(select(Alert)).one().ended_at is not None


async def test_a_case_given_back_is_alerted_again(
    page: Page, gateway: Gateway, team: dict[str, str], pushes: Pushes, clock: Clock
) -> None:
    await sos(page)
    with gateway.database.write() as session:
        case = session.scalars(select(Case)).one()
        staff = session.get_one(Staff, team["counsellor"])
        store.claim(session, case.id, staff, case.version, now=clock(), lease_seconds=120)
        store.release(session, case.id, staff, 2, now=clock())
    alerts = sender(gateway, pushes)
    await alerts.once()
    pushes.sent.clear()
    clock.tick(seconds=61)
    assert await alerts.once() == 1
    assert targets(pushes) == ["counsellor"]


async def test_what_arrived_nowhere_is_tried_again_soon_and_a_gone_browser_is_forgotten(
    page: Page, gateway: Gateway, team: dict[str, str], pushes: Pushes, clock: Clock
) -> None:
    await sos(page)
    alerts = sender(gateway, pushes)
    pushes.status = 503
    await alerts.once()
    clock.tick(seconds=16)
    pushes.status = 410
    assert await alerts.once() == 1
    with gateway.database.read() as session:
        browsers = session.scalars(select(StaffAddress.staff_id).where(StaffAddress.kind == "push")).all()
    assert list(browsers) == [team["supervisor"]]


async def test_a_dead_mail_server_and_webhook_hold_up_nothing(
    page: Page, gateway: Gateway, team: dict[str, str], pushes: Pushes
) -> None:
    await sos(page)
    nowhere = f"127.0.0.1:{free_port()}"
    settings = {"smtp_url": f"smtp://{nowhere}", "alert_webhook_url": f"http://{nowhere}/", "alert_webhook_secret": "x"}
    assert await sender(gateway, pushes, **settings).once() == 1
    assert targets(pushes) == ["counsellor"]
    with gateway.database.read() as session:
        outcome = session.scalars(select(Alert)).one().outcome
    assert outcome == {way: {"sent": int(way == "push"), "failed": int(way != "push")} for way in outcome}
    assert set(outcome) == {"push", "email", "webhook"}


async def test_a_test_goes_to_the_one_who_asked_and_says_so(
    gateway: Gateway, team: dict[str, str], pushes: Pushes, clock: Clock
) -> None:
    with gateway.database.write() as session:
        raise_test(session, team["supervisor"], now=clock())
    alerts = sender(gateway, pushes)
    assert await alerts.once() == 1
    assert targets(pushes) == ["supervisor"]
    assert "試験" in pushes.sent[0]["title"]
    clock.tick(hours=1)
    assert await alerts.once() == 0


async def test_a_person_who_left_is_not_alerted(
    page: Page, gateway: Gateway, team: dict[str, str], pushes: Pushes, clock: Clock
) -> None:
    with gateway.database.write() as session:
        session.get_one(Staff, team["counsellor"]).disabled_at = clock()
    await sos(page)
    await sender(gateway, pushes).once()
    assert pushes.sent == []


def test_a_webhook_without_a_secret_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="IROIRO_ALERT_WEBHOOK_SECRET"):
        Settings.from_env({"IROIRO_ALERT_WEBHOOK_URL": "https://city.example/alerts"})
