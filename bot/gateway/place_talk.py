"""The finder of places as a guided talk: where (a ward, a station, one's own location), then which kind, then a list with its map.

It needs neither Rasa nor the search. Buttons carry all that was said before (`/places nakahara ward_office`); a typed station or a
shared location counts as the answer only right after a question of this talk, which is read from the last message. Questions typed
freely ("where is the nearest…") stay with the dialogue.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.gateway.context import TOKYO, Gateway
from bot.knowledge.facilities import KINDS, Facilities
from bot.knowledge.places import Found, find_places, place_view
from bot.language.entities import EntityFinder
from bot.records.models import Message
from bot.records.talk import Talk
from bot.turn import Reply, Turn
from bot.vocabulary import WARDS, Author, Outcome, RiskLevel

log = structlog.get_logger(__name__)

OPEN = "/places"
MENU_BUTTON = "/find_facility"
"""The button of the main menu and of LINE's menu. With a kind or ward in it, it is the dialogue's."""

EVERYWHERE = "any"
TYPED_AT_MOST = 40
KINDS_OFFERED = 11
"""LINE shows thirteen buttons; two are for going elsewhere."""

Choice = tuple[str, str, dict[str, Any]]
Point = tuple[float, float]

FIRST = (
    "childrearing_support_center",
    "children_culture_center",
    "ward_office",
    "mimamori_center",
    "childcare",
    "multilingual_desk",
    "place_to_be",
    "health",
)
"""What families look for most, offered first."""

_MENU: Choice = ("/menu", "menu_back", {})
_ANEW: Choice = (OPEN, "menu_facility", {})


def answer(gateway: Gateway, turn: Turn) -> bool:
    """Answer the turn if it belongs to this talk. Blocking. False when it does not, or failed: then others answer."""
    try:
        return _answer(gateway, turn)
    except Exception:
        log.exception("place_talk_failed")
        turn.replies.clear()
        turn.outcome = None
        return False


def answer_location(gateway: Gateway, turn: Turn) -> None:
    """A location shared out of the blue while the dialogue had nothing to say to it: this talk knows what to ask."""
    unanswered = not turn.replies or [reply.key for reply in turn.replies] == ["message_empty"]
    if turn.location and not turn.text.strip() and unanswered and turn.handover is None:
        turn.replies.clear()
        _Finder(gateway, turn).go([_point_text(turn.location)])


def _answer(gateway: Gateway, turn: Turn) -> bool:
    if turn.ended or turn.paused or (turn.assessment is not None and turn.assessment.level >= RiskLevel.concern):
        return False
    name, *given = (turn.payload or "-").split()
    finder = _Finder(gateway, turn)
    if name == OPEN or turn.payload == MENU_BUTTON:
        finder.go([_point_text(turn.location)] if turn.location else given)
        return True
    if turn.payload or not (turn.location or 0 < len(turn.text.strip()) <= TYPED_AT_MOST):
        return False
    with gateway.database.read() as session:
        asked = _asked(session, gateway, turn)
    if asked is None:
        return False
    if turn.location:
        finder.go([_point_text(turn.location)])
        return True
    return finder.typed(asked)


def _asked(session: Session, gateway: Gateway, turn: Turn) -> list[str] | None:
    """What was known when this talk last asked: [] where, [where] which kind. None when the last message was no question of it."""
    talk = Talk(session, gateway.vault)
    conversation = talk.get(turn.conversation_id)
    mine = session.get(Message, turn.message_id)
    if conversation is None or mine is None:
        return None
    last = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq < mine.seq,
            Message.author != Author.resident.value,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).first()
    if last is None or last.author != Author.machine.value:
        return None
    payloads = [str(choice.get("payload", "")).split() for choice in talk.body(conversation, last).get("choices", [])]
    first = payloads[0] if payloads else []
    # The first button of a question goes one step on; below a list of places it begins anew and waits for nothing.
    return first[1:-1] if len(first) > 1 and first[0] == OPEN else None


class _Finder:
    def __init__(self, gateway: Gateway, turn: Turn) -> None:
        self.gateway, self.turn = gateway, turn
        self.content = gateway.settings.content_dir

    def go(self, given: list[str]) -> None:
        """`given`: nothing, where, or where and kind. Where is a ward, "any", or a point "35.577,139.660"."""
        where = given[0] if given else ""
        kind = given[1] if len(given) > 1 and given[1] in KINDS else None
        point = _point(where)
        if where not in (*WARDS, EVERYWHERE) and point is None:
            self._ask_where()
        elif point is not None and find_places(self._facilities, near=point, content_dir=self.content).outside:
            self._ask_where("ask_ward_again")
        elif kind is None:
            self._ask_kind(where, point)
        else:
            self._list(where, point, kind)

    def typed(self, asked: list[str]) -> bool:
        """An answer in words: a ward, a station, a kind of place, or several of them."""
        text = self.turn.text.strip()
        if text.endswith(("?", "？")):
            return False
        found: dict[str, str] = {}
        for entity in EntityFinder.load(self.content).find(text, self.turn.locale):
            found.setdefault(entity.kind, entity.value)
        where, kind = found.get("ward", asked[0] if asked else ""), found.get("facility_kind")
        if "ward" in found or (kind in KINDS and where):
            self.go([where, *([kind] if kind else [])])
        elif "place" in found:
            self._say("ward_elsewhere", place=found["place"])
            self._ask_where()
        else:
            return False
        return True

    def _ask_where(self, key: str = "myfamily.place_where") -> None:
        wards: tuple[Choice, ...] = tuple((f"{OPEN} {ward}", f"ward_{ward}", {}) for ward in WARDS)
        all_wards: Choice = (f"{OPEN} {EVERYWHERE}", "choice_all_wards", {})
        self._say(key, (*wards, all_wards, _MENU), input="location", outcome=Outcome.clarified)

    def _ask_kind(self, where: str, point: Point | None) -> None:
        """Only kinds of which there is a place."""
        ordered = [*FIRST, *(kind for kind in KINDS if kind not in FIRST)]
        there = [kind for kind in ordered if self._find(where, point, kind).places]
        kinds: tuple[Choice, ...] = tuple(
            (f"{OPEN} {where} {kind}", f"kind_{kind}", {}) for kind in there[:KINDS_OFFERED]
        )
        self._say("ask_facility_kind", (*kinds, _ANEW, _MENU), outcome=Outcome.clarified)

    def _list(self, where: str, point: Point | None, kind: str) -> None:
        found = self._find(where, point, kind)
        below: tuple[Choice, ...] = (_ANEW, _MENU)
        if not found.places:
            if found.ward:
                everywhere: Choice = (f"{OPEN} {EVERYWHERE} {kind}", "choice_all_wards", {})
                self._say("facility_none", (everywhere, *below), outcome=Outcome.not_found, kind=kind, ward=found.ward)
            else:
                self._say("facility_none_all", below, outcome=Outcome.not_found, kind=kind)
            return
        if found.by_distance:
            self._say("facility_intro_near", kind=kind)
        elif found.ward:
            self._say("facility_intro", kind=kind, ward=found.ward)
        else:
            self._say("facility_intro_all", kind=kind)
        now = self.gateway.clock().astimezone(TOKYO)
        items = [place_view(place, self.turn.locale, now, point) for place in found.places]
        self.turn.replies.append(Reply("facilities", {"items": items}, below))
        self.turn.outcome = Outcome.answered

    def _find(self, where: str, point: Point | None, kind: str) -> Found:
        ward = where if where in WARDS else None
        return find_places(self._facilities, kind=kind, ward=ward, near=point, content_dir=self.content)

    @cached_property
    def _facilities(self) -> Facilities:
        return Facilities.load(self.content)

    def _say(
        self,
        key: str,
        choices: tuple[Choice, ...] = (),
        *,
        input: str | None = None,
        outcome: Outcome = Outcome.answered,
        **data: Any,
    ) -> None:
        self.turn.replies.append(Reply(key, data, choices, input))
        self.turn.outcome = outcome


def _point_text(location: dict[str, float]) -> str:
    # A button needs no more than a hundred metres.
    return f"{location['lat']:.3f},{location['lon']:.3f}"


def _point(text: str) -> Point | None:
    latitude, comma, longitude = text.partition(",")
    try:
        found = (float(latitude), float(longitude)) if comma else None
    except ValueError:
        return None
    return found if found and abs(found[0]) <= 90 and abs(found[1]) <= 180 else None
