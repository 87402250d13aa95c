"""The family services as a guided talk: buttons and single questions, as a resident on LINE uses them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.gateway.offers import offer_card
from bot.turn import Reply, Turn
from tests.conftest import START, Clock
from tests.service import FakeRasa, Page

pytestmark = pytest.mark.anyio


class Tapper:
    """Sends texts and taps buttons by what they begin with."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def last(self) -> dict[str, Any]:
        return self.page.messages()[-1]

    @property
    def said(self) -> str:
        return "\n".join(part.get("text") or part.get("alt", "") for part in self.last["parts"])

    async def tap(self, begins: str) -> None:
        payload = next(one["payload"] for one in self.last["choices"] if one["payload"].startswith(begins))
        await self.page.send("x", payload=payload)

    async def say(self, text: str) -> None:
        await self.page.send(text)


@pytest.fixture
async def tapper(page: Page) -> Tapper:
    await page.start(locale="en")
    return Tapper(page)


async def child(tapper: Tapper) -> None:
    await tapper.say("My family")
    await tapper.tap("/family_yes")
    await tapper.say("2026-08-01")
    await tapper.tap("/family_card 2026-08-01 nakahara")


async def test_a_child_is_registered_in_a_few_taps_and_a_picture_comes_with_its_words(
    tapper: Tapper, client: httpx.AsyncClient
) -> None:
    await child(tapper)
    image = next(part for part in tapper.last["parts"] if part["type"] == "image")
    assert "Hepatitis B" in image["alt"]
    drawn = await client.get(image["url"])
    assert drawn.content.startswith(b"\x89PNG")
    assert (await client.get(image["url"].replace("/pictures/", "/pictures/x"))).status_code == 404


async def test_a_dose_is_marked_once_though_the_button_is_tapped_twice(tapper: Tapper) -> None:
    await child(tapper)
    await tapper.tap("/family_given")
    buttons = tapper.last["choices"]
    hepatitis = next(one["payload"] for one in buttons if one["payload"].endswith("hepb"))
    await tapper.page.send("x", payload=hepatitis)
    assert "Recorded: Hepatitis B" in tapper.said
    await tapper.page.send("x", payload=hepatitis)
    await tapper.tap("/family_given")
    assert "hepb" not in str(tapper.last["choices"])


async def test_a_number_is_taken_asked_about_or_refused(tapper: Tapper) -> None:
    await child(tapper)
    await tapper.tap("/family_growth")
    await tapper.tap("/family_measure ")
    await tapper.say("5200")
    assert "check the number" in tapper.said
    await tapper.say("15 kg")
    assert "right?" in tapper.said
    await tapper.tap("/family_measured")
    assert "Recorded: Weight 15" in tapper.said


async def test_something_else_ends_the_question_and_is_answered_as_usual(
    tapper: Tapper, rasa: FakeRasa, clock: Clock
) -> None:
    await child(tapper)
    await tapper.tap("/family_growth")
    await tapper.tap("/family_measure ")
    await tapper.say("where is the ward office?")
    assert [turn.text for turn in rasa.asked] == ["where is the ward office?"]
    await tapper.say("7.2")
    assert rasa.asked[-1].text == "7.2"


async def test_a_plea_is_heard_though_a_number_was_asked_for(tapper: Tapper) -> None:
    await child(tapper)
    await tapper.tap("/family_growth")
    await tapper.tap("/family_measure ")
    await tapper.say("I want to die")
    assert any(part["type"] == "hotlines" for part in tapper.last["parts"])


async def test_reminders_and_notices_are_turned_on_and_off_by_tapping(tapper: Tapper) -> None:
    await child(tapper)
    await tapper.tap("/family_remind")
    assert "never at night" in tapper.said
    await tapper.tap("/family")
    await tapper.tap("/family_notify")
    await tapper.tap("/family")
    await tapper.tap("/family_stop")
    assert "off now" in tapper.said


async def test_a_code_joins_another_talk_and_everything_is_deleted_by_two_taps(
    tapper: Tapper, client: httpx.AsyncClient, app: FastAPI
) -> None:
    await child(tapper)
    await tapper.tap("/family_share")
    await tapper.tap("/family_share")
    code = tapper.said.split("Code: ")[1][:11]
    other = Tapper(Page(client, app))
    await other.page.start(locale="ne")
    await other.page.send("x", payload="/family_join")
    await other.tap("/family_join_yes")
    await other.say(code)
    assert any(part["type"] == "image" for part in other.last["parts"])
    await tapper.page.send("x", payload="/family_delete")
    await tapper.tap("/family_forget")
    assert tapper.said == "Deleted."
    left = await client.get("/api/chat/family", headers=other.page.headers)
    assert left.json()["cards"] == []


async def test_below_a_plan_the_card_is_offered() -> None:
    turn = Turn("c", "m", "web", "x", START, "ja")
    turn.replies = [Reply("plan", {"plan": {"birthdate": "2026-08-01"}}), Reply("plan_note")]
    offer_card(turn)
    assert turn.replies[-1].choices[0][:2] == ("/family_keep 2026-08-01", "myfamily.keep_plan")


async def test_a_list_of_places_comes_with_a_map_and_its_numbers(
    tapper: Tapper, rasa: FakeRasa, client: httpx.AsyncClient
) -> None:
    item = {"id": "asao-ward-office", "name": "Asao Ward Office", "ward": "asao", "address": "x", "phone": ""}
    rasa.answer = lambda turn: [{"reply": "facilities", "data": {"items": [item]}, "outcome": "answered"}]
    await tapper.say("where is the ward office?")
    image, places = tapper.last["parts"]
    assert places["items"][0]["name"] == "1. Asao Ward Office"
    drawn = await client.get(image["url"])
    assert (drawn.status_code, drawn.content[:4]) == (200, b"\x89PNG")
    assert (await client.get("/maps/en/no-such-place.png")).status_code == 404
