"""What LINE residents are answered on the spot: media, language, help lines, sharing with the web page.

None of it needs Rasa or the knowledge search. It is recorded in the transaction that records the message, so a second
delivery of the same event changes nothing here either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.inbound import Inbound
from bot.channels.line_render import choice_typed
from bot.dialogue.offline import parse_payload
from bot.gateway import intake, sharing
from bot.gateway.context import Gateway
from bot.handover import store
from bot.http.limits import SlidingLimit
from bot.records.line_models import LineResident
from bot.records.models import Conversation, Message
from bot.records.talk import Talk
from bot.reply.parts import Part, hotlines_part
from bot.turn import Reply, Turn
from bot.vocabulary import LOCALES, Author, Outcome, RiskLevel

FOLLOWED = "/line_followed"
MEDIA = "/line_media"
CONNECT = "/line_connect"
HOTLINES = "/line_hotlines"
Choice = tuple[str, str, dict[str, Any]]
"""Payload, key of the label, data of the label."""

PERSON: Choice = ("/want_person", "choice_person", {})
LANGUAGE_CHOICES: tuple[Choice, ...] = tuple(
    (f'/change_language{{"language": "{tag}"}}', "choice_language", {"language": tag}) for tag in LOCALES
)
CODE_CHOICES: tuple[Choice, ...] = (("/line_code", "line.code_make", {}), ("/line_unshare", "line.share_end", {}))
CONSENT_CHOICES: tuple[Choice, ...] = (
    ('/line_share{"answer": "yes"}', "line.share_yes", {}),
    ('/line_share{"answer": "no"}', "line.share_no", {}),
)


@dataclass
class Answer:
    """Replies in our words, ready-made parts, or both. `quiet`: say nothing while a person holds the talk."""

    replies: list[Reply] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    locale: str | None = None
    quiet: bool = False


@dataclass
class Scene:
    """One event on its way. `home` is the LINE talk, `conversation` the one the message belongs to."""

    here: Gateway
    session: Session
    talk: Talk
    home: Conversation
    conversation: Conversation
    now: datetime
    code_attempts: SlidingLimit


def answer_here(scene: Scene, inbound: Inbound) -> Answer | None:
    """The answer to what needs no understanding of language; None for everything else."""
    if inbound.attachment == "sticker":
        return _sticker(scene, inbound)
    if inbound.attachment:
        return _media(scene)
    if inbound.payload is None and sharing.read_code(inbound.text) is not None:
        return _code_typed(scene, inbound.text)
    parsed = parse_payload(inbound.payload)
    if parsed is None:
        return None
    intent, data = parsed
    if intent == "line_followed":
        languages = ", ".join(scene.here.locales[tag].native_name for tag in LOCALES)
        return Answer(
            [Reply("greeting"), Reply("greeting_languages", {"languages": languages}, LANGUAGE_CHOICES)], quiet=True
        )
    if intent == "change_language":
        wanted = data.get("language")
        if wanted in LOCALES:
            return Answer([Reply("language_changed", {"language": wanted})], locale=str(wanted))
        return Answer([Reply("language_ask", {}, LANGUAGE_CHOICES)])
    if intent == "line_hotlines":
        lines = scene.here.hotlines.pick(None, RiskLevel.high, scene.conversation.locale, scene.now)
        return Answer(parts=[hotlines_part(lines, scene.here.words, scene.conversation.locale)])
    return _sharing(scene, intent, data)


def typed_choice(scene: Scene, text: str) -> str | None:
    """The payload of the button whose words or number the resident typed."""
    last = scene.session.scalars(
        select(Message)
        .where(Message.conversation_id == scene.conversation.id, Message.author == Author.machine.value)
        .order_by(Message.seq.desc())
        .limit(1)
    ).first()
    found = choice_typed(text, scene.talk.body(scene.conversation, last)) if last is not None else None
    return str(found["payload"]) if found else None


def record_answered(scene: Scene, inbound: Inbound, answer: Answer) -> intake.Received:
    """Record the message and its answer together."""
    session, talk, conversation, now = scene.session, scene.talk, scene.conversation, scene.now
    case = store.open_case_of(session, conversation.id)
    if answer.locale:
        conversation.locale, conversation.locale_chosen = answer.locale, True
    message = talk.add_message(
        conversation,
        Author.resident,
        intake.stored_body(inbound),
        now=now,
        channel_message_id=inbound.channel_message_id,
    )
    turn = Turn(
        conversation_id=conversation.id,
        message_id=message.id,
        channel=conversation.channel,
        text="",
        received_at=now,
        locale=conversation.locale,
        handling=intake.handling_of(case),
        outcome=Outcome.answered,
    )
    if case is not None:
        case.last_message_at = now
        intake.note_message(session, case, message, now=now)
    if answer.quiet and turn.handling == "human":
        turn.outcome = Outcome.handed_over
    elif answer.parts:
        body = {"parts": answer.parts, "choices": []}
        talk.add_message(conversation, Author.machine, body, now=now, in_reply_to=message.id)
    else:
        turn.replies = answer.replies
        intake.say(scene.here, session, talk, conversation, turn, now=now)
    intake.finish(session, conversation, message, turn, now=now)
    return intake.Received(message.id, message.seq, needs_answer=False, staff_changed=case is not None)


def _sticker(scene: Scene, inbound: Inbound) -> Answer | None:
    """A sticker's own words are read by the gate, never for meaning: "happy" is no question, and not English either."""
    assessment = scene.here.services.gate.assess(inbound.text, tuple(scene.talk.assessments(scene.conversation)))
    if assessment.level >= RiskLevel.high:
        return None
    return Answer([Reply("attachment_not_read")], quiet=True)


