"""Security headers on every answer. The pages need neither inline scripts nor inline styles."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

# The widget script may be loaded by the city's own pages, and its frame mode by their frames.
EMBEDDABLE = ("/widget.js", "/family.js", "/assets/", "/embed")


class SecurityHeaders:
    """ASGI middleware; pure, so that event streams are not buffered."""

    def __init__(self, app: ASGIApp, *, https: bool, embed_origins: list[str]) -> None:
        self._app = app
        self._framed_by = " ".join(["'self'", *embed_origins])
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        embeddable = str(scope["path"]).startswith(EMBEDDABLE)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                framed_by = self._framed_by if scope["path"] == "/embed" else "'none'"
                headers.setdefault("Content-Security-Policy", f"{POLICY}; frame-ancestors {framed_by}")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=()"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "cross-origin" if embeddable else "same-origin"
                if self._https:
                    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            await send(message)

        await self._app(scope, receive, with_headers)
