"""Routes of one's own account: password, second factor, sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from bot.console.access import Access, AccessError
from bot.console.accounts import refusal, set_cookie
from bot.console.context import Anyone, Caller, Console, Here
from bot.records.audit import record_audit
from bot.records.models import Staff, StaffSession

router = APIRouter(prefix="/account", tags=["account"])

T = TypeVar("T")
SHOWN_OF_HASH = 16
"""Enough of a session's hash to name it; the cookie cannot be made from it."""


class PasswordChange(BaseModel):
    current: str = Field(max_length=200)
    new: str = Field(max_length=200)


class Password(BaseModel):
    password: str = Field(max_length=200)


class Code(BaseModel):
    code: str = Field(max_length=20)


async def _own(
    request: Request, here: Console, caller: Caller, work: Callable[[Access, Staff], T], *, guess: bool = False
) -> T:
    """Run `work` on the caller's account in a transaction. `guess`: it checks a password or a code, so count attempts."""
    if guess:
        wait = request.app.state.login_attempts.wait_s(f"account {caller.id}")
        if wait:
            raise HTTPException(429, "Too many attempts.", headers={"Retry-After": str(int(wait) + 1)})

    def run() -> T:
        with here.database.write() as session:
            return work(Access(session, here.vault, here.clock()), session.get_one(Staff, caller.id))

    try:
        return await here.database.run(run)
    except AccessError as error:
        raise refusal(error) from error


def _renew(request: Request, access: Access, staff: Staff, caller: Caller) -> tuple[str, str]:
    """The caller's session under a new cookie and CSRF token; the old cookie is worth nothing any more."""
    access.end_session(caller.id_hash)
    return access.start_session(staff, request.headers.get("user-agent"))


@router.get("")
async def show(here: Here, caller: Anyone) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        now, settings = here.clock(), here.settings
        with here.database.read() as session:
            staff = session.get_one(Staff, caller.id)
            mine = session.scalars(
                select(StaffSession)
                .where(
                    StaffSession.staff_id == caller.id,
                    StaffSession.created_at > now - timedelta(hours=settings.session_absolute_hours),
                    StaffSession.last_seen_at > now - timedelta(minutes=settings.session_idle_minutes),
                )
                .order_by(StaffSession.last_seen_at.desc())
            )
            return {
                "totp": staff.totp_enc is not None,
                "recovery_codes_left": Access(session, here.vault, now).second.codes_left(staff),
                "sessions": [
                    {
                        "id": one.id_hash[:SHOWN_OF_HASH],
                        "agent": one.agent or "",
                        "since": one.created_at.isoformat(),
                        "last_seen": one.last_seen_at.isoformat(),
                        "this": one.id_hash == caller.id_hash,
                    }
                    for one in mine
                ],
            }

    return await here.database.run(work)


@router.post("/password")
async def change_password(
    request: Request, here: Here, caller: Anyone, body: PasswordChange, response: Response
) -> dict[str, str]:
    """Everything else that is signed in with the old password is signed out."""

    def work(access: Access, staff: Staff) -> tuple[str, str]:
        access.check_own_password(staff, body.current)
        access.set_password(staff, body.new, by=caller.id)
        return access.start_session(staff, request.headers.get("user-agent"))

    cookie, csrf = await _own(request, here, caller, work, guess=True)
    set_cookie(here, response, cookie)
    here.wakeups.publish("staff")
    return {"csrf": csrf}


@router.post("/totp")
async def begin_totp(request: Request, here: Here, caller: Anyone, body: Password) -> dict[str, str]:
    def work(access: Access, staff: Staff) -> dict[str, str]:
        access.check_own_password(staff, body.password)
        made = access.second.begin(staff)
        return {"secret": made.secret, "uri": made.uri, "qr": made.qr}

    return await _own(request, here, caller, work, guess=True)


@router.post("/totp/confirm")
async def confirm_totp(request: Request, here: Here, caller: Anyone, body: Code, response: Response) -> dict[str, Any]:
    """The recovery codes are in this answer and nowhere else."""

    def work(access: Access, staff: Staff) -> tuple[list[str], tuple[str, str]]:
        codes = access.second.confirm(staff, body.code)
        if codes is None:
            raise AccessError("bad_code", "This code does not fit. Is the phone's clock right?")
        record_audit(access.session, "staff.totp_on", now=access.now, actor_id=caller.id, object_id=caller.id)
        return codes, _renew(request, access, staff, caller)

    codes, (cookie, csrf) = await _own(request, here, caller, work, guess=True)
    set_cookie(here, response, cookie)
    return {"recovery_codes": codes, "csrf": csrf}


@router.post("/totp/remove", status_code=204)
async def remove_totp(request: Request, here: Here, caller: Anyone, body: Password) -> None:
    def work(access: Access, staff: Staff) -> None:
        access.check_own_password(staff, body.password)
        access.second.remove(staff)
        record_audit(access.session, "staff.totp_off", now=access.now, actor_id=caller.id, object_id=caller.id)

    await _own(request, here, caller, work, guess=True)


@router.post("/recovery-codes")
async def new_recovery_codes(request: Request, here: Here, caller: Anyone, body: Password) -> dict[str, list[str]]:
    """New codes; the earlier ones are worth nothing any more."""

    def work(access: Access, staff: Staff) -> list[str]:
        access.check_own_password(staff, body.password)
        if staff.totp_enc is None:
            raise AccessError("bad_code", "Switch the second factor on first.")
        record_audit(access.session, "staff.recovery_codes", now=access.now, actor_id=caller.id, object_id=caller.id)
        return access.second.new_codes(staff)

    return {"recovery_codes": await _own(request, here, caller, work, guess=True)}


@router.post("/sessions/end-others", status_code=204)
async def end_other_sessions(request: Request, here: Here, caller: Anyone) -> None:
    await _own(request, here, caller, lambda access, staff: access.end_sessions(staff.id, keep=caller.id_hash))
    here.wakeups.publish("staff")


@router.post("/sessions/{session_id}/end", status_code=204)
async def end_one_session(session_id: str, request: Request, here: Here, caller: Anyone) -> None:
    def work(access: Access, staff: Staff) -> None:
        mine = access.session.scalars(select(StaffSession.id_hash).where(StaffSession.staff_id == staff.id))
        ended = [found for found in mine if found[:SHOWN_OF_HASH] == session_id]
        if not ended:
            raise AccessError("not_found", "You have no such session.")
        for found in ended:
            access.end_session(found)

    await _own(request, here, caller, work)
    here.wakeups.publish("staff")
