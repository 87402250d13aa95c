"""The family services on a simulated phone with LINE, in four languages: signed webhooks in, pictures and pushes out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
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
from bot.vocabulary import LOCALES
from tests.gateway.line_world import LineWorld, line_world

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

U, GRANDMOTHER = "U1", "U2"
STATION = {"ja": "武蔵小杉駅", "en": "Musashi-Kosugi", "vi": "Musashi-Kosugi", "ne": "मुसाशी कोसुगी"}
VACCINE = {"ja": "B型肝炎", "en": "Hepatitis B", "vi": "Viêm gan B", "ne": ""}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One engine is enough here: what is tried is the talk."""
    return f"sqlite:///{tmp_path / 'iroiro.sqlite3'}"


@pytest.fixture
async def world(gateway: Gateway) -> AsyncIterator[LineWorld]:
    async with line_world(gateway) as made:
        yield made
        assert made.platform.refused == [], "LINE would have refused these"


class Phone:
    """One resident: taps, types, and reads the newest answer."""

    def __init__(self, world: LineWorld, user: str = U) -> None:
        self.world = world
        self.user = user
        self.seen = 0
        self.card = ""

    async def next(self) -> list[dict[str, Any]]:
        self.seen += 1
        return (await self.world.answers(self.user, self.seen))[self.seen - 1]

    async def tap(self, payload: str) -> list[dict[str, Any]]:
        await self.world.tap(self.user, payload)
        return await self.next()

    async def say(self, text: str) -> list[dict[str, Any]]:
        await self.world.say(self.user, text)
        return await self.next()

    async def send_location(self, lat: float, lon: float) -> list[dict[str, Any]]:
        message = {"type": "location", "id": f"place{self.seen}", "latitude": lat, "longitude": lon}
        assert await self.world.deliver(self.world.platform.event(self.user, "message", message=message)) == 200
        return await self.next()


def button(answer: list[dict[str, Any]], begins: str) -> str:
    items = answer[-1]["quickReply"]["items"]
    return next(item["action"]["data"] for item in items if item["action"].get("data", "").startswith(begins))


def words(answer: list[dict[str, Any]]) -> str:
    return "\n".join(message.get("text", "") for message in answer)


async def speaking(world: LineWorld, locale: str, user: str = U) -> Phone:
    """A phone whose talk is in this language."""
    phone = Phone(world, user)
    await phone.tap("/family")
    with world.gateway.database.write() as session:
        session.execute(update(Conversation).values(locale=locale, locale_chosen=True))
    return phone


async def picture(world: LineWorld, answer: list[dict[str, Any]]) -> None:
    """The picture in an answer can be fetched and is one."""
    image = next(message for message in answer if message["type"] == "image")
    address = image["originalContentUrl"]
    assert address.startswith("https://chat.example.jp/")
    drawn = await world.client.get(address.removeprefix("https://chat.example.jp"))
    assert drawn.content.startswith(b"\x89PNG")


async def registered(world: LineWorld, locale: str) -> Phone:
    phone = await speaking(world, locale)
    ward = await phone.tap(button(await phone.tap("/family_keep 2026-08-01"), "/family_yes"))
    card = await phone.tap(button(ward, "/family_card 2026-08-01 tama"))
    await picture(world, card)
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
    code = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", words(shared))
    assert code

    hers = Phone(world, GRANDMOTHER)
    await hers.tap(button(await hers.tap("/family_join"), "/family_join_yes"))
    joined = await hers.say(code[0])
    await picture(world, joined)
    assert not any(payload.startswith(("/family_given", "/family_share")) for payload in _payloads(joined))


@pytest.mark.parametrize("locale", VACCINE)
async def test_first_times_and_a_pregnancys_weight(world: LineWorld, locale: str) -> None:
    phone = await registered(world, locale)
    say = world.gateway.words.text
    card = phone.card.split()[1]
    first = await phone.tap(f"/family_first {card}")
    assert len(_payloads(first)) == 13
    more = await phone.tap(next(payload for payload in _payloads(first) if payload.endswith("more")))
    assert f"/family_first {card} own" in _payloads(more)
    kept = await phone.tap(f"/family_first {card} first_smile")
    assert say(locale, "family.milestone_first_smile") in words(kept)
    assert f"/family_first {card} first_smile" not in _payloads(await phone.tap(f"/family_first {card}"))

    due = world.gateway.today() + timedelta(days=120)
    wards = await phone.tap(f"/family_keep {due}")
    made = await phone.tap(button(wards, f"/family_card {due} tama"))
    assert say(locale, "family.checkup_pregnancy_visits") in words(made)
    weigh = button(made, "/family_weigh")
    assert say(locale, "myfamily.height") in words(await phone.tap(weigh))
    refused = await phone.say("1600")
    assert say(locale, "family.growth_height") in words(refused)
    assert say(locale, "myfamily.weight_before") in words(await phone.say("160"))
    assert say(locale, "myfamily.weight_now") in words(await phone.say("52 kg"))
    weighed = await phone.say("55.4")
    assert "55.4" in words(weighed)
    await picture(world, weighed)
    assert say(locale, "myfamily.weight_now") in words(await phone.tap(weigh))


@pytest.mark.parametrize("locale", VACCINE)
async def test_places_by_ward_station_and_location_with_a_map(world: LineWorld, locale: str) -> None:
    phone = await speaking(world, locale)
    asked = await phone.tap("/find_facility")
    assert asked[-1]["quickReply"]["items"][0]["action"]["type"] == "location"
    kinds = await phone.tap(button(asked, "/places nakahara"))
    found = await phone.tap(button(kinds, "/places nakahara children_culture_center"))
    await picture(world, found)
    assert "小杉こども文化センター" in str(found)
    await phone.tap("/places")
    kinds = await phone.say(STATION[locale])
    assert button(kinds, "/places nakahara ward_office")
    await phone.tap("/places")
    kinds = await phone.send_location(35.6033, 139.5075)
    found = await phone.tap(next(payload for payload in _payloads(kinds) if payload.endswith(" ward_office")))
    assert "麻生区役所" in str(found)


async def test_every_language_can_be_chosen_and_speaks(world: LineWorld) -> None:
    assert await world.deliver(world.platform.event(U, "follow", follow={"isUnblocked": False})) == 200
    phone = Phone(world)
    offered = [payload for payload in _payloads(await phone.next()) if "language" in payload or "locale" in payload]
    assert len(offered) == len(LOCALES)
    for payload in offered:
        await phone.tap(payload)
    for locale in LOCALES:
        with world.gateway.database.write() as session:
            session.execute(update(Conversation).values(locale=locale, locale_chosen=True))
        assert world.gateway.words.text(locale, "myfamily.talk_consent") in words(await phone.tap("/family"))


@pytest.mark.parametrize("locale", VACCINE)
async def test_missed_doses_a_reminder_and_a_notice_arrive_as_pushes(world: LineWorld, locale: str) -> None:
    phone = await registered(world, locale)
    ward = await phone.tap("/family_keep 2025-05-01")
    await phone.tap(button(ward, "/family_card 2025-05-01 tama"))
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
    late = world.gateway.words.text(locale, "family.reminder_overdue", name="", vaccines="|").split("|")[1]
    assert any(late in text for text in pushed)
    stopped = await phone.tap("/family_stop")
    assert words(stopped)


def _payloads(answer: list[dict[str, Any]]) -> list[str]:
    return [item["action"].get("data", "") for item in answer[-1]["quickReply"]["items"]]
