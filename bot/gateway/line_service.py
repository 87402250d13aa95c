"""Everything LINE needs in a running gateway: its routes, its sender, its outbox and its media."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from bot.gateway import line, sharing_routes
from bot.gateway.context import Clock, Gateway, utc_now
from bot.gateway.outbox import Outbox, interrupted_replies
from bot.http.limits import SlidingLimit
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.wakeups import Wakeups
from bot.reply.words import Words
from bot.settings import Settings

log = structlog.get_logger(__name__)

FINISH_S = 15.0
"""How long a start may wait for LINE before it loads the rest."""


def install(app: FastAPI) -> None:
    """Put LINE's routes and state on an application. Nothing is sent before `running`."""
    app.state.line_sender = None
    app.state.line_tasks = set()
    app.state.link_attempts = SlidingLimit(count=5, seconds=600)
    app.state.link_attempts_by_address = SlidingLimit(count=20, seconds=600)
    app.include_router(line.router)
    app.include_router(sharing_routes.router)


@dataclass(frozen=True)
class _BeforeLoading:
    """What sending needs, at hand within a moment of the start."""

    settings: Settings
    database: Database
    vault: Vault
    wakeups: Wakeups
    words: Words
    clock: Clock


def finish_interrupted(settings: Settings) -> None:
    """Settle replies that a kill interrupted, before the rest of the service loads: their tokens live for a minute."""
    if not settings.line_channel_access_token:
        return
    database = Database(settings.sqlalchemy_url)
    try:
        if not interrupted_replies(database):
            return
        words, vault = Words.load(settings.content_dir), Vault.open(settings.key_file)
        asyncio.run(_finish(_BeforeLoading(settings, database, vault, Wakeups(), words, utc_now)))
    except SQLAlchemyError:
        log.exception("interrupted_replies_not_settled")
    finally:
        database.close()


async def _finish(sending: _BeforeLoading) -> None:
    from bot.channels.line import LineSender

    settings = sending.settings
    sender = LineSender(settings.line_channel_access_token, settings.line_api_url, settings.line_data_url)
    outbox = Outbox(sending, sender)
    try:
        await asyncio.wait_for(outbox.finish_interrupted(), FINISH_S)
    except TimeoutError:
        log.warning("interrupted_replies_not_settled")
    finally:
        await outbox.stop()


@contextlib.asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Send and fetch for as long as the application runs; nothing without an access token."""
    gateway: Gateway = app.state.gateway
    settings = gateway.settings
    if not settings.line_channel_access_token:
        yield
        return
    # The official SDK is large; a service without LINE need not hold it.
    from bot.channels.line import LineSender
    from bot.gateway.line_media import MediaFetcher

    sender = LineSender(settings.line_channel_access_token, settings.line_api_url, settings.line_data_url)
    outbox, media = Outbox(gateway, sender), MediaFetcher(gateway, sender)
    app.state.line_sender = sender
    await outbox.start()
    await media.start()
    try:
        yield
    finally:
        app.state.line_sender = None
        await media.stop()
        tasks: set[asyncio.Task[None]] = app.state.line_tasks
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await outbox.stop()
