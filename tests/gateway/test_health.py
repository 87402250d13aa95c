"""Health and metrics: the truth about the database, figures that move, and nothing of what residents wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bot.app import make_app
from bot.gateway.context import Gateway
from bot.http import health
from bot.records.migrate import downgrade
from tests.service import Page

pytestmark = pytest.mark.anyio


def read(text: str) -> dict[str, float]:
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in rows}


async def figures(client: httpx.AsyncClient) -> dict[str, float]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    return read(answer.text)


async def test_figures_follow_what_happens(client: httpx.AsyncClient, page: Page) -> None:
    before = await figures(client)
    await page.start(locale="ja")
    await page.send("こんにちは、秘密の言葉です")
    await page.send("死にたい")
    after = await figures(client)

    def moved(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert moved('iroiro_messages_received_total{channel="web",locale="ja"}') == 2
    assert moved('iroiro_messages_finished_total{channel="web",outcome="crisis"}') == 1
    assert moved("iroiro_rasa_failures_total") == 1
    assert moved('iroiro_step_seconds_count{step="screen_for_risk"}') == 2
    risky = sum(moved(name) for name in after if name.startswith("iroiro_messages_by_risk_total") and "suicide" in name)
    assert risky == 1
    assert sum(value for name, value in after.items() if name.startswith("iroiro_open_cases")) == 1
    assert after["iroiro_unanswered_messages"] == 0
    assert after["iroiro_database_up"] == 1
    text = (await client.get("/metrics")).text
    assert "秘密" not in text
    assert page.conversation not in text


async def test_metrics_are_not_for_the_internet(gateway: Gateway, app: FastAPI) -> None:
    async def ask(app: FastAPI, address: str, headers: dict[str, str]) -> int:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get("/metrics", headers=headers)).status_code

    assert await ask(app, "127.0.0.1", {}) == 200
    assert await ask(app, "192.0.2.7", {}) == 403
    # A proxy on this machine passes the whole internet on from loopback.
    assert await ask(app, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}) == 403
    guarded = make_app(replace(gateway, settings=replace(gateway.settings, metrics_token="t0ken")))
    assert await ask(guarded, "192.0.2.7", {"Authorization": "Bearer t0ken"}) == 200
    assert await ask(guarded, "192.0.2.7", {"Authorization": "Bearer other"}) == 403
    assert await ask(guarded, "127.0.0.1", {}) == 403


async def test_ready_says_what_is_missing(
    client: httpx.AsyncClient, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = await client.get("/readyz")
    assert good.status_code == 200
    assert good.json() == {"database": True, "schema": True, "disk": True, "redis": False}
    if gateway.database.is_sqlite:
        with monkeypatch.context() as full:
            full.setattr(health, "LEAST_FREE_BYTES", 2**62)
            answer = await client.get("/readyz")
            assert (answer.status_code, answer.json()["disk"]) == (503, False)
    downgrade(gateway.database, "0003")
    old = await client.get("/readyz")
    assert (old.status_code, old.json()["schema"], old.json()["database"]) == (503, False, True)


async def test_a_lost_database_is_told_and_metrics_still_answer(
    client: httpx.AsyncClient, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OSError("unable to open database file")

    gateway.database.engine.dispose()
    monkeypatch.setattr(gateway.database.engine.dialect, "connect", gone)
    monkeypatch.setattr(gateway.database, "alive", lambda: False)
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200
