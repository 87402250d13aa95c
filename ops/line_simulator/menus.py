"""Rich menus of the simulated platform: made, pictured, named by alias, linked to residents."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ops.line_simulator.limits import MENU_IMAGE_BYTES, problems
from ops.line_simulator.platform import Content, Platform, Refusal


def _platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform


async def _document(request: Request) -> dict[str, Any]:
    try:
        document = json.loads(await request.body())
    except ValueError:
        document = {}
    return document if isinstance(document, dict) else {}


async def create(request: Request) -> Response:
    document = await _document(request)
    found = problems("RichMenuRequest", document)
    if found:
        _platform(request).refused += found
        raise Refusal(400, "The request body has errors", found)
    menu_id = f"richmenu-{uuid.uuid4().hex}"
    _platform(request).menus[menu_id] = document
    return JSONResponse({"richMenuId": menu_id})


async def validate(request: Request) -> Response:
    found = problems("RichMenuRequest", await _document(request))
    if found:
        raise Refusal(400, "The request body has errors", found)
    return JSONResponse({})


async def listed(request: Request) -> Response:
    return JSONResponse({"richmenus": [{"richMenuId": key, **menu} for key, menu in _platform(request).menus.items()]})


async def one(request: Request) -> Response:
    platform, menu_id = _platform(request), request.path_params["menu_id"]
    if menu_id not in platform.menus:
        raise Refusal(404, "richmenu not found")
    if request.method == "DELETE":
        del platform.menus[menu_id]
        platform.menu_images.pop(menu_id, None)
        platform.linked_menus = {user: menu for user, menu in platform.linked_menus.items() if menu != menu_id}
        return JSONResponse({})
    return JSONResponse({"richMenuId": menu_id, **platform.menus[menu_id]})


async def image(request: Request) -> Response:
    platform, menu_id = _platform(request), request.path_params["menu_id"]
    menu = platform.menus.get(menu_id)
    if menu is None:
        raise Refusal(404, "richmenu not found")
    if request.method == "GET":
        found = platform.menu_images.get(menu_id)
        if found is None:
            raise Refusal(404, "image not found")
        return Response(found.data, media_type=found.kind)
    data, kind = await request.body(), request.headers.get("content-type", "")
    if kind not in ("image/png", "image/jpeg") or len(data) > MENU_IMAGE_BYTES:
        raise Refusal(400, f"The image must be PNG or JPEG and at most 1 MB; {kind}, {len(data)} bytes")
    with Image.open(io.BytesIO(data)) as opened:
        size = {"width": opened.width, "height": opened.height}
    if size != menu["size"]:
        raise Refusal(400, f"The image is {size}, the menu {menu['size']}")
    platform.menu_images[menu_id] = Content(data, kind)
    return JSONResponse({})


async def default(request: Request) -> Response:
    platform = _platform(request)
    if request.method == "POST":
        _require_pictured(platform, request.path_params["menu_id"])
        platform.default_menu = request.path_params["menu_id"]
        return JSONResponse({})
    if platform.default_menu is None:
        raise Refusal(404, "no default richmenu")
    return JSONResponse({"richMenuId": platform.default_menu})


async def of_resident(request: Request) -> Response:
    platform, user_id = _platform(request), request.path_params["user_id"]
    if request.method == "POST":
        _require_pictured(platform, request.path_params["menu_id"])
        platform.linked_menus[user_id] = request.path_params["menu_id"]
        return JSONResponse({})
    if request.method == "DELETE":
        platform.linked_menus.pop(user_id, None)
        return JSONResponse({})
    if user_id not in platform.linked_menus:
        raise Refusal(404, "the user has no richmenu")
    return JSONResponse({"richMenuId": platform.linked_menus[user_id]})


async def aliases(request: Request) -> Response:
    platform = _platform(request)
    if request.method == "GET":
        pairs = platform.aliases.items()
        return JSONResponse({"aliases": [{"richMenuAliasId": key, "richMenuId": menu} for key, menu in pairs]})
    document = await _document(request)
    found = problems("CreateRichMenuAliasRequest", document)
    if found:
        platform.refused += found
        raise Refusal(400, "The request body has errors", found)
    if document["richMenuAliasId"] in platform.aliases:
        raise Refusal(400, "conflict richmenu alias id")
    _require_pictured(platform, document["richMenuId"])
    platform.aliases[document["richMenuAliasId"]] = document["richMenuId"]
    return JSONResponse({})


async def alias(request: Request) -> Response:
    platform, name = _platform(request), request.path_params["alias"]
    if name not in platform.aliases:
        raise Refusal(404, "richmenu alias not found")
    if request.method == "POST":
        menu_id = str((await _document(request)).get("richMenuId"))
        _require_pictured(platform, menu_id)
        platform.aliases[name] = menu_id
        return JSONResponse({})
    if request.method == "DELETE":
        del platform.aliases[name]
        return JSONResponse({})
    return JSONResponse({"richMenuAliasId": name, "richMenuId": platform.aliases[name]})


def _require_pictured(platform: Platform, menu_id: str) -> None:
    if menu_id not in platform.menus:
        raise Refusal(404, "richmenu not found")
    if menu_id not in platform.menu_images:
        raise Refusal(400, "must upload richmenu image before applying it to user")


ROUTES = [
    Route("/v2/bot/richmenu", create, methods=["POST"]),
    Route("/v2/bot/richmenu/validate", validate, methods=["POST"]),
    Route("/v2/bot/richmenu/list", listed),
    Route("/v2/bot/richmenu/alias", aliases, methods=["POST"]),
    Route("/v2/bot/richmenu/alias/list", aliases),
    Route("/v2/bot/richmenu/alias/{alias}", alias, methods=["GET", "POST", "DELETE"]),
    Route("/v2/bot/richmenu/{menu_id}", one, methods=["GET", "DELETE"]),
    Route("/v2/bot/richmenu/{menu_id}/content", image, methods=["GET", "POST"]),
    Route("/v2/bot/user/all/richmenu", default),
    Route("/v2/bot/user/all/richmenu/{menu_id}", default, methods=["POST"]),
    Route("/v2/bot/user/{user_id}/richmenu", of_resident, methods=["GET", "DELETE"]),
    Route("/v2/bot/user/{user_id}/richmenu/{menu_id}", of_resident, methods=["POST"]),
]
