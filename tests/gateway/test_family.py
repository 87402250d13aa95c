"""The family API: agreeing, cards, records, sharing, choices, pictures and the calendar."""

from __future__ import annotations

from typing import Any

import httpx
import icalendar
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.gateway.context import Gateway
from bot.records.family_models import CardShare, Family, FamilyCard
from tests.conftest import Clock
from tests.service import Page

pytestmark = pytest.mark.anyio
BASE = "/api/chat/family"


class Home:
    """One conversation's family screen."""

    def __init__(self, client: httpx.AsyncClient, page: Page) -> None:
        self.client, self.page = client, page

    async def get(self, path: str = "") -> httpx.Response:
        return await self.client.get(BASE + path, headers=self.page.headers)

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.client.post(BASE + path, json=body, headers=self.page.headers)

    async def agree(self) -> None:
        assert (await self.post("/agree", agree=True)).status_code == 204

    async def add(self, **body: Any) -> dict[str, Any]:
        answer = await self.post("/cards", **body)
        assert answer.status_code == 201, answer.text
        card: dict[str, Any] = answer.json()
        return card

    async def cards(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get()).json()["cards"]
        return found


@pytest.fixture
async def home(client: httpx.AsyncClient, page: Page) -> Home:
    await page.start(locale="vi")
    return Home(client, page)


@pytest.fixture
async def grandmother(client: httpx.AsyncClient, app: FastAPI) -> Home:
    page = Page(client, app)
    await page.start(locale="ja")
    made = Home(client, page)
    await made.agree()
    return made


async def test_nothing_is_kept_before_the_parent_agrees(home: Home) -> None:
    refused = await home.post("/cards", birthdate="2026-08-01")
    assert (refused.status_code, refused.json()["error"]) == (409, "no_consent")
    assert (await home.post("/agree", agree=False)).status_code == 422
    assert (await home.get()).json()["agreed"] is False


