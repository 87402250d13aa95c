"""Local notices: who gets one, in which language, within the rate, none twice, and going on after a stop or a kill."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.family.card import new_card
from bot.family.cards import Families
from bot.family.choices import Choices
from bot.family.dates import FamilyInputError
from bot.family.notices import NoticeError, Notices
from bot.family.reminders import CITY_TIME
from bot.gateway.context import Gateway
from bot.gateway.noticing import Noticing
from bot.records.database import Database
from bot.records.family_models import Notice
from bot.records.models import Message, Staff
from bot.records.talk import Talk
from tests.conftest import Clock
from tests.gateway.test_reminding import fast_database, texts

__all__ = ["fast_database"]

TEXTS = {
    "ja": {"title": "子育てひろば", "body": "あそびに来てください。"},
    "ja-easy": {"title": "こどもと あそぶ ところ", "body": "きて ください。"},
    "vi": {"title": "Sân chơi", "body": "Mời bạn đến chơi."},
}


def family(
    gateway: Gateway,
    clock: Clock,
    *,
    born: str = "2026-03-01",
    ward: str | None = "nakahara",
    locale: str = "ja",
    choices: Choices | None = None,
    wants: bool = True,
) -> str:
    with gateway.database.write() as session:
        conversation, _ = Talk(session, gateway.vault).create("web", locale=locale, now=clock())
        families = Families(session, gateway.vault, clock())
        made = families.agree(conversation.id)
        made.notices_on = wants
        families.set_choices(made, choices or Choices())
        families.add(made, new_card({"birthdate": born, "ward": ward}, clock().date()))
        return conversation.id


def written(**changes: Any) -> dict[str, Any]:
    given = {
        "wards": ["nakahara"],
        "from_months": 0,
        "to_months": 12,
        "starts_on": "2026-11-24",
        "ends_on": "2026-12-10",
        "texts": TEXTS,
    }
    return {**given, **changes}


@pytest.fixture
def staff(gateway: Gateway, clock: Clock) -> str:
    return member(gateway, clock)


def member(gateway: Gateway, clock: Clock) -> str:
    with gateway.database.write() as session:
        session.add(
            Staff(
                id="s1",
                login="s",
                name="S",
                role="supervisor",
                password_hash="x",
                failed_logins=0,
                created_at=clock(),
            )
        )
    return "s1"


def send(gateway: Gateway, clock: Clock, staff: str, **changes: Any) -> str:
    with gateway.database.write() as session:
        notices = Notices(session, clock())
        notice = notices.create(written(**changes), staff)
        return notices.send(notice.id).id


def progress(gateway: Gateway, clock: Clock, notice_id: str) -> dict[str, Any]:
    with gateway.database.read() as session:
        notices = Notices(session, clock())
        notice = notices.get(notice_id)
        return {"state": notice.state, **notices.progress(notice)}


def deliver(gateway: Gateway, clock: Clock, times: int = 3) -> None:
    for _ in range(times):
        Noticing(gateway).once()
        clock.tick(seconds=6)


def test_it_reaches_those_who_asked_in_the_ward_and_age_in_their_language(
    gateway: Gateway, clock: Clock, staff: str
) -> None:
    vietnamese, nepali, japanese = (family(gateway, clock, locale=locale) for locale in ("vi", "ne", "ja"))
    elsewhere = family(gateway, clock, ward="asao")
    asked_elsewhere = family(gateway, clock, ward="asao", choices=Choices(wards=("nakahara",)))
    older = family(gateway, clock, born="2020-03-01")
    never_asked = family(gateway, clock, wants=False)
    notice = send(gateway, clock, staff)
    deliver(gateway, clock)
    assert texts(gateway, vietnamese) == ["Sân chơi\n\nMời bạn đến chơi."]
    assert texts(gateway, nepali) == ["こどもと あそぶ ところ\n\nきて ください。"]
    assert texts(gateway, japanese) == ["子育てひろば\n\nあそびに来てください。"]
    assert len(texts(gateway, asked_elsewhere)) == 1
    assert [texts(gateway, one) for one in (elsewhere, older, never_asked)] == [[], [], []]
    assert progress(gateway, clock, notice) == {
        "state": "done",
        "matched": 4,
        "sent": 4,
        "missed": 0,
        "looked_at_all": True,
    }


def test_a_notice_for_pregnancies_does_not_go_to_children(gateway: Gateway, clock: Clock, staff: str) -> None:
    child = family(gateway, clock)
    with gateway.database.write() as session:
        conversation, _ = Talk(session, gateway.vault).create("web", locale="ja", now=clock())
        families = Families(session, gateway.vault, clock())
        made = families.agree(conversation.id)
        made.notices_on = True
        families.add(made, new_card({"due_date": "2027-02-01", "ward": "nakahara"}, clock().date()))
        expecting = conversation.id
    send(gateway, clock, staff, from_months=-1, to_months=-1)
    deliver(gateway, clock)
    assert (len(texts(gateway, child)), len(texts(gateway, expecting))) == (0, 1)


def test_a_shared_card_does_not_tell_its_reader_the_owners_ward(gateway: Gateway, clock: Clock, staff: str) -> None:
    owner = family(gateway, clock, wants=False)
    reader = family(gateway, clock, born="2015-01-01", ward=None)
    with gateway.database.write() as session:
        families = Families(session, gateway.vault, clock())
        _, code = families.share(families.cards(owner)[0], "read", "")
        families.join(reader, code)
    send(gateway, clock, staff)
    deliver(gateway, clock)
    assert texts(gateway, reader) == []


def test_in_quiet_hours_it_waits_and_after_its_last_day_it_is_missed(
    gateway: Gateway, clock: Clock, staff: str
) -> None:
    waiting = family(gateway, clock, choices=Choices(hour=20, quiet_from=8, quiet_until=19))
    notice = send(gateway, clock, staff, ends_on="2026-11-25")
    deliver(gateway, clock)
    assert texts(gateway, waiting) == []
    clock.tick(hours=10)
    deliver(gateway, clock)
    assert len(texts(gateway, waiting)) == 1
    late = family(gateway, clock)
    other = send(gateway, clock, staff, ends_on="2026-11-25")
    with gateway.database.write() as session:
        Notices(session, clock()).stop(other)
    clock.tick(days=3)
    with gateway.database.write() as session:
        Notices(session, clock()).send(other)
    deliver(gateway, clock)
    assert texts(gateway, late) == []
    assert progress(gateway, clock, notice)["state"] == "done"


def test_a_stopped_notice_goes_on_where_it_was_and_a_sent_one_cannot_be_changed(
    gateway: Gateway, clock: Clock, staff: str
) -> None:
    slow = replace(gateway, settings=replace(gateway.settings, notices_per_minute=24))
    everyone = [family(slow, clock) for _ in range(7)]
    notice = send(slow, clock, staff)
    Noticing(slow).once()
    assert progress(slow, clock, notice)["sent"] == 2  # 24 a minute are 2 in five seconds
    Noticing(slow).once()
    assert progress(slow, clock, notice)["sent"] == 2
    with slow.database.write() as session:
        notices = Notices(session, clock())
        notices.stop(notice)
        with pytest.raises(NoticeError, match="draft"):
            notices.edit(notice, written())
    deliver(slow, clock)
    assert progress(slow, clock, notice)["sent"] == 2
    with slow.database.write() as session:
        Notices(session, clock()).send(notice)
    deliver(slow, clock, 5)
    assert [len(texts(slow, one)) for one in everyone] == [1] * 7
    assert progress(slow, clock, notice)["state"] == "done"


class KilledError(Exception):
    """The process died before the commit."""


def test_families_each_once_though_the_gateway_dies_and_two_run(
    gateway: Gateway, fast_database: Database, clock: Clock
) -> None:
    each_once(gateway, fast_database, clock, 1_200)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_thousand_families_each_once(gateway: Gateway, fast_database: Database, clock: Clock) -> None:
    each_once(gateway, fast_database, clock, 10_000)


def each_once(gateway: Gateway, fast_database: Database, clock: Clock, count: int) -> None:
    gateway = replace(gateway, database=fast_database)
    with gateway.database.write() as session:
        families = Families(session, gateway.vault, clock())
        talk = Talk(session, gateway.vault)
        for _ in range(count):
            conversation, _ = talk.create("web", locale="vi", now=clock())
            made = families.agree(conversation.id)
            made.notices_on = True
            families.add(
                made, {"kind": "child", "birthdate": "2026-03-01", "ward": "nakahara", "name": "", "doses": []}
            )
    notice = send(gateway, clock, member(gateway, clock))
    pair = [Noticing(gateway), Noticing(gateway)]
    started, rounds = clock(), 0
    while progress(gateway, clock, notice)["state"] == "sending":
        rounds += 1
        if rounds % 20 == 0:
            dying = Noticing(gateway)
            dying._deliver_one = _die_after(dying._deliver_one, 7)  # type: ignore[method-assign]
            with pytest.raises(KilledError):
                dying.once()
            pair = [Noticing(gateway), Noticing(gateway)]
        for noticing in pair:
            noticing.once()
        clock.tick(seconds=5)
        assert rounds < 1_000
    with gateway.database.read() as session:
        per_family = select(func.count()).select_from(Message).group_by(Message.conversation_id)
        counts = list(session.scalars(per_family))
    assert (len(counts), max(counts)) == (count, 1)
    assert clock() - started >= timedelta(minutes=count / 600 - 1)


def _die_after(deliver_one: Any, times: int) -> Any:
    left = [times]

    def work(*given: Any) -> bool:
        left[0] -= 1
        if not left[0]:
            raise KilledError
        return bool(deliver_one(*given))

    return work


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wards": ["shibuya"]}, "wards"),
        ({"from_months": 13}, "to_months"),
        ({"ends_on": "2026-11-01"}, "ends_on"),
        ({"texts": {"vi": TEXTS["vi"]}}, "texts"),
        ({"texts": {**TEXTS, "xx": TEXTS["vi"]}}, "texts"),
        ({"texts": {**TEXTS, "en": {"title": "Only a title", "body": ""}}}, "texts"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_with_its_field(changes: dict[str, Any], field: str) -> None:
    from bot.family.notices import write_notice

    with pytest.raises(FamilyInputError) as refused:
        write_notice(Notice(), written(**changes))
    assert refused.value.field == field


def test_the_morning_of_the_first_day_is_waited_for(gateway: Gateway, clock: Clock, staff: str) -> None:
    one = family(gateway, clock)
    send(gateway, clock, staff, starts_on="2026-11-30")
    deliver(gateway, clock)
    assert texts(gateway, one) == []
    while not texts(gateway, one):
        clock.tick(hours=1)
        deliver(gateway, clock, 1)
    local = clock().astimezone(CITY_TIME)
    assert (local.date(), local.hour) == (date(2026, 11, 30), 9)
