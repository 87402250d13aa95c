"""Staff of every role, signed in, beside a gateway whose residents can write."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from bot.console import access
from bot.console.access import Access
from bot.gateway.context import Gateway
from bot.vocabulary import Role

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real algorithm with little work: these tests sign in hundreds of times."""
    monkeypatch.setattr(access, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


class Desk:
    """One member of staff in a browser of their own."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 2))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://test/api/console")
        self.csrf = ""
        self.id = ""

    async def sign_in(self, login: str, password: str = PASSWORD, **extra: Any) -> httpx.Response:
        answer = await self.http.post("/login", json={"login": login, "password": password, **extra})
        if answer.status_code == 200:
            self.csrf, self.id = answer.json()["csrf"], answer.json()["id"]
        return answer

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(path, json=body, headers={"X-CSRF-Token": self.csrf})


@pytest.fixture
def staff_ids(gateway: Gateway) -> dict[str, str]:
    """One member of staff of each role, and a second counsellor; logins are the role names."""
    with gateway.database.write() as session:
        access = Access(session, gateway.vault, gateway.clock())
        made = {role.value: access.create_staff(role.value, f"{role.value} 名", role, PASSWORD).id for role in Role}
        made["second"] = access.create_staff("second", "second 名", Role.counsellor, PASSWORD).id
        return made


@pytest.fixture
async def desk(app: FastAPI, staff_ids: dict[str, str]) -> Any:
    """Makes desks: `await desk("counsellor")`."""
    opened: list[Desk] = []

    async def open_desk(login: str) -> Desk:
        made = Desk(app)
        opened.append(made)
        answer = await made.sign_in(login)
        assert answer.status_code == 200, answer.text
        return made

    yield open_desk
    for one in opened:
        await one.http.aclose()
