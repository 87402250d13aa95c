"""The resident's chat API under /api/chat. Contract: docs/architecture.md, "Web chat API"."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import select
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.channels.inbound import Inbound
from bot.gateway import intake
from bot.gateway.context import Gateway
from bot.gateway.views import events_after, message_view, status_view
from bot.gateway.worker import Worker
from bot.http.errors import ApiError
from bot.http.limits import SlidingLimit
from bot.http.sse import Event, start_after, stream
from bot.records.events import append_conversation_event
from bot.records.models import Conversation, Feedback, Message
from bot.records.talk import Credentials, Talk, new_id
from bot.reply.parts import hotlines_part, plain_text
from bot.vocabulary import DEFAULT_LOCALE, LOCALES, WARDS, RiskLevel

MAX_BODY = 1_000_000

router = APIRouter(prefix="/api/chat", tags=["chat"])


class Strict(BaseModel):
    """Unknown fields are tolerated: older pages meet newer servers and the other way round."""

    model_config = ConfigDict(extra="ignore")


class NewConversation(Strict):
    locale: str | None = None
    locale_hint: str | None = None
    """The browser's language: where to begin, until the resident's own words say otherwise."""
    ward: str | None = None

    @field_validator("locale", "locale_hint")
    @classmethod
    def _locale(cls, value: str | None) -> str | None:
        return value if value in LOCALES else None

    @field_validator("ward")
    @classmethod
    def _ward(cls, value: str | None) -> str | None:
        return value if value in WARDS else None


class Location(Strict):
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class NewMessage(Strict):
    client_id: str = Field(min_length=1, max_length=64)
    text: str = ""
    payload: str | None = Field(default=None, max_length=2000)
    location: Location | None = None


class LocaleChoice(Strict):
    locale: str

    @field_validator("locale")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in LOCALES:
            raise ValueError(f"unknown locale; known: {', '.join(LOCALES)}")
        return value


class ResumeCode(Strict):
    code: str = Field(max_length=40)


class FeedbackBody(Strict):
    message_id: str = Field(max_length=32)
    helpful: bool
    missing: str | None = Field(default=None, max_length=4000)


def gateway_of(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


def worker_of(request: Request) -> Worker:
    worker: Worker = request.app.state.worker
    return worker


Here = Annotated[Gateway, Depends(gateway_of)]


async def resident(request: Request, here: Here) -> str:
    """The conversation whose bearer token the request carries. 401 otherwise."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 200:
        raise ApiError(401, "no_token", "Start a conversation first, or resume one with its code.")
    conversation_id = await here.database.run(_conversation_of, here, token)
    if conversation_id is None:
        raise ApiError(401, "bad_token", "This talk is not known here. Resume it with its code, or start a new one.")
    return conversation_id


Mine = Annotated[str, Depends(resident)]


def _conversation_of(here: Gateway, token: str) -> str | None:
    with here.database.read() as session:
        conversation = Talk(session, here.vault).by_token(token)
        return conversation.id if conversation else None


