"""The simulated platform over HTTP: the Messaging API's addresses as an ASGI application."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ops.line_simulator import menus, phone
from ops.line_simulator.limits import problems
from ops.line_simulator.platform import Fault, Platform, Refusal
from ops.line_simulator.webhooks import Deliverer

HANG_S = 60.0


class CutOff(Response):
    """An answer that breaks off in the middle, as when a connection is lost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise ConnectionResetError


class QuietCuts:
    """Keeps the server's log free of the connections that were cut on purpose."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except ConnectionResetError:
            return


def refusal_answer(refusal: Refusal) -> JSONResponse:
    body: dict[str, Any] = {"message": refusal.message}
    if refusal.details:
        body["details"] = [{"message": detail} for detail in refusal.details]
    return JSONResponse(body, refusal.status, refusal.headers)


async def _sent(request: Request, model: str, act: Callable[[dict[str, Any]], str]) -> Response:
    """Authenticate, validate, fail as planned, then do it: the way of reply and push."""
    platform: Platform = request.app.state.platform
    document = await _document(request)
    fault = platform.next_fault()
    early = _before(fault)
    if early is not None:
        return early
    found = problems(model, document)
    if found:
        platform.refused += found
        raise Refusal(400, f"The request body has {len(found)} error(s)", found)
    request_id = act(document)
    if fault in ("drop_after", "hang_after"):
        await asyncio.sleep(HANG_S if fault == "hang_after" else 0)
        return CutOff()
    if fault == "503_after":
        return JSONResponse({"message": "Service unavailable"}, 503)
    sent = [{"id": platform.new_id(), "quoteToken": secrets.token_hex(8)} for _ in document["messages"]]
    return JSONResponse({"sentMessages": sent}, headers={"x-line-request-id": request_id})


def _before(fault: Fault | None) -> Response | None:
    if fault == "drop_before":
        return CutOff()
    if fault == "429":
        return JSONResponse({"message": "The API rate limit has been exceeded. Try again later."}, 429)
    if fault == "500":
        return JSONResponse({"message": "Internal server error"}, 500)
    if fault == "400":
        return JSONResponse({"message": "The request body has 1 error(s)"}, 400)
    return None


async def _document(request: Request) -> dict[str, Any]:
    try:
        document = json.loads(await request.body())
    except ValueError:
        document = None
    if not isinstance(document, dict):
        request.app.state.platform.refused.append("body: not a JSON object")
        raise Refusal(400, "The request body could not be read as JSON")
    return document


async def reply(request: Request) -> Response:
    platform: Platform = request.app.state.platform
    return await _sent(
        request, "ReplyMessageRequest", lambda body: platform.reply(body["replyToken"], body["messages"])
    )


async def push(request: Request) -> Response:
    platform: Platform = request.app.state.platform
    key = request.headers.get("x-line-retry-key")
    return await _sent(request, "PushMessageRequest", lambda body: platform.push(body["to"], body["messages"], key))


async def loading(request: Request) -> Response:
    platform: Platform = request.app.state.platform
    document = await _document(request)
    seconds = document.get("loadingSeconds", 20)
    found = problems("ShowLoadingAnimationRequest", document)
    if found or not isinstance(seconds, int) or not 5 <= seconds <= 60 or seconds % 5:
        platform.refused += found or ["loadingSeconds: 5 to 60 in steps of 5"]
        raise Refusal(400, "The request body has errors", found)
    platform.loading[document["chatId"]] = seconds
    return JSONResponse({}, 202)


async def profile(request: Request) -> Response:
    platform: Platform = request.app.state.platform
    user_id = request.path_params["user_id"]
    if user_id not in platform.screens or user_id in platform.blocked:
        raise Refusal(404, "Not found")
    return JSONResponse({"userId": user_id, "displayName": "Resident", "language": "ja"})


async def content(request: Request) -> Response:
    platform: Platform = request.app.state.platform
    early = _before(platform.next_fault())
    if early is not None:
        return early
    found = platform.contents.get(request.path_params["message_id"])
    if found is None:
        raise Refusal(404, "Not found")
    return Response(found.data, media_type=found.kind)


async def info(request: Request) -> Response:
    return JSONResponse(
        {
            "userId": "U" + "0" * 32,
            "basicId": "@simulated",
            "displayName": "iroiro (simulated)",
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }
    )


async def webhook_endpoint(request: Request) -> Response:
    platform: Platform = request.app.state.platform
    if request.method == "PUT":
        endpoint = str((await _document(request)).get("endpoint", ""))
        if not endpoint.startswith(("https://", "http://127.0.0.1")) or len(endpoint) > 500:
            raise Refusal(400, "Invalid webhook endpoint URL")
        platform.webhook_url = endpoint
        return JSONResponse({})
    if not platform.webhook_url:
        raise Refusal(404, "Webhook endpoint not found")
    return JSONResponse({"endpoint": platform.webhook_url, "active": True})


async def webhook_test(request: Request) -> Response:
    status = await request.app.state.deliverer.once()
    reason = "OK" if status == 200 else "COULD_NOT_CONNECT" if status == 0 else "ERROR_STATUS_CODE"
    answer = {"success": status == 200, "timestamp": "2026-01-01T00:00:00Z", "statusCode": status, "reason": reason}
    return JSONResponse({**answer, "detail": str(status or "connection failed")})


async def leave(request: Request) -> Response:
    request.app.state.platform.left.append(request.path_params["place"])
    return JSONResponse({})


ROUTES = [
    Route("/v2/bot/message/reply", reply, methods=["POST"]),
    Route("/v2/bot/message/push", push, methods=["POST"]),
    Route("/v2/bot/chat/loading/start", loading, methods=["POST"]),
    Route("/v2/bot/profile/{user_id}", profile),
    Route("/v2/bot/message/{message_id}/content", content),
    Route("/v2/bot/info", info),
    Route("/v2/bot/channel/webhook/endpoint", webhook_endpoint, methods=["GET", "PUT"]),
    Route("/v2/bot/channel/webhook/test", webhook_test, methods=["POST"]),
    Route("/v2/bot/group/{place}/leave", leave, methods=["POST"]),
    Route("/v2/bot/room/{place}/leave", leave, methods=["POST"]),
    *menus.ROUTES,
]


class RequireToken:
    """Every call needs the channel's access token."""

    def __init__(self, app: ASGIApp, platform: Platform) -> None:
        self._app = app
        self._platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        expected = f"Bearer {self._platform.access_token}"
        if scope["type"] == "http" and not secrets.compare_digest(given.encode(), expected.encode()):
            message = "Authentication failed. Confirm that the access token in the authorization header is valid."
            await JSONResponse({"message": message}, 401)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def make_app(platform: Platform, deliverer: Deliverer) -> ASGIApp:
    """The Messaging API of this platform, and the phone page beside it."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return refusal_answer(error)

    handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {Refusal: refused}
    messaging = Starlette(routes=ROUTES, exception_handlers=handlers)
    messaging.state.platform, messaging.state.deliverer = platform, deliverer
    whole = Starlette(routes=[*phone.ROUTES, Mount("/", RequireToken(messaging, platform))])
    whole.state.platform, whole.state.deliverer = platform, deliverer
    return QuietCuts(whole)
