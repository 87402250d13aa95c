"""Checks the answers to the questions about a place."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import ANY, location, validate_form


class ValidateFacilityForm(Action):
    def name(self) -> str:
        return "validate_facility_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if location(tracker):
            # A shared place says more than a ward.
            return [SlotSet("facility_kind", tracker.get_slot("facility_kind") or ANY), SlotSet("ward", ANY)]
        slots = {"facility_kind": "facility_kind", "ward": "ward"}
        return validate_form(tracker, "facility_form", "find_facility", slots)