async def read_body(request: Request, model: type[Strict]) -> Any:
    """The JSON body as `model`. Broken UTF-8 is mended rather than refused: an SOS may stand in it."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise ApiError(413, "too_large", f"A message may have at most {MAX_BODY} bytes. Send a shorter one.")
    try:
        document = json.loads(raw.decode("utf-8", "replace") or "{}")
    except (ValueError, RecursionError):
        raise ApiError(400, "not_json", "The body must be one JSON object in UTF-8.") from None
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ApiError(422, "invalid", first["msg"], field=place) from None


@router.post("/conversations", status_code=201)
async def start_conversation(request: Request, here: Here) -> Any:
    limit: SlidingLimit = request.app.state.new_conversations
    wait = limit.wait_s(request.client.host if request.client else "")
    if wait:
        raise ApiError(429, "slow_down", "Too many new talks from here.", retry_after=int(wait) + 1)
    body: NewConversation = await read_body(request, NewConversation)
    conversation_id, credentials = await here.database.run(_start, here, body)
    return _credentials_view(conversation_id, credentials)


def _start(here: Gateway, body: NewConversation) -> tuple[str, Credentials]:
    with here.database.write() as session:
        talk = Talk(session, here.vault)
        conversation, credentials = talk.create(
            "web",
            locale=body.locale or body.locale_hint or DEFAULT_LOCALE,
            now=here.clock(),
            ward=body.ward,
            locale_chosen=body.locale is not None,
        )
        return conversation.id, credentials


@router.post("/messages")
async def send_message(request: Request, here: Here, conversation_id: Mine) -> JSONResponse:
    body: NewMessage = await read_body(request, NewMessage)
    inbound = Inbound(
        channel_message_id=f"{conversation_id}:{body.client_id}",
        text=body.text,
        payload=body.payload,
        client_id=body.client_id,
        location=body.location.model_dump() if body.location else None,
    )
    received = await here.database.run_first(intake.receive, here, conversation_id, inbound)
    here.wakeups.publish(f"conversation:{conversation_id}")
    if received.staff_changed:
        here.wakeups.publish("staff")
    if received.needs_answer:
        worker_of(request).wake(conversation_id)
    view = {"message_id": received.message_id, "seq": received.seq}
    return JSONResponse(view, 200 if received.duplicate else 202)


@router.get("/events")
async def events(
    request: Request,
    here: Here,
    conversation_id: Mine,
    after: Annotated[int | None, Query()] = None,
    ruby: bool = False,
) -> EventSourceResponse:
    async def fetch(seq: int) -> list[Event]:
        return await here.database.run(events_after, here, conversation_id, seq, ruby)

    status = await here.database.run(_status, here, conversation_id)
    opening = [ServerSentEvent(json.dumps(status, ensure_ascii=False), event="status")]

    def at_first() -> list[ServerSentEvent]:
        shown = opening.copy()
        opening.clear()
        return shown

    return stream(
        request, here.wakeups, f"conversation:{conversation_id}", start_after(request, after), fetch, at_first
    )


def _status(here: Gateway, conversation_id: str) -> dict[str, Any]:
    with here.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        return status_view(here, session, conversation)


@router.post("/locale", status_code=204)
async def choose_locale(request: Request, here: Here, conversation_id: Mine) -> Response:
    body: LocaleChoice = await read_body(request, LocaleChoice)
    await here.database.run(_choose_locale, here, conversation_id, body.locale)
    here.wakeups.publish(f"conversation:{conversation_id}")
    return Response(status_code=204)


def _choose_locale(here: Gateway, conversation_id: str, locale: str) -> None:
    with here.database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        conversation.locale = locale
        conversation.locale_chosen = True
        append_conversation_event(session, conversation_id, "locale", now=here.clock(), data={"locale": locale})


@router.post("/resume")
async def resume(request: Request, here: Here) -> Any:
    limit: SlidingLimit = request.app.state.resume_attempts
    wait = limit.wait_s(request.client.host if request.client else "")
    if wait:
        raise ApiError(429, "slow_down", "Too many codes were tried from here.", retry_after=int(wait) + 1)
    body: ResumeCode = await read_body(request, ResumeCode)
    found = await here.database.run(_resume, here, body.code)
    if found is None:
        raise ApiError(404, "bad_code", "This code does not open a talk. Check it, or start a new talk.")
    return _credentials_view(*found)


def _resume(here: Gateway, code: str) -> tuple[str, Credentials] | None:
    with here.database.write() as session:
        talk = Talk(session, here.vault)
        conversation = talk.by_resume_code(code)
        if conversation is None:
            return None
        return conversation.id, talk.renew_credentials(conversation)


@router.post("/typing", status_code=204)
async def typing(here: Here, conversation_id: Mine) -> Response:
    """Accepted and dropped: nobody watches a resident write."""
    return Response(status_code=204)


@router.post("/feedback", status_code=204)
async def feedback(request: Request, here: Here, conversation_id: Mine) -> Response:
    body: FeedbackBody = await read_body(request, FeedbackBody)
    await here.database.run(_feedback, here, conversation_id, body)
    return Response(status_code=204)


def _feedback(here: Gateway, conversation_id: str, body: FeedbackBody) -> None:
    with here.database.write() as session:
        message = session.get(Message, body.message_id)
        if message is None or message.conversation_id != conversation_id:
            raise ApiError(404, "no_message", "There is no such message in this talk.", field="message_id")
        entry = session.scalars(select(Feedback).where(Feedback.message_id == message.id)).first()
        if entry is None:
            entry = Feedback(
                id=new_id(),
                message_id=message.id,
                article=message.article,
                locale=message.locale,
                helpful=body.helpful,
                created_at=here.clock(),
            )
            session.add(entry)
        entry.helpful = body.helpful
        if body.missing:
            entry.missing_enc = here.vault.own_box().seal(intake.readable(body.missing))


@router.get("/transcript")
async def transcript(here: Here, conversation_id: Mine) -> PlainTextResponse:
    text = await here.database.run(_transcript, here, conversation_id)
    headers = {"Content-Disposition": 'attachment; filename="talk.txt"', "Cache-Control": "no-store"}
    return PlainTextResponse(text, headers=headers)


def _transcript(here: Gateway, conversation_id: str) -> str:
    with here.database.read() as session:
        talk = Talk(session, here.vault)
        conversation = session.get_one(Conversation, conversation_id)
        query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        lines = []
        for message in session.scalars(query):
            view = message_view(talk, session, conversation, message)
            who = view["author_name"] or view["author"]
            lines.append(f"[{view['sent_at']}] {who}\n{plain_text(view['parts'])}\n")
        return "\n".join(lines)


@router.get("/words/{locale}")
async def widget_words(locale: str, here: Here) -> Any:
    tag = locale if locale in LOCALES else DEFAULT_LOCALE
    keys = {key for candidate in (tag, "en", "ja") for key in here.words.keys(candidate)}
    words = {key.removeprefix("widget."): here.words.text(tag, key) for key in keys if key.startswith("widget.")}
    return {
        "locale": tag,
        "native_name": here.locales[tag].native_name,
        "dir": here.locales[tag].direction,
        "lang": here.locales[tag].html_lang,
        "words": words,
        "locales": [{"tag": item, "native_name": here.locales[item].native_name} for item in LOCALES],
    }


@router.get("/hotlines")
async def hotline_card(here: Here, locale: str = DEFAULT_LOCALE) -> Any:
    """The card a page keeps for the moment when nothing else works."""
    tag = locale if locale in LOCALES else DEFAULT_LOCALE
    lines = here.hotlines.pick(None, RiskLevel.imminent, tag, here.clock())
    return hotlines_part(lines, here.words, tag)


def _credentials_view(conversation_id: str, credentials: Credentials) -> dict[str, str]:
    return {"conversation": conversation_id, "token": credentials.token, "resume_code": credentials.resume_code}
