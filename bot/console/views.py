"""What staff see of a case: conversation, reasons, notes, earlier cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.context import Console
from bot.console.media import media_parts
from bot.handover import store
from bot.records.crypto import Box
from bot.records.events import case_events_after
from bot.records.models import Case, CaseEvent, CaseNote, Conversation, Message, RiskAssessment, Staff
from bot.records.talk import Talk
from bot.reply.parts import text_part
from bot.vocabulary import RiskLevel

EVENT_BATCH = 500
EVENTS_SHOWN = 200


def case_detail(here: Console, session: Session, case: Case) -> dict[str, Any]:
    """Everything a counsellor needs on one screen."""
    talk = Talk(session, here.vault)
    conversation = session.get_one(Conversation, case.conversation_id)
    query = select(Message).where(Message.conversation_id == conversation.id).order_by(Message.seq)
    return {
        "case": store.describe_case(session, case),
        "messages": [staff_message_view(talk, session, conversation, message) for message in session.scalars(query)],
        "assessments": assessments_of(talk, session, conversation),
        "notes": notes_of(here, session, case.id),
        "resident": {
            "locale": conversation.locale,
            "ward": conversation.ward,
            "age": conversation.age,
            "channel": conversation.channel,
            "id_masked": f"…{conversation.id[-4:]}",
            "since": conversation.created_at.isoformat(),
        },
        "earlier_cases": _earlier(session, case),
        "events": _history(session, case.id),
    }


def staff_message_view(talk: Talk, session: Session, conversation: Conversation, message: Message) -> dict[str, Any]:
    """One message with what only staff see beside it (what was picked, translations)."""
    body = talk.body(conversation, message)
    name = None
    if message.author_id:
        name = session.scalars(select(Staff.name).where(Staff.id == message.author_id)).first()
    view: dict[str, Any] = {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "author_name": name,
        "sent_at": message.created_at.isoformat(),
        "locale": message.locale,
        "parts": body.get("parts") or ([text_part(body["text"])] if body.get("text") else []),
        "choices": [],
        "translated": bool(body.get("translated")),
        "erased": message.erased_at is not None,
    }
    if body.get("attachment") and not view["parts"]:
        view["parts"] = media_parts(session, message)
    for key in ("original", "translations", "client_id"):
        if body.get(key):
            view[key] = body[key]
    return view


def assessments_of(talk: Talk, session: Session, conversation: Conversation) -> list[dict[str, Any]]:
    """Why messages were flagged, oldest first. Spans count characters of the message's text."""
    box = talk.box(conversation)
    query = (
        select(RiskAssessment)
        .where(RiskAssessment.conversation_id == conversation.id)
        .order_by(RiskAssessment.created_at)
    )
    return [_assessment_view(box, row) for row in session.scalars(query)]


def _assessment_view(box: Box, row: RiskAssessment) -> dict[str, Any]:
    return {
        "message_id": row.message_id,
        "level": RiskLevel(row.level).name,
        "category": row.category,
        "signals": [_signal_view(item) for item in (box.open(row.signals_enc) if row.signals_enc else [])],
        "verdict": row.verdict,
        "created_at": row.created_at.isoformat(),
    }


def _signal_view(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "id": item["rule"], "span": [item["start"], item["end"]], "text": item["span"]}


def notes_of(here: Console, session: Session, case_id: str) -> list[dict[str, Any]]:
    box = here.vault.own_box()
    query = (
        select(CaseNote, Staff.name)
        .join(Staff, Staff.id == CaseNote.author_id)
        .where(CaseNote.case_id == case_id)
        .order_by(CaseNote.created_at)
    )
    return [
        {"id": note.id, "author": name, "text": box.open(note.text_enc), "at": note.created_at.isoformat()}
        for note, name in session.execute(query)
    ]


def _note_of(here: Console, session: Session, event: CaseEvent) -> dict[str, Any] | None:
    notes = notes_of(here, session, event.case_id)
    return next((note for note in notes if note["id"] == event.data.get("note_id")), None)


def _earlier(session: Session, case: Case) -> list[dict[str, Any]]:
    query = (
        select(Case)
        .where(Case.conversation_id == case.conversation_id, Case.id != case.id)
        .order_by(Case.opened_at.desc())
        .limit(20)
    )
    return [store.describe_case(session, earlier) for earlier in session.scalars(query)]


def _history(session: Session, case_id: str) -> list[dict[str, Any]]:
    query = (
        select(CaseEvent)
        .where(CaseEvent.case_id == case_id, CaseEvent.kind.not_in(("message", "translation")))
        .order_by(CaseEvent.seq.desc())
        .limit(EVENTS_SHOWN)
    )
    names: dict[str, str] = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
    return [
        {
            "seq": event.seq,
            "kind": event.kind,
            "change": event.data.get("change"),
            "by": names.get(event.actor_id or ""),
            "at": event.created_at.isoformat(),
        }
        for event in reversed(session.scalars(query).all())
    ]


def staff_events_after(here: Console, seq: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Up to EVENT_BATCH events of all cases after `seq` as (seq, kind, data). Blocking."""
    with here.database.read() as session:
        events = case_events_after(session, seq, EVENT_BATCH)
        talk = Talk(session, here.vault)
        wanted = [event.message_id for event in events if event.message_id]
        messages = {message.id: message for message in session.scalars(select(Message).where(Message.id.in_(wanted)))}
        ids = {message.conversation_id for message in messages.values()}
        conversations = {
            item.id: item for item in session.scalars(select(Conversation).where(Conversation.id.in_(ids)))
        }
        flagged = {
            row.message_id: row
            for row in session.scalars(select(RiskAssessment).where(RiskAssessment.message_id.in_(wanted)))
        }
        result: list[tuple[int, str, dict[str, Any]]] = []
        for event in events:
            if event.kind in ("message", "translation"):
                message = messages.get(event.message_id or "")
                if message is None:
                    continue
                conversation = conversations[message.conversation_id]
                view = staff_message_view(talk, session, conversation, message)
                row = flagged.get(message.id)
                assessments = [_assessment_view(talk.box(conversation), row)] if row else []
                data: dict[str, Any] = {"case_id": event.case_id, "message": view, "assessments": assessments}
            elif event.kind == "case":
                data = {**event.data["case"], "change": event.data.get("change")}
            elif event.kind == "note":
                data = {"case_id": event.case_id, "note": _note_of(here, session, event)}
            else:
                data = {"case_id": event.case_id, **event.data}
            result.append((event.seq, event.kind, data))
        return result
