"""Every route of the service is public by name, or proves who calls: strangers, forgers and other roles get nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from bot.console.context import RoleCheck
from bot.vocabulary import Role
from tests.console.conftest import Desk
from tests.service import Page

pytestmark = pytest.mark.anyio

PUBLIC = {
    ("POST", "/api/chat/conversations"),
    ("POST", "/api/chat/resume"),
    ("GET", "/api/chat/words/{locale}"),
    ("GET", "/api/chat/hotlines"),
    ("GET", "/api/chat/family/options/{locale}"),
    ("GET", "/maps/{locale}/{ids}.png"),
    ("GET", "/line/icons/{name}.png"),
    ("GET", "/api/console/setup"),
    ("POST", "/api/console/setup"),
    ("POST", "/api/console/login"),
    ("GET", "/api/console/oidc/start"),
    ("GET", "/api/console/oidc/callback"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("HEAD", "/openapi.json"),
}
SIGNED = {
    ("POST", "/webhooks/line"): 401,
    ("GET", "/pictures/{sealed}.png"): 404,
    ("GET", "/calendar/{token}.ics"): 404,
}
"""The body's signature or the address itself is the proof; what each answers without it."""

CASE_ROLES = {Role.counsellor, Role.supervisor, Role.administrator}
AT_MOST = (
    ("/api/console/cases", CASE_ROLES | {Role.auditor}),
    ("/api/console/events", CASE_ROLES | {Role.auditor}),
    ("/api/console/alerts/", CASE_ROLES),
    ("/api/console/audit", {Role.administrator, Role.auditor}),
)
"""Whatever is added below these paths stays closed to other roles."""
OWN = ("/api/console/account", "/api/console/logout", "/api/console/presence")
"""Writes that change nothing but the caller's own account or screen."""


def routes(app: FastAPI) -> list[tuple[str, str, Dependant | None]]:
    """(method, path, dependencies) of every route that is served, hidden ones too."""
    found = []
    for context in iter_route_contexts(app.routes):
        for method in context.methods or ():
            found.append((method, context.path, getattr(context, "dependant", None)))
    return found


def checks(dependant: Dependant | None) -> Iterator[RoleCheck]:
    for inner in dependant.dependencies if dependant else ():
        if isinstance(inner.call, RoleCheck):
            yield inner.call
        yield from checks(inner)


def staff_routes(app: FastAPI) -> list[tuple[str, str, frozenset[Role]]]:
    found = []
    for method, path, dependant in routes(app):
        if path.startswith("/api/console") and (method, path) not in PUBLIC:
            roles = [check.roles for check in checks(dependant)]
            assert roles, f"{method} {path} does not say which roles may call it"
            found.append((method, path, frozenset.intersection(*roles)))
    return found


def address(path: str) -> str:
    return "http://test" + re.sub(r"\{[^}]*\}", "x", path)


async def test_the_list_of_public_routes_is_true(app: FastAPI) -> None:
    found = {(method, path) for method, path, _ in routes(app)}
    assert len(found) > 50, "the routes are not found any more: correct this test"
    assert found >= PUBLIC | SIGNED.keys(), "a public route was renamed: correct the list"


@pytest.mark.parametrize("credential", ["none", "forged"])
async def test_every_other_route_refuses_strangers_and_forgers(
    app: FastAPI, staff_ids: dict[str, str], credential: str
) -> None:
    desk = Desk(app)
    headers = {}
    if credential == "forged":
        desk.http.cookies.set("iroiro_session", "forged")
        headers = {"X-CSRF-Token": "forged", "Authorization": "Bearer forged", "X-Line-Signature": "forged"}
    for method, path, _ in routes(app):
        if (method, path) in PUBLIC:
            continue
        answer = await desk.http.request(method, address(path), json={}, headers=headers)
        assert answer.status_code == SIGNED.get((method, path), 401), f"{method} {path}: {answer.status_code}"
    await desk.http.aclose()


async def test_a_residents_token_and_a_staff_cookie_do_not_open_each_others_routes(
    app: FastAPI, page: Page, desk: Any
) -> None:
    await page.start()
    resident, administrator = Desk(app), await desk("administrator")
    for method, path, _ in routes(app):
        if (method, path) in PUBLIC or (method, path) in SIGNED:
            continue
        caller = resident if path.startswith("/api/console") else administrator
        headers = page.headers if caller is resident else {"X-CSRF-Token": administrator.csrf}
        answer = await caller.http.request(method, address(path), json={}, headers=headers)
        assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
    await resident.http.aclose()


async def test_every_staff_route_refuses_every_role_it_does_not_name(app: FastAPI, desk: Any) -> None:
    asked = 0
    for role in Role:
        member = await desk(role.value)
        for method, path, roles in staff_routes(app):
            if role in roles:
                continue
            answer = await member.http.request(method, address(path), json={}, headers={"X-CSRF-Token": member.csrf})
            assert answer.status_code == 403, f"{method} {path} answers {answer.status_code} to a {role.value}"
            asked += 1
    assert asked > 50


async def test_no_staff_route_is_open_to_more_roles_than_its_place_allows(app: FastAPI) -> None:
    for method, path, roles in staff_routes(app):
        for prefix, allowed in AT_MOST:
            assert not path.startswith(prefix) or roles <= allowed, f"{method} {path} is open to {set(roles) - allowed}"
        if path.startswith("/api/console/staff") and method != "GET":
            assert roles == {Role.administrator}, (method, path)
        if method != "GET" and not path.startswith(OWN):
            assert Role.auditor not in roles, f"{method} {path}: an auditor only looks"


async def test_every_staff_write_refuses_another_sessions_csrf_token(app: FastAPI, desk: Any) -> None:
    counsellor, second = await desk("counsellor"), await desk("second")
    for method, path, _ in staff_routes(app):
        if method == "GET":
            continue
        headers = {"X-CSRF-Token": second.csrf}
        answer = await counsellor.http.request(method, address(path), json={}, headers=headers)
        assert answer.status_code == 403, (method, path)


OWNERS_ONLY = {
    "heartbeat": {},
    "release": {"version": 2},
    "resolve": {"version": 2, "outcome": "helped"},
    "messages": {"client_id": "x", "text": "わたしも"},
    "transfer/accept": {"version": 2},
    "transfer/decline": {"version": 2},
}


async def test_another_counsellors_case_is_not_mine_to_change(page: Page, desk: Any) -> None:
    await page.start()
    await page.send("死にたい")
    counsellor, second = await desk("counsellor"), await desk("second")
    case = (await counsellor.get("/cases")).json()["cases"][0]
    assert (await counsellor.post(f"/cases/{case['id']}/claim", version=1)).status_code == 200
    transfer = {"version": 2, "to": second.id}
    for action, body in {**OWNERS_ONLY, "transfer": transfer, "claim": {"version": 2}}.items():
        answer = await second.post(f"/cases/{case['id']}/{action}", **body)
        assert answer.status_code in (403, 409), f"{action}: {answer.status_code} {answer.text}"
    after = (await counsellor.get("/cases")).json()["cases"][0]
    assert (after["version"], after["assignee"]["id"]) == (2, counsellor.id)
