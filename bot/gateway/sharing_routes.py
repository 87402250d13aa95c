"""The web page's side of one talk on LINE and web, under /api/chat. Contract: docs/line.md."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field

from bot.gateway import sharing
from bot.gateway.chat import Here, Mine, Strict, read_body
from bot.gateway.context import Gateway
from bot.http.errors import ApiError
from bot.http.limits import SlidingLimit
from bot.records.models import Conversation

router = APIRouter(prefix="/api/chat", tags=["chat"])


class LinkBody(Strict):
    code: str = Field(max_length=40)
    consent: bool = False


@router.get("/link")
async def link_state(here: Here, conversation_id: Mine) -> dict[str, bool]:
    """Is this talk also on LINE?"""
    return {"linked": await here.database.run(_is_linked, here, conversation_id)}


@router.post("/link-code", status_code=201)
async def make_link_code(here: Here, conversation_id: Mine) -> dict[str, Any]:
    """A code to type in LINE within ten minutes. Earlier codes stop working."""
    code = await here.database.run(_make_code, here, conversation_id)
    return {"code": code, "minutes": sharing.CODE_MINUTES}


@router.post("/link")
async def open_line_talk(request: Request, here: Here, conversation_id: Mine) -> dict[str, str]:
    """Go on with the LINE talk whose code this is: its token and resume code. Needs `consent: true`."""
    body: LinkBody = await read_body(request, LinkBody)
    if not body.consent:
        raise ApiError(422, "no_consent", "Agree first that both places show the same talk.", field="consent")
    mine: SlidingLimit = request.app.state.link_attempts
    everyone: SlidingLimit = request.app.state.link_attempts_by_address
    wait = mine.wait_s(conversation_id) or everyone.wait_s(request.client.host if request.client else "")
    if wait:
        raise ApiError(429, "slow_down", "Too many codes were tried.", retry_after=int(wait) + 1)
    return await here.database.run(_open, here, conversation_id, body.code)


@router.post("/unlink")
async def unlink(here: Here, conversation_id: Mine) -> dict[str, bool]:
    """Separate LINE and this page. `signed_out`: the talk was LINE's, and this page's token has stopped working."""
    signed_out = await here.database.run(_unlink, here, conversation_id)
    here.wakeups.publish("outbox")
    here.wakeups.publish(f"conversation:{conversation_id}")
    return {"signed_out": signed_out}


def _is_linked(here: Gateway, conversation_id: str) -> bool:
    with here.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        return conversation.channel == "line" or sharing.line_side(session, conversation_id) is not None


def _make_code(here: Gateway, conversation_id: str) -> str:
    with here.database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        if conversation.channel != "web" or sharing.line_side(session, conversation_id) is not None:
            raise ApiError(409, "linked", "This talk is on LINE already. Separate them first.")
        return sharing.make_code(here, session, conversation, now=here.clock())


def _open(here: Gateway, conversation_id: str, code: str) -> dict[str, str]:
    with here.database.write() as session:
        now = here.clock()
        own = session.get_one(Conversation, conversation_id)
        # Said before the code is looked at, so that it tells nothing about the code.
        if own.channel != "web" or sharing.line_side(session, own.id) is not None:
            raise ApiError(409, "linked", "This talk is on LINE already. Separate them first.")
        if sharing.is_with_staff(session, own):
            raise ApiError(409, "with_staff", "Staff are in this talk. Make a code here and type it in LINE instead.")
        line = sharing.spend_code(here, session, code, "line", now=now)
        if line is None:
            raise ApiError(404, "bad_code", "This code does not open a talk. Ask for a new one in LINE.")
        credentials = sharing.open_on_web(here, session, line, now=now)
        opened = {"conversation": line.id, "token": credentials.token, "resume_code": credentials.resume_code}
    here.wakeups.publish("outbox")
    return opened


def _unlink(here: Gateway, conversation_id: str) -> bool:
    with here.database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        return sharing.end(here, session, conversation, now=here.clock())
