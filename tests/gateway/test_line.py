"""LINE end to end in one process: signed webhooks in, the real gateway and outbox, messages on a simulated phone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.app import setup_link
from bot.gateway.context import Gateway
from bot.records.line_models import LineMessage, Media
from bot.records.models import Case, Conversation, Message, OutboxItem
from bot.records.talk import Talk
from bot.turn import Turn
from ops.line_simulator.webhooks import as_redelivery
from tests.gateway.line_world import LineWorld, line_world
from tests.service import FakeRasa

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

ARTICLE = '/article{"article": "child-medical-subsidy"}'
U = "U1"


@pytest.fixture
async def world(gateway: Gateway) -> AsyncIterator[LineWorld]:
    async with line_world(gateway) as made:
        yield made
        assert made.platform.refused == [], "LINE would have refused these"


def count(world: LineWorld, model: Any, *conditions: Any) -> int:
    with world.gateway.database.read() as session:
        return int(session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0)


def quick(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [item["action"] for item in message.get("quickReply", {}).get("items", [])]


async def test_a_question_is_answered_by_reply_with_a_card_that_says_a_machine_wrote_it(world: LineWorld) -> None:
    await world.say(U, "小児医療費助成について教えてください")
    answers = await world.answers(U, 1)
    card = next(message for message in answers[0] if message["type"] == "flex")
    assert "小児医療費" in card["altText"]
    assert card["sender"]["name"] == "自動応答" or "自動" in card["sender"]["name"]
    assert card["sender"]["iconUrl"] == "https://chat.example.jp/line/icons/machine.png"
    assert world.platform.said(U)[0].way == "reply"
    icon = await world.client.get("/line/icons/machine.png")
    assert icon.content.startswith(b"\x89PNG")


async def test_the_loading_sign_shows_until_the_answer(world: LineWorld, rasa: FakeRasa) -> None:
    shown: list[bool] = []

    def slow(turn: Turn) -> list[dict[str, Any]]:
        shown.append(True)
        return [{"reply": "thanks", "data": {}, "outcome": "answered"}]

    rasa.answer = slow
    await world.say(U, "ありがとうございます")
    await world.answers(U, 1)
    await world.until(lambda: U in world.platform.loading or shown)


async def test_an_sos_shows_hotlines_at_once_and_opens_a_case(world: LineWorld) -> None:
    await world.say(U, "もう死にたい")
    messages = (await world.answers(U, 1))[0]
    assert any(message["type"] == "flex" and "tel:" in str(message) for message in messages)
    assert count(world, Case) == 1


async def test_a_redelivered_event_changes_nothing(world: LineWorld) -> None:
    event = world.platform.postback(U, ARTICLE)
    for delivery in (event, as_redelivery(event), as_redelivery(event)):
        assert await world.deliver(delivery) == 200
    await world.answers(U, 1)
    await world.calm()
    assert len(world.platform.answers(U)) == 1
    assert count(world, Message, Message.author == "resident") == 1


async def test_the_same_event_delivered_many_times_at_once(world: LineWorld) -> None:
    event = world.platform.postback(U, ARTICLE)
    assert set(await asyncio.gather(*(world.deliver(event) for _ in range(8)))) == {200}
    await world.answers(U, 1)
    await world.calm()
    assert len(world.platform.answers(U)) == 1
    assert count(world, Conversation) == 1


async def test_events_of_one_body_are_taken_in_the_order_they_happened(world: LineWorld) -> None:
    first, second = world.platform.text(U, "one"), world.platform.text(U, "two")
    first["timestamp"], second["timestamp"] = 1000, 2000
    assert await world.deliver(second, first) == 200
    with world.gateway.database.read() as session:
        talk = Talk(session, world.gateway.vault)
        rows = session.scalars(select(Message).where(Message.author == "resident").order_by(Message.seq)).all()
        said = [talk.body(session.get_one(Conversation, row.conversation_id), row)["text"] for row in rows]
    assert said == ["one", "two"]


FAULT_CASES = ["drop_before", "drop_after", "429", "500", "503_after"]


@pytest.mark.parametrize("fault", FAULT_CASES)
async def test_one_answer_whatever_goes_wrong_on_the_way(world: LineWorld, fault: Any) -> None:
    world.platform.plan_faults(fault, fault)
    await world.tap(U, ARTICLE)
    await world.answers(U, 1)
    await world.until(lambda: count(world, OutboxItem, OutboxItem.state == "sent") == 1, "the note that it was sent")
    assert len(world.platform.answers(U)) == 1


@pytest.mark.parametrize("fault", FAULT_CASES)
async def test_one_push_whatever_goes_wrong_on_the_way(world: LineWorld, fault: Any) -> None:
    event = world.platform.postback(U, ARTICLE)
    del event["replyToken"]
    world.platform.plan_faults(fault, fault)
    assert await world.deliver(event) == 200
    await world.answers(U, 1)
    await world.until(lambda: count(world, OutboxItem, OutboxItem.state == "sent") == 1, "the note that it was sent")
    assert [bubble.way for bubble in world.platform.said(U)] == ["push"]


async def test_a_token_that_is_too_old_means_a_push_with_a_retry_key(
    world: LineWorld, clock: Callable[..., datetime], rasa: FakeRasa
) -> None:
    world.platform.reply_token_s = -1
    await world.tap(U, ARTICLE)
    await world.answers(U, 1)
    assert world.platform.said(U)[0].way == "push"
    with world.gateway.database.read() as session:
        assert set(world.platform.accepted_keys) == set(session.scalars(select(OutboxItem.id)))


async def test_a_refusal_is_told_to_staff(world: LineWorld) -> None:
    await world.say(U, "もう死にたい")
    await world.answers(U, 1)
    world.platform.plan_faults("400")
    await world.say(U, "まだ死にたい")
    await world.until(lambda: count(world, OutboxItem, OutboxItem.state == "failed") == 1, "the failure")
    from bot.records.models import CaseEvent

    assert count(world, CaseEvent, CaseEvent.kind == "undelivered") == 1


async def test_follow_greets_with_every_language_and_the_choice_sticks(world: LineWorld) -> None:
    assert await world.deliver(world.platform.event(U, "follow", follow={"isUnblocked": False})) == 200
    greeting = (await world.answers(U, 1))[0]
    actions = quick(greeting[-1])
    assert len(actions) == 13
    assert "Tiếng Việt" in {action["label"] for action in actions}
    await world.tap(U, next(action["data"] for action in actions if action["label"] == "Tiếng Việt"))
    answer = (await world.answers(U, 2))[1]
    assert "Tiếng Việt" in answer[0]["text"]
    with world.gateway.database.read() as session:
        conversation = session.scalars(select(Conversation)).one()
        assert (conversation.locale, conversation.locale_chosen) == ("vi", True)


async def test_a_choice_may_be_typed_by_number_or_by_its_words(world: LineWorld) -> None:
    assert await world.deliver(world.platform.event(U, "follow", follow={"isUnblocked": False})) == 200
    greeting = (await world.answers(U, 1))[0]
    assert "3. English" in greeting[-1]["text"]
    await world.say(U, "３")
    assert "English" in (await world.answers(U, 2))[1][0]["text"]
    assert await world.deliver(world.platform.event(U, "follow", follow={"isUnblocked": False})) == 200
    await world.answers(U, 3)
    await world.say(U, "한국어")
    await world.answers(U, 4)
    with world.gateway.database.read() as session:
        assert session.scalars(select(Conversation)).one().locale == "ko"


async def test_unfollow_stops_messages_and_tells_staff(world: LineWorld) -> None:
    await world.say(U, "もう死にたい")
    await world.answers(U, 1)
    assert await world.deliver(world.platform.event(U, "unfollow")) == 200
    with world.gateway.database.write() as session:
        talk = Talk(session, world.gateway.vault)
        from bot.vocabulary import Author

        talk.add_message(
            session.scalars(select(Conversation)).one(),
            Author.staff,
            {"parts": [{"type": "text", "text": "こんにちは"}], "choices": []},
            now=world.gateway.clock(),
        )
    world.gateway.wakeups.publish("outbox")
    await world.until(lambda: count(world, OutboxItem, OutboxItem.state == "failed") == 1, "the dropped message")
    assert len(world.platform.answers(U)) == 1


@pytest.mark.parametrize("first", ["message", "unsend"])
async def test_unsend_erases_whichever_comes_first(world: LineWorld, first: str) -> None:
    message = world.platform.text(U, "もう死にたい、秘密だよ")
    unsend = world.platform.event(U, "unsend", unsend={"messageId": message["message"]["id"]})
    order = [message, unsend] if first == "message" else [unsend, message]
    for event in order:
        assert await world.deliver(event) == 200
    assert await world.deliver(as_redelivery(unsend)) == 200
    with world.gateway.database.read() as session:
        kept = session.scalars(select(Message).where(Message.author == "resident")).one()
        assert kept.body_enc is None
        assert kept.erased_at is not None
        assert kept.handled_at is not None
        assert session.scalars(select(Conversation)).one().level >= 2, "its risk stays"
        assert session.scalars(select(LineMessage)).one().unsent_at is not None


async def test_a_picture_is_acknowledged_fetched_and_sealed(world: LineWorld) -> None:
    data = b"\xff\xd8secret picture" * 1000
    assert await world.deliver(world.platform.media(U, "image", data, "image/jpeg")) == 200
    answer = (await world.answers(U, 1))[0]
    assert "受け取りました" in answer[0]["text"]
    await world.until(lambda: count(world, Media, Media.state == "stored") == 1, "the picture")
    with world.gateway.database.read() as session:
        media = session.scalars(select(Media)).one()
        assert media.size == len(data)
        assert media.content_type == "image/jpeg"
        assert media.sealed is not None
        assert b"secret" not in media.sealed


async def test_a_counsellor_sees_the_picture_and_nobody_without_a_case_does(world: LineWorld) -> None:
    data = b"\xff\xd8picture"
    assert await world.deliver(world.platform.media(U, "image", data, "image/jpeg")) == 200
    await world.until(lambda: count(world, Media, Media.state == "stored") == 1, "the picture")
    with world.gateway.database.read() as session:
        url = f"/api/console/media/{session.scalars(select(Media.id)).one()}"
    assert (await world.client.get(url)).status_code == 401
    token = setup_link(world.gateway)
    assert token is not None
    body = {"token": token.split("setup=")[1], "login": "admin", "name": "さとう", "password": "correct horse battery"}
    signed_in = await world.client.post("/api/console/setup", json=body)
    cookies = {"cookie": signed_in.headers["set-cookie"].split(";")[0]}
    assert (await world.client.get(url, headers=cookies)).status_code == 404, "no case yet"
    await world.say(U, "もう死にたい")
    shown = await world.client.get(url, headers=cookies)
    assert (shown.content, shown.headers["content-type"]) == (data, "image/jpeg")
    assert "sandbox" in shown.headers["content-security-policy"]
    with world.gateway.database.read() as session:
        case_id = session.scalars(select(Case.id)).one()
    detail = (await world.client.get(f"/api/console/cases/{case_id}", headers=cookies)).json()
    assert {"type": "image", "url": url, "alt": "image"} in detail["messages"][0]["parts"]


async def test_a_picture_that_is_too_large_is_not_kept(gateway: Gateway) -> None:
    async with line_world(gateway, line_media_limit_mb=1) as world:
        assert await world.deliver(world.platform.media(U, "video", b"x" * 1_100_000, "video/mp4")) == 200
        await world.until(lambda: count(world, Media, Media.state == "too_large") == 1, "the refusal")


async def test_a_picture_that_was_unsent_is_not_kept(world: LineWorld) -> None:
    event = world.platform.media(U, "image", b"x" * 100, "image/png")
    assert await world.deliver(event) == 200
    await world.until(lambda: count(world, Media, Media.state == "stored") == 1, "the picture")
    unsend = world.platform.event(U, "unsend", unsend={"messageId": event["message"]["id"]})
    assert await world.deliver(unsend) == 200
    with world.gateway.database.read() as session:
        media = session.scalars(select(Media)).one()
        assert (media.state, media.sealed) == ("erased", None)


async def test_a_sticker_is_answered_and_a_crying_for_help_one_is_heard(world: LineWorld) -> None:
    def sticker(*keywords: str) -> dict[str, Any]:
        message = {"type": "sticker", "id": world.platform.new_id(), "packageId": "1", "stickerId": "1"}
        return world.platform.event(U, "message", message={**message, "keywords": list(keywords)})

    assert await world.deliver(sticker("happy", "laugh")) == 200
    await world.answers(U, 1)
    assert count(world, Case) == 0
    with world.gateway.database.read() as session:
        assert session.scalars(select(Conversation)).one().locale == "ja"
    assert await world.deliver(sticker("死にたい")) == 200
    await world.answers(U, 2)
    assert count(world, Case) == 1


async def test_a_location_reaches_the_search_for_places_and_they_come_as_cards(
    world: LineWorld, rasa: FakeRasa
) -> None:
    place = {
        "name": "地域みまもり支援センター",
        "address": "中原区",
        "phone": "044-744-3239",
        "hours": "8:30-17:00",
        "map_url": "https://www.openstreetmap.org/?mlat=35.5",
        "distance_m": 1234.0,
    }
    rasa.answer = lambda turn: [
        {"reply": "facilities", "data": {"items": [place]}, "outcome": "answered", "input": "location"}
    ]
    message = {"type": "location", "id": "77", "latitude": 35.5767, "longitude": 139.6594}
    assert await world.deliver(world.platform.event(U, "message", message=message)) == 200
    cards = (await world.answers(U, 1))[0]
    assert rasa.asked[0].location == {"lat": 35.5767, "lon": 139.6594}
    assert cards[0]["contents"]["type"] == "carousel"
    assert "1.2 km" in str(cards[0])
    assert quick(cards[-1])[0]["type"] == "location"


async def test_a_picked_date_is_read_as_a_date(world: LineWorld, rasa: FakeRasa) -> None:
    rasa.answer = lambda turn: [
        {"reply": "ask_birthdate", "data": {}, "outcome": "clarified", "input": "date", "choices": []}
    ]
    await world.say(U, "予防接種の予定が知りたい")
    asked = (await world.answers(U, 1))[0]
    picker = quick(asked[-1])[0]
    assert (picker["type"], picker["mode"]) == ("datetimepicker", "date")
    assert await world.deliver(world.platform.postback(U, picker["data"], date="2026-04-01")) == 200
    await world.answers(U, 2)
    assert rasa.asked[-1].text == "2026-04-01"


async def test_a_group_is_left(world: LineWorld) -> None:
    event = world.platform.event(U, "join")
    event["source"] = {"type": "group", "groupId": "C123"}
    assert await world.deliver(event) == 200
    await world.until(lambda: world.platform.left == ["C123"], "leaving")
    assert count(world, Conversation) == 0


async def test_the_menu_follows_the_language(world: LineWorld) -> None:
    from bot.channels.line import menu_alias

    for tag in ("ja", "th"):
        world.platform.menus[f"richmenu-{tag}"] = {"size": {"width": 2500, "height": 1686}}
        world.platform.menu_images[f"richmenu-{tag}"] = object()  # type: ignore[assignment]
        world.platform.aliases[menu_alias(tag)] = f"richmenu-{tag}"
    await world.tap(U, ARTICLE)
    await world.until(lambda: world.platform.menu_of(U) == "richmenu-ja", "the Japanese menu")
    await world.tap(U, '/change_language{"language": "th"}')
    await world.until(lambda: world.platform.menu_of(U) == "richmenu-th", "the Thai menu")


async def test_hotlines_from_the_menu_need_neither_rasa_nor_search(world: LineWorld) -> None:
    await world.tap(U, "/line_hotlines")
    assert "tel:" in str((await world.answers(U, 1))[0])


async def test_forged_oversize_and_broken_webhooks_are_refused_and_leave_nothing(world: LineWorld) -> None:
    event = world.platform.text(U, "死にたい")
    assert await world.deliver(event, secret="somebody else's") == 401
    unsigned = await world.client.post("/webhooks/line", content=b"{}")
    assert unsigned.status_code == 401
    huge = await world.client.post("/webhooks/line", content=b"x" * 1_100_000, headers={"x-line-signature": "x"})
    assert huge.status_code == 413
    for body in (b"[]", b"null", b'{"events": 3}', b"\xff\xfe", b"[" * 5000):
        from ops.line_simulator.webhooks import signature

        headers = {"x-line-signature": signature(world.platform.channel_secret, body)}
        assert (await world.client.post("/webhooks/line", content=body, headers=headers)).status_code == 400
    assert count(world, Conversation) == 0


async def test_unknown_events_and_fields_are_tolerated(world: LineWorld) -> None:
    strange = world.platform.event(U, "membership", membership={"type": "joined"}, brandNew={"x": [1]})
    known = world.platform.postback(U, ARTICLE)
    known["brandNew"] = known["postback"]["brandNew"] = [None]
    assert await world.deliver(strange, known, {"type": 7}, {"webhookEventId": "x" * 500, "source": {}}) == 200
    await world.answers(U, 1)


async def test_a_flood_from_one_resident_slows_its_answers_but_never_the_gate(world: LineWorld) -> None:
    for number in range(40):
        await world.tap("Uflood", f'{ARTICLE[:-1]}, "n": {number}}}')
    await world.say("Uflood", "もう死にたい")
    assert count(world, Case) == 1, "heard in the same moment, before forty answers"
    await world.say(U, "消えてしまいたい")
    await world.answers(U, 1)
    assert count(world, Case) == 2
    assert len(world.platform.answers("Uflood")) < 41
