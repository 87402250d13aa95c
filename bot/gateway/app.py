"""The residents' ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from bot.gateway import chat, family, family_pictures, line_service, maps, push_routes
from bot.gateway.alerting import AlertSender
from bot.gateway.context import Gateway
from bot.gateway.noticing import Noticing
from bot.gateway.push import PushSender
from bot.gateway.refreshing import Refreshing
from bot.gateway.reminding import Reminding
from bot.gateway.worker import Worker
from bot.handover import relay, store
from bot.http.errors import install_error_handlers
from bot.http.limits import SlidingLimit

log = structlog.get_logger(__name__)

LEASE_CHECK_S = 5.0


def install(app: FastAPI, gateway: Gateway) -> None:
    """Put the residents' routes and state on an application."""
    app.state.gateway = gateway
    app.state.worker = Worker(gateway)
    app.state.new_conversations = SlidingLimit(count=120, seconds=60)
    app.state.resume_attempts = SlidingLimit(count=10, seconds=60)
    app.include_router(chat.router)
    app.include_router(family_pictures.router)
    app.include_router(push_routes.router)
    app.include_router(maps.router)
    app.include_router(family.router)
    line_service.install(app)


@contextlib.asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Background work of a gateway for as long as the application runs."""
    gateway: Gateway = app.state.gateway
    worker: Worker = app.state.worker
    await gateway.wakeups.start()
    await worker.start()
    background = [
        asyncio.create_task(work)
        for work in (
            _return_expired_leases(gateway),
            Reminding(gateway).run(),
            Noticing(gateway).run(),
            PushSender(gateway).run(),
            AlertSender(gateway).run(),
            Refreshing(gateway).run(),
        )
    ]
    try:
        async with line_service.running(app):
            yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await worker.stop()
        await gateway.wakeups.stop()
        if gateway.services.rasa is not None:
            await gateway.services.rasa.aclose()
        gateway.database.close()


async def _return_expired_leases(gateway: Gateway) -> None:
    def work() -> list[str]:
        now = gateway.clock()
        with gateway.database.write() as session:
            cases = store.return_expired(session, now=now)
            for case in cases:
                relay.tell(session, gateway.vault, gateway.words, case, "handover.back_to_queue", now=now)
            return [case.conversation_id for case in cases]

    while True:
        await asyncio.sleep(LEASE_CHECK_S)
        try:
            returned = await gateway.database.run(work)
        except SQLAlchemyError:
            log.exception("lease_check_failed")
            continue
        for conversation_id in returned:
            gateway.wakeups.publish(f"conversation:{conversation_id}")
        if returned:
            gateway.wakeups.publish("staff")


def make_app(gateway: Gateway) -> FastAPI:
    """The gateway alone, for a machine that serves no console."""
    app = FastAPI(title="iroiro gateway", lifespan=running, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    install_error_handlers(app)
    install(app, gateway)
    return app
