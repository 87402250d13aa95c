"""One's own account: password, second factor, recovery codes, sessions; and what an administrator may do to others'."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import Any

import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.app import console_beside
from bot.console.access import LOCK_AFTER
from bot.console.context import COOKIE
from bot.console.streams import SharedLooks
from bot.gateway.alerting import AlertSender, Ways
from bot.gateway.context import Gateway
from bot.http.sse import EndOfStream
from bot.records.alert_models import RecoveryCode
from bot.records.models import Staff
from tests.conftest import Clock
from tests.console.conftest import PASSWORD, Desk

pytestmark = pytest.mark.anyio

BETTER = "a much better password"


async def enrol(desk: Desk, clock: Clock) -> tuple[str, list[str]]:
    """(secret, recovery codes) of a second factor that is now on."""
    begun = (await desk.post("/account/totp", password=PASSWORD)).json()
    done = await desk.post("/account/totp/confirm", code=pyotp.TOTP(begun["secret"]).at(clock()))
    assert done.status_code == 200, done.text
    desk.csrf = done.json()["csrf"]
    return begun["secret"], done.json()["recovery_codes"]


async def test_enrolling_a_phone_asks_for_its_codes_from_then_on(app: FastAPI, desk: Any, clock: Clock) -> None:
    counsellor = await desk("counsellor")
    assert (await counsellor.post("/account/totp", password="wrong")).status_code == 403
    begun = (await counsellor.post("/account/totp", password=PASSWORD)).json()
    assert "<svg" in begun["qr"].replace("%3C", "<")
    assert begun["uri"].startswith("otpauth://totp/iroiro:counsellor?secret=")
    assert (await counsellor.post("/account/totp/confirm", code="000000")).status_code == 403
    other = Desk(app)
    assert (await other.sign_in("counsellor")).status_code == 200, "not confirmed yet, so not asked for"
    _, codes = await enrol(counsellor, clock)
    assert len(codes) == 10
    assert (await other.sign_in("counsellor")).status_code == 401
    await other.http.aclose()


async def test_a_code_works_once(app: FastAPI, desk: Any, clock: Clock) -> None:
    secret, _ = await enrol(await desk("counsellor"), clock)
    other = Desk(app)
    clock.tick(seconds=30)
    code = pyotp.TOTP(secret).at(clock())
    assert (await other.sign_in("counsellor", totp=code)).status_code == 200
    assert (await other.sign_in("counsellor", totp=code)).status_code == 401
    clock.tick(seconds=30)
    assert (await other.sign_in("counsellor", totp=pyotp.TOTP(secret).at(clock()))).status_code == 200
    await other.http.aclose()


async def test_a_recovery_code_works_once_and_is_not_stored(
    app: FastAPI, desk: Any, clock: Clock, gateway: Gateway
) -> None:
    counsellor = await desk("counsellor")
    _, codes = await enrol(counsellor, clock)
    other = Desk(app)
    assert (await other.sign_in("counsellor", totp=codes[0].upper())).status_code == 200
    assert (await other.sign_in("counsellor", totp=codes[0])).status_code == 401
    assert (await counsellor.get("/account")).json()["recovery_codes_left"] == 9
    with gateway.database.read() as session:
        stored = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {code.replace("-", "") for code in codes} & set(stored)
    fresh = (await counsellor.post("/account/recovery-codes", password=PASSWORD)).json()["recovery_codes"]
    assert (await other.sign_in("counsellor", totp=codes[1])).status_code == 401
    assert (await other.sign_in("counsellor", totp=fresh[1])).status_code == 200
    await other.http.aclose()


async def test_somebody_elses_recovery_code_is_worth_nothing(app: FastAPI, desk: Any, clock: Clock) -> None:
    _, codes = await enrol(await desk("counsellor"), clock)
    await enrol(await desk("second"), clock)
    other = Desk(app)
    assert (await other.sign_in("second", totp=codes[0])).status_code == 401
    await other.http.aclose()


async def test_changing_the_password_signs_out_everything_else_and_renews_this_session(app: FastAPI, desk: Any) -> None:
    here, there = await desk("counsellor"), await desk("counsellor")
    old = here.http.cookies[COOKIE]
    assert (await here.post("/account/password", current="wrong", new=BETTER)).status_code == 403
    assert (await here.post("/account/password", current=PASSWORD, new="short")).status_code == 422
    changed = await here.post("/account/password", current=PASSWORD, new=BETTER)
    here.csrf = changed.json()["csrf"]
    assert (await here.get("/me")).status_code == 200
    assert here.http.cookies[COOKIE] != old
    assert (await there.get("/me")).status_code == 401
    assert (await there.sign_in("counsellor")).status_code == 401
    assert (await there.sign_in("counsellor", BETTER)).status_code == 200


async def test_signing_in_again_makes_the_earlier_cookie_worthless(app: FastAPI, desk: Any) -> None:
    counsellor = await desk("counsellor")
    old = counsellor.http.cookies[COOKIE]
    await counsellor.sign_in("counsellor")
    thief = Desk(app)
    thief.http.cookies.set(COOKIE, old)
    assert (await thief.get("/me")).status_code == 401
    await thief.http.aclose()


async def test_one_sees_and_ends_ones_own_sessions_only(desk: Any) -> None:
    here, there, second = await desk("counsellor"), await desk("counsellor"), await desk("second")
    listed = (await here.get("/account")).json()["sessions"]
    assert [one["this"] for one in listed].count(True) == 1
    assert len(listed) == 2
    assert "python-httpx" in listed[0]["agent"]
    other = next(one["id"] for one in listed if not one["this"])
    assert (await second.post(f"/account/sessions/{other}/end")).status_code == 404
    assert (await there.get("/me")).status_code == 200
    assert (await here.post(f"/account/sessions/{other}/end")).status_code == 204
    assert (await there.get("/me")).status_code == 401
    third = await desk("counsellor")
    assert (await here.post("/account/sessions/end-others")).status_code == 204
    assert ((await third.get("/me")).status_code, (await here.get("/me")).status_code) == (401, 200)


@pytest.mark.parametrize("change", [{"active": False}, {"role": "auditor"}])
async def test_a_disabled_account_or_a_new_role_ends_sessions_and_streams(
    desk: Any, gateway: Gateway, staff_ids: dict[str, str], change: dict[str, Any]
) -> None:
    administrator, counsellor = await desk("administrator"), await desk("counsellor")
    looks = SharedLooks(console_beside(gateway))
    session = gateway.vault.keyed_hash("session", counsellor.http.cookies[COOKIE])
    assert await looks.after(0, session) == []
    changed = await administrator.post(f"/staff/{staff_ids['counsellor']}", **change)
    assert changed.status_code == 200, changed.text
    assert (await counsellor.get("/me")).status_code == 401
    with pytest.raises(EndOfStream):
        await looks.after(0, session)
    signed_in = await counsellor.sign_in("counsellor")
    assert signed_in.status_code == (200 if "role" in change else 401)


async def test_the_stream_of_a_disabled_account_ends(
    app: FastAPI, desk: Any, staff_ids: dict[str, str], gateway: Gateway
) -> None:
    administrator, counsellor = await desk("administrator"), await desk("counsellor")
    # The test transport hands over a stream when it has ended: so this returns only if it does.
    reading = asyncio.create_task(counsellor.get("/events"))
    while not gateway.wakeups._waiting.get("staff"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await administrator.post(f"/staff/{staff_ids['counsellor']}", active=False)
    assert (await asyncio.wait_for(reading, 20)).status_code == 200


async def test_the_last_administrator_stays(desk: Any, staff_ids: dict[str, str]) -> None:
    administrator = await desk("administrator")
    mine = f"/staff/{staff_ids['administrator']}"
    for change in ({"active": False}, {"role": "counsellor"}):
        refused = await administrator.post(mine, **change)
        assert (refused.status_code, refused.json()["error"]) == (409, "last_administrator")
    await administrator.post(f"/staff/{staff_ids['second']}", role="administrator")
    assert (await administrator.post(mine, role="counsellor")).status_code == 200


async def test_guessing_locks_others_but_never_the_last_administrator(
    app: FastAPI, staff_ids: dict[str, str], gateway: Gateway
) -> None:
    thief, owner = Desk(app), Desk(app)
    for _ in range(LOCK_AFTER + 2):
        assert (await thief.sign_in("administrator", "wrong")).status_code == 401
    assert (await owner.sign_in("administrator")).status_code == 200
    await owner.post(f"/staff/{staff_ids['second']}", role="administrator")
    for _ in range(LOCK_AFTER):
        await thief.sign_in("administrator", "wrong")
    assert (await thief.sign_in("administrator")).status_code == 429
    await thief.http.aclose()
    await owner.http.aclose()


async def test_an_administrator_helps_a_colleague_who_lost_everything(
    app: FastAPI, desk: Any, clock: Clock, staff_ids: dict[str, str]
) -> None:
    counsellor, administrator = await desk("counsellor"), await desk("administrator")
    await enrol(counsellor, clock)
    place = f"/staff/{staff_ids['counsellor']}"
    assert (await administrator.post(f"{place}/totp/remove")).status_code == 200
    assert (await administrator.post(f"{place}/password", password=BETTER)).status_code == 200
    assert (await counsellor.get("/me")).status_code == 401
    assert (await counsellor.sign_in("counsellor", BETTER)).status_code == 200
    assert (await administrator.post("/staff/nobody", active=False)).status_code == 404


async def test_nothing_secret_is_stored_in_clear(desk: Any, clock: Clock, gateway: Gateway) -> None:
    counsellor = await desk("counsellor")
    secret, _ = await enrol(counsellor, clock)
    with gateway.database.read() as session:
        staff = session.scalars(select(Staff).where(Staff.login == "counsellor")).one()
        assert staff.totp_enc is not None
        assert secret.encode() not in staff.totp_enc
        assert base64.b32decode(secret) not in staff.totp_enc


BROWSER = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": {"p256dh": "a", "auth": "b"}}


async def test_alert_addresses_are_ones_own_and_only_known_push_services_are_taken(desk: Any, gateway: Gateway) -> None:
    counsellor, second = await desk("counsellor"), await desk("second")
    assert re.fullmatch(r"[\w-]{87}", (await counsellor.get("/alert-addresses")).json()["push_key"])
    made = await counsellor.post("/alert-addresses", browser=BROWSER, language="en")
    assert (made.status_code, made.json()["address"]) == (201, "fcm.googleapis.com")
    elsewhere = {**BROWSER, "endpoint": "https://169.254.169.254/latest"}
    assert (await counsellor.post("/alert-addresses", browser=elsewhere)).status_code == 422
    for bad in ("x", "a@b@c", "a@city.example\r\nBcc: b@city.example", "a@x,b@y", "<a@x>"):
        assert (await counsellor.post("/alert-addresses", email=bad)).status_code == 422, bad
    assert (await counsellor.post("/alert-addresses", email="a@city.example")).status_code == 201
    assert (await second.get("/alert-addresses")).json()["addresses"] == []
    place = f"/alert-addresses/{made.json()['id']}/remove"
    assert (await second.post(place)).status_code == 404
    assert (await counsellor.post(place)).status_code == 204
    kinds = [one["kind"] for one in (await counsellor.get("/alert-addresses")).json()["addresses"]]
    assert kinds == ["email"]


async def test_a_test_alert_tells_its_outcome_to_the_one_who_made_it(desk: Any, app: FastAPI) -> None:
    counsellor, second = await desk("counsellor"), await desk("second")
    await counsellor.post("/alert-addresses", browser=BROWSER)
    made = (await counsellor.post("/alert-addresses/test")).json()["id"]
    assert (await counsellor.get(f"/alert-addresses/test/{made}")).json() == {"taken": False, "outcome": {}}
    await AlertSender(app.state.gateway, Ways(push=lambda *_, **__: 201)).once()
    told = (await counsellor.get(f"/alert-addresses/test/{made}")).json()
    assert told == {"taken": True, "outcome": {"push": {"sent": 1, "failed": 0}}}
    assert (await second.get(f"/alert-addresses/test/{made}")).status_code == 404
