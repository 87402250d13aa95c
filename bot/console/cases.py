"""Routes of the queue and of a case: take, answer, hand on, close."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.console.context import Caller, CaseReader, CaseWorker, Console, Here
from bot.console.phrases import Phrasebook
from bot.console.streams import SharedLooks
from bot.console.views import case_detail
from bot.handover import relay, store
from bot.handover.case import CaseError
from bot.http.sse import Event, start_after, stream
from bot.records.audit import record_audit
from bot.records.events import append_case_event, last_staff_seq
from bot.records.models import Case, CaseNote, RiskAssessment, Staff
from bot.records.talk import new_id
from bot.reply.parts import hotlines_part
from bot.vocabulary import DEFAULT_LOCALE, LOCALES, CaseState, RiskLevel

router = APIRouter(tags=["cases"])

RESOLVED_SHOWN = 50


class Versioned(BaseModel):
    version: int = Field(ge=1)


class Resolution(Versioned):
    outcome: str = Field(default="other", max_length=32)
    note: str = Field(default="", max_length=10_000)


class Transfer(Versioned):
    to: str = Field(max_length=32)


class Note(BaseModel):
    text: str = Field(min_length=1, max_length=10_000)


class Tags(BaseModel):
    tags: list[Annotated[str, Field(max_length=40)]] = Field(max_length=20)


class Verdict(BaseModel):
    message_id: str = Field(max_length=32)
    verdict: str = Field(pattern="^(wrong|right)$")
    reason: str = Field(default="", max_length=2000)


class PhraseChoice(BaseModel):
    id: str = Field(max_length=80)
    slots: dict[str, str] = Field(default_factory=dict)


class StaffMessage(BaseModel):
    client_id: str = Field(min_length=1, max_length=64)
    text: str = Field(default="", max_length=5000)
    phrase: PhraseChoice | None = None
    translation: str = Field(default="", max_length=5000)
    """The text in the resident's language, made by the machine and seen by the counsellor before sending."""
    version: int | None = None


class Attention(BaseModel):
    case_id: str | None = Field(default=None, max_length=32)
    typing: bool = False


Change = Callable[[Session, Staff], Case | None]


async def _change(here: Console, caller: Caller, work: Change) -> Any:
    """Run one case change in a transaction; a lost race answers 409 with the case as it stands."""

    def run() -> dict[str, Any] | None:
        with here.database.write() as session:
            case = work(session, session.get_one(Staff, caller.id))
            return store.describe_case(session, case) if case else None

    try:
        view = await here.database.run(run)
    except CaseError as error:
        status = 404 if error.code == "not_found" else 409
        return JSONResponse({"error": error.code, "message": str(error), "case": error.case}, status)
    here.wakeups.publish("staff")
    if view is None:
        return Response(status_code=204)
    here.wakeups.publish(f"conversation:{view['conversation_id']}")
    return view


@router.get("/cases")
async def list_cases(here: Here, caller: CaseReader) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        with here.database.read() as session:
            seq = last_staff_seq(session)
            waiting = list(session.scalars(store.waiting_query()))
            assigned = select(Case).where(Case.state == CaseState.assigned.value).order_by(Case.level.desc())
            resolved = (
                select(Case)
                .where(Case.state == CaseState.resolved.value)
                .order_by(Case.resolved_at.desc())
                .limit(RESOLVED_SHOWN)
            )
            cases = [*waiting, *session.scalars(assigned), *session.scalars(resolved)]
            duty = here.duty.status(here.clock())
            return {
                "seq": seq,
                "cases": [store.describe_case(session, case) for case in cases],
                "on_duty": duty.on_duty,
                "next_open": duty.next_open.isoformat() if duty.next_open else None,
            }

    return await here.database.run(work)


@router.get("/cases/{case_id}")
async def show_case(here: Here, caller: CaseReader, case_id: str) -> Any:
    def work() -> dict[str, Any]:
        with here.database.write() as session:
            case = store.get(session, case_id)
            record_audit(session, "case.read", now=here.clock(), actor_id=caller.id, object_id=case_id)
            relay.note_read(session, case, by=caller.id, now=here.clock())
            return case_detail(here, session, case)

    try:
        detail = await here.database.run(work)
    except CaseError as error:
        raise HTTPException(404, str(error)) from error
    here.wakeups.publish(f"conversation:{detail['case']['conversation_id']}")
    return detail


@router.post("/cases/take-next")
async def take_next(here: Here, caller: CaseWorker) -> Any:
    def work(session: Session, staff: Staff) -> Case | None:
        now = here.clock()
        case = store.take_next(session, staff, now=now, lease_seconds=here.settings.lease_seconds)
        if case is not None:
            relay.announce_person(session, here.vault, here.words, case, staff, now=now)
        return case

    return await _change(here, caller, work)


