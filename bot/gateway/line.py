"""The LINE webhook: prove, record, answer 200. Everything else happens afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.channels.inbound import Inbound
from bot.channels.line_events import LineEvent, read_events, signature_fits
from bot.channels.line_pictures import icon
from bot.gateway import intake, line_answers, sharing
from bot.gateway.chat import gateway_of, worker_of
from bot.gateway.context import Gateway
from bot.handover import store
from bot.http.limits import SlidingLimit
from bot.records.events import append_case_event, append_conversation_event
from bot.records.line_models import LineMessage, Media
from bot.records.models import Conversation, Message
from bot.records.talk import Talk, new_id
from bot.vocabulary import DEFAULT_LOCALE, Author

log = structlog.get_logger(__name__)

MAX_BODY = 1_000_000
CHANNEL = "line"
KEPT_MEDIA = ("image", "video", "audio", "file")

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


@router.get("/line/icons/{name}.png", include_in_schema=False)
async def sender_icon(name: str) -> Response:
    """The picture beside a bubble, fetched by LINE: a machine or a person."""
    if name not in ("machine", "person"):
        return PlainTextResponse("no such picture", 404)
    return Response(_icon(name), media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@lru_cache(maxsize=2)
def _icon(name: str) -> bytes:
    return icon(person=name == "person")


@dataclass(frozen=True)
class Taken:
    """What recording an event asks to be done next."""

    conversation_id: str
    needs_answer: bool = False
    staff_changed: bool = False
    media: bool = False


async def _take(request: Request, here: Gateway, event: LineEvent) -> None:
    if event.kind == "other":
        return
    sender = request.app.state.line_sender
    if event.kind == "joined":
        if sender is not None and event.place is not None:
            _in_background(request, sender.leave(*event.place))
        return
    limit: SlidingLimit = request.app.state.link_attempts
    try:
        taken = await here.database.run_first(_record, here, event, limit)
    except IntegrityError:
        # Another gateway has recorded the same event, or met the same resident first.
        taken = await here.database.run_first(_record, here, event, limit)
    if taken.staff_changed:
        here.wakeups.publish("staff")
    here.wakeups.publish("outbox")
    here.wakeups.publish(f"conversation:{taken.conversation_id}")
    if taken.media:
        here.wakeups.publish("media")
    if taken.needs_answer:
        worker_of(request).wake(taken.conversation_id)
        if sender is not None and not event.redelivered:
            _in_background(request, sender.show_loading(event.user_id))


def _in_background(request: Request, work: Coroutine[Any, Any, None]) -> None:
    """Calls to LINE that nobody waits for; a few at a time, the rest is left out."""
    tasks: set[asyncio.Task[None]] = request.app.state.line_tasks
    if len(tasks) >= 64:
        work.close()
        return
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def _record(here: Gateway, event: LineEvent, limit: SlidingLimit) -> Taken:
    """One event, one transaction."""
    now = here.clock()
    with here.database.write() as session:
        talk = Talk(session, here.vault)
        home = talk.by_address(CHANNEL, event.user_id)
        if home is None:
            home, _ = talk.create(CHANNEL, locale=DEFAULT_LOCALE, now=now, address=event.user_id)
        if event.kind == "unsend":
            return _unsend(here, session, talk, home, event.unsent_id or "")
        resident = sharing.resident_of(session, home.id)
        if event.kind == "unfollow":
            resident.blocked_at = now
            return _unreachable(session, resident.shared_with or home.id, now)
        resident.blocked_at = None
        inbound = event.inbound
        if event.kind == "follow":
            inbound = Inbound(event.event_id, "", line_answers.FOLLOWED, reply_token=event.reply_token)
        if inbound is None:
            return Taken(home.id)
        inbound = replace(inbound, happened_ms=event.timestamp)
        conversation = session.get(Conversation, resident.shared_with) if resident.shared_with else home
        scene = line_answers.Scene(here, session, talk, home, conversation or home, now, limit)
        return _message(scene, inbound)


def _message(scene: line_answers.Scene, inbound: Inbound) -> Taken:
    session, conversation = scene.session, scene.conversation
    known = _known(session, inbound.channel_message_id)
    if known is not None:
        return Taken(known.conversation_id, needs_answer=known.handled_at is None)
    noted = session.get(LineMessage, inbound.source_id) if inbound.source_id else None
    unsent = noted is not None and noted.unsent_at is not None
    if inbound.payload is None and inbound.text and not inbound.attachment:
        inbound = replace(inbound, payload=line_answers.typed_choice(scene, inbound.text))
    answer = None if unsent else line_answers.answer_here(scene, inbound)
    if answer is not None:
        received = line_answers.record_answered(scene, inbound, answer)
    else:
        received = intake.record(scene.here, session, scene.talk, conversation, inbound, scene.now)
    if inbound.source_id and noted is None:
        session.add(LineMessage(source_id=inbound.source_id, message_id=received.message_id))
    if unsent:
        _forget(session, scene.talk, session.get_one(Message, received.message_id), scene.now)
        return Taken(scene.conversation.id, staff_changed=received.staff_changed)
    if inbound.attachment in KEPT_MEDIA and inbound.source_id:
        _await_media(scene, inbound, received.message_id)
        return Taken(scene.conversation.id, staff_changed=received.staff_changed, media=True)
    return Taken(scene.conversation.id, received.needs_answer, received.staff_changed)


def _known(session: Session, channel_message_id: str) -> Message | None:
    """The message of this event, also when it came while LINE took part in a web talk."""
    query = select(Message).where(
        Message.channel.in_(("line", "web")), Message.channel_message_id == channel_message_id
    )
    return session.scalars(query).first()


def _await_media(scene: line_answers.Scene, inbound: Inbound, message_id: str) -> None:
    scene.session.add(
        Media(
            id=new_id(),
            conversation_id=scene.conversation.id,
            message_id=message_id,
            source_id=str(inbound.source_id),
            kind=str(inbound.attachment),
            state="pending",
            attempts=0,
            next_attempt_at=scene.now,
            created_at=scene.now,
        )
    )


def _unsend(here: Gateway, session: Session, talk: Talk, home: Conversation, source_id: str) -> Taken:
    """The resident took a message back: its content goes everywhere, the place where it stood and its risk stay.

    It may come before the message itself; then the message is forgotten when it comes.
    """
    now = here.clock()
    noted = session.get(LineMessage, source_id) if source_id else None
    if not source_id:
        return Taken(home.id)
    if noted is None:
        session.add(LineMessage(source_id=source_id, unsent_at=now))
        return Taken(home.id)
    noted.unsent_at = noted.unsent_at or now
    message = session.get(Message, noted.message_id) if noted.message_id else None
    if message is None or message.erased_at is not None or message.author != Author.resident.value:
        return Taken(home.id)
    _forget(session, talk, message, now)
    return Taken(message.conversation_id, staff_changed=True)


def _forget(session: Session, talk: Talk, message: Message, now: datetime) -> None:
    talk.erase(message, now=now)
    # Nobody answers what is gone.
    message.handled_at = message.handled_at or now
    for media in session.scalars(select(Media).where(Media.message_id == message.id)):
        media.state, media.sealed, media.size = "erased", None, None
    append_conversation_event(session, message.conversation_id, "tombstone", now=now, data={"id": message.id})
    case = store.open_case_of(session, message.conversation_id)
    if case is not None:
        intake.note_message(session, case, message, now=now)


def _unreachable(session: Session, conversation_id: str, now: datetime) -> Taken:
    """The resident has blocked us: a counsellor who writes to them should know."""
    case = store.open_case_of(session, conversation_id)
    if case is None:
        return Taken(conversation_id)
    append_case_event(session, case.id, "undelivered", now=now, data={"message_id": None, "error": "blocked"})
    return Taken(conversation_id, staff_changed=True)
