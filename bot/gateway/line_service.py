"""Everything LINE needs in a running gateway: its routes, its sender, its outbox and its media."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from bot.gateway import line, sharing_routes
from bot.gateway.context import Gateway
from bot.gateway.outbox import Outbox
from bot.http.limits import SlidingLimit


def install(app: FastAPI) -> None:
    """Put LINE's routes and state on an application. Nothing is sent before `running`."""
    app.state.line_sender = None
    app.state.line_tasks = set()
    app.state.link_attempts = SlidingLimit(count=5, seconds=600)
    app.state.link_attempts_by_address = SlidingLimit(count=20, seconds=600)
    app.include_router(line.router)
    app.include_router(sharing_routes.router)


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
