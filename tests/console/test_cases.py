"""From a resident's SOS to a counsellor's answer in the same chat."""

from __future__ import annotations

from typing import Any

import pytest

from bot.app import console_beside
from bot.console.views import staff_events_after
from bot.gateway.context import Gateway
from bot.handover import store
from tests.conftest import Clock
from tests.service import FakeRasa, Page

pytestmark = pytest.mark.anyio

SOS = "死にたい"


async def waiting_case(page: Page, desk: Any, locale: str = "ja") -> tuple[Any, dict[str, Any]]:
    await page.start(locale=locale)
    await page.send(SOS)
    counsellor = await desk("counsellor")
    listing = (await counsellor.get("/cases")).json()
    return counsellor, listing["cases"][0]


async def test_an_sos_is_alerted_claimed_answered_and_closed(page: Page, desk: Any, gateway: Gateway) -> None:
    counsellor, case = await waiting_case(page, desk)
    kinds = [kind for _, kind, _ in staff_events_after(console_beside(gateway), 0)]
    assert "alert" in kinds
    claimed = await counsellor.post(f"/cases/{case['id']}/claim", version=case["version"])
    assert claimed.json()["assignee"]["id"] == counsellor.id
    sent = await counsellor.post(f"/cases/{case['id']}/messages", client_id="a", text="こんにちは、読みました。")
    again = await counsellor.post(f"/cases/{case['id']}/messages", client_id="a", text="こんにちは、読みました。")
    assert (sent.status_code, again.json()["message_id"]) == (202, sent.json()["message_id"])
    last = page.messages()[-1]
    assert (last["author"], last["author_name"]) == ("staff", "counsellor 名")
    detail = (await counsellor.get(f"/cases/{case['id']}")).json()
    assert detail["assessments"][0]["signals"][0]["text"]
    closed = await counsellor.post(
        f"/cases/{case['id']}/resolve", version=detail["case"]["version"], outcome="helped", note="話した"
    )
    assert closed.json()["state"] == "resolved"
    assert (await counsellor.get(f"/cases/{case['id']}")).json()["notes"][0]["text"] == "話した"


async def test_the_machine_is_silent_while_a_person_holds_the_talk(page: Page, desk: Any, rasa: FakeRasa) -> None:
    counsellor, case = await waiting_case(page, desk)
    await counsellor.post(f"/cases/{case['id']}/claim", version=1)
    before = len([item for item in page.messages() if item["author"] == "machine"])
    await page.send("児童手当はいくらですか")
    assert len([item for item in page.messages() if item["author"] == "machine"]) == before
    assert rasa.asked == []


async def test_imminent_danger_raises_a_held_case_and_shows_the_numbers(page: Page, desk: Any) -> None:
    counsellor, case = await waiting_case(page, desk)
    await counsellor.post(f"/cases/{case['id']}/claim", version=1)
    await page.send("いま屋上にいる。飛び降りる")
    detail = (await counsellor.get(f"/cases/{case['id']}")).json()
    assert detail["case"]["level"] == "imminent"
    assert any(part["type"] == "hotlines" for part in page.last_parts())


async def test_two_counsellors_cannot_answer_the_same_child(page: Page, desk: Any) -> None:
    counsellor, case = await waiting_case(page, desk)
    second = await desk("second")
    await counsellor.post(f"/cases/{case['id']}/claim", version=1)
    lost = await second.post(f"/cases/{case['id']}/claim", version=1)
    assert (lost.status_code, lost.json()["case"]["assignee"]["id"]) == (409, counsellor.id)
    refused = await second.post(f"/cases/{case['id']}/messages", client_id="b", text="わたしも")
    assert refused.status_code == 409
    assert all(item["author"] != "staff" for item in page.messages())


async def test_a_phrase_reaches_the_resident_in_their_language_with_the_original_beside_it(
    page: Page, desk: Any
) -> None:
    counsellor, case = await waiting_case(page, desk, locale="en")
    await counsellor.post(f"/cases/{case['id']}/claim", version=1)
    phrase = {"id": "hello_name", "slots": {"name": "Sato"}}
    await counsellor.post(f"/cases/{case['id']}/messages", client_id="p", phrase=phrase)
    assert page.last_parts()[0]["text"].startswith("Hello, I am Sato")
    detail = (await counsellor.get(f"/cases/{case['id']}")).json()
    assert detail["messages"][-1]["original"]["text"].startswith("こんにちは")


async def test_a_silent_counsellors_case_goes_back_to_the_queue(
    page: Page, desk: Any, gateway: Gateway, clock: Clock
) -> None:
    counsellor, case = await waiting_case(page, desk)
    await counsellor.post(f"/cases/{case['id']}/claim", version=1)
    clock.tick(seconds=100)
    assert (await counsellor.post(f"/cases/{case['id']}/heartbeat")).status_code == 200
    with gateway.database.write() as session:
        assert store.return_expired(session, now=clock.tick(seconds=100)) == []
        assert len(store.return_expired(session, now=clock.tick(seconds=100))) == 1
    assert (await counsellor.post(f"/cases/{case['id']}/heartbeat")).status_code == 409


async def test_events_resume_without_loss_or_repetition(page: Page, desk: Any, gateway: Gateway) -> None:
    counsellor, case = await waiting_case(page, desk)
    await counsellor.post(f"/cases/{case['id']}/claim", version=1)
    for number in range(5):
        await counsellor.post(f"/cases/{case['id']}/messages", client_id=str(number), text=str(number))
    console = console_beside(gateway)
    everything = staff_events_after(console, 0)
    half = everything[len(everything) // 2][0]
    assert [item[0] for item in everything] == list(range(1, len(everything) + 1))
    assert staff_events_after(console, half) == [item for item in everything if item[0] > half]


async def test_a_mark_is_kept_with_its_reason(page: Page, desk: Any) -> None:
    counsellor, case = await waiting_case(page, desk)
    detail = (await counsellor.get(f"/cases/{case['id']}")).json()
    flagged = detail["assessments"][0]["message_id"]
    marked = await counsellor.post(f"/cases/{case['id']}/mark", message_id=flagged, verdict="wrong", reason="歌詞")
    assert marked.status_code == 204
    detail = (await counsellor.get(f"/cases/{case['id']}")).json()
    assert detail["assessments"][0]["verdict"] == "wrong"
