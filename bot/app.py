"""One process with the gateway and the console beside it, as one machine runs it. `python -m bot.app` serves it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from bot.console import app as console_app
from bot.console.access import Access
from bot.console.context import Console, Presence
from bot.gateway import app as gateway_app
from bot.gateway import line_service
from bot.gateway.context import Gateway, build
from bot.http import health
from bot.http.errors import install_error_handlers
from bot.http.headers import SecurityHeaders
from bot.http.logs import configure_logs
from bot.records.content import ContentFolderError, apply_published
from bot.records.database import Database
from bot.records.migrate import upgrade
from bot.records.wakeups import Wakeups
from bot.settings import Settings, SettingsError

log = structlog.get_logger(__name__)


def build_gateway(settings: Settings) -> Gateway:
    """Migrate the database and load everything."""
    database = Database(settings.sqlalchemy_url)
    upgrade(database)
    line_service.finish_interrupted(settings)
    _apply_content(database, settings.content_dir)
    return build(settings, database, Wakeups(settings.redis_url))


def _apply_content(database: Database, folder: Path) -> None:
    """Write published changes into a content folder that lacks them, as a new image does. One it may not write stays."""
    try:
        with database.read() as session:
            applied = apply_published(session, folder)
    except ContentFolderError as error:
        log.error("content_not_written", error=str(error))
        return
    if applied.diverged:
        log.warning("content_diverged", files=list(applied.diverged))


def make_app(gateway: Gateway) -> FastAPI:
    """The whole service on one address: chat, console, health, metrics and the built web pages."""
    app = FastAPI(
        title="iroiro",
        lifespan=gateway_app.running,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    install_error_handlers(app)
    gateway_app.install(app, gateway)
    console_app.install(app, console_beside(gateway))
    health.install(app, gateway.settings, gateway.database, gateway.wakeups, gateway.clock)
    _pages(app, gateway.settings.web_dist)
    origins = gateway.settings.embed_origins.split()
    if origins:
        # No cookies cross origins: the widget carries its own token.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        )
    https = gateway.settings.public_url.startswith("https:")
    app.add_middleware(SecurityHeaders, https=https, embed_origins=origins)
    return app


def console_beside(gateway: Gateway) -> Console:
    return Console(
        settings=gateway.settings,
        database=gateway.database,
        vault=gateway.vault,
        wakeups=gateway.wakeups,
        words=gateway.words,
        hotlines=gateway.hotlines,
        kb=gateway.services.kb,
        duty=gateway.duty,
        clock=gateway.clock,
        presence=Presence(),
    )


def give_back_memory() -> None:
    """Return what loading used and freed to the system; the C library keeps it otherwise. Only where it can be asked."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def setup_link(gateway: Gateway) -> str | None:
    """The one-time link that makes the first administrator, while there is none."""
    with gateway.database.write() as session:
        token = Access(session, gateway.vault, gateway.clock()).create_setup_token()
    return f"{gateway.settings.public_url}/console#setup={token}" if token else None


def _pages(app: FastAPI, dist: Path) -> None:
    if not (dist / "index.html").exists():
        return

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(dist / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/console", include_in_schema=False)
    async def console_page() -> FileResponse:
        return FileResponse(dist / "console.html", headers={"Cache-Control": "no-cache"})

    @app.get("/embed", include_in_schema=False)
    async def embedded_page() -> FileResponse:
        return FileResponse(dist / "index.html", headers={"Cache-Control": "no-cache"})

    app.mount("/", StaticFiles(directory=dist))


def main() -> None:
    """Serve until told to stop. Prints `setup <link>` first where an administrator is still to be made."""
    try:
        settings = Settings.from_env()
        configure_logs(settings.log_level)
        gateway = build_gateway(settings)
    except (SettingsError, ValueError, RuntimeError) as error:
        sys.exit(f"iroiro cannot start: {error}")
    give_back_memory()
    link = setup_link(gateway)
    if link:
        print(f"setup {link}", flush=True)
    uvicorn.run(
        make_app(gateway),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=3,
        server_header=False,
    )


if __name__ == "__main__":
    main()
