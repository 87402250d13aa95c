"""The finder of places as a guided talk: ward, station or location, then the kind, then a list with its map. Rasa is down."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.knowledge.facilities import Facilities
from bot.settings import PROJECT_ROOT
from tests.service import FakeRasa, Page

pytestmark = pytest.mark.anyio

MUSASHI_KOSUGI = {"lat": 35.5767, "lon": 139.6594}
TOKYO_STATION = {"lat": 35.6812, "lon": 139.7671}


@pytest.fixture
async def finder(page: Page) -> Page:
    await page.start(locale="en")
    await page.send("Find a place", payload="/find_facility")
    return page


def last(page: Page) -> dict[str, Any]:
    return page.messages()[-1]


def payloads(page: Page) -> list[str]:
    return [choice["payload"] for choice in last(page)["choices"]]


def said(page: Page) -> str:
    return "\n".join(part.get("text", "") for part in last(page)["parts"])


def wards(page: Page) -> set[str | None]:
    places = next(part for part in last(page)["parts"] if part["type"] == "facilities")
    known = Facilities.load(PROJECT_ROOT)
    found = [known.get(item["id"]) for item in places["items"]]
    assert found
    return {place.ward for place in found if place}


async def test_a_ward_and_a_kind_by_tapping_give_a_map_and_the_list(finder: Page, client: httpx.AsyncClient) -> None:
    assert last(finder)["input"] == "location"
    assert len(payloads(finder)) == 9
    await finder.send("x", payload="/places asao")
    assert all(choice["label"] for choice in last(finder)["choices"])
    await finder.send("x", payload="/places asao children_culture_center")
    assert "Asao Ward" in said(finder)
    assert wards(finder) == {"asao"}
    image = next(part for part in last(finder)["parts"] if part["type"] == "image")
    assert (await client.get(image["url"])).content.startswith(b"\x89PNG")
    assert payloads(finder) == ["/places", "/menu"]


@pytest.mark.parametrize("station", ["Musashi-Kosugi", "武蔵小杉駅", "मुसाशी कोसुगी", "near Motosumiyoshi station"])
async def test_a_station_typed_in_any_script_stands_for_its_ward(finder: Page, station: str) -> None:
    await finder.send(station)
    assert "/places nakahara children_culture_center" in payloads(finder)


async def test_a_location_that_was_shared_stands_for_its_ward(finder: Page) -> None:
    await finder.send("", location=MUSASHI_KOSUGI)
    await finder.send("x", payload=next(one for one in payloads(finder) if one.endswith("children_culture_center")))
    assert wards(finder) == {"nakahara"}


async def test_a_location_out_of_the_blue_is_taken_where_the_dialogue_says_nothing(page: Page) -> None:
    await page.start(locale="en")
    await page.send("", location=MUSASHI_KOSUGI)
    assert "/places 35.577,139.659 ward_office" in payloads(page)


async def test_a_location_outside_the_city_asks_for_a_ward(finder: Page) -> None:
    await finder.send("", location=TOKYO_STATION)
    assert "seven wards" in said(finder)
    assert payloads(finder)[0] == "/places kawasaki"


async def test_a_kind_may_be_typed_too(finder: Page) -> None:
    await finder.send("Noborito")
    await finder.send("children's culture center")
    assert wards(finder) == {"tama"}


async def test_a_town_that_is_not_ours_is_named_and_the_question_stays(finder: Page) -> None:
    await finder.send("Yokohama")
    assert "not in Kawasaki" in said(finder)
    await finder.send("Saginuma")
    assert "/places miyamae ward_office" in payloads(finder)


@pytest.mark.parametrize("text", ["how much is daycare in Tama?", "thank you"])
async def test_something_else_is_left_to_the_dialogue(finder: Page, rasa: FakeRasa, text: str) -> None:
    await finder.send(text)
    assert [turn.text for turn in rasa.asked] == [text]


async def test_a_station_named_later_is_no_answer_any_more(finder: Page, rasa: FakeRasa) -> None:
    await finder.send("x", payload="/places asao ward_office")
    await finder.send("Noborito")
    assert [turn.text for turn in rasa.asked] == ["Noborito"]


async def test_a_plea_is_heard_though_a_ward_was_asked_for(finder: Page) -> None:
    await finder.send("I want to die, Noborito")
    assert any(part["type"] == "hotlines" for part in last(finder)["parts"])


@pytest.mark.parametrize(
    "payload", ["/places nowhere", "/places 999,1 ward_office", "/places nan,nan", "/places asao x"]
)
async def test_a_button_that_nobody_made_breaks_nothing(finder: Page, payload: str) -> None:
    await finder.send("x", payload=payload)
    assert len(payloads(finder)) > 3
