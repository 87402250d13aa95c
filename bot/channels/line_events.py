"""LINE webhooks: proving where they come from, and reading their events.

Unknown event types, message types and fields are passed over: LINE adds new ones without notice.
https://developers.line.biz/en/reference/messaging-api/#webhooks
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.channels.inbound import Inbound

Kind = Literal["message", "follow", "unfollow", "unsend", "joined", "other"]
ATTACHMENTS = ("image", "video", "audio", "file", "sticker")
ID_LIMIT = 64
"""Longest id of LINE's that is stored; theirs are shorter."""


@dataclass(frozen=True)
class LineEvent:
    """One event of one resident. `inbound` is set for kind `message`, `unsent_id` for `unsend`.

    `joined`: somebody brought us into a group or a room, `place` = (kind, id), which is no place for a consultation.
    """

    kind: Kind
    event_id: str
    user_id: str
    inbound: Inbound | None = None
    unsent_id: str | None = None
    reply_token: str | None = None
    redelivered: bool = False
    timestamp: int = 0
    """Milliseconds; 0 when LINE gave none."""
    place: tuple[str, str] | None = None


def signature_fits(channel_secret: str, body: bytes, signature: str) -> bool:
    """Is `signature` (the X-Line-Signature header) the HMAC-SHA256 of the raw bytes? In constant time."""
    digest = hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest), signature.encode("utf-8", "replace"))


def read_events(body: bytes) -> list[LineEvent]:
    """The events that concern one resident each, in the order they happened. ValueError when it is no webhook at all."""
    document = json.loads(body.decode("utf-8", "replace"))
    events = document.get("events") if isinstance(document, dict) else None
    if not isinstance(events, list):
        raise ValueError("no events")
    # Redelivered ones may stand behind later ones in the same body.
    return sorted(_residents(events), key=lambda event: event.timestamp)


def _residents(events: list[Any]) -> Iterator[LineEvent]:
    for event in events:
        if not isinstance(event, dict):
            continue
        source, event_id = event.get("source"), event.get("webhookEventId")
        if not isinstance(source, dict) or not isinstance(event_id, str) or not 0 < len(event_id) <= ID_LIMIT:
            continue
        happened = event.get("timestamp")
        timestamp = happened if isinstance(happened, int) else 0
        # Groups and rooms are not consultation: only one-to-one talks have a case.
        if source.get("type") in ("group", "room"):
            place_id = source.get(f"{source['type']}Id")
            if event.get("type") == "join" and isinstance(place_id, str) and place_id:
                yield LineEvent("joined", event_id, "", place=(source["type"], place_id), timestamp=timestamp)
            continue
        user_id = source.get("userId")
        if source.get("type") == "user" and isinstance(user_id, str) and 0 < len(user_id) <= ID_LIMIT:
            yield replace(_read(event, event_id, user_id), timestamp=timestamp)


def _read(event: dict[str, Any], event_id: str, user_id: str) -> LineEvent:
    token = event.get("replyToken")
    token = token if isinstance(token, str) and token else None
    context = event.get("deliveryContext")
    again = bool(isinstance(context, dict) and context.get("isRedelivery"))
    kind = event.get("type")
    if kind == "message" and isinstance(event.get("message"), dict):
        inbound = _message(event["message"], event_id, token)
        return LineEvent("message", event_id, user_id, inbound, None, token, again)
    if kind == "postback" and isinstance(event.get("postback"), dict):
        inbound = _postback(event["postback"], event_id, token)
        return LineEvent("message", event_id, user_id, inbound, None, token, again)
    if kind == "unsend" and isinstance(event.get("unsend"), dict):
        unsent = str(event["unsend"].get("messageId", ""))[:ID_LIMIT]
        return LineEvent("unsend", event_id, user_id, None, unsent, None, again)
    if kind in ("follow", "unfollow"):
        return LineEvent(kind, event_id, user_id, None, None, token, again)
    return LineEvent("other", event_id, user_id)


def _message(message: dict[str, Any], event_id: str, token: str | None) -> Inbound:
    kind = message.get("type")
    location = None
    text = str(message.get("text", "")) if kind == "text" else ""
    if kind == "location":
        location = _place(message.get("latitude"), message.get("longitude"))
    if kind == "sticker":
        # Stickers carry words of their own ("たすけて"); the gate should read them.
        text = str(message.get("text") or " ".join(map(str, message.get("keywords") or [])))
    return Inbound(
        channel_message_id=event_id,
        text=text,
        location=location,
        attachment=str(kind) if kind in ATTACHMENTS else None,
        reply_token=token,
        source_id=str(message.get("id", ""))[:ID_LIMIT] or None,
    )


def _place(lat: Any, lon: Any) -> dict[str, float] | None:
    """Degrees, or None for what is nowhere on earth (NaN included)."""
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    return {"lat": float(lat), "lon": float(lon)} if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def _postback(postback: dict[str, Any], event_id: str, token: str | None) -> Inbound:
    data = str(postback.get("data", ""))
    params = postback.get("params")
    if isinstance(params, dict):
        picked = params.get("date") or params.get("datetime") or params.get("time")
        if isinstance(picked, str):
            return Inbound(channel_message_id=event_id, text=picked[:10], reply_token=token)
    return Inbound(channel_message_id=event_id, text="", payload=data, reply_token=token)
