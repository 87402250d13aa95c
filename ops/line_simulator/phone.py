"""The phone-like page of the simulator and what it calls. For developers on this machine only."""

from __future__ import annotations

import base64
import binascii
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ops.line_simulator.platform import Platform
from ops.line_simulator.webhooks import Deliverer

PAGE = Path(__file__).with_name("phone.html")
MEDIA_BYTES = 20_000_000


async def page(request: Request) -> Response:
    return FileResponse(PAGE, media_type="text/html", headers={"Cache-Control": "no-store"})


async def screen(request: Request) -> Response:
    """Everything on one resident's phone."""
    platform: Platform = request.app.state.platform
    user_id = request.path_params["user_id"]
    menu_id = platform.menu_of(user_id)
    menu = platform.menus.get(menu_id or "")
    return JSONResponse(
        {
            "bubbles": [asdict(bubble) for bubble in platform.screens.get(user_id, [])],
            "loading": platform.loading.get(user_id, 0),
            "menu": {**menu, "id": menu_id} if menu else None,
            "blocked": user_id in platform.blocked,
            "refused": platform.refused[-5:],
        }
    )


async def menu_image(request: Request) -> Response:
    platform: Platform = request.app.state.platform
    found = platform.menu_images.get(request.path_params["menu_id"])
    return Response(found.data, media_type=found.kind) if found else Response(status_code=404)


async def act(request: Request) -> Response:
    """What a thumb does: {"do": text|sticker|media|location|postback|follow|unfollow|unsend|fault, …}."""
    platform: Platform = request.app.state.platform
    deliverer: Deliverer = request.app.state.deliverer
    user_id, body = request.path_params["user_id"], await request.json()
    if body.get("do") == "fault":
        platform.plan_faults(body["fault"])
        return JSONResponse({"planned": body["fault"]})
    try:
        event = event_of(platform, user_id, body)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422)
    return JSONResponse({"webhook": await deliverer.once(event)})


def event_of(platform: Platform, user_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The webhook event for what the thumb did. KeyError or ValueError when something is missing."""
    kind = body["do"]
    if kind == "text":
        return platform.text(user_id, str(body["text"]))
    if kind == "postback":
        return platform.postback(user_id, str(body["data"]), str(body.get("shown", "")), **body.get("params", {}))
    if kind == "media":
        data = base64.b64decode(body["base64"])
        if len(data) > MEDIA_BYTES:
            raise ValueError("the file is larger than 20 MB")
        return platform.media(user_id, str(body["kind"]), data, str(body["content_type"]))
    if kind == "sticker":
        sticker = {"type": "sticker", "id": platform.new_id(), "stickerId": "52002734", "packageId": "11537"}
        more = {"quoteToken": uuid.uuid4().hex, "stickerResourceType": "STATIC", "keywords": body.get("keywords", [])}
        return platform.event(user_id, "message", message={**sticker, **more})
    if kind == "location":
        place = {"latitude": float(body["lat"]), "longitude": float(body["lon"])}
        message: dict[str, Any] = {"type": "location", "id": platform.new_id(), "title": "", "address": "", **place}
        return platform.event(user_id, "message", message=message)
    if kind == "unsend":
        return platform.event(user_id, "unsend", unsend={"messageId": str(body["id"])})
    if kind in ("follow", "unfollow"):
        return platform.event(user_id, kind, **({"follow": {"isUnblocked": False}} if kind == "follow" else {}))
    raise ValueError(f"unknown act {kind!r}")


ROUTES = [
    Route("/", page),
    Route("/phone/menu/{menu_id}.png", menu_image),
    Route("/phone/{user_id}", screen),
    Route("/phone/{user_id}", act, methods=["POST"]),
]