@router.post("/cases/{case_id}/claim")
async def claim(here: Here, caller: CaseWorker, case_id: str, body: Versioned) -> Any:
    def work(session: Session, staff: Staff) -> Case:
        now = here.clock()
        case = store.claim(session, case_id, staff, body.version, now=now, lease_seconds=here.settings.lease_seconds)
        relay.announce_person(session, here.vault, here.words, case, staff, now=now)
        return case

    return await _change(here, caller, work)


@router.post("/cases/{case_id}/heartbeat")
async def heartbeat(here: Here, caller: CaseWorker, case_id: str) -> Any:
    lease = here.settings.lease_seconds

    def run() -> dict[str, Any]:
        with here.database.write() as session:
            staff = session.get_one(Staff, caller.id)
            case = store.heartbeat(session, case_id, staff, now=here.clock(), lease_seconds=lease)
            return store.describe_case(session, case)

    try:
        return await here.database.run(run)
    except CaseError as error:
        return JSONResponse({"error": error.code, "message": str(error), "case": error.case}, 409)


@router.post("/cases/{case_id}/read", status_code=204)
async def mark_read(here: Here, caller: CaseWorker, case_id: str) -> None:
    """The counsellor has the newest messages on the screen; the resident may be told so."""

    def work() -> str:
        with here.database.write() as session:
            case = store.get(session, case_id)
            relay.note_read(session, case, by=caller.id, now=here.clock())
            return case.conversation_id

    try:
        conversation_id = await here.database.run(work)
    except CaseError as error:
        raise HTTPException(404, str(error)) from error
    here.wakeups.publish(f"conversation:{conversation_id}")


@router.post("/cases/{case_id}/release")
async def release(here: Here, caller: CaseWorker, case_id: str, body: Versioned) -> Any:
    def work(session: Session, staff: Staff) -> Case:
        case = store.release(session, case_id, staff, body.version, now=here.clock())
        relay.tell(session, here.vault, here.words, case, "handover.back_to_queue", now=here.clock())
        return case

    return await _change(here, caller, work)


@router.post("/cases/{case_id}/resolve")
async def resolve(here: Here, caller: CaseWorker, case_id: str, body: Resolution) -> Any:
    def work(session: Session, staff: Staff) -> Case:
        now = here.clock()
        case = store.resolve(session, case_id, staff, body.version, body.outcome, now=now)
        if body.note.strip():
            _add_note(here, session, case_id, caller, body.note)
        relay.tell(session, here.vault, here.words, case, "handover.person_left", now=now)
        return case

    return await _change(here, caller, work)


@router.post("/cases/{case_id}/transfer")
async def transfer(here: Here, caller: CaseWorker, case_id: str, body: Transfer) -> Any:
    def work(session: Session, staff: Staff) -> Case:
        to = session.get(Staff, body.to)
        if to is None or to.disabled_at is not None or to.id == staff.id:
            raise CaseError("no_such_colleague", "choose a colleague who is active", store.describe(session, case_id))
        return store.offer_transfer(session, case_id, staff, body.version, to, now=here.clock())

    return await _change(here, caller, work)


@router.post("/cases/{case_id}/transfer/accept")
async def accept_transfer(here: Here, caller: CaseWorker, case_id: str, body: Versioned) -> Any:
    def work(session: Session, staff: Staff) -> Case:
        now, lease = here.clock(), here.settings.lease_seconds
        case = store.answer_transfer(session, case_id, staff, body.version, True, now=now, lease_seconds=lease)
        relay.tell(session, here.vault, here.words, case, "handover.person_changed", now=now, name=staff.name)
        return case

    return await _change(here, caller, work)


@router.post("/cases/{case_id}/transfer/decline")
async def decline_transfer(here: Here, caller: CaseWorker, case_id: str, body: Versioned) -> Any:
    lease = here.settings.lease_seconds
    return await _change(
        here,
        caller,
        lambda session, staff: store.answer_transfer(
            session, case_id, staff, body.version, False, now=here.clock(), lease_seconds=lease
        ),
    )


@router.post("/cases/{case_id}/messages")
async def send(here: Here, caller: CaseWorker, case_id: str, body: StaffMessage) -> Any:
    def work(session: Session, staff: Staff) -> dict[str, Any]:
        case = store.require_owner(session, case_id, staff)
        content = _content(here, case, body)
        message = relay.send(session, here.vault, case, staff, content, client_id=body.client_id, now=here.clock())
        return {"message_id": message.id, "seq": message.seq, "conversation_id": case.conversation_id}

    def run() -> dict[str, Any]:
        with here.database.write() as session:
            return work(session, session.get_one(Staff, caller.id))

    try:
        view = await here.database.run(run)
    except CaseError as error:
        return JSONResponse({"error": error.code, "message": str(error), "case": error.case}, 409)
    here.wakeups.publish("staff")
    here.wakeups.publish("outbox")
    here.wakeups.publish(f"conversation:{view['conversation_id']}")
    return JSONResponse(view, 202)


