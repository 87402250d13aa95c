"""Stops whatever the bot was asking, and forgets the answers given to it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import leave_forms, main_menu, say
from bot.vocabulary import Outcome

_FORGOTTEN = ("child_age", "birthdate", "facility_kind", "household", "last_article", "last_question", "asked")


class ActionStop(Action):
    def name(self) -> str:
        return "action_stop"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        say(dispatcher, tracker, "stop_ok", choices=main_menu(), outcome=Outcome.answered)
        return [*leave_forms(), *(SlotSet(name, None) for name in _FORGOTTEN), SlotSet("misses", 0)]
