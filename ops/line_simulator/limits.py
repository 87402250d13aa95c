"""What LINE accepts: the official SDK's models, and the limits that its reference states beside them.

https://developers.line.biz/en/reference/messaging-api/
"""

from __future__ import annotations

import json
import re
from typing import Any

from linebot.v3.messaging import models
from pydantic.v1 import ValidationError

TEXT_UNITS = 5000
ALT_UNITS = 1500
LABEL_CHARACTERS = 20
FLEX_LABEL_CHARACTERS = 40
DISPLAY_CHARACTERS = 300
URI_CHARACTERS = 1000
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
CAROUSEL_BUBBLES = 12
AREAS = 20
URI = re.compile(r"^(https?|line|tel):[\x21-\x7e]+$")
HTTPS = re.compile(r"^https://[\x21-\x7e]+$")
HASH_IN_TEL = re.compile(r"^tel:[^#]*#")
SENDER_NAME_FORBIDDEN = re.compile(r"line", re.IGNORECASE)
MENU_WIDTHS = range(800, 2501)
MENU_IMAGE_BYTES = 1_000_000


def problems(model: str, document: Any) -> list[str]:
    """What LINE would refuse in `document`, as `place: reason`; [] when it would take it.

    `model` names a request class of the SDK, e.g. `PushMessageRequest`.
    """
    if not isinstance(document, dict):
        return ["body: must be a JSON object"]
    try:
        read = getattr(models, model).from_dict(document)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        return [f"body: {error}"]
    found = [f"{place}: unknown field" for place in _lost(document, _plain(read), "")]
    for number, message in enumerate(document.get("messages") or []):
        found += _message(message, f"messages[{number}]")
    if "messages" in document and not document["messages"]:
        found.append("messages: must not be empty")
    if model == "RichMenuRequest":
        found += _menu(document)
    return found


def _plain(read: Any) -> Any:
    return json.loads(read.json(by_alias=True, exclude_none=True))


def _lost(given: Any, kept: Any, place: str) -> list[str]:
    """Places of `given` that the SDK's models did not understand."""
    if isinstance(given, dict) and isinstance(kept, dict):
        lost = []
        for key, value in given.items():
            here = f"{place}.{key}".lstrip(".")
            if value is None:
                continue
            lost += [here] if key not in kept else _lost(value, kept[key], here)
        return lost
    if isinstance(given, list) and isinstance(kept, list):
        return [
            item
            for number, (one, other) in enumerate(zip(given, kept, strict=True))
            for item in _lost(one, other, f"{place}[{number}]")
        ]
    return []


def units(text: str) -> int:
    """LINE counts text in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _between(value: Any, limit: int, place: str) -> list[str]:
    if not isinstance(value, str) or not value:
        return [f"{place}: must not be empty"]
    return [f"{place}: longer than {limit}"] if units(value) > limit else []


def _message(message: dict[str, Any], place: str) -> list[str]:
    found: list[str] = []
    kind = message.get("type")
    if kind == "text":
        found += _between(message.get("text"), TEXT_UNITS, f"{place}.text")
    elif kind == "flex":
        found += _between(message.get("altText"), ALT_UNITS, f"{place}.altText")
        found += _container(message.get("contents") or {}, f"{place}.contents")
    elif kind == "image":
        for key in ("originalContentUrl", "previewImageUrl"):
            if not HTTPS.match(str(message.get(key, ""))):
                found.append(f"{place}.{key}: must be an https address")
    else:
        found.append(f"{place}.type: {kind!r} is not used by this channel")
    sender = message.get("sender") or {}
    if "name" in sender and SENDER_NAME_FORBIDDEN.search(sender["name"]):
        found.append(f"{place}.sender.name: may not contain LINE")
    if "iconUrl" in sender and not HTTPS.match(sender["iconUrl"]):
        found.append(f"{place}.sender.iconUrl: must be an https address")
    items = (message.get("quickReply") or {}).get("items") or []
    if "quickReply" in message and not items:
        found.append(f"{place}.quickReply.items: must not be empty")
    for number, item in enumerate(items):
        found += _action(item.get("action") or {}, f"{place}.quickReply.items[{number}].action", LABEL_CHARACTERS)
    return found


def _container(container: dict[str, Any], place: str) -> list[str]:
    size = len(json.dumps(container, ensure_ascii=False).encode())
    if container.get("type") == "carousel":
        bubbles = container.get("contents") or []
        found = [] if 1 <= len(bubbles) <= CAROUSEL_BUBBLES else [f"{place}: 1 to {CAROUSEL_BUBBLES} bubbles"]
        if size > CAROUSEL_BYTES:
            found.append(f"{place}: {size} bytes, at most {CAROUSEL_BYTES}")
        return found + [item for n, bubble in enumerate(bubbles) for item in _container(bubble, f"{place}[{n}]")]
    found = [f"{place}: {size} bytes, at most {BUBBLE_BYTES}"] if size > BUBBLE_BYTES else []
    for block in ("header", "hero", "body", "footer"):
        if block in container:
            found += _component(container[block], f"{place}.{block}")
    return found


def _component(component: dict[str, Any], place: str) -> list[str]:
    found: list[str] = []
    kind = component.get("type")
    if kind == "text" and not component.get("text") and not component.get("contents"):
        found.append(f"{place}.text: must not be empty")
    if kind == "image" and not HTTPS.match(str(component.get("url", ""))):
        found.append(f"{place}.url: must be an https address")
    if "action" in component:
        found += _action(component["action"], f"{place}.action", FLEX_LABEL_CHARACTERS)
    if kind == "box":
        for number, inner in enumerate(component.get("contents") or []):
            found += _component(inner, f"{place}.contents[{number}]")
    return found


def _action(action: dict[str, Any], place: str, label_limit: int) -> list[str]:
    kind = action.get("type")
    found = _between(action.get("label"), label_limit, f"{place}.label")
    if kind == "uri":
        uri = str(action.get("uri", ""))
        if not URI.match(uri) or len(uri) > URI_CHARACTERS or HASH_IN_TEL.match(uri):
            found.append(f"{place}.uri: {uri[:60]!r} is not a usable http, https, line or tel address")
    elif kind == "postback":
        if not action.get("data"):
            found.append(f"{place}.data: must not be empty")
        if action.get("displayText") is not None:
            found += _between(action["displayText"], DISPLAY_CHARACTERS, f"{place}.displayText")
    elif kind == "message":
        found += _between(action.get("text"), DISPLAY_CHARACTERS, f"{place}.text")
    return found


def _menu(document: dict[str, Any]) -> list[str]:
    size = document.get("size") or {}
    width, height = int(size.get("width", 0)), int(size.get("height", 0))
    found = [] if width in MENU_WIDTHS else [f"size.width: {width} is not within 800 to 2500"]
    if height < 250 or (height and width / height < 1.45):
        found.append("size: height must be 250 or more and width / height 1.45 or more")
    areas = document.get("areas") or []
    if len(areas) > AREAS:
        found.append(f"areas: at most {AREAS}")
    for number, area in enumerate(areas):
        bounds = area.get("bounds") or {}
        if bounds.get("x", 0) + bounds.get("width", 0) > width or bounds.get("y", 0) + bounds.get("height", 0) > height:
            found.append(f"areas[{number}].bounds: outside the image")
        found += _action(area.get("action") or {}, f"areas[{number}].action", LABEL_CHARACTERS)
    return found
