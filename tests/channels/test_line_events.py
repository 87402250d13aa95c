"""LINE webhooks: only genuine ones, and every shape of event."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.line_events import read_events, signature_fits

SECRET = "channel-secret"


def sign(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def event(**changes: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "webhookEventId": "01H",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": 1,
        "source": {"type": "user", "userId": "U1"},
        "replyToken": "token",
        "mode": "active",
        "message": {"type": "text", "id": "m1", "quoteToken": "q", "text": "こんにちは"},
        **changes,
    }


def body(*events: Any) -> bytes:
    return json.dumps({"destination": "D", "events": list(events)}, ensure_ascii=False).encode()


def test_the_signature_is_over_the_raw_bytes() -> None:
    raw = '{ "events" : [ ] , "x": "絵文字😀" }'.encode()
    assert signature_fits(SECRET, raw, sign(raw))
    assert not signature_fits(SECRET, json.dumps(json.loads(raw)).encode(), sign(raw))
    assert not signature_fits(SECRET, raw, sign(raw, "other"))
    assert not signature_fits(SECRET, raw, "")
    assert not signature_fits(SECRET, raw, "é\udcff")


def test_a_text_carries_its_ids_and_token() -> None:
    (found,) = read_events(body(event()))
    assert found.inbound is not None
    assert (found.inbound.text, found.inbound.channel_message_id) == ("こんにちは", "01H")
    assert (found.inbound.source_id, found.inbound.reply_token) == ("m1", "token")


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
def test_media_is_an_attachment_without_text(kind: str) -> None:
    (found,) = read_events(body(event(message={"type": kind, "id": "m"})))
    assert found.inbound is not None
    assert (found.inbound.attachment, found.inbound.text) == (kind, "")


def test_a_stickers_words_can_be_screened() -> None:
    message = {"type": "sticker", "id": "m", "keywords": ["help", "cry"]}
    (found,) = read_events(body(event(message=message)))
    assert found.inbound is not None
    assert found.inbound.text == "help cry"


def test_location_postback_and_picked_date() -> None:
    place = {"type": "location", "id": "m", "latitude": 35.5, "longitude": 139.7}
    picked = event(type="postback", postback={"data": "/x", "params": {"date": "2024-05-01"}}, webhookEventId="2")
    tapped = event(type="postback", postback={"data": "/want_person"}, webhookEventId="3")
    first, second, third = read_events(body(event(message=place), picked, tapped))
    assert first.inbound is not None
    assert first.inbound.location == {"lat": 35.5, "lon": 139.7}
    assert second.inbound is not None
    assert second.inbound.text == "2024-05-01"
    assert third.inbound is not None
    assert third.inbound.payload == "/want_person"


def test_unsend_names_the_message() -> None:
    (found,) = read_events(body(event(type="unsend", unsend={"messageId": "m9"})))
    assert (found.kind, found.unsent_id) == ("unsend", "m9")


def test_groups_unknown_types_and_odd_shapes_are_passed_over() -> None:
    odd = [
        event(source={"type": "group", "groupId": "G", "userId": "U1"}),
        event(source=None),
        event(webhookEventId=None),
        "text",
        None,
        {"type": "future"},
    ]
    assert read_events(body(*odd)) == []
    (future,) = read_events(body(event(type="somethingNew", surprise={"a": 1})))
    assert future.kind == "other"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_no_document_breaks_the_reader(document: Any) -> None:
    raw = json.dumps(
        {"events": [document, event(message=document), event(postback=document, type="postback")]}
    ).encode()
    assert isinstance(read_events(raw), list)
