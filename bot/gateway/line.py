"""The LINE webhook: prove, record, answer 200. Everything else happens afterwards."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from sqlalchemy import select

from bot.channels.inbound import Inbound
from bot.channels.line_events import LineEvent, read_events, signature_fits
from bot.gateway import intake
from bot.gateway.chat import gateway_of, worker_of
from bot.gateway.context import Gateway
from bot.records.events import append_conversation_event
from bot.records.models import Message
from bot.records.talk import Talk
from bot.vocabulary import DEFAULT_LOCALE, Author

log = structlog.get_logger(__name__)

MAX_BODY = 1_000_000
CHANNEL = "line"
GREETING_PAYLOAD = "/greet"

router = APIRouter(tags=["line"])

Here = Annotated[Gateway, Depends(gateway_of)]


@router.post("/webhooks/line")
async def webhook(request: Request, here: Here) -> PlainTextResponse:
    """200 only after every event is committed; LINE delivers again otherwise."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return PlainTextResponse("too large", 413)
    secret = here.settings.line_channel_secret
    if not secret or not signature_fits(secret, body, request.headers.get("x-line-signature", "")):
        log.warning("line_bad_signature")
        return PlainTextResponse("bad signature", 401)
    try:
        events = read_events(body)
    except (ValueError, RecursionError):
        return PlainTextResponse("not a webhook", 400)
    for event in events:
        await _take(request, here, event)
    return PlainTextResponse("ok")


async def _take(request: Request, here: Gateway, event: LineEvent) -> None:
    if event.kind == "other":
        return
    conversation_id = await here.database.run(_conversation, here, event.user_id)
    if event.kind == "unsend":
        await here.database.run(_erase, here, conversation_id, event.unsent_id or "")
        here.wakeups.publish("staff")
    elif event.kind == "follow":
        await _receive(
            request, here, conversation_id, Inbound(event.event_id, "", GREETING_PAYLOAD, reply_token=event.reply_token)
        )
    elif event.inbound is not None:
        await _receive(request, here, conversation_id, event.inbound)


async def _receive(request: Request, here: Gateway, conversation_id: str, inbound: Inbound) -> None:
    received = await here.database.run(intake.receive, here, conversation_id, inbound)
    if received.staff_changed:
        here.wakeups.publish("staff")
    here.wakeups.publish("outbox")
    if received.needs_answer:
        worker_of(request).wake(conversation_id)


def _conversation(here: Gateway, user_id: str) -> str:
    """The resident's conversation on LINE, made at the first event."""
    with here.database.read() as session:
        found = Talk(session, here.vault).by_address(CHANNEL, user_id)
        if found is not None:
            return found.id
    with here.database.write() as session:
        talk = Talk(session, here.vault)
        found = talk.by_address(CHANNEL, user_id)
        if found is None:
            found, _ = talk.create(CHANNEL, locale=DEFAULT_LOCALE, now=here.clock(), address=user_id)
        return found.id


def _erase(here: Gateway, conversation_id: str, source_id: str) -> None:
    """The resident took a message back: its content goes everywhere, the place where it stood and its risk stay."""
    with here.database.write() as session:
        talk = Talk(session, here.vault)
        conversation = talk.get(conversation_id)
        if conversation is None or not source_id:
            return
        query = select(Message).where(
            Message.conversation_id == conversation_id,
            Message.author == Author.resident.value,
            Message.erased_at.is_(None),
        )
        for message in session.scalars(query.order_by(Message.seq.desc())):
            if talk.body(conversation, message).get("source_id") == source_id:
                talk.erase(message, now=here.clock())
                append_conversation_event(
                    session, conversation_id, "tombstone", now=here.clock(), data={"id": message.id}
                )
                return
