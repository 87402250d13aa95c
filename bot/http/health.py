"""`/healthz`: the process runs. `/readyz`: residents may be sent here. `/metrics`: figures, for this machine or by token."""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.http.metrics import shared_registry
from bot.records.database import Database
from bot.records.migrate import is_current
from bot.records.wakeups import Wakeups
from bot.settings import Settings

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""With less, SQLite may soon be unable to record a message, so no new resident is sent here."""


def install(
    app: FastAPI, settings: Settings, database: Database, wakeups: Wakeups, clock: Callable[[], datetime]
) -> None:
    """Put the three routes on an application."""
    shared = shared_registry(database, wakeups, clock)

    def look() -> dict[str, bool]:
        alive = database.alive()
        return {"database": alive, "schema": alive and _current(database), "disk": _has_room(settings, database)}

    def figures() -> bytes:
        return generate_latest(REGISTRY) + generate_latest(shared)

    @app.get("/healthz", tags=["health"])
    async def alive() -> PlainTextResponse:
        """This process runs."""
        return PlainTextResponse("ok")

    @app.get("/readyz", tags=["health"])
    async def ready() -> JSONResponse:
        """May residents be sent here? Only what recording needs can say no; without Redis or Rasa the service degrades."""
        needed = await database.run(look)
        return JSONResponse({**needed, "redis": wakeups.connected}, 200 if all(needed.values()) else 503)

    @app.get("/metrics", tags=["health"])
    async def metrics(request: Request) -> Response:
        if not may_read_metrics(request, settings.metrics_token):
            return PlainTextResponse("metrics are for this machine, or for whoever has IROIRO_METRICS_TOKEN", 403)
        return Response(await database.run(figures), media_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: Request, token: str) -> bool:
    """With a token set, only by it. Without: from loopback, and not through a proxy on loopback."""
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    return request.client is not None and request.client.host in ("127.0.0.1", "::1") and not forwarded


def _current(database: Database) -> bool:
    try:
        return is_current(database)
    except SQLAlchemyError:
        return False


def _has_room(settings: Settings, database: Database) -> bool:
    """Room where SQLite writes; a PostgreSQL server watches its own disk."""
    if not database.is_sqlite:
        return True
    folder = Path(database.engine.url.database or settings.data_dir).parent
    try:
        return shutil.disk_usage(folder).free >= LEAST_FREE_BYTES
    except OSError:
        return False
