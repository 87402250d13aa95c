"""Asks for the ward, with all seven to tap and every question free to skip."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import SKIP, STOP, WARD_CHOICES, ask_key, entity, say
from bot.vocabulary import Outcome


class ActionAskWard(Action):
    def name(self) -> str:
        return "action_ask_ward"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        place = entity(tracker, "place")
        if place and tracker.get_slot("retries"):
            say(dispatcher, tracker, "ward_elsewhere", {"place": place})
        key = ask_key(tracker, "ask_ward")
        say(dispatcher, tracker, key, choices=[*WARD_CHOICES, SKIP, STOP], outcome=Outcome.clarified, input="ward")
        return []
