"""The chat API: answers, an SOS, and every kind of bad input."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.gateway.context import Gateway
from bot.records.models import Case, Message, RiskAssessment
from bot.turn import Assessment, Turn
from tests.service import FakeRasa, Page

pytestmark = pytest.mark.anyio

SOS = "死にたい"


def cases(gateway: Gateway) -> list[Case]:
    with gateway.database.read() as session:
        return list(session.scalars(select(Case)))


async def test_a_subsidy_question_is_answered_without_rasa(page: Page) -> None:
    await page.start(locale="ja")
    await page.send("小児医療費助成とは")
    article = next(part for part in page.last_parts() if part["type"] == "article")
    assert article["id"] == "child-medical-subsidy"
    assert article["sources"]
    assert article["as_of"]


async def test_rasa_is_asked_first_and_its_keys_become_words(page: Page, rasa: FakeRasa) -> None:
    rasa.answer = lambda turn: [{"reply": "thanks", "outcome": "answered"}]
    await page.start(locale="en")
    await page.send("thank you")
    assert page.last_parts()[0]["type"] == "text"
    assert rasa.asked[0].locale == "en"


async def test_an_sos_shows_hotlines_and_opens_a_case_in_the_same_answer(
    page: Page, gateway: Gateway, rasa: FakeRasa
) -> None:
    await page.start(locale="ja")
    answer = await page.send(SOS)
    assert answer.status_code == 202
    assert any(part["type"] == "hotlines" for part in page.last_parts())
    assert [case.level for case in cases(gateway)] == [2]
    assert rasa.asked == []


async def test_a_failing_gate_counts_as_an_sos(page: Page, gateway: Gateway, app: FastAPI) -> None:
    class Broken:
        def assess(self, text: str, history: tuple[Assessment, ...] = ()) -> Assessment:
            raise RuntimeError("broken")

    object.__setattr__(gateway.services, "gate", Broken())
    await page.start(locale="ja")
    await page.send("こんにちは")
    assert any(part["type"] == "hotlines" for part in page.last_parts())
    assert [case.category for case in cases(gateway)] == ["gate_error"]


async def test_the_same_client_id_is_one_message(page: Page, client: httpx.AsyncClient, gateway: Gateway) -> None:
    await page.start(locale="ja")
    body = {"client_id": "same", "text": SOS}
    first = await client.post("/api/chat/messages", json=body, headers=page.headers)
    second = await client.post("/api/chat/messages", json=body, headers=page.headers)
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == second.json()
    assert len(cases(gateway)) == 1
    assert [item["author"] for item in page.messages()].count("resident") == 1


async def test_messages_are_answered_in_the_order_they_came(page: Page, rasa: FakeRasa) -> None:
    def answer(turn: Turn) -> list[dict[str, Any]]:
        return [{"reply": "not_found", "outcome": "not_found"}]

    rasa.answer = answer
    await page.start(locale="en")
    for number in range(6):
        await page.send(f"question {number}")
    assert [turn.text for turn in rasa.asked] == [f"question {number}" for number in range(6)]
    asked = [item["id"] for item in page.messages() if item["author"] == "resident"]
    replied = [item["in_reply_to"] for item in page.messages() if item["author"] == "machine"]
    assert replied == asked


async def test_the_locale_follows_the_text_until_the_resident_chooses(
    page: Page, client: httpx.AsyncClient, rasa: FakeRasa
) -> None:
    rasa.answer = lambda turn: [{"reply": "thanks", "outcome": "answered"}]
    await page.start()
    await page.send("Làm ơn cho tôi biết về trợ cấp y tế cho trẻ em ở thành phố này")
    assert rasa.asked[-1].locale == "vi"
    chosen = await client.post("/api/chat/locale", json={"locale": "ne"}, headers=page.headers)
    assert chosen.status_code == 204
    await page.send("Please tell me about the child medical subsidy")
    assert rasa.asked[-1].locale == "ne"


async def test_a_talk_is_resumed_by_its_code_and_the_old_token_stops(page: Page, client: httpx.AsyncClient) -> None:
    await page.start(locale="ja")
    wrong = await client.post("/api/chat/resume", json={"code": "AAAAA-AAAAA"})
    assert wrong.status_code == 404
    resumed = await client.post("/api/chat/resume", json={"code": page.resume_code})
    assert resumed.json()["conversation"] == page.conversation
    old = await client.get("/api/chat/transcript", headers=page.headers)
    assert old.status_code == 401


async def test_codes_cannot_be_guessed_by_trying(client: httpx.AsyncClient) -> None:
    answers = [(await client.post("/api/chat/resume", json={"code": f"{n:010d}"})).status_code for n in range(12)]
    assert answers[-1] == 429


NASTY = {
    "empty": "",
    "spaces": "   \n\t ",
    "control": "\x00\x01\x1b[31m",
    "bidi": "\u202eabc\u202c",
    "lone surrogate": "\ud83d",
    "hundred kilobytes": "あ" * 34_000,
    "html": "<script>alert(1)</script>",
    "emoji": "👨‍👩‍👧‍👦" * 50,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
async def test_any_text_gets_a_friendly_reply(page: Page, text: str) -> None:
    await page.start(locale="ja")
    body = json.dumps({"client_id": "n", "text": text})
    answer = await page._client.post("/api/chat/messages", content=body, headers=page.headers)
    await page.settle()
    assert answer.status_code == 202
    assert page.messages()[-1]["author"] == "machine"


async def test_an_sos_inside_a_huge_or_broken_text_is_heard(page: Page, gateway: Gateway) -> None:
    await page.start(locale="ja")
    await page.send("あ。" * 25_000 + SOS)
    raw = b'{"client_id": "raw", "text": "\xff\xfe ' + SOS.encode() + b'"}'
    await page._client.post("/api/chat/messages", content=raw, headers=page.headers)
    assert len(cases(gateway)) == 1
    with gateway.database.read() as session:
        assert len(list(session.scalars(select(RiskAssessment).where(RiskAssessment.level >= 2)))) == 2


WRONG = {
    "not json": (b"{", 400),
    "an array": (b"[]", 422),
    "no client id": (b'{"text": "x"}', 422),
    "number as text": (b'{"client_id": "a", "text": 5}', 422),
    "long client id": (json.dumps({"client_id": "a" * 65, "text": "x"}).encode(), 422),
    "bad place": (b'{"client_id": "a", "text": "", "location": {"lat": 99, "lon": 0}}', 422),
    "deep": (b'{"client_id": "a", "text": ' + b"[" * 5000 + b"]" * 5000 + b"}", 422),
    "over a megabyte": (b"x" * 1_000_001, 413),
}


@pytest.mark.parametrize(("body", "status"), WRONG.values(), ids=WRONG.keys())
async def test_wrong_bodies_get_a_clear_error(page: Page, body: bytes, status: int) -> None:
    await page.start(locale="ja")
    answer = await page._client.post("/api/chat/messages", content=body, headers=page.headers)
    assert answer.status_code in (status, 400)
    assert answer.json()["error"]
    assert answer.json()["message"]


async def test_unknown_fields_and_locales_are_tolerated(page: Page, client: httpx.AsyncClient) -> None:
    await page.start(locale="xx-unknown", colour="blue")
    assert (await page.send("こんにちは", unknown=1)).status_code == 202
    refused = await client.post("/api/chat/locale", json={"locale": "xx"}, headers=page.headers)
    assert (refused.status_code, refused.json()["field"]) == (422, "locale")


async def test_nothing_is_open_without_a_token(client: httpx.AsyncClient) -> None:
    for method, path in (
        ("POST", "messages"),
        ("GET", "events"),
        ("GET", "transcript"),
        ("POST", "feedback"),
        ("POST", "locale"),
    ):
        answer = await client.request(method, f"/api/chat/{path}", headers={"Authorization": "Bearer wrong"})
        assert answer.status_code == 401, path


async def test_what_residents_wrote_is_not_in_the_database_in_clear(page: Page, gateway: Gateway) -> None:
    await page.start(locale="ja")
    await page.send("とくべつなひみつのことば")
    with gateway.database.read() as session:
        for message in session.scalars(select(Message)):
            assert message.body_enc is not None
            assert "ひみつ".encode() not in message.body_enc


async def test_the_hotline_card_is_public(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/chat/hotlines", params={"locale": "vi"})
    assert {line["phone"] for line in answer.json()["urgent"]} >= {"110", "119"}
