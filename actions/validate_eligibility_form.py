"""Checks the answers to "what can I get?"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import validate_form


class ValidateEligibilityForm(Action):
    def name(self) -> str:
        return "validate_eligibility_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        slots = {"child_age": "age", "ward": "ward", "household": "household"}
        return validate_form(tracker, "eligibility_form", "ask_eligibility", slots)
