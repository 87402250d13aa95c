"""Asks the gateway to bring a member of staff into the chat."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import leave_forms, say
from bot.vocabulary import Outcome


class ActionRequestPerson(Action):
    def name(self) -> str:
        return "action_request_person"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        say(dispatcher, tracker, "person_requested", outcome=Outcome.handed_over, handover="requested")
        return [*leave_forms(), SlotSet("asked", None), SlotSet("misses", 0)]
