"""What the record must say after any number of crashes. Reads the tables, not the service."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.audit import verify_audit
from bot.records.crypto import UnreadableError, Vault
from bot.records.models import Case, CaseEvent, Conversation, ConversationEvent, Message, OutboxItem, RiskAssessment
from bot.records.talk import Talk
from bot.vocabulary import Author, CaseState

TAKES = {"claimed", "transferred"}
GIVES = {"released", "resolved", "lease_expired", "reopened"}


@dataclass
class Sent:
    """What residents know they sent: client ids in the order in which the service accepted them, by conversation."""

    accepted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sos: set[str] = field(default_factory=set)
    """Conversations in which somebody asked for help."""


def deviations(session: Session, vault: Vault, sent: Sent) -> dict[str, int]:
    """Counts of everything that went wrong; all zero when the guarantees held."""
    found: Counter[str] = Counter()
    talk = Talk(session, vault)
    for conversation_id, expected in sent.accepted.items():
        conversation = session.get_one(Conversation, conversation_id)
        rows = session.scalars(
            select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        ).all()
        bodies = {}
        for row in rows:
            try:
                bodies[row.id] = talk.body(conversation, row)
            except UnreadableError:
                found["unreadable"] += 1
                bodies[row.id] = {}
        inbound = [row for row in rows if row.author == Author.resident.value]
        kept = [str(bodies[row.id].get("client_id")) for row in inbound]
        found["lost"] += sum((Counter(expected) - Counter(kept)).values())
        found["doubled"] += sum((Counter(kept) - Counter(expected)).values())
        found["reordered"] += kept != expected and Counter(kept) == Counter(expected)
        answers = [row.in_reply_to for row in rows if row.author == Author.machine.value and row.in_reply_to]
        per_message = Counter(answers)
        # A message that a person read needs no answer of the machine; every other needs exactly one.
        found["unanswered"] += sum(
            row.handled_at is None or (not per_message[row.id] and row.outcome != "handed_over") for row in inbound
        )
        found["answered_twice"] += sum(count - 1 for count in per_message.values())
        place = {row.id: number for number, row in enumerate(inbound)}
        # An SOS is answered when it is recorded, before messages that still wait; among the others order holds.
        urgent = set(
            session.scalars(
                select(RiskAssessment.message_id).where(
                    RiskAssessment.conversation_id == conversation_id, RiskAssessment.level >= 2
                )
            )
        )
        order = [place[item] for item in answers if item not in urgent]
        found["answers_reordered"] += order != sorted(order)
        events = session.scalars(
            select(ConversationEvent.seq)
            .where(ConversationEvent.conversation_id == conversation_id)
            .order_by(ConversationEvent.seq)
        ).all()
        found["gaps"] += list(events) != list(range(1, conversation.next_seq + 1))
    found["sos_without_case"] += len(sent.sos - set(session.scalars(select(Case.conversation_id))))
    found["two_owners"] += _two_owners(session)
    found["outbox"] += len(session.scalars(select(OutboxItem.id).where(OutboxItem.state == "pending")).all())
    found["audit"] += verify_audit(session)[1] is not None
    return dict(found)


def _two_owners(session: Session) -> int:
    """How often a case was taken while it had an owner, by the order of its events; and how the rows stand."""
    owner: dict[str, str | None] = {}
    wrong = 0
    for event in session.scalars(select(CaseEvent).where(CaseEvent.kind == "case").order_by(CaseEvent.seq)):
        change = event.data.get("change")
        if change == "claimed":
            wrong += owner.get(event.case_id) is not None
        if change in TAKES:
            owner[event.case_id] = event.actor_id
        elif change in GIVES:
            owner[event.case_id] = None
    for case in session.scalars(select(Case)):
        held = case.assignee_id if case.state == CaseState.assigned.value else None
        wrong += held != owner.get(case.id)
    return wrong
