"""The kill switch: the machine keeps quiet, everything that protects a resident goes on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.gateway.context import Gateway
from bot.records.audit import verify_audit
from bot.records.models import AuditEntry, Case
from bot.records.switches import SwitchError, is_off, switches, turn
from tests.service import FakeRasa, Page

STAFF = "staff-1"


def _switch(gateway: Gateway, scope: str, off: bool, reason: str = "a wrong amount was published") -> None:
    with gateway.database.write() as session:
        turn(session, scope, off=off, reason=reason, actor_id=STAFF, now=gateway.clock())


@pytest.mark.anyio
async def test_switched_off_the_machine_says_so_shows_hotlines_and_asks_nobody(
    gateway: Gateway, page: Page, rasa: FakeRasa
) -> None:
    _switch(gateway, "web", off=True)
    await page.start(locale="ja")
    await page.send("医療費の助成はありますか")
    assert rasa.asked == []
    assert [part["type"] for part in page.last_parts()] == ["text", "hotlines"]
    assert page.last_parts()[1]["items"]
    assert [choice["payload"] for choice in page.messages()[-1]["choices"]] == ["/want_person"]


@pytest.mark.anyio
async def test_an_sos_still_has_its_case_and_hotlines(gateway: Gateway, page: Page) -> None:
    _switch(gateway, "all", off=True)
    await page.start(locale="ja")
    await page.send("死にたい")
    assert any(part["type"] == "hotlines" for part in page.last_parts())
    with gateway.database.read() as session:
        assert [case.level for case in session.scalars(select(Case))] == [2]


@pytest.mark.anyio
async def test_a_person_can_still_be_asked_for(gateway: Gateway, page: Page) -> None:
    _switch(gateway, "all", off=True)
    await page.start(locale="en")
    await page.send("A person, please", payload="/want_person")
    with gateway.database.read() as session:
        assert [case.category for case in session.scalars(select(Case))] == ["requested"]


@pytest.mark.anyio
async def test_on_again_the_machine_answers_and_the_other_channel_stays_off(
    gateway: Gateway, page: Page, rasa: FakeRasa
) -> None:
    _switch(gateway, "line", off=True)
    _switch(gateway, "web", off=True)
    _switch(gateway, "web", off=False, reason="corrected")
    await page.start(locale="ja")
    await page.send("医療費の助成はありますか")
    assert len(rasa.asked) == 1
    with gateway.database.read() as session:
        assert is_off(session, "line")
        assert not is_off(session, "web")
        assert [(row.scope, row.off) for row in switches(session)] == [("web", False), ("line", True)]


@pytest.mark.parametrize(("scope", "reason"), [("fax", "why not"), ("web", "  "), ("web", "x" * 301)])
def test_without_a_reason_or_a_known_channel_nothing_is_switched(gateway: Gateway, scope: str, reason: str) -> None:
    with pytest.raises(SwitchError), gateway.database.write() as session:
        turn(session, scope, off=True, reason=reason, actor_id=STAFF, now=gateway.clock())
    with gateway.database.read() as session:
        assert not is_off(session, "web")


def test_every_switching_is_in_the_audit_chain(gateway: Gateway) -> None:
    _switch(gateway, "all", off=True)
    with gateway.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "switch.turn")).one()
        assert (entry.actor_id, entry.object_id, entry.data["off"]) == (STAFF, "all", True)
        assert verify_audit(session)[1] is None
