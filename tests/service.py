"""A gateway with the real gate, words and knowledge, a database of each kind, and stand-ins for Rasa and search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.app import make_app
from bot.dialogue.rasa import RasaUnavailableError
from bot.gateway.context import Content, Gateway, build
from bot.gateway.views import events_after
from bot.gateway.worker import Worker
from bot.knowledge.search import Searcher
from bot.records.database import Database
from bot.records.wakeups import Wakeups
from bot.settings import PROJECT_ROOT, Settings
from bot.turn import Turn


class FakeRasa:
    """Answers as told; by default as if it were down."""

    def __init__(self) -> None:
        self.answer: Callable[[Turn], list[dict[str, Any]]] | None = None
        self.asked: list[Turn] = []

    async def ask(self, turn: Turn) -> list[dict[str, Any]]:
        self.asked.append(turn)
        if self.answer is None:
            raise RasaUnavailableError("down")
        return self.answer(turn)

    async def aclose(self) -> None:
        return None


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture(scope="session")
def our_content() -> Content:
    """Our own content, read once: it takes seconds and never changes."""
    return Content.load(PROJECT_ROOT)


@pytest.fixture(scope="session")
def searcher(our_content: Content) -> Searcher:
    """The real search by words alone; sentence vectors have their own tests and take a minute to compute.

    Terms are kept in the data folder, by what they were made from: the next run of the tests starts in a second.
    """
    return Searcher.build(our_content.kb, Settings.from_env().data_dir / "search-vectors.npz", dense=False)


@pytest.fixture
def gateway(
    database: Database,
    tmp_path: Path,
    clock: Callable[[], datetime],
    rasa: FakeRasa,
    our_content: Content,
    searcher: Searcher,
) -> Gateway:
    settings = Settings(data_dir=tmp_path, content_dir=PROJECT_ROOT, rasa_url="", today="2026-11-24", web_dist=tmp_path)
    made = build(settings, database, Wakeups(), clock=clock, content=our_content, searcher=searcher)
    return replace(made, services=replace(made.services, rasa=rasa, today=lambda: date(2026, 11, 24)))  # type: ignore[arg-type]


@pytest.fixture
def app(gateway: Gateway) -> FastAPI:
    return make_app(gateway)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened
        worker: Worker = app.state.worker
        await worker.stop()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Page:
    """A resident's page: starts a talk, sends, and reads everything so far."""

    def __init__(self, client: httpx.AsyncClient, app: FastAPI) -> None:
        self._client = client
        self._app = app
        self._sent = 0
        self.headers: dict[str, str] = {}
        self.conversation = ""
        self.resume_code = ""

    async def start(self, **body: Any) -> None:
        answer = await self._client.post("/api/chat/conversations", json=body)
        assert answer.status_code == 201, answer.text
        started = answer.json()
        self.headers = {"Authorization": f"Bearer {started['token']}"}
        self.conversation, self.resume_code = started["conversation"], started["resume_code"]

    async def send(self, text: str, **extra: Any) -> httpx.Response:
        self._sent += 1
        body = {"client_id": f"c{self._sent}", "text": text, **extra}
        answer = await self._client.post("/api/chat/messages", json=body, headers=self.headers)
        await self.settle()
        return answer

    async def settle(self) -> None:
        """Wait until the machine has answered what it was asked."""
        worker: Worker = self._app.state.worker
        await worker.idle()

    def messages(self) -> list[dict[str, Any]]:
        return [data for _, kind, data in self.events() if kind == "message"]

    def events(self, after: int = 0) -> list[Any]:
        return events_after(self._app.state.gateway, self.conversation, after)

    def last_parts(self) -> list[dict[str, Any]]:
        return list(self.messages()[-1]["parts"])


@pytest.fixture
async def page(client: httpx.AsyncClient, app: FastAPI) -> Page:
    return Page(client, app)
