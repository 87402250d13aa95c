"""Asks for the birth date that a vaccination timetable starts from."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import SKIP, STOP, ask_key, say
from bot.vocabulary import Outcome


class ActionAskBirthdate(Action):
    def name(self) -> str:
        return "action_ask_birthdate"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        key = ask_key(tracker, "ask_birthdate")
        say(dispatcher, tracker, key, choices=[SKIP, STOP], outcome=Outcome.clarified, input="date")
        return []
