"""A "yes" means what was asked last: a person was offered, or nothing was."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import leave_forms, main_menu, say, slot
from bot.vocabulary import Outcome


class ActionAffirm(Action):
    def name(self) -> str:
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if slot(tracker, "asked") == "offer_person":
            say(dispatcher, tracker, "person_requested", outcome=Outcome.handed_over, handover="requested")
        else:
            say(dispatcher, tracker, "affirm_what", choices=main_menu(), outcome=Outcome.clarified)
        return [*leave_forms(), SlotSet("asked", None), SlotSet("misses", 0)]
