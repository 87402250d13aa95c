"""A gateway that speaks to a simulated LINE, all in this process: events go in through the real webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
from fastapi import FastAPI

from bot.app import make_app
from bot.channels.line import LineSender
from bot.gateway.context import Gateway, utc_now
from bot.gateway.line_media import MediaFetcher
from bot.gateway.outbox import Outbox
from ops.line_simulator.platform import Platform
from ops.line_simulator.server import Simulator
from ops.line_simulator.webhooks import body_of, signature

PATIENCE_S = 20.0


class LineWorld:
    """The service, its background work and the platform; `say` is a resident's thumb."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, simulator: Simulator) -> None:
        self.app = app
        self.client = client
        self.simulator = simulator
        self.platform: Platform = simulator.platform
        self.gateway: Gateway = app.state.gateway

    async def deliver(self, *events: dict[str, Any], secret: str | None = None) -> int:
        body = body_of(list(events))
        key = self.platform.channel_secret if secret is None else secret
        headers = {"x-line-signature": signature(key, body)}
        answer = await self.client.post("/webhooks/line", content=body, headers=headers)
        return answer.status_code

    async def say(self, user: str, text: str) -> dict[str, Any]:
        event = self.platform.text(user, text)
        assert await self.deliver(event) == 200
        return event

    async def tap(self, user: str, payload: str) -> None:
        assert await self.deliver(self.platform.postback(user, payload)) == 200

    async def until(self, true: Callable[[], Any], what: str = "it") -> None:
        """Wait until `true()`, at most PATIENCE_S."""
        for _ in range(int(PATIENCE_S / 0.05)):
            if true():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{what} did not happen within {PATIENCE_S:.0f} s; refused: {self.platform.refused}")

    async def answers(self, user: str, count: int) -> list[list[dict[str, Any]]]:
        """The first `count` answers on the resident's screen, each a list of messages."""
        await self.until(lambda: len(self.platform.answers(user)) >= count, f"answer {count} to {user}")
        return [[bubble.content for bubble in group] for group in self.platform.answers(user)]

    async def calm(self) -> None:
        """Wait until nothing is under way any more."""
        await self.app.state.worker.idle()
        await asyncio.sleep(0.3)


@asynccontextmanager
async def line_world(gateway: Gateway, **settings: Any) -> AsyncIterator[LineWorld]:
    """A running service with LINE. Its clock is the real one."""
    with Simulator() as simulator:
        used = replace(
            gateway.settings,
            line_channel_secret=simulator.platform.channel_secret,
            line_channel_access_token=simulator.platform.access_token,
            line_api_url=simulator.url,
            line_data_url=simulator.url,
            **{"public_url": "https://chat.example.jp", **settings},
        )
        # Retries and claims need time that passes.
        app = make_app(replace(gateway, settings=used, clock=utc_now))
        made: Gateway = app.state.gateway
        sender = LineSender(used.line_channel_access_token, used.line_api_url, used.line_data_url)
        outbox, media = Outbox(made, sender), MediaFetcher(made, sender)
        app.state.line_sender = sender
        stops: list[Callable[[], Awaitable[None]]] = [media.stop, app.state.worker.stop, outbox.stop]
        await outbox.start()
        await media.start()
        await app.state.worker.start()
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            try:
                yield LineWorld(app, client, simulator)
            finally:
                for task in list(app.state.line_tasks):
                    task.cancel()
                await asyncio.gather(*app.state.line_tasks, return_exceptions=True)
                for stop in stops:
                    await stop()
