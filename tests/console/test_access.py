"""Nobody gets in who should not: sign-in, roles, CSRF, sessions. Every route is walked in test_routes.py."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from fastapi import FastAPI

from bot.app import setup_link
from bot.console.access import LOCK_AFTER, LOCK_MINUTES, Access
from bot.gateway.context import Gateway
from bot.records.models import Staff
from bot.vocabulary import Role
from tests.conftest import Clock
from tests.console.conftest import PASSWORD, Desk

pytestmark = pytest.mark.anyio


async def test_the_first_administrator_is_made_once(app: FastAPI, gateway: Gateway) -> None:
    link = setup_link(gateway)
    assert link is not None
    token = link.split("setup=")[1]
    desk = Desk(app)
    body = {"token": token, "login": "admin", "name": "管理", "password": PASSWORD}
    weak = await desk.http.post("/setup", json={**body, "password": "short"})
    assert weak.status_code == 422
    made = await desk.http.post("/setup", json=body)
    assert (made.status_code, made.json()["role"]) == (201, "administrator")
    again = await desk.http.post("/setup", json={**body, "login": "other"})
    assert again.status_code == 403
    assert setup_link(gateway) is None
    await desk.http.aclose()


async def test_a_write_without_the_csrf_token_is_refused(desk: Any) -> None:
    counsellor = await desk("counsellor")
    answer = await counsellor.http.post("/cases/take-next", json={})
    assert answer.status_code == 403


ROLES = {
    "auditor": {"/cases": 200, "/audit": 200},
    "counsellor": {"/cases": 200, "/audit": 403},
    "content_editor": {"/cases": 403, "/audit": 403},
    "administrator": {"/cases": 200, "/audit": 200},
}


@pytest.mark.parametrize(("role", "expected"), ROLES.items(), ids=ROLES.keys())
async def test_roles_see_what_is_theirs(desk: Any, role: str, expected: dict[str, int]) -> None:
    member = await desk(role)
    assert {path: (await member.get(path)).status_code for path in expected} == expected


async def test_an_auditor_may_look_but_not_act(desk: Any) -> None:
    auditor = await desk("auditor")
    assert (await auditor.post("/cases/take-next")).status_code == 403


async def test_only_an_administrator_adds_staff(desk: Any) -> None:
    new = {"login": "new", "name": "新人", "role": "counsellor", "password": PASSWORD}
    assert (await (await desk("counsellor")).post("/staff", **new)).status_code == 403
    administrator = await desk("administrator")
    assert (await administrator.post("/staff", **new)).status_code == 201
    assert (await administrator.post("/staff", **new)).status_code == 409


async def test_a_session_ends_idle_and_after_signing_out(desk: Any, clock: Clock) -> None:
    counsellor = await desk("counsellor")
    clock.tick(minutes=31)
    assert (await counsellor.get("/me")).status_code == 401
    await counsellor.sign_in("counsellor")
    assert (await counsellor.post("/logout")).status_code == 204
    assert (await counsellor.get("/me")).status_code == 401


async def test_guessing_locks_for_a_while_and_never_for_good(
    app: FastAPI, staff_ids: dict[str, str], clock: Clock
) -> None:
    thief = Desk(app)
    for _ in range(LOCK_AFTER):
        assert (await thief.sign_in("counsellor", "wrong")).status_code == 401
    assert (await thief.sign_in("counsellor")).status_code == 429
    clock.tick(minutes=LOCK_MINUTES + 1)
    assert (await thief.sign_in("counsellor")).status_code == 200
    await thief.http.aclose()


async def test_a_second_factor_is_asked_for_once_set(
    app: FastAPI, gateway: Gateway, staff_ids: dict[str, str], clock: Clock
) -> None:
    secret = pyotp.random_base32()
    with gateway.database.write() as session:
        session.get_one(Staff, staff_ids["counsellor"]).totp_enc = gateway.vault.own_box().seal(secret)
    desk = Desk(app)
    assert (await desk.sign_in("counsellor")).status_code == 401
    code = pyotp.TOTP(secret).at(clock())
    assert (await desk.sign_in("counsellor", totp=code)).status_code == 200
    await desk.http.aclose()


async def test_a_forged_cookie_opens_nothing(app: FastAPI) -> None:
    forger = Desk(app)
    forger.http.cookies.set("iroiro_session", "forged")
    assert (await forger.get("/cases")).status_code == 401
    await forger.http.aclose()


def test_passwords_are_stored_as_argon2id(gateway: Gateway) -> None:
    with gateway.database.write() as session:
        staff = Access(session, gateway.vault, gateway.clock()).create_staff("x", "x", Role.counsellor, PASSWORD)
        assert staff.password_hash.startswith("$argon2id$")
