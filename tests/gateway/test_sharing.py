"""One talk on LINE and web: by a code, with consent, revocable, and without telling a guesser anything."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway import sharing
from bot.gateway.context import Gateway
from bot.gateway.views import events_after
from tests.gateway.line_world import LineWorld, line_world

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

U = "U1"
CODE = re.compile(r"\b([2-9A-Z]{4}-[2-9A-Z]{4})\b")
YES, NO = '/line_share{"answer": "yes"}', '/line_share{"answer": "no"}'
ARTICLE = '/article{"article": "child-medical-subsidy"}'


@pytest.fixture
async def world(gateway: Gateway) -> AsyncIterator[LineWorld]:
    async with line_world(gateway) as made:
        yield made
        assert made.platform.refused == []


class Web:
    """A page: its token and what it shows."""

    def __init__(self, world: LineWorld) -> None:
        self._world = world
        self.conversation = ""
        self.headers: dict[str, str] = {}
        self._sent = 0

    async def start(self) -> Web:
        self.use((await self._world.client.post("/api/chat/conversations", json={"locale": "ja"})).json())
        return self

    def use(self, credentials: dict[str, str]) -> None:
        self.conversation = credentials["conversation"]
        self.headers = {"Authorization": f"Bearer {credentials['token']}"}

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self._world.client.post(f"/api/chat{path}", json=body, headers=self.headers)

    async def say(self, text: str, **more: Any) -> None:
        self._sent += 1
        assert (await self.post("/messages", client_id=f"w{self._sent}", text=text, **more)).status_code == 202
        await self._world.app.state.worker.idle()

    def shown(self) -> str:
        return str([data for _, kind, data in events_after(self._world.gateway, self.conversation, 0)])


async def code_from_line(world: LineWorld, answers: int = 1) -> str:
    await world.tap(U, "/line_code")
    found = CODE.search((await world.answers(U, answers))[answers - 1][0]["text"])
    assert found is not None
    return found[1]


async def test_a_web_talk_goes_on_in_line_after_consent_and_comes_apart_again(world: LineWorld) -> None:
    web = await Web(world).start()
    await web.say("", payload=ARTICLE)
    code = (await web.post("/link-code")).json()["code"]
    await world.say(U, code.lower())
    asked = (await world.answers(U, 1))[0]
    assert YES in str(asked)
    assert (await world.client.get("/api/chat/link", headers=web.headers)).json() == {"linked": False}
    await world.tap(U, YES)
    await world.answers(U, 2)
    assert (await world.client.get("/api/chat/link", headers=web.headers)).json() == {"linked": True}
    # What is written in LINE shows on the web, and the answer in both.
    await world.say(U, "LINEから書いています")
    await world.answers(U, 3)
    await world.app.state.worker.idle()
    assert "LINEから書いています" in web.shown()
    await web.say("", payload=ARTICLE)
    await world.until(lambda: len(world.platform.answers(U)) == 4, "the web's answer on LINE")
    assert world.platform.said(U)[-1].way == "push"
    assert (await web.post("/unlink")).json() == {"signed_out": False}
    await world.answers(U, 5)
    await world.say(U, "これはLINEだけ")
    await world.answers(U, 6)
    assert "これはLINEだけ" not in web.shown()


async def test_a_line_talk_goes_on_in_the_web_and_line_is_told(world: LineWorld) -> None:
    await world.say(U, "LINEで始めました")
    await world.answers(U, 1)
    code = await code_from_line(world, 2)
    web = await Web(world).start()
    assert (await web.post("/link", code=code)).json()["error"] == "no_consent"
    opened = await web.post("/link", code=code, consent=True)
    assert opened.status_code == 200
    web.use(opened.json())
    assert "LINEで始めました" in web.shown()
    await world.answers(U, 3)
    await world.tap(U, "/line_unshare")
    await world.answers(U, 4)
    assert (await web.post("/messages", client_id="late", text="まだ読める?")).status_code == 401


async def test_without_consent_nothing_is_joined(world: LineWorld) -> None:
    web = await Web(world).start()
    await world.say(U, (await web.post("/link-code")).json()["code"])
    await world.tap(U, NO)
    await world.answers(U, 2)
    await world.tap(U, YES)
    await world.answers(U, 3)
    assert (await world.client.get("/api/chat/link", headers=web.headers)).json() == {"linked": False}


async def test_wrong_old_and_used_codes_are_answered_alike(world: LineWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    web = await Web(world).start()
    used = await code_from_line(world)
    assert (await web.post("/link", code=used, consent=True)).status_code == 200
    monkeypatch.setattr(sharing, "CODE_MINUTES", -1)
    old = await code_from_line(world, 3)
    own = (await (await Web(world).start()).post("/link-code")).json()["code"]
    said = set()
    for code in (used, old, own, "A2A2-B3B3", "nonsense", "", "死にたい"):
        other = await Web(world).start()
        answer = await other.post("/link", code=code, consent=True)
        said.add((answer.status_code, answer.text))
    assert len(said) == 1
    assert next(iter(said))[0] == 404


async def test_guessing_is_stopped_on_both_sides(world: LineWorld) -> None:
    web = await Web(world).start()
    statuses = [(await web.post("/link", code=f"A2B{n}-C3D4", consent=True)).status_code for n in range(2, 9)]
    assert statuses == [404] * 5 + [429] * 2
    for number in range(2, 9):
        await world.say(U, f"A2B{number}-C3D4")
    texts = [group[0]["text"] for group in await world.answers(U, 7)]
    assert len(set(texts[:5])) == 1
    assert set(texts[5:]).isdisjoint(texts[:5])


async def test_a_talk_with_staff_is_never_left_behind(world: LineWorld) -> None:
    web = await Web(world).start()
    code = (await web.post("/link-code")).json()["code"]
    await world.say(U, "もう死にたい")
    await world.answers(U, 1)
    await world.say(U, code)
    assert "職員" in (await world.answers(U, 2))[1][0]["text"]
    line_code = await code_from_line(world, 3)
    await web.say("もう死にたい")
    assert (await web.post("/link", code=line_code, consent=True)).json()["error"] == "with_staff"


async def test_a_second_line_account_cannot_join(world: LineWorld) -> None:
    web = await Web(world).start()
    await world.say(U, (await web.post("/link-code")).json()["code"])
    await world.tap(U, YES)
    await world.answers(U, 2)
    assert (await web.post("/link-code")).status_code == 409


@given(st.text(alphabet="ABC234-ー abc死", max_size=12))
def test_only_codes_are_read_as_codes(text: str) -> None:
    found = sharing.read_code(text)
    assert found is None or (len(found) == 8 and any(c.isdigit() for c in found) and any(c.isalpha() for c in found))


@pytest.mark.parametrize("text", ["help-line", "1234-5678", "044-200-1111", "死にたい", "ABCD-EF23"])
def test_words_and_telephone_numbers_are_no_codes(text: str) -> None:
    assert sharing.read_code(text) is None