def _content(here: Console, case: Case, body: StaffMessage) -> dict[str, Any]:
    if body.phrase is None:
        if not body.text.strip():
            raise HTTPException(422, "Write a text or choose a phrase.")
        if body.translation.strip():
            return relay.translated_body(here.words, body.text, body.translation, case.locale)
        return relay.text_body(body.text)
    try:
        return Phrasebook.load(here.settings.content_dir).body(body.phrase.id, body.phrase.slots, case.locale)
    except KeyError as error:
        raise HTTPException(422, f"There is no phrase {error}.") from error


@router.post("/cases/{case_id}/notes", status_code=201)
async def add_note(here: Here, caller: CaseWorker, case_id: str, body: Note) -> Any:
    def work() -> dict[str, Any]:
        with here.database.write() as session:
            store.get(session, case_id)
            return _add_note(here, session, case_id, caller, body.text)

    try:
        note = await here.database.run(work)
    except CaseError as error:
        raise HTTPException(404, str(error)) from error
    here.wakeups.publish("staff")
    return note


def _add_note(here: Console, session: Session, case_id: str, caller: Caller, text: str) -> dict[str, Any]:
    now = here.clock()
    sealed = here.vault.own_box().seal(text)
    note = CaseNote(id=new_id(), case_id=case_id, author_id=caller.id, text_enc=sealed, created_at=now)
    session.add(note)
    append_case_event(session, case_id, "note", now=now, actor_id=caller.id, data={"note_id": note.id})
    record_audit(session, "case.note", now=now, actor_id=caller.id, object_id=case_id)
    return {"id": note.id, "author": caller.name, "text": text, "at": now.isoformat()}


@router.post("/cases/{case_id}/tags")
async def set_tags(here: Here, caller: CaseWorker, case_id: str, body: Tags) -> Any:
    def work(session: Session, staff: Staff) -> Case:
        return store.set_tags(session, case_id, staff, sorted(set(body.tags)), now=here.clock())

    return await _change(here, caller, work)


@router.post("/cases/{case_id}/mark", status_code=204)
async def mark(here: Here, caller: CaseWorker, case_id: str, body: Verdict) -> None:
    """Was the alarm right? Feeds `iroiro report safety`; the case's level stays until a person changes it."""

    def work() -> None:
        with here.database.write() as session:
            case = store.get(session, case_id)
            sealed = here.vault.own_box().seal(body.reason) if body.reason else None
            found = session.execute(
                update(RiskAssessment)
                .where(
                    RiskAssessment.message_id == body.message_id,
                    RiskAssessment.conversation_id == case.conversation_id,
                )
                .values(verdict=body.verdict, verdict_by=caller.id, verdict_reason_enc=sealed)
            )
            if found.rowcount != 1:  # type: ignore[attr-defined]
                raise CaseError("not_found", "that message was not flagged in this case")
            data = {"verdict": body.verdict}
            record_audit(session, "case.mark", now=here.clock(), actor_id=caller.id, object_id=case_id, data=data)

    try:
        await here.database.run(work)
    except CaseError as error:
        raise HTTPException(404, str(error)) from error


@router.post("/alerts/{case_id}/ack", status_code=204)
async def acknowledge(here: Here, caller: CaseWorker, case_id: str) -> None:
    def work() -> None:
        with here.database.write() as session:
            store.acknowledge(session, case_id, session.get_one(Staff, caller.id), now=here.clock())

    try:
        await here.database.run(work)
    except CaseError as error:
        raise HTTPException(404, str(error)) from error
    here.wakeups.publish("staff")


@router.get("/events")
async def events(
    request: Request, here: Here, caller: CaseReader, after: Annotated[int | None, Query()] = None
) -> EventSourceResponse:
    looks: SharedLooks = request.app.state.staff_looks

    async def fetch(seq: int) -> list[Event]:
        return await looks.after(seq, caller.id_hash)

    seen: dict[tuple[str, str], dict[str, Any]] = {}

    def colleagues() -> list[ServerSentEvent]:
        changed = here.presence.changes(seen)
        return [ServerSentEvent(json.dumps(item, ensure_ascii=False), event="presence") for item in changed]

    return stream(request, here.wakeups, "staff", start_after(request, after), fetch, colleagues)


@router.post("/presence", status_code=204)
async def presence(here: Here, caller: CaseReader, body: Attention) -> None:
    here.presence.leave(caller.id)
    if body.case_id:
        here.presence.note(body.case_id, caller.id, caller.name, body.typing, here.clock())
    here.wakeups.publish("staff")


@router.get("/phrases")
async def phrases(here: Here, caller: CaseReader) -> Any:
    return {"phrases": Phrasebook.load(here.settings.content_dir).listing()}


@router.get("/hotlines")
async def hotlines(here: Here, caller: CaseReader, locale: str = DEFAULT_LOCALE) -> Any:
    tag = locale if locale in LOCALES else DEFAULT_LOCALE
    lines = here.hotlines.pick(None, RiskLevel.imminent, tag, here.clock(), limit=20)
    return hotlines_part(lines, here.words, "ja")
