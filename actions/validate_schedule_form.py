"""Checks the birth date: a whole date, not far ahead."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import say, slot, today, validate_form

_PREGNANCY = timedelta(days=300)


class ValidateScheduleForm(Action):
    def name(self) -> str:
        return "validate_schedule_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        events = validate_form(tracker, "schedule_form", "plan_immunisation", {"birthdate": "date"})
        given = slot(tracker, "birthdate")
        if given is None:
            return events
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", given):
            return [SlotSet("birthdate", None), SlotSet("retries", 1)]
        if date.fromisoformat(given) > today() + _PREGNANCY:
            say(dispatcher, tracker, "birthdate_in_future")
            return [SlotSet("birthdate", None), SlotSet("retries", 1)]
        return events
