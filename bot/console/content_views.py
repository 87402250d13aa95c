"""Changes of content as the console shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.content_items import locale_of
from bot.records.content_models import ContentDraft, ContentFile
from bot.records.content_patch import unified_diff
from bot.records.models import Staff


def names_of(session: Session, drafts: Sequence[ContentDraft]) -> dict[str, str]:
    """Id → name of everybody who had a hand in the changes."""
    ids = {
        who
        for draft in drafts
        for who in (draft.author_id, draft.approved_by, draft.published_by, *draft.contributors)
        if who
    }
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}


def draft_view(draft: ContentDraft, names: dict[str, str], *, second: bool) -> dict[str, Any]:
    def person(who: str | None) -> dict[str, str] | None:
        return {"id": who, "name": names.get(who, "")} if who else None

    return {
        "id": draft.id,
        "item": draft.item,
        "summary": draft.summary,
        "state": draft.state,
        "version": draft.version,
        "needs_second": second,
        "author": person(draft.author_id),
        "contributors": [person(who) for who in draft.contributors],
        "reason": draft.reason,
        "updated_at": draft.updated_at.isoformat(),
        "approved_by": person(draft.approved_by),
        "number": draft.number,
        "published_by": person(draft.published_by),
        "published_at": draft.published_at.isoformat() if draft.published_at else None,
    }


def file_views(files: Iterable[ContentFile]) -> list[dict[str, Any]]:
    """Each file with its locale (null for facts and lists), both texts and what lies between them."""
    return [
        {
            "path": file.path,
            "locale": locale_of(file.path),
            "base": file.base,
            "text": file.text,
            "diff": unified_diff(file.path, file.base, file.text),
        }
        for file in files
    ]
