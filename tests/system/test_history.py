"""The history check itself: each thing a crash could break is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.records.audit import record_audit
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.events import append_case_event
from bot.records.models import AuditEntry, Case, Conversation, Message, OutboxItem
from bot.records.talk import Talk, new_id
from bot.vocabulary import Author
from tests.conftest import START, Clock
from tests.records.held import staff
from tests.system.history import Sent, deviations


def talk_of(session: Session, vault: Vault, sent: Sent) -> Conversation:
    """A talk without fault: three messages, each answered, a case that was claimed and closed."""
    talk = Talk(session, vault)
    conversation, _ = talk.create("web", locale="ja", now=START)
    for number in range(3):
        client_id = f"c{number}"
        asked = talk.add_message(conversation, Author.resident, {"client_id": client_id}, now=START)
        asked.handled_at, asked.outcome = START, "answered"
        talk.add_message(conversation, Author.machine, {"parts": []}, now=START, in_reply_to=asked.id)
        sent.accepted[conversation.id].append(client_id)
    sent.sos.add(conversation.id)
    case = Case(
        id=new_id(),
        conversation_id=conversation.id,
        state="resolved",
        level=2,
        category="distress",
        reason="gate",
        locale="ja",
        channel="web",
        tags=[],
        opened_at=START,
        last_message_at=START,
    )
    session.add(case)
    session.flush()
    for change in ("opened", "claimed", "resolved"):
        person = staff(session, START).id if change != "opened" else None
        append_case_event(session, case.id, "case", now=START, actor_id=person, data={"change": change})
    record_audit(session, "case.open", now=START, object_id=case.id)
    session.flush()
    # The counters were moved by statements that the loaded rows do not know of.
    session.expire_all()
    return conversation


def claimed_twice(session: Session, conversation: Conversation, vault: Vault, sent: Sent) -> None:
    case = session.scalars(select(Case)).one()
    for _ in range(2):
        append_case_event(
            session, case.id, "case", now=START, actor_id=staff(session, START).id, data={"change": "claimed"}
        )
    case.state, case.assignee_id = "assigned", staff(session, START).id


def answered_again(session: Session, conversation: Conversation, vault: Vault, sent: Sent) -> None:
    asked = session.scalars(select(Message.id).order_by(Message.seq)).first()
    Talk(session, vault).add_message(conversation, Author.machine, {}, now=START, in_reply_to=asked)


def swapped(session: Session, conversation: Conversation, vault: Vault, sent: Sent) -> None:
    accepted = sent.accepted[conversation.id]
    accepted[0], accepted[1] = accepted[1], accepted[0]


def sealed_by_another_key(session: Session, conversation: Conversation, vault: Vault, sent: Sent) -> None:
    other = vault.own_box().seal({"client_id": "c0"})
    first = session.scalars(select(Message.id).order_by(Message.seq).limit(1)).one()
    session.execute(update(Message).where(Message.id == first).values(body_enc=other))


def stuck_in_the_outbox(session: Session, conversation: Conversation, vault: Vault, sent: Sent) -> None:
    message = session.scalars(select(Message.id).limit(1)).one()
    session.add(
        OutboxItem(
            id=new_id(),
            conversation_id=conversation.id,
            message_id=message,
            channel="line",
            state="pending",
            next_attempt_at=START,
            created_at=START,
        )
    )


Break = Callable[[Session, Conversation, Vault, Sent], object]
BREAKS: dict[str, Break] = {
    "lost": lambda session, conversation, vault, sent: sent.accepted[conversation.id].append("c9"),
    "doubled": lambda session, conversation, vault, sent: sent.accepted[conversation.id].pop(),
    "reordered": swapped,
    "unanswered": lambda session, *_: session.execute(
        update(Message).where(Message.author == "resident").values(handled_at=None)
    ),
    "answered_twice": answered_again,
    "gaps": lambda session, conversation, *_: setattr(conversation, "next_seq", 99),
    "unreadable": sealed_by_another_key,
    "sos_without_case": lambda session, conversation, vault, sent: sent.sos.add("another"),
    "two_owners": claimed_twice,
    "outbox": stuck_in_the_outbox,
    "audit": lambda session, *_: session.execute(update(AuditEntry).values(object_id="x")),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_every_deviation_is_counted(database: Database, vault: Vault, clock: Clock, kind: str) -> None:
    with database.write() as session:
        sent = Sent()
        conversation = talk_of(session, vault, sent)
        assert not any(deviations(session, vault, sent).values())
        BREAKS[kind](session, conversation, vault, sent)
        session.flush()
        session.expire_all()
        found = deviations(session, vault, sent)
        assert found[kind] > 0, found
