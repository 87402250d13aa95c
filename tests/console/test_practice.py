"""A practice talk is marked, alerts nobody, counts nowhere, belongs to its trainee and leaves an audit entry alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.gateway.context import Gateway
from bot.handover.statistics import Statistics, collect
from bot.records.alert_models import Alert
from bot.records.models import AuditEntry, Case, CaseEvent, Conversation, Message
from tests.conftest import START, Clock

pytestmark = pytest.mark.anyio
DAY = START.date()


async def test_a_talk_from_first_word_to_checklist_leaves_nothing_but_the_audit(gateway: Gateway, desk: Any) -> None:
    trainee = await desk("counsellor")
    listed = (await trainee.get("/practice")).json()
    assert len(listed["scenarios"]) == 5
    assert len(listed["locales"]) == 13
    begun = (await trainee.post("/practice/start", scenario="suicidal_teen", locale="vi")).json()
    assert begun["practice"] is True
    assert begun["answer"]["text"].startswith("Em chỉ muốn biến mất")
    assert begun["answer"]["ja"].startswith("もう消えたい")
    phrase = {"id": "safe_now", "slots": {}}
    asked = (await trainee.post("/practice/say", state=begun["state"], phrase=phrase)).json()
    assert asked["said"]["text"].startswith("Chỗ bạn")
    assert asked["said"]["ja"] == "いまいる場所は安全ですか。"
    assert asked["answer"]["text"].startswith("Em đang ở trong phòng")
    told = (await trainee.post("/practice/say", state=asked["state"], text="だれにも言わないよ。")).json()
    ended = (await trainee.post("/practice/end", state=told["state"])).json()
    assert [item["id"] for item in ended["steps"] if item["said"]] == ["safety"]
    assert [item["id"] for item in ended["mistakes"]] == ["promised_secrecy"]
    with gateway.database.read() as session:
        for table in (Case, CaseEvent, Conversation, Message, Alert):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert collect(session, DAY, DAY) == Statistics(DAY, DAY)
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("practice.%"))).all()
        assert [(entry.action, entry.actor_id) for entry in entries] == [
            ("practice.start", trainee.id),
            ("practice.end", trainee.id),
        ]
        assert entries[1].data == {"scenario": "suicidal_teen", "locale": "vi", "said": 1, "of": 6}


async def test_another_ones_practice_a_forged_and_an_old_one_are_refused(desk: Any, clock: Clock) -> None:
    trainee, other = await desk("counsellor"), await desk("second")
    state = (await trainee.post("/practice/start", scenario="bullying", locale="ja")).json()["state"]
    for member, sent in ((other, state), (trainee, "x"), (trainee, "日本"), (trainee, state[:-8] + "AAAAAAA=")):
        assert (await member.post("/practice/say", state=sent, text="こんにちは")).status_code == 409
        assert (await member.post("/practice/end", state=sent)).status_code == 409
    clock.tick(seconds=timedelta(hours=9).total_seconds())
    await trainee.sign_in("counsellor")
    assert (await trainee.post("/practice/say", state=state, text="こんにちは")).status_code == 409


async def test_what_does_not_exist_is_refused(desk: Any) -> None:
    trainee = await desk("counsellor")
    for scenario, locale in (("nothing", "ja"), ("bullying", "xx")):
        assert (await trainee.post("/practice/start", scenario=scenario, locale=locale)).status_code == 422
    state = (await trainee.post("/practice/start", scenario="bullying", locale="ja")).json()["state"]
    assert (await trainee.post("/practice/say", state=state, text=" ")).status_code == 422
    phrase = {"id": "nothing", "slots": {}}
    assert (await trainee.post("/practice/say", state=state, phrase=phrase)).status_code == 422
    assert (await (await desk("auditor")).get("/practice")).status_code == 403
