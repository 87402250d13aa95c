"""Routes of machine translation: a resident's message for staff, and a counsellor's reply before it is sent."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.console.context import Caller, CaseReader, CaseWorker, Console, Here
from bot.console.views import staff_message_view
from bot.handover import store
from bot.handover.case import CaseError
from bot.handover.translation import TranslationError, Translator, same_language
from bot.records.audit import record_audit
from bot.records.events import append_case_event
from bot.records.models import Case, Conversation, Message
from bot.records.talk import Talk

router = APIRouter(tags=["translation"])

STATUS = {"off": 409, "unsupported": 422, "unreachable": 502, "refused": 502}
REQUEST_CHARACTERS = 5000


class Wanted(BaseModel):
    to: Literal["ja", "en"] = "ja"


class Draft(BaseModel):
    text: str = Field(min_length=1, max_length=5000)
    source: Literal["ja", "en"] = "ja"


@router.get("/translation")
async def state(request: Request, caller: CaseReader) -> dict[str, Any]:
    """Whether there is a provider, and its name."""
    translator: Translator | None = request.app.state.translator
    return {"on": translator is not None, "provider": translator.name if translator else ""}


@router.post("/cases/{case_id}/messages/{message_id}/translate")
async def translate_message(
    request: Request, here: Here, caller: CaseWorker, case_id: str, message_id: str, body: Wanted
) -> Any:
    """A resident's message in the language of staff, kept beside the original in the same sealed body."""

    def look() -> tuple[str, str, dict[str, Any] | None]:
        with here.database.read() as session:
            case, conversation, message = _message(session, case_id, message_id)
            content = Talk(session, here.vault).body(conversation, message)
            text = _words(content)
            if not text:
                raise CaseError("not_found", "that message has no words to translate")
            done = body.to in (content.get("translations") or {})
            view = staff_message_view(Talk(session, here.vault), session, conversation, message) if done else None
            return text, message.locale, view

    def keep(text: str, words: str) -> dict[str, Any]:
        with here.database.write() as session:
            return _keep(here, session, caller, (case_id, message_id), body.to, text, words)

    try:
        text, locale, view = await here.database.run(look)
        if view is None:
            words = await _translated(request, text, locale, body.to)
            view = await here.database.run(keep, text, words)
            here.wakeups.publish("staff")
    except CaseError as error:
        return JSONResponse({"error": error.code, "message": str(error)}, 404)
    except TranslationError as error:
        return _refusal(error)
    return {"case_id": case_id, "message": view}


@router.post("/cases/{case_id}/translate")
async def translate_draft(request: Request, here: Here, caller: CaseWorker, case_id: str, body: Draft) -> Any:
    """A reply in the resident's language, to be read before it is sent. Stores nothing."""

    def look() -> str:
        with here.database.read() as session:
            case = store.get(session, case_id)
            if case.assignee_id != caller.id:
                raise CaseError("not_owner", "this case is not yours", store.describe_case(session, case))
            return case.locale

    try:
        locale = await here.database.run(look)
        words = await _translated(request, body.text, body.source, locale)
        translator: Translator = request.app.state.translator
        back = await translator.translate(words, locale, body.source)
    except CaseError as error:
        return JSONResponse({"error": error.code, "message": str(error), "case": error.case}, 409)
    except TranslationError as error:
        return _refusal(error)
    return {"locale": locale, "text": words, "back": back, "provider": translator.name}


async def _translated(request: Request, text: str, source: str, target: str) -> str:
    translator: Translator | None = request.app.state.translator
    if translator is None:
        raise TranslationError("off", "Translation is off: IROIRO_TRANSLATION_URL is not set.")
    if same_language(source, target):
        raise TranslationError("unsupported", "Both are the same language already.")
    return await translator.translate(text[:REQUEST_CHARACTERS], source, target)


def _message(session: Session, case_id: str, message_id: str) -> tuple[Case, Conversation, Message]:
    case = store.get(session, case_id)
    message = session.get(Message, message_id, populate_existing=True)
    if message is None or message.conversation_id != case.conversation_id or message.erased_at is not None:
        raise CaseError("not_found", "there is no such message in this case any more")
    return case, session.get_one(Conversation, case.conversation_id), message


def _keep(
    here: Console, session: Session, caller: Caller, ids: tuple[str, str], target: str, text: str, words: str
) -> dict[str, Any]:
    case_id, message_id = ids
    now = here.clock()
    case, conversation, message = _message(session, case_id, message_id)
    talk = Talk(session, here.vault)
    content = talk.body(conversation, message)
    if _words(content) != text:
        raise CaseError("not_found", "that message has changed meanwhile")
    translations = {**(content.get("translations") or {}), target: words}
    # The resident may take the message back at this very moment: then there is nothing to keep.
    kept = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.erased_at.is_(None))
        .values(body_enc=talk.box(conversation).seal({**content, "translations": translations}))
        .execution_options(synchronize_session=False)
    )
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        raise CaseError("not_found", "that message was taken back")
    append_case_event(session, case.id, "translation", now=now, actor_id=caller.id, message_id=message_id)
    data = {"message": message_id, "to": target}
    record_audit(session, "case.translate", now=now, actor_id=caller.id, object_id=case_id, data=data)
    session.refresh(message)
    return staff_message_view(talk, session, conversation, message)


def _words(content: dict[str, Any]) -> str:
    """The words of a message of any author; "" when it is a picture or a card."""
    parts = [part["text"] for part in content.get("parts") or () if part.get("type") == "text"]
    return str(content.get("text") or "\n".join(parts)).strip()


def _refusal(error: TranslationError) -> JSONResponse:
    return JSONResponse({"error": f"translation_{error.code}", "message": str(error)}, STATUS[error.code])
