"""The family services on a simulated phone with LINE, in four languages: signed webhooks in, pictures and pushes out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.family.cards import Families
from bot.family.notices import Notices
from bot.family.reminders import CITY_TIME
from bot.gateway.context import Gateway
from bot.gateway.noticing import Noticing
from bot.gateway.reminding import Reminding
from bot.records.family_models import Family
from bot.records.models import Conversation, Staff
from tests.gateway.line_world import LineWorld, line_world

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

U = "U1"
VACCINE = {"ja": "B型肝炎", "en": "Hepatitis B", "vi": "Viêm gan B", "ne": ""}


@pytest.fixture
async def world(gateway: Gateway) -> AsyncIterator[LineWorld]:
    async with line_world(gateway) as made:
        yield made
        assert made.platform.refused == [], "LINE would have refused these"


class Phone:
    """One resident: taps, types, and reads the newest answer."""

    def __init__(self, world: LineWorld) -> None:
        self.world = world
        self.seen = 0
        self.card = ""

    async def next(self) -> list[dict[str, Any]]:
        self.seen += 1
        return (await self.world.answers(U, self.seen))[self.seen - 1]

    async def tap(self, payload: str) -> list[dict[str, Any]]:
        await self.world.tap(U, payload)
        return await self.next()

    async def say(self, text: str) -> list[dict[str, Any]]:
        await self.world.say(U, text)
        return await self.next()


def button(answer: list[dict[str, Any]], begins: str) -> str:
    items = answer[-1]["quickReply"]["items"]
    return next(item["action"]["data"] for item in items if item["action"].get("data", "").startswith(begins))


def words(answer: list[dict[str, Any]]) -> str:
    return "\n".join(message.get("text", "") for message in answer)


async def registered(world: LineWorld, locale: str) -> Phone:
    phone = Phone(world)
    await phone.tap("/family")
    with world.gateway.database.write() as session:
        session.execute(update(Conversation).values(locale=locale, locale_chosen=True))
    ward = await phone.tap(button(await phone.tap("/family_keep 2026-08-01"), "/family_yes"))
    card = await phone.tap(button(ward, "/family_card 2026-08-01 tama"))
    image = next(message for message in card if message["type"] == "image")
    assert image["originalContentUrl"].startswith("https://chat.example.jp/pictures/")
    drawn = await world.client.get(image["originalContentUrl"].removeprefix("https://chat.example.jp"))
    assert drawn.content.startswith(b"\x89PNG")
    phone.card = button(card, "/family_given")
    return phone


@pytest.mark.parametrize("locale", VACCINE)
async def test_a_card_a_dose_growth_and_a_code_by_tapping(world: LineWorld, locale: str) -> None:
    phone = await registered(world, locale)
    doses = await phone.tap(phone.card)
    assert VACCINE[locale] in str(doses[-1]["quickReply"])
    marked = await phone.tap(next(b for b in _payloads(doses) if b.endswith("hepb")))
    assert VACCINE[locale] in words(marked)
    kinds = await phone.tap(button(marked, "/family_growth"))
    await phone.tap(button(kinds, "/family_measure"))
    asked = await phone.say("15")
    grown = await phone.tap(button(asked, "/family_measured"))
    assert any(message["type"] == "image" for message in grown)
    roles = await phone.tap(button(grown, "/family_share"))
    shared = await phone.tap(button(roles, "/family_share"))
    assert "-" in words(shared)


@pytest.mark.parametrize("locale", VACCINE)
async def test_a_reminder_and_a_notice_arrive_as_pushes(world: LineWorld, locale: str) -> None:
    phone = await registered(world, locale)
    await phone.tap("/family_remind")
    await phone.tap("/family_notify")
    yesterday = datetime.now(CITY_TIME).date() - timedelta(days=1)
    moment = datetime.combine(yesterday, time(18), CITY_TIME)
    earlier = replace(world.gateway, clock=lambda: moment)
    with world.gateway.database.write() as session:
        session.execute(update(Family).values(next_reminder_at=moment))
        session.add(
            Staff(
                id="s1", login="s", name="S", role="supervisor", password_hash="x", failed_logins=0, created_at=moment
            )
        )
        session.flush()
        notices = Notices(session, moment)
        text = {"title": "やさしい おしらせ", "body": "きて ください。"}
        given = {
            "wards": ["tama"],
            "from_months": 0,
            "to_months": 12,
            "starts_on": yesterday.isoformat(),
            "ends_on": (yesterday + timedelta(days=9)).isoformat(),
            "texts": {
                "ja": {"title": "ひろば", "body": "どうぞ。"},
                "ja-easy": text,
                "en": {"title": "Play", "body": "Come."},
            },
        }
        notices.send(notices.create(given, "s1").id)
    assert len(Reminding(earlier).once()) == 1
    assert len(Noticing(earlier).once()) == 1
    world.gateway.wakeups.publish("outbox")
    with world.gateway.database.read() as session:
        family = session.scalars(select(Family)).one()
        reminders = family.sent_in_month
        assert Families(session, world.gateway.vault, moment).sent_hashes(family)
    pushed = [words(await phone.next()) for _ in range(reminders + 1)]
    assert all(group.way == "push" for group in world.platform.said(U)[-reminders - 1 :])
    expected = {"ja": "ひろば", "en": "Play"}.get(locale, "やさしい おしらせ")
    assert any(expected in text for text in pushed)
    assert any(VACCINE[locale] in text for text in pushed)
    stopped = await phone.tap("/family_stop")
    assert words(stopped)


def _payloads(answer: list[dict[str, Any]]) -> list[str]:
    return [item["action"].get("data", "") for item in answer[-1]["quickReply"]["items"]]
