"""Routes of the kill switch: what is off, turning off and on again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.context import Anyone, Caller, Here, allow
from bot.records.models import Staff, Switch
from bot.records.switches import SCOPES, SwitchError, switches, turn
from bot.vocabulary import Role

router = APIRouter(prefix="/switches", tags=["switches"])

Switcher = Annotated[Caller, allow(Role.supervisor, Role.administrator)]


class Turned(BaseModel):
    off: bool
    reason: str


def _view(session: Session, row: Switch | None, scope: str) -> dict[str, Any]:
    if row is None:
        return {"scope": scope, "off": False, "reason": "", "by": None, "at": None}
    name = session.scalar(select(Staff.name).where(Staff.id == row.changed_by))
    return {"scope": scope, "off": row.off, "reason": row.reason, "by": name, "at": row.changed_at.isoformat()}


@router.get("")
async def list_switches(here: Here, caller: Anyone) -> dict[str, Any]:
    def work() -> list[dict[str, Any]]:
        with here.database.read() as session:
            rows = {row.scope: row for row in switches(session)}
            return [_view(session, rows.get(scope), scope) for scope in SCOPES]

    return {"switches": await here.database.run(work)}


@router.post("/{scope}")
async def turn_switch(scope: str, here: Here, caller: Switcher, body: Turned) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        with here.database.write() as session:
            now = here.clock()
            row = turn(session, scope, off=body.off, reason=body.reason, actor_id=caller.id, now=now)
            return _view(session, row, scope)

    try:
        return await here.database.run(work)
    except SwitchError as error:
        raise HTTPException(422, str(error)) from None
