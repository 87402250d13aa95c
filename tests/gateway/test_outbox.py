"""What a killed gateway leaves in the outbox: the next one finds out whether it had arrived."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.channels.delivery import Sent, Verdict
from bot.channels.inbound import Inbound
from bot.channels.line_render import render
from bot.gateway import line_answers, line_service, outbox
from bot.gateway.context import Gateway
from bot.gateway.outbox import Outbox, Parcel
from bot.http.limits import SlidingLimit
from bot.records.models import OutboxItem
from bot.records.talk import Talk

pytestmark = pytest.mark.anyio

TOKEN = "token-of-the-question"


class OneToken:
    """A LINE with one reply token; counts what residents saw."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.used = False
        self.keys: set[str] = set()
        self.answers: list[Sent] = []
        """What the next replies are told instead of the truth."""

    async def reply(self, token: str, messages: list[dict[str, object]]) -> Sent:
        told = self.answers.pop(0) if self.answers else None
        if told is not None and told.detail == "429":
            return told
        if self.used:
            return told or Sent(Verdict.token_gone, "Invalid reply token")
        self.used = True
        self.seen.append("reply")
        return told or Sent(Verdict.sent)

    async def push(self, user_id: str, messages: list[dict[str, object]], retry_key: str) -> Sent:
        if retry_key not in self.keys:
            self.keys.add(retry_key)
            self.seen.append("push")
        return Sent(Verdict.sent)

    async def link_menu(self, user_id: str, locale: str) -> bool:
        return False

    async def aclose(self) -> None:
        return None


def a_question(gateway: Gateway, happened: datetime | None = None) -> None:
    """A resident asked for the help lines; the answer waits in the outbox."""
    happened_ms = int(1000 * happened.timestamp()) if happened else 0
    with gateway.database.write() as session:
        talk = Talk(session, gateway.vault)
        home, _ = talk.create("line", locale="ja", now=gateway.clock(), address="U1")
        scene = line_answers.Scene(gateway, session, talk, home, home, gateway.clock(), SlidingLimit(1, 1))
        inbound = Inbound("event", "", line_answers.HOTLINES, reply_token=TOKEN, happened_ms=happened_ms)
        answer = line_answers.answer_here(scene, inbound)
        assert answer is not None
        line_answers.record_answered(scene, inbound, answer)


def sent_items(gateway: Gateway) -> int:
    with gateway.database.read() as session:
        query = select(func.count()).select_from(OutboxItem).where(OutboxItem.state == "sent")
        return int(session.scalar(query) or 0)


async def settled(gateway: Gateway, line: OneToken) -> None:
    """A new gateway starts and does what is due."""
    following = Outbox(gateway, line)
    await following.start()
    for _ in range(200):
        if sent_items(gateway):
            break
        await asyncio.sleep(0.02)
    await following.stop()
    assert sent_items(gateway) == 1


def expire_claim(gateway: Gateway) -> None:
    """As time does on engines where another gateway may still be at it."""
    with gateway.database.write() as session:
        for item in session.scalars(select(OutboxItem)):
            item.next_attempt_at = gateway.clock()


@pytest.mark.parametrize("arrived", [True, False], ids=["after it arrived", "before it left"])
async def test_a_kill_in_the_middle_of_a_reply(gateway: Gateway, arrived: bool) -> None:
    a_question(gateway)
    line = OneToken()
    (claim,) = Outbox(gateway, line)._claim_due(10)
    assert claim.reply_token == TOKEN
    if arrived:
        await line.reply(TOKEN, [])
    expire_claim(gateway)
    await settled(gateway, line)
    assert line.seen == ["reply"]


async def test_on_sqlite_the_next_gateway_need_not_wait_for_the_claim(gateway: Gateway) -> None:
    a_question(gateway)
    line = OneToken()
    Outbox(gateway, line)._claim_due(10)
    if not gateway.database.is_sqlite:
        # Another gateway may still be at work on it here.
        assert Outbox(gateway, line)._claim_due(10) == []
        return
    await settled(gateway, line)
    assert line.seen == ["reply"]


@pytest.mark.parametrize("arrived", [True, False], ids=["after it arrived", "before it left"])
async def test_a_start_settles_interrupted_replies_before_it_loads_the_rest(
    gateway: Gateway, database_url: str, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    line = OneToken()
    monkeypatch.setattr("bot.channels.line.LineSender", lambda *_: line)
    settings = replace(gateway.settings, database_url=database_url, line_channel_access_token="token")
    a_question(gateway)
    await asyncio.to_thread(line_service.finish_interrupted, settings)
    assert (line.seen, sent_items(gateway)) == ([], 0), "what was never tried can wait"
    Outbox(gateway, line)._claim_due(10)
    if arrived:
        await line.reply(TOKEN, [])
    if not gateway.database.is_sqlite:
        expire_claim(gateway)
    monkeypatch.setattr(line_service, "utc_now", gateway.clock)
    await asyncio.to_thread(line_service.finish_interrupted, settings)
    assert (line.seen, sent_items(gateway)) == (["reply"], 1)


async def test_once_turned_to_push_a_silent_token_proves_nothing(gateway: Gateway) -> None:
    a_question(gateway)
    line = OneToken()
    line.used = True
    first = Outbox(gateway, line)
    (claim,) = first._claim_due(10)
    # The token had been used up otherwise, so this attempt turned to push, and was killed before it left.
    first._turn_to_push(claim.item_id)
    expire_claim(gateway)
    await settled(gateway, line)
    assert line.seen == ["push"]


async def test_a_late_answer_is_pushed_without_trying_the_token(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "FIRST_REPLY_S", 0)
    a_question(gateway)
    line = OneToken()
    await settled(gateway, line)
    assert line.seen == ["push"]
    assert not line.used


async def test_a_clear_refusal_does_not_clear_up_the_attempt_before_it(gateway: Gateway) -> None:
    """The reply arrives and its answer is lost; the second try is told to slow down; the third finds the token used."""
    a_question(gateway)
    line = OneToken()
    line.answers = [Sent(Verdict.again, "503"), Sent(Verdict.again, "429")]
    for _ in range(3):
        expire_claim(gateway)
        following = Outbox(gateway, line)
        (claim,) = following._claim_due(10)
        await following._send(claim)
    assert (line.seen, sent_items(gateway)) == (["reply"], 1)


async def test_a_token_ages_from_the_event_not_from_its_late_delivery(gateway: Gateway) -> None:
    a_question(gateway, happened=gateway.clock() - timedelta(seconds=59))
    line = OneToken()
    await settled(gateway, line)
    assert line.seen == ["push"]


async def test_what_is_claimed_is_rendered_for_its_resident(gateway: Gateway) -> None:
    a_question(gateway)
    made = Outbox(gateway, OneToken())
    (claim,) = made._claim_due(10)
    parcel = made._parcel(claim.item_id)
    assert isinstance(parcel, Parcel)
    assert (parcel.user_id, parcel.menu_locale) == ("U1", "ja")
    assert parcel.messages[0]["type"] == "flex"
    assert made._claim_due(10) == []
    assert render({"parts": []}) == []
