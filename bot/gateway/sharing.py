"""One talk on LINE and on the web page: a short code made in one and typed in the other, with consent, revocable.

The talk that the code was made in goes on; the one that it was typed in rests. A code works once and for ten minutes. A
wrong, an old and a used code are answered alike.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.gateway.context import Gateway
from bot.handover import store
from bot.records.line_models import LineResident, LinkCode
from bot.records.models import Conversation
from bot.records.talk import RESUME_ALPHABET, Credentials, Talk
from bot.reply.parts import text_part
from bot.vocabulary import Author

CODE_MINUTES = 10
GROUP = 4
TYPED = re.compile(rf"^\s*([{RESUME_ALPHABET}]{{{GROUP}}})\s*[-‐‑–—−ー ]\s*([{RESUME_ALPHABET}]{{{GROUP}}})\s*$")


def _group() -> str:
    """Four characters with both a digit and a letter, so that neither a word nor a telephone number looks like a code."""
    while True:
        made = "".join(secrets.choice(RESUME_ALPHABET) for _ in range(GROUP))
        if not made.isalpha() and not made.isdigit():
            return made


def read_code(text: str) -> str | None:
    """The code that `text` is, without its dash; None when it is something else."""
    found = TYPED.match(unicodedata.normalize("NFKC", text).upper())
    if found is None or any(group.isalpha() or group.isdigit() for group in found.groups()):
        return None
    return found[1] + found[2]


def make_code(here: Gateway, session: Session, conversation: Conversation, *, now: datetime) -> str:
    """A new code for this talk; earlier ones stop working."""
    session.execute(delete(LinkCode).where(LinkCode.conversation_id == conversation.id))
    first, second = _group(), _group()
    session.add(
        LinkCode(
            code_hash=here.vault.keyed_hash("link", first + second),
            conversation_id=conversation.id,
            expires_at=now + timedelta(minutes=CODE_MINUTES),
        )
    )
    return f"{first}-{second}"


def spend_code(here: Gateway, session: Session, text: str, channel: str, *, now: datetime) -> Conversation | None:
    """The talk of `channel` that the code opens, once. None for every other code, whatever is wrong with it."""
    digest = here.vault.keyed_hash("link", read_code(text) or "")
    spent = session.execute(
        update(LinkCode)
        .where(LinkCode.code_hash == digest, LinkCode.used_at.is_(None), LinkCode.expires_at > now)
        .values(used_at=now)
        .returning(LinkCode.conversation_id)
        .execution_options(synchronize_session=False)
    ).first()
    conversation = session.get(Conversation, spent[0]) if spent else None
    return conversation if conversation is not None and conversation.channel == channel else None


def is_with_staff(session: Session, conversation: Conversation) -> bool:
    """Is a person waiting for, or in, this talk? Then it must not be left behind."""
    return store.open_case_of(session, conversation.id) is not None


def resident_of(session: Session, conversation_id: str) -> LineResident:
    """The LINE side of a talk, made at first use."""
    found = session.get(LineResident, conversation_id)
    if found is None:
        found = LineResident(conversation_id=conversation_id)
        session.add(found)
        session.flush()
    return found


def line_side(session: Session, conversation_id: str) -> LineResident | None:
    """The LINE account that takes part in this web talk."""
    return session.scalars(select(LineResident).where(LineResident.shared_with == conversation_id)).first()


def share(here: Gateway, session: Session, resident: LineResident, web: Conversation, *, now: datetime) -> bool:
    """LINE joins the web talk. False when another LINE account already has."""
    if line_side(session, web.id) is not None:
        return False
    resident.shared_with, resident.asked_to_share = web.id, None
    session.flush()
    announce(here, session, web, "line.share_done", now=now)
    return True


def open_on_web(here: Gateway, session: Session, line: Conversation, *, now: datetime) -> Credentials:
    """A page may read and write the LINE talk from now on; LINE is told."""
    announce(here, session, line, "line.share_done", now=now)
    return Talk(session, here.vault).renew_credentials(line)


def end(here: Gateway, session: Session, conversation: Conversation, *, now: datetime) -> bool:
    """Separate LINE and web again. True when the caller's page has lost its access with it."""
    if conversation.channel == "line":
        resident = session.get(LineResident, conversation.id)
        web = session.get(Conversation, resident.shared_with) if resident and resident.shared_with else None
        if resident is not None:
            resident.shared_with = resident.asked_to_share = None
            session.flush()
        if web is not None:
            announce(here, session, web, "line.share_ended", now=now)
        session.execute(delete(LinkCode).where(LinkCode.conversation_id == conversation.id))
        Talk(session, here.vault).renew_credentials(conversation)
        return True
    resident = line_side(session, conversation.id)
    session.execute(delete(LinkCode).where(LinkCode.conversation_id == conversation.id))
    if resident is not None:
        home = session.get_one(Conversation, resident.conversation_id)
        resident.shared_with = None
        session.flush()
        announce(here, session, home, "line.share_ended", now=now)
        announce(here, session, conversation, "line.share_ended", now=now)
    return False


def announce(here: Gateway, session: Session, conversation: Conversation, key: str, *, now: datetime) -> None:
    """A line of the system in this talk, in its language."""
    text = here.words.text(conversation.locale, key)
    if text:
        body = {"parts": [text_part(text)], "choices": []}
        Talk(session, here.vault).add_message(conversation, Author.system, body, now=now)
