"""Routes of local notices: drafts, sending, progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from bot.console.context import Caller, Here, allow
from bot.family.dates import FamilyInputError
from bot.family.notices import NoticeError, Notices
from bot.records.audit import record_audit
from bot.records.family_models import Notice
from bot.vocabulary import Role

router = APIRouter(prefix="/notices", tags=["notices"])

Writer = Annotated[Caller, allow(Role.supervisor, Role.content_editor, Role.administrator)]
STATUS = {"no_notice": 404, "wrong_state": 409}


class Text(BaseModel):
    title: str = Field(default="", max_length=200)
    body: str = Field(default="", max_length=5000)


class NoticeBody(BaseModel):
    wards: list[str] = []
    from_months: int = 0
    to_months: int
    starts_on: str
    ends_on: str
    texts: dict[str, Text]


async def _do(here: Here, caller: Caller, action: str, work: Callable[[Notices], Notice]) -> dict[str, Any]:
    def run() -> dict[str, Any]:
        with here.database.write() as session:
            notices = Notices(session, here.clock())
            notice = work(notices)
            record_audit(session, f"notice.{action}", now=here.clock(), actor_id=caller.id, object_id=notice.id)
            return _view(notices, notice)

    try:
        return await here.database.run(run)
    except NoticeError as error:
        raise HTTPException(STATUS[error.code], str(error)) from None
    except FamilyInputError as error:
        raise HTTPException(422, str(error)) from None


def _view(notices: Notices, notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "state": notice.state,
        "wards": notice.wards,
        "from_months": notice.from_months,
        "to_months": notice.to_months,
        "starts_on": notice.starts_on.isoformat(),
        "ends_on": notice.ends_on.isoformat(),
        "texts": notice.texts,
        "created_at": notice.created_at.isoformat(),
        "finished_at": notice.finished_at.isoformat() if notice.finished_at else None,
        "progress": notices.progress(notice),
    }


@router.get("")
async def list_notices(here: Here, caller: Writer) -> dict[str, Any]:
    def work() -> list[dict[str, Any]]:
        with here.database.read() as session:
            notices = Notices(session, here.clock())
            return [_view(notices, notice) for notice in notices.all()]

    return {"notices": await here.database.run(work)}


@router.post("", status_code=201)
async def create(here: Here, caller: Writer, body: NoticeBody) -> dict[str, Any]:
    return await _do(here, caller, "create", lambda notices: notices.create(body.model_dump(), caller.id))


@router.post("/{notice_id}")
async def edit(notice_id: str, here: Here, caller: Writer, body: NoticeBody) -> dict[str, Any]:
    return await _do(here, caller, "edit", lambda notices: notices.edit(notice_id, body.model_dump()))


@router.post("/{notice_id}/send")
async def send(notice_id: str, here: Here, caller: Writer) -> dict[str, Any]:
    return await _do(here, caller, "send", lambda notices: notices.send(notice_id))


@router.post("/{notice_id}/stop")
async def stop(notice_id: str, here: Here, caller: Writer) -> dict[str, Any]:
    return await _do(here, caller, "stop", lambda notices: notices.stop(notice_id))