async def test_a_child_gets_a_plan_and_a_dose_marked_moves_it_on(home: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01", ward="nakahara", name="Bé Na")
    assert (card["name"], card["ward"], card["role"]) == ("Bé Na", "nakahara", "owner")
    first = card["plan"]["immunisation"][0]
    assert first["status"] != "given"
    written = await home.post(f"/cards/{card['id']}/records", kind="dose", vaccine="hepb", on="2026-10-05")
    assert written.status_code == 201
    given = [e for e in written.json()["card"]["plan"]["immunisation"] if e["given"]]
    assert [(entry["vaccine"], entry["given"]) for entry in given] == [("hepb", "2026-10-05")]
    key = written.json()["card"]["doses"][0]["key"]
    taken_back = await home.post(f"/cards/{card['id']}/records/{key}/remove")
    assert taken_back.json()["doses"] == []


async def test_the_series_of_the_plan_may_be_marked_though_several_products_give_it(home: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2013-05-01")
    written = await home.post(f"/cards/{card['id']}/records", kind="dose", vaccine="hpv", on="2026-10-05")
    assert [entry["dose"] for entry in written.json()["card"]["plan"]["immunisation"] if entry["given"]] == ["1"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "birthdate"),
        ({"birthdate": "2027-01-01"}, "birthdate"),
        ({"birthdate": "1980-01-01"}, "birthdate"),
        ({"birthdate": "2026-02-30"}, "birthdate"),
        ({"due_date": "2028-01-01"}, "due_date"),
        ({"birthdate": "2026-08-01", "ward": "shibuya"}, "ward"),
        ({"birthdate": "2026-08-01", "name": "x" * 31}, "name"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(home: Home, body: dict[str, Any], field: str) -> None:
    await home.agree()
    answer = await home.post("/cards", **body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_weight_out_of_human_range_is_asked_about_kindly_and_not_kept(home: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01")
    path = f"/cards/{card['id']}/records"
    grams = (await home.post(path, kind="measurement", measure="weight", value=5200)).json()
    assert (grams["reply"], grams["kept"], grams["ask"]) == ("growth_refused", False, False)
    surprising = (await home.post(path, kind="measurement", measure="weight", value=15)).json()
    assert (surprising["reply"], surprising["kept"], surprising["ask"]) == ("growth_ask_again", False, True)
    assert (await home.cards())[0]["measurements"] == []
    confirmed = await home.post(path, kind="measurement", measure="weight", value=15, confirmed=True)
    assert confirmed.json()["card"]["measurements"][0]["value"] == 15
    normal = await home.post(path, kind="measurement", measure="head", value=40.5)
    assert (normal.status_code, normal.json()["reply"]) == (201, "growth_saved")


async def test_a_pregnancy_has_visits_and_a_weight_curve_and_becomes_a_child(home: Home) -> None:
    await home.agree()
    card = await home.add(due_date="2027-03-01", height_cm=160, weight_kg=52)
    assert card["band"]["high_kg"] > 0
    written = await home.post(f"/cards/{card['id']}/records", kind="weight", value=56.2)
    assert written.json()["card"]["gains"][0][1] == 4.2
    drawn = await home.get(f"/cards/{card['id']}/pictures/pregnancy.svg?locale=ne")
    assert drawn.headers["content-type"].startswith("image/svg")
    born = await home.post(f"/cards/{card['id']}", birthdate="2026-11-20", name="Mai")
    assert (born.json()["kind"], born.json()["doses"]) == ("child", [])


async def test_a_milestone_is_kept_with_its_day(home: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-03-01")
    written = await home.post(
        f"/cards/{card['id']}/records", kind="milestone", milestone="first_smile", on="2026-05-02", note="vui quá"
    )
    assert written.json()["card"]["milestones"][0]["note"] == "vui quá"
    unknown = await home.post(f"/cards/{card['id']}/records", kind="milestone", milestone="first_million")
    assert unknown.json()["field"] == "milestone"


async def test_pictures_come_as_svg_and_png_to_those_who_may_see_the_card(home: Home, grandmother: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01", name="Na")
    svg = await home.get(f"/cards/{card['id']}/pictures/timeline.svg?locale=vi")
    assert svg.content.lstrip().startswith(b"<?xml")
    assert b"Na" in svg.content
    png = await home.get(f"/cards/{card['id']}/pictures/weight.png?locale=th")
    assert png.content.startswith(b"\x89PNG")
    assert (await grandmother.get(f"/cards/{card['id']}/pictures/timeline.svg")).status_code == 404
    assert (await home.get(f"/cards/{card['id']}/pictures/secret.svg")).status_code == 404


async def test_a_code_joins_once_and_shows_neither_side_where_the_other_is(home: Home, grandmother: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01", ward="asao")
    shared = (await home.post(f"/cards/{card['id']}/shares", role="read", label="bà")).json()
    joined = await grandmother.post("/join", code=shared["code"].lower())
    assert joined.status_code == 200
    seen = joined.json()
    assert (seen["id"], seen["role"]) == (card["id"], "read")
    assert "asao" not in joined.text
    assert "ward" not in seen
    assert "shares" not in seen
    owner_sees = (await home.cards())[0]["shares"]
    assert [{**share, "id": ""} for share in owner_sees] == [{"id": "", "label": "bà", "role": "read", "joined": True}]
    refused = await grandmother.post(f"/cards/{card['id']}/records", kind="dose", vaccine="hepb")
    assert refused.status_code == 403
    again = await home.post("/join", code=shared["code"])
    assert (again.status_code, again.json()["error"]) == (404, "bad_code")


async def test_a_writer_may_write_but_neither_delete_nor_share(home: Home, grandmother: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01")
    shared = (await home.post(f"/cards/{card['id']}/shares", role="write")).json()
    await grandmother.post("/join", code=shared["code"])
    written = await grandmother.post(f"/cards/{card['id']}/records", kind="dose", vaccine="hepb", on="2026-10-05")
    assert written.status_code == 201
    assert (await home.cards())[0]["doses"][0]["vaccine"] == "hepb"
    for path in ("delete", "shares"):
        assert (await grandmother.post(f"/cards/{card['id']}/{path}", role="read")).status_code == 403
    assert (await grandmother.post(f"/cards/{card['id']}", name="x")).status_code == 403


async def test_leaving_and_removing_are_silent(home: Home, grandmother: Home) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01")
    first = (await home.post(f"/cards/{card['id']}/shares", role="read")).json()
    await grandmother.post("/join", code=first["code"])
    assert (await grandmother.post(f"/cards/{card['id']}/leave")).status_code == 204
    assert (await home.cards())[0]["shares"] == []
    second = (await home.post(f"/cards/{card['id']}/shares", role="read")).json()
    await grandmother.post("/join", code=second["code"])
    share_id = (await home.cards())[0]["shares"][0]["id"]
    await home.post(f"/cards/{card['id']}/shares/{share_id}/end")
    assert await grandmother.cards() == []
    assert home.page.messages() == []
    assert grandmother.page.messages() == []


async def test_a_code_ends_after_a_week(home: Home, grandmother: Home, clock: Clock) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01")
    shared = (await home.post(f"/cards/{card['id']}/shares", role="read")).json()
    clock.tick(days=8)
    assert (await grandmother.post("/join", code=shared["code"])).json()["error"] == "bad_code"
    assert (await home.cards())[0]["shares"] == []


async def test_one_tap_deletes_everything_and_stored_values_are_not_readable(home: Home, gateway: Gateway) -> None:
    await home.agree()
    card = await home.add(birthdate="2026-08-01", name="Ngọc")
    await home.post(f"/cards/{card['id']}/shares", role="read", label="bà")
    with gateway.database.read() as session:
        stored = session.scalars(select(FamilyCard)).one().body_enc
        assert b"2026" not in stored
        assert "Ngọc".encode() not in stored
    assert (await home.post("/forget")).status_code == 204
    with gateway.database.read() as session:
        for table in (Family, FamilyCard, CardShare):
            assert session.scalars(select(table)).all() == []
    assert (await home.get()).json()["agreed"] is False


async def test_the_calendar_is_secret_and_revocable_and_follows_neutral_mode(
    home: Home, client: httpx.AsyncClient
) -> None:
    await home.agree()
    await home.add(birthdate="2026-08-01", name="Na")
    address = (await home.post("/calendar")).json()["calendar"]
    path = address.partition("//")[2].partition("/")[2]
    feed = await client.get(f"/{path}")
    assert feed.headers["content-type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(feed.content).walk("VEVENT")
    assert len(events) > 5
    assert (await home.get()).json()["settings"]["calendar"] == address
    await home.post("/settings", mode="neutral")
    neutral = (await client.get(f"/{path}")).text
    assert "Na" not in icalendar.Calendar.from_ical(neutral)["X-WR-CALNAME"]
    summaries = {str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(neutral).walk("VEVENT")}
    assert len(summaries) == 1
    renewed = (await home.post("/calendar")).json()["calendar"]
    assert renewed != address
    assert (await client.get(f"/{path}")).status_code == 404
    await home.post("/calendar/end")
    assert (await client.get("/" + renewed.partition("//")[2].partition("/")[2])).status_code == 404


async def test_choices_are_kept_and_an_hour_in_quiet_hours_is_refused(home: Home) -> None:
    await home.agree()
    changed = await home.post("/settings", reminders=True, hour=9, quiet_from=19, quiet_until=8, wards=["tama"])
    assert {key: changed.json()[key] for key in ("reminders", "hour", "wards")} == {
        "reminders": True,
        "hour": 9,
        "wards": ["tama"],
    }
    refused = await home.post("/settings", hour=20)
    assert (refused.status_code, refused.json()["field"]) == (422, "hour")


async def test_a_browser_may_only_name_a_known_push_service(home: Home) -> None:
    keys = {"p256dh": "x", "auth": "y"}
    for endpoint in ("https://127.0.0.1/x", "http://fcm.googleapis.com/x", "https://fcm.googleapis.com.evil.example/x"):
        assert (await home.post("/push", endpoint=endpoint, keys=keys)).status_code == 422
    known = "https://updates.push.services.mozilla.com/wpush/v2/abc"
    assert (await home.post("/push", endpoint=known, keys=keys)).status_code == 204


async def test_the_words_of_the_screen_come_in_the_language_asked_for(client: httpx.AsyncClient) -> None:
    options = (await client.get(f"{BASE}/options/ja")).json()
    assert options["words"]["myfamily.title"] == "わが家のカード"
    assert options["words"]["vaccine_bcg"]
    assert "first_smile" in options["milestones"]
