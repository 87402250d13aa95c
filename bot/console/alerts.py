"""Routes of where a member of staff is alerted outside the console, and of trying it out."""

from __future__ import annotations

import re
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select

from bot.console.context import CaseWorker, Console, Here
from bot.handover.alerts import add_address, raise_test
from bot.http.errors import ApiError
from bot.http.webpush import allowed, push_key
from bot.records.alert_models import Alert, StaffAddress
from bot.records.audit import record_audit

router = APIRouter(prefix="/alert-addresses", tags=["alerts"])

AT_MOST = 10
Language = Literal["ja", "en"]
# One mailbox and nothing that could become a second header or receiver.
MAILBOX = re.compile(r"[^\s@,;:<>()\"\\]{1,64}@[A-Za-z0-9.-]{1,190}")


class Keys(BaseModel):
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class Browser(BaseModel):
    endpoint: str = Field(max_length=1000)
    keys: Keys


class NewAddress(BaseModel):
    language: Language = "ja"
    browser: Browser | None = None
    email: str | None = Field(default=None, max_length=254)


@router.get("")
async def show(here: Here, caller: CaseWorker) -> dict[str, Any]:
    """Mine, and which ways this service has."""

    def work() -> dict[str, Any]:
        with here.database.read() as session:
            mine = session.scalars(
                select(StaffAddress).where(StaffAddress.staff_id == caller.id).order_by(StaffAddress.created_at)
            )
            return {
                "push_key": push_key(here.settings),
                "email": bool(here.settings.smtp_url),
                "webhook": bool(here.settings.alert_webhook_url),
                "repeat_seconds": here.settings.alert_repeat_seconds,
                "escalate_seconds": here.settings.alert_escalate_seconds,
                "addresses": [_view(here, one) for one in mine],
            }

    return await here.database.run(work)


@router.post("", status_code=201)
async def add(here: Here, caller: CaseWorker, body: NewAddress) -> dict[str, Any]:
    address: Any
    if body.browser is not None:
        if not allowed(body.browser.endpoint, here.settings.push_hosts):
            raise ApiError(422, "invalid", "This push service is not known here.", field="browser.endpoint")
        kind, address = "push", body.browser.model_dump()
    elif body.email is not None and MAILBOX.fullmatch(body.email.strip()):
        kind, address = "email", body.email.strip()
    else:
        raise ApiError(422, "invalid", "Give a browser's subscription or one e-mail address.", field="email")

    def work() -> dict[str, Any]:
        with here.database.write() as session:
            now = here.clock()
            held = session.scalars(select(StaffAddress.id).where(StaffAddress.staff_id == caller.id)).all()
            if len(held) >= AT_MOST:
                raise ApiError(409, "too_many", f"At most {AT_MOST} addresses. Remove one first.")
            made = add_address(session, here.vault, caller.id, kind, address, body.language, now=now)
            record_audit(session, "alert.address", now=now, actor_id=caller.id, data={"kind": kind})
            return _view(here, made)

    return await here.database.run(work)


@router.post("/{address_id}/remove", status_code=204)
async def remove(address_id: str, here: Here, caller: CaseWorker) -> None:
    def work() -> bool:
        with here.database.write() as session:
            found = session.get(StaffAddress, address_id)
            if found is None or found.staff_id != caller.id:
                return False
            session.delete(found)
            return True

    if not await here.database.run(work):
        raise ApiError(404, "not_found", "You have no such address.")


@router.post("/test", status_code=202)
async def test(here: Here, caller: CaseWorker) -> dict[str, str]:
    """Alert the caller's own addresses and the webhook, by the same way as a real alert goes."""

    def work() -> str:
        with here.database.write() as session:
            record_audit(session, "alert.test", now=here.clock(), actor_id=caller.id)
            return raise_test(session, caller.id, now=here.clock()).id

    alert_id = await here.database.run(work)
    here.wakeups.publish("staff")
    return {"id": alert_id}


@router.get("/test/{alert_id}")
async def test_outcome(alert_id: str, here: Here, caller: CaseWorker) -> dict[str, Any]:
    """What became of a test: by way, how many were sent and how many failed."""

    def work() -> dict[str, Any] | None:
        with here.database.read() as session:
            alert = session.get(Alert, alert_id)
            if alert is None or alert.staff_id != caller.id:
                return None
            return {"taken": alert.ended_at is not None, "outcome": alert.outcome}

    found = await here.database.run(work)
    if found is None:
        raise ApiError(404, "not_found", "You have made no such test.")
    return found


def _view(here: Console, one: StaffAddress) -> dict[str, Any]:
    address = here.vault.own_box().open(one.address_enc)
    shown = address if one.kind == "email" else address["endpoint"].split("/")[2]
    return {"id": one.id, "kind": one.kind, "address": shown, "language": one.language}
