"""What the family services say by themselves, as bodies of messages and notifications, in the family's language."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.family.reminders import Reminder
from bot.family.words import FamilyWords
from bot.gateway.context import Gateway
from bot.gateway.push import queue_push
from bot.handover import store
from bot.records.models import Conversation
from bot.records.talk import Talk
from bot.reply.dates import long_date
from bot.reply.parts import text_part
from bot.vocabulary import Author

OPEN, STOP = "/family", "/family_stop"
DATES = ("date", "until")
LINK_DAYS = 30


def reminder_text(gateway: Gateway, reminder: Reminder, locale: str, name: str) -> str:
    """The words of a reminder. `name` is the child's, "" when it has none."""
    words = FamilyWords.load(locale, gateway.settings.content_dir)
    said: dict[str, Any] = {"name": name or words.texts["child_unnamed"]}
    for key, value in reminder.data.items():
        if key in DATES:
            said[key] = long_date(date.fromisoformat(value), locale)
        elif key == "doses":
            said["vaccines"] = words.listing(value)
        elif key == "checkup":
            said[key] = words.checkup(value)
    return words.text(reminder.reply, **said)


def choices_below(gateway: Gateway, locale: str, *, stop: bool) -> list[dict[str, str]]:
    keys = [(OPEN, "myfamily.title"), *([(STOP, "myfamily.stop")] if stop else [])]
    return [{"payload": payload, "label": gateway.words.text(locale, key)} for payload, key in keys]


def tell(
    gateway: Gateway,
    session: Session,
    conversation_id: str,
    texts: list[str],
    locale: str,
    *,
    now: datetime,
    until: datetime,
    notification: str,
    stop: bool,
) -> None:
    """Put a message into a talk, on its way to LINE and to the browsers that asked: all in the caller's transaction."""
    conversation = session.get_one(Conversation, conversation_id)
    body = {"parts": [text_part(text) for text in texts], "choices": choices_below(gateway, locale, stop=stop)}
    Talk(session, gateway.vault).add_message(conversation, Author.machine, body, now=now, locale=locale)
    title = gateway.words.text(locale, "widget.title")
    queue_push(
        session, gateway, conversation_id, title, notification, now=now, until=max(until, now + timedelta(hours=1))
    )


def is_busy(session: Session, conversation_id: str) -> bool:
    """A person is wanted or at work in this talk: nothing of ours may come between."""
    return store.open_case_of(session, conversation_id) is not None


def picture_link(gateway: Gateway, conversation_id: str, card_id: str, name: str, locale: str) -> str:
    """Root-relative address of a picture, for a message."""
    ends = (gateway.clock() + timedelta(days=LINK_DAYS)).isoformat(timespec="seconds")
    sealed = gateway.vault.own_box().seal(["picture", conversation_id, card_id, name, locale, ends])
    return f"/pictures/{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}.png"