def _media(scene: Scene) -> Answer:
    if store.open_case_of(scene.session, scene.conversation.id) is not None:
        return Answer([Reply("line.media_for_person")], quiet=True)
    return Answer([Reply("line.media_kept", {}, (PERSON,))], quiet=True)


def _code_typed(scene: Scene, text: str) -> Answer:
    """Before consent nothing is shared. Whether the code was wrong, old or used is not told."""
    if scene.code_attempts.wait_s(scene.home.id):
        return Answer([Reply("line.code_slow")])
    if sharing.is_with_staff(scene.session, scene.home):
        return Answer([Reply("line.share_busy")])
    web = sharing.spend_code(scene.here, scene.session, text, "web", now=scene.now)
    if web is None or sharing.line_side(scene.session, web.id) is not None:
        return Answer([Reply("line.code_wrong")])
    sharing.resident_of(scene.session, scene.home.id).asked_to_share = web.id
    return Answer([Reply("line.share_ask", {}, CONSENT_CHOICES)])


def _sharing(scene: Scene, intent: str, data: dict[str, Any]) -> Answer | None:
    resident = sharing.resident_of(scene.session, scene.home.id)
    if intent == "line_connect":
        return Answer([Reply("line.connect", {}, CODE_CHOICES)])
    if intent == "line_code":
        if resident.shared_with is not None:
            return Answer([Reply("line.share_done")])
        code = sharing.make_code(scene.here, scene.session, scene.home, now=scene.now)
        return Answer([Reply("line.code_yours", {"code": code, "minutes": sharing.CODE_MINUTES})])
    if intent == "line_unshare":
        sharing.end(scene.here, scene.session, scene.home, now=scene.now)
        # The talk goes on where LINE had its own.
        scene.conversation = scene.home
        return Answer([Reply("line.share_ended")])
    if intent == "line_share":
        return _consent(scene, resident, agreed=data.get("answer") == "yes")
    return None


def _consent(scene: Scene, resident: LineResident, *, agreed: bool) -> Answer:
    asked, resident.asked_to_share = resident.asked_to_share, None
    if not agreed or asked is None:
        return Answer([Reply("line.share_declined")])
    web = scene.session.get(Conversation, asked)
    if web is None or not sharing.share(scene.here, scene.session, resident, web, now=scene.now):
        return Answer([Reply("line.code_wrong")])
    # The shared talk itself announces it, on both sides.
    return Answer()
