"""Sign-in through a provider: a small one of our own on loopback, honest and otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from bot.app import make_app
from bot.console.access import Access
from bot.gateway.context import Gateway
from bot.settings import Settings, SettingsError
from bot.vocabulary import Role
from tests.conftest import Clock
from tests.console.conftest import PASSWORD, Desk

pytestmark = pytest.mark.anyio

CLIENT = "iroiro"
MAIL = "sato@city.example"


class SmallProvider:
    """Discovery, token and keys; `approve` stands for the person who signs in there."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.signing: Any = self.key
        self.algorithm = "RS256"
        self.changes: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({"/.well-known/openid-configuration": outer.discovery(), "/keys": outer.keys()}[self.path])

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(outer.token({name: values[0] for name, values in form.items()}))

            def _answer(self, body: dict[str, Any]) -> None:
                self.send_response(400 if "error" in body else 200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def discovery(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.url, **{name: self.url + path for name, path in paths.items()}}

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def approve(self, address: str) -> dict[str, str]:
        """The query with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        asked = self.codes.pop(form["code"], None)
        if asked is None or create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "42",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": MAIL,
            "email_verified": True,
            **self.changes,
        }
        signed = jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, self.signing)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
def provider(clock: Clock) -> Iterator[SmallProvider]:
    made = SmallProvider(clock)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def oidc_app(gateway: Gateway, provider: SmallProvider) -> FastAPI:
    with gateway.database.write() as session:
        Access(session, gateway.vault, gateway.clock()).create_staff(MAIL, "佐藤", Role.counsellor, PASSWORD)
    chosen = {
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT,
        "oidc_button": "市役所",
        "public_url": "http://test",
    }
    return make_app(replace(gateway, settings=replace(gateway.settings, **chosen)))


@pytest.fixture
async def desk_there(oidc_app: FastAPI) -> Any:
    made = Desk(oidc_app)
    yield made
    await made.http.aclose()


async def attempt(desk: Desk, provider: SmallProvider, **query: str) -> httpx.Response:
    started = await desk.http.get("/oidc/start")
    assert started.status_code == 303, started.text
    return await desk.http.get("/oidc/callback", params={**provider.approve(started.headers["location"]), **query})


async def test_a_member_of_staff_signs_in_there_and_keeps_the_role_given_here(
    desk_there: Desk, provider: SmallProvider
) -> None:
    assert (await desk_there.get("/setup")).json()["oidc"] == "市役所"
    back = await attempt(desk_there, provider)
    assert back.headers["location"] == "http://test/console"
    me = (await desk_there.get("/me")).json()
    assert (me["login"], me["role"]) == (MAIL, "counsellor")
    await desk_there.http.post("/logout", headers={"X-CSRF-Token": me["csrf"]})
    provider.changes = {"email": "another@city.example"}
    await attempt(desk_there, provider)
    assert (await desk_there.get("/me")).json()["login"] == MAIL, "bound to the subject, not to the address"


@pytest.mark.parametrize(
    "changes",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "stranger@city.example"},
        {"aud": "another-service"},
        {"iss": "https://elsewhere.example"},
        {"nonce": "old"},
        {"exp": 1},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_token_that_does_not_hold_opens_nothing(
    desk_there: Desk, provider: SmallProvider, changes: dict[str, Any]
) -> None:
    provider.changes = changes
    back = await attempt(desk_there, provider)
    assert "#oidc=" in back.headers["location"]
    assert (await desk_there.get("/me")).status_code == 401


@pytest.mark.parametrize("how", ["another key", "client secret"])
async def test_a_forged_signature_opens_nothing(desk_there: Desk, provider: SmallProvider, how: str) -> None:
    if how == "another key":
        provider.signing = RSAKey.generate_key(2048, {"kid": "k1"})
    else:
        provider.signing, provider.algorithm = OctKey.import_key("s" * 32), "HS256"
    back = await attempt(desk_there, provider)
    assert back.headers["location"].endswith("#oidc=failed")
    assert (await desk_there.get("/me")).status_code == 401


async def test_an_answer_to_somebody_elses_attempt_opens_nothing(
    oidc_app: FastAPI, desk_there: Desk, provider: SmallProvider
) -> None:
    """Login CSRF: a thief's code, put into a victim's browser."""
    thief = Desk(oidc_app)
    stolen = provider.approve((await thief.http.get("/oidc/start")).headers["location"])
    await desk_there.http.get("/oidc/start")
    back = await desk_there.http.get("/oidc/callback", params=stolen)
    assert back.headers["location"].endswith("#oidc=failed")
    bare = Desk(oidc_app)
    assert (await bare.http.get("/oidc/callback", params=stolen)).headers["location"].endswith("#oidc=failed")
    assert (await desk_there.get("/me")).status_code == 401
    await thief.http.aclose()
    await bare.http.aclose()


async def test_an_old_attempt_opens_nothing(desk_there: Desk, provider: SmallProvider, clock: Clock) -> None:
    started = await desk_there.http.get("/oidc/start")
    query = provider.approve(started.headers["location"])
    clock.tick(minutes=11)
    back = await desk_there.http.get("/oidc/callback", params=query)
    assert back.headers["location"].endswith("#oidc=failed")


async def test_a_disabled_account_stays_out(desk_there: Desk, provider: SmallProvider, gateway: Gateway) -> None:
    with gateway.database.write() as session:
        access = Access(session, gateway.vault, gateway.clock())
        staff = access._by_login(MAIL)
        assert staff is not None
        staff.disabled_at = gateway.clock()
    back = await attempt(desk_there, provider)
    assert back.headers["location"].endswith("#oidc=refused")


async def test_a_provider_that_is_down_is_told_as_such(desk_there: Desk, provider: SmallProvider) -> None:
    provider.discovery = lambda: {"error": "down"}  # type: ignore[method-assign]
    started = await desk_there.http.get("/oidc/start")
    assert started.headers["location"].endswith("#oidc=failed")


async def test_without_settings_there_is_no_such_sign_in(app: FastAPI) -> None:
    desk = Desk(app)
    assert (await desk.get("/setup")).json()["oidc"] is None
    assert (await desk.get("/oidc/start")).status_code == 404
    assert (await desk.get("/oidc/callback?code=x&state=y")).status_code == 404
    await desk.http.aclose()


def test_an_issuer_without_a_client_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="IROIRO_OIDC_CLIENT_ID"):
        Settings.from_env({"IROIRO_OIDC_ISSUER": "https://id.city.example"})
