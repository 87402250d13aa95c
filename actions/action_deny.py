"""A "no", or none of the choices shown: another way to go on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import leave_forms, main_menu, say
from bot.vocabulary import Outcome


class ActionDeny(Action):
    def name(self) -> str:
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        say(dispatcher, tracker, "deny_ok", choices=main_menu(), outcome=Outcome.clarified)
        return [*leave_forms(), SlotSet("asked", None)]
