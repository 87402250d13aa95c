"""Reminders over a simulated year: each once, none in quiet hours, though gateways restart, stand still, or run side by side."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.family.card import new_card, plan_of
from bot.family.cards import Families
from bot.family.choices import Choices
from bot.family.reminders import CITY_TIME
from bot.gateway.context import Gateway
from bot.gateway.reminding import Reminding
from bot.handover import store
from bot.handover.case import REQUESTED, Opening
from bot.records.database import Database
from bot.records.family_models import Family, PushItem, PushSubscription, SentReminder
from bot.records.migrate import upgrade
from bot.records.models import Conversation, Message, OutboxItem
from bot.records.talk import Talk
from bot.vocabulary import RiskLevel
from tests.conftest import START, Clock

YEAR = timedelta(days=365)
LOCALES = ("ja", "en", "vi", "ne", "th", "zh-Hant")


def family(
    gateway: Gateway,
    now: datetime,
    birthdate: str,
    choices: Choices,
    *siblings: str,
    channel: str = "web",
    locale: str = "ja",
) -> str:
    with gateway.database.write() as session:
        talk = Talk(session, gateway.vault)
        address = f"U{birthdate}{random.random()}" if channel == "line" else None
        conversation, _ = talk.create(channel, locale=locale, now=now, address=address)
        families = Families(session, gateway.vault, now)
        made = families.agree(conversation.id)
        made.reminders_on = True
        families.set_choices(made, choices)
        for name, born in zip("ABC", (birthdate, *siblings), strict=False):
            families.add(made, new_card({"birthdate": born, "name": name}, now.astimezone(CITY_TIME).date()))
        return conversation.id


def texts(gateway: Gateway, conversation_id: str) -> list[str]:
    with gateway.database.read() as session:
        talk = Talk(session, gateway.vault)
        conversation = session.get_one(Conversation, conversation_id)
        query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        return [talk.body(conversation, message)["parts"][0]["text"] for message in session.scalars(query)]


def wait_until_due(gateway: Gateway, clock: Clock) -> None:
    with gateway.database.read() as session:
        clock.now = max(clock.now, session.scalar(select(func.min(Family.next_reminder_at))) or clock.now)


def test_a_reminder_comes_at_the_familys_hour_in_its_language_on_line_and_in_browsers(
    gateway: Gateway, clock: Clock
) -> None:
    conversation = family(gateway, clock(), "2026-10-02", Choices(hour=9, locale="vi"), channel="line")
    with gateway.database.write() as session:
        session.add(
            PushSubscription(
                id="s", conversation_id=conversation, endpoint_hash="h", subscription_enc=b"x", created_at=clock()
            )
        )
    reminding = Reminding(gateway)
    assert reminding.once() == []  # it is 10 o'clock: the hour has passed for today
    wait_until_due(gateway, clock)
    assert clock().astimezone(CITY_TIME).hour == 9
    assert reminding.once() == [conversation]
    said = texts(gateway, conversation)
    assert any("Rota" in text for text in said)
    with gateway.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxItem)) == len(said)
        assert session.scalar(select(func.count()).select_from(PushItem)) == len(said)
    assert reminding.once() == []


def test_neutral_mode_says_nothing_of_children(gateway: Gateway, clock: Clock) -> None:
    conversation = family(gateway, clock(), "2026-10-02", Choices(mode="neutral", locale="en"))
    Reminding(gateway).once()
    wait_until_due(gateway, clock)
    Reminding(gateway).once()
    assert set(texts(gateway, conversation)) == {"You have a new message."}


def test_nothing_comes_between_a_resident_and_a_counsellor(gateway: Gateway, clock: Clock) -> None:
    conversation = family(gateway, clock(), "2026-10-02", Choices())
    Reminding(gateway).once()
    wait_until_due(gateway, clock)
    with gateway.database.write() as session:
        found = session.get_one(Conversation, conversation)
        store.open_or_raise(session, found, Opening(RiskLevel.high, REQUESTED, REQUESTED), now=clock())
    assert Reminding(gateway).once() == []


def test_a_gateway_that_was_down_at_the_hour_does_not_make_up_for_it_at_night(gateway: Gateway, clock: Clock) -> None:
    conversation = family(gateway, clock(), "2026-10-02", Choices(hour=18))
    Reminding(gateway).once()
    wait_until_due(gateway, clock)
    clock.tick(hours=5)
    assert Reminding(gateway).once() == []
    for _ in range(3):
        wait_until_due(gateway, clock)
        if Reminding(gateway).once():
            break
    assert 8 <= clock().astimezone(CITY_TIME).hour < 21
    assert len(texts(gateway, conversation)) >= 1


def test_a_dose_marked_as_given_is_not_reminded_of(gateway: Gateway, clock: Clock) -> None:
    conversation = family(gateway, clock(), "2026-10-02", Choices(locale="en"))
    with gateway.database.write() as session:
        families = Families(session, gateway.vault, clock())
        opened = families.cards(conversation)[0]
        opened.body["doses"] = [{"key": "a", "vaccine": "hepb", "date": "2026-12-02"}]
        families.save(opened)
    clock.now = datetime(2026, 12, 2, 1, tzinfo=START.tzinfo)
    for _ in range(4):
        Reminding(gateway).once()
        wait_until_due(gateway, clock)
    assert not any("Hepatitis B Dose 1" in text for text in texts(gateway, conversation))


@cache
def _plan(birthdate: str, on: date) -> dict[str, Any]:
    return plan_of(new_card({"birthdate": birthdate}, on), on)


def remembered_plan(body: dict[str, Any], on: date, content_dir: Path) -> dict[str, Any]:
    """The real plan, worked out once per birth date and day: what is tested here is who sends, not what is planned."""
    return _plan(body["birthdate"], on)


class KilledError(Exception):
    """The process died before the commit."""


class Killed(Reminding):
    """A gateway that dies in the middle of its transaction."""

    def _say(self, *rest: Any) -> None:
        super()._say(*rest)
        raise KilledError


@pytest.fixture
def fast_database(tmp_path: Path) -> Iterator[Database]:
    """SQLite without waiting for the disk: the year is long, and power cuts are not what is tried here."""
    opened = Database(f"sqlite:///{tmp_path / 'year.sqlite3'}")
    upgrade(opened)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
    yield opened
    opened.close()


def a_year(gateway: Gateway, clock: Clock, families: int) -> int:
    """Let two gateways run for a year, with restarts, kills and standstills; how many reminders went out."""
    draw = random.Random(11)
    births = [(date(2026, 11, 23) - timedelta(days=10 * n)).isoformat() for n in range(12)]
    chosen: dict[str, Choices] = {}
    for n in range(families):
        choices = Choices(
            hour=draw.choice((8, 9, 12, 18, 20)), quiet_from=draw.choice((21, 22)), quiet_until=draw.choice((6, 8))
        )
        locale = LOCALES[n % len(LOCALES)]
        first, *siblings = draw.sample(births, 3)
        chosen[family(gateway, clock(), first, choices, *siblings, locale=locale)] = choices
    end = clock() + YEAR
    pair = [Reminding(gateway, remembered_plan), Reminding(gateway, remembered_plan)]
    while clock() < end:
        event = draw.random()
        if event < 0.05:
            with contextlib.suppress(KilledError):
                Killed(gateway, remembered_plan).once()
            pair = [Reminding(gateway, remembered_plan) for _ in pair]
        if event > 0.99:
            clock.tick(hours=draw.choice((2, 7, 13)))
        told = [conversation for reminding in pair for conversation in reminding.once()]
        if not told:
            with gateway.database.read() as session:
                due = session.scalar(select(func.min(Family.next_reminder_at)))
            assert due is not None
            if due > clock():
                clock.now = due
    with gateway.database.read() as session:
        sent = session.execute(select(Message.conversation_id, Message.created_at, Message.locale)).all()
        keys = session.scalar(select(func.count()).select_from(SentReminder))
        counted = session.scalar(select(func.count()).select_from(Message))
    assert keys is not None
    assert keys >= len(sent) == counted
    monthly: Counter[tuple[str, str]] = Counter()
    for conversation, at, _ in sent:
        local = at.astimezone(CITY_TIME)
        assert not chosen[conversation].is_quiet(at), local
        monthly[conversation, f"{local:%Y-%m}"] += 1
    assert max(monthly.values()) <= 4
    assert_no_text_twice(gateway, list(chosen)[:40])
    return len(sent)


def assert_no_text_twice(gateway: Gateway, conversations: list[str]) -> None:
    """A dose that stays undone is named again once a quarter; nothing has the same words twice in one."""
    for conversation in conversations:
        with gateway.database.read() as session:
            times = list(
                session.scalars(
                    select(Message.created_at).where(Message.conversation_id == conversation).order_by(Message.seq)
                )
            )
        local = [at.astimezone(CITY_TIME) for at in times]
        said = Counter(
            (text, at.year, (at.month + 2) // 3) for text, at in zip(texts(gateway, conversation), local, strict=True)
        )
        assert [item for item, count in said.items() if count > 1] == []


def test_a_year_of_five_hundred_reminders(gateway: Gateway, fast_database: Database, clock: Clock) -> None:
    assert a_year(replace(gateway, database=fast_database), clock, 20) > 500


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_year_of_fifty_thousand_reminders(gateway: Gateway, fast_database: Database, clock: Clock) -> None:
    assert a_year(replace(gateway, database=fast_database), clock, 1_330) > 50_000


def test_whoever_comes_second_says_nothing(gateway: Gateway, clock: Clock) -> None:
    conversation = family(gateway, clock(), "2026-10-02", Choices())
    Reminding(gateway).once()
    wait_until_due(gateway, clock)
    with gateway.database.write() as session:
        stale = session.get_one(Family, conversation)
        session.execute(
            update(Family)
            .values(next_reminder_at=clock() + timedelta(days=1))
            .execution_options(synchronize_session=False)
        )
        assert Reminding(gateway)._look(session, stale, clock()) is False
    assert texts(gateway, conversation) == []
