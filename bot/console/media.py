"""Pictures, voices and files that a resident sent, for those who may read the case. Every look is audited."""

from __future__ import annotations

import base64
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.context import Caller, CaseReader, Console, Here
from bot.handover import store
from bot.records.audit import record_audit
from bot.records.line_models import Media
from bot.records.models import Case, Conversation, Message
from bot.records.talk import Talk
from bot.reply.parts import Part

router = APIRouter(tags=["cases"])

SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""Kinds a browser shows in place; everything else is saved as a file, so that nothing of it can run."""


@router.get("/media/{media_id}")
async def show_media(here: Here, caller: CaseReader, media_id: str) -> Response:
    """The content as it was sent. 404 when there is none, or no case has ever been opened for its talk."""
    data, kind = await here.database.run(_open, here, caller, media_id)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "sandbox; default-src 'none'"}
    if kind not in SHOWN:
        return Response(
            data,
            media_type="application/octet-stream",
            headers={**headers, "Content-Disposition": f'attachment; filename="{media_id[:8]}.bin"'},
        )
    return Response(data, media_type=kind, headers=headers)


def _open(here: Console, caller: Caller, media_id: str) -> tuple[bytes, str]:
    with here.database.write() as session:
        media = session.get(Media, media_id)
        if media is None or media.sealed is None or not _has_case(session, media.conversation_id):
            raise HTTPException(404, "There is no such file.")
        box = Talk(session, here.vault).box(session.get_one(Conversation, media.conversation_id))
        data = base64.b64decode(box.open(media.sealed))
        record_audit(session, "media_opened", now=here.clock(), actor_id=caller.id, object_id=media.id)
        return data, (media.content_type or "").split(";")[0].strip().lower()


def _has_case(session: Session, conversation_id: str) -> bool:
    """Whoever reads cases may see what belongs to one, and nothing of talks that only the machine has."""
    if store.open_case_of(session, conversation_id) is not None:
        return True
    return session.scalars(select(Case.id).where(Case.conversation_id == conversation_id).limit(1)).first() is not None


def media_parts(session: Session, message: Message) -> list[Part]:
    """What stands in a message's place when it is a picture, voice or file: the picture, or what became of it."""
    media = session.scalars(select(Media).where(Media.message_id == message.id)).first()
    if media is None:
        return []
    url = f"/api/console/media/{media.id}"
    if media.state == "stored" and (media.content_type or "").split(";")[0] in SHOWN:
        return [{"type": "image", "url": url, "alt": media.kind}]
    part: dict[str, Any] = {"type": "attachment", "kind": media.kind, "state": media.state, "size": media.size}
    return [{**part, "url": url if media.state == "stored" else None}]
