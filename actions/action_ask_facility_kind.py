"""Asks which kind of place is wanted."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import SKIP, choice, say
from bot.vocabulary import Outcome

_KINDS = (
    "childrearing_support_center",
    "children_culture_center",
    "mimamori_center",
    "ward_office",
    "child_guidance_center",
    "ryoiku_center",
    "multilingual_desk",
    "place_to_be",
)
_CHOICES = [choice(f'/find_facility{{"facility_kind": "{kind}"}}', f"kind_{kind}") for kind in _KINDS]


class ActionAskFacilityKind(Action):
    def name(self) -> str:
        return "action_ask_facility_kind"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        say(dispatcher, tracker, "ask_facility_kind", choices=[*_CHOICES, SKIP], outcome=Outcome.clarified)
        return []
