"""Questions nothing was found for. They are stored without the resident, and sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.crypto import UnreadableError, Vault
from bot.records.models import UnansweredQuestion


def unanswered_since(session: Session, vault: Vault, since: datetime) -> list[tuple[str, str, datetime]]:
    """(text, locale, when) in order of time; those sealed under a key that is gone are left out."""
    query = select(UnansweredQuestion).where(UnansweredQuestion.created_at >= since)
    found = []
    for row in session.scalars(query.order_by(UnansweredQuestion.created_at)):
        try:
            found.append((str(vault.own_box().open(row.text_enc)), row.locale, row.created_at))
        except UnreadableError:
            continue
    return found
