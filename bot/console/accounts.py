"""Routes of sign-in and staff accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from bot.console.access import Access, AccessError
from bot.console.context import COOKIE, Administrator, Anyone, Auditor, CaseReader, Console, Here
from bot.http.errors import ApiError
from bot.records.audit import record_audit, verify_audit
from bot.records.models import AuditEntry, Case, Staff
from bot.vocabulary import CaseState, RiskLevel, Role

router = APIRouter(tags=["accounts"])

STATUS = {
    "bad_login": 401,
    "locked": 429,
    "bad_token": 403,
    "wrong_password": 403,
    "bad_code": 403,
    "weak_password": 422,
    "not_found": 404,
    "taken": 409,
    "last_administrator": 409,
}


class Setup(BaseModel):
    token: str = Field(max_length=100)
    login: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=80)
    password: str = Field(max_length=200)


class Login(BaseModel):
    login: str = Field(max_length=64)
    password: str = Field(max_length=200)
    totp: str | None = Field(default=None, max_length=20)
    """A code of now, or a recovery code."""


class NewStaff(BaseModel):
    login: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=80)
    role: Role
    password: str = Field(max_length=200)


class StaffChange(BaseModel):
    name: str | None = Field(default=None, max_length=80)
    role: Role | None = None
    active: bool | None = None


class NewPassword(BaseModel):
    password: str = Field(max_length=200)


def refusal(error: AccessError) -> ApiError:
    return ApiError(STATUS.get(error.code, 400), error.code, str(error))


def set_cookie(here: Console, response: Response, cookie: str) -> None:
    response.set_cookie(
        COOKIE,
        cookie,
        httponly=True,
        samesite="strict",
        secure=here.settings.public_url.startswith("https:"),
        path="/api/console",
        max_age=here.settings.session_absolute_hours * 3600,
    )


def view_of(staff: Staff, csrf: str) -> dict[str, Any]:
    return {"id": staff.id, "name": staff.name, "login": staff.login, "role": staff.role, "csrf": csrf}


@router.get("/setup")
async def setup_needed(here: Here) -> dict[str, Any]:
    """What the sign-in page shows: is an administrator still to be made, and the button of a provider if there is one."""

    def count() -> int:
        with here.database.read() as session:
            return int(session.scalar(select(func.count()).select_from(Staff)) or 0)

    button = here.settings.oidc_button or "OpenID Connect"
    return {"needed": await here.database.run(count) == 0, "oidc": button if here.settings.oidc_issuer else None}


@router.post("/setup", status_code=201)
async def setup(request: Request, here: Here, body: Setup, response: Response) -> dict[str, Any]:
    def work() -> tuple[Staff, str, str]:
        with here.database.write() as session:
            access = Access(session, here.vault, here.clock())
            staff = access.use_setup_token(body.token, body.login, body.name, body.password)
            return staff, *access.start_session(staff, request.headers.get("user-agent"))

    try:
        staff, cookie, csrf = await here.database.run(work)
    except AccessError as error:
        raise refusal(error) from error
    set_cookie(here, response, cookie)
    return view_of(staff, csrf)


@router.post("/login")
async def login(request: Request, here: Here, body: Login, response: Response) -> dict[str, Any]:
    limit = request.app.state.login_attempts
    wait = limit.wait_s(request.client.host if request.client else "")
    if wait:
        raise HTTPException(429, "Too many attempts from here.", headers={"Retry-After": str(int(wait) + 1)})

    def work() -> tuple[Staff, str, str] | AccessError:
        with here.database.write() as session:
            access = Access(session, here.vault, here.clock())
            try:
                staff = access.check_password(body.login, body.password, body.totp)
            except AccessError as error:
                # Returned, not raised: the failure count must be committed.
                return error
            # The browser's earlier session ends: a fixed or shared cookie is worth nothing after signing in.
            access.end_cookie(request.cookies.get(COOKIE, ""))
            return staff, *access.start_session(staff, request.headers.get("user-agent"))

    result = await here.database.run(work)
    if isinstance(result, AccessError):
        raise refusal(result)
    staff, cookie, csrf = result
    set_cookie(here, response, cookie)
    return view_of(staff, csrf)


@router.post("/logout", status_code=204)
async def logout(here: Here, caller: Anyone, response: Response) -> None:
    def work() -> None:
        with here.database.write() as session:
            Access(session, here.vault, here.clock()).end_session(caller.id_hash)

    await here.database.run(work)
    here.presence.leave(caller.id)
    response.delete_cookie(COOKIE, path="/api/console")


@router.get("/me")
async def me(caller: Anyone) -> dict[str, Any]:
    return {"id": caller.id, "name": caller.name, "login": caller.login, "role": caller.role.value, "csrf": caller.csrf}


@router.get("/staff")
async def list_staff(here: Here, caller: CaseReader) -> dict[str, Any]:
    def work() -> list[dict[str, Any]]:
        with here.database.read() as session:
            mine = {row[0]: (row[1], row[2]) for row in session.execute(_load_query())}
            return [
                {
                    "id": staff.id,
                    "login": staff.login,
                    "name": staff.name,
                    "role": staff.role,
                    "active": staff.disabled_at is None,
                    "totp": staff.totp_enc is not None,
                    "cases": mine.get(staff.id, (0, 0))[0],
                    "high": mine.get(staff.id, (0, 0))[1],
                }
                for staff in session.scalars(select(Staff).order_by(Staff.name))
            ]

    return {"staff": await here.database.run(work)}


def _load_query() -> Any:
    urgent = func.sum((Case.level >= int(RiskLevel.high)).cast(Case.level.type))
    return (
        select(Case.assignee_id, func.count(), urgent)
        .where(Case.state == CaseState.assigned.value)
        .group_by(Case.assignee_id)
    )


@router.post("/staff", status_code=201)
async def add_staff(here: Here, caller: Administrator, body: NewStaff) -> dict[str, Any]:
    def work() -> Staff:
        with here.database.write() as session:
            now = here.clock()
            staff = Access(session, here.vault, now).create_staff(body.login, body.name, body.role, body.password)
            data = {"role": body.role.value}
            record_audit(session, "staff.create", now=now, actor_id=caller.id, object_id=staff.id, data=data)
            return staff

    try:
        staff = await here.database.run(work)
    except AccessError as error:
        raise refusal(error) from error
    return {"id": staff.id, "login": staff.login, "name": staff.name, "role": staff.role, "active": True}


@router.post("/staff/{staff_id}")
async def change_staff(staff_id: str, here: Here, caller: Administrator, body: StaffChange) -> dict[str, Any]:
    """Rename, change the role, disable or enable. A new role or a disabled account is signed out everywhere at once."""

    def change(access: Access, staff: Staff) -> None:
        access.change_staff(staff, by=caller.id, name=body.name, role=body.role, active=body.active)

    return await _change(here, staff_id, change)


@router.post("/staff/{staff_id}/password")
async def reset_password(staff_id: str, here: Here, caller: Administrator, body: NewPassword) -> dict[str, Any]:
    return await _change(here, staff_id, lambda access, staff: access.set_password(staff, body.password, by=caller.id))


@router.post("/staff/{staff_id}/totp/remove")
async def remove_totp(staff_id: str, here: Here, caller: Administrator) -> dict[str, Any]:
    """For a colleague who lost both the phone and the recovery codes."""

    def change(access: Access, staff: Staff) -> None:
        access.second.remove(staff)
        access.end_sessions(staff.id)
        record_audit(access.session, "staff.totp_removed", now=here.clock(), actor_id=caller.id, object_id=staff.id)

    return await _change(here, staff_id, change)


async def _change(here: Console, staff_id: str, change: Callable[[Access, Staff], None]) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        with here.database.write() as session:
            staff = session.get(Staff, staff_id)
            if staff is None:
                raise AccessError("not_found", "There is no such member of staff.")
            change(Access(session, here.vault, here.clock()), staff)
            active = staff.disabled_at is None
            return {"id": staff.id, "login": staff.login, "name": staff.name, "role": staff.role, "active": active}

    try:
        view = await here.database.run(work)
    except AccessError as error:
        raise refusal(error) from error
    # Open event streams look at their session again.
    here.wakeups.publish("staff")
    return view


@router.get("/audit")
async def audit(here: Here, caller: Auditor, before: int | None = None, limit: int = 50) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        with here.database.read() as session:
            query = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(min(max(limit, 1), 200))
            if before is not None:
                query = query.where(AuditEntry.seq < before)
            names: dict[str, str] = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
            entries = [
                {
                    "id": entry.seq,
                    "at": entry.created_at.isoformat(),
                    "staff": names.get(entry.actor_id or ""),
                    "action": entry.action,
                    "object": entry.object_id,
                    "detail": entry.data,
                }
                for entry in session.scalars(query)
            ]
            return {"entries": entries}

    return await here.database.run(work)


@router.get("/audit/verify")
async def audit_verify(here: Here, caller: Auditor) -> dict[str, Any]:
    def work() -> tuple[int, int | None]:
        with here.database.read() as session:
            return verify_audit(session)

    checked, broken_at = await here.database.run(work)
    return {"checked": checked, "broken_at": broken_at, "whole": broken_at is None}
