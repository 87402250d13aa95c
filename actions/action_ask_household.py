"""Asks for what may open further support: single parent, low income and so on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import SKIP, STOP, choice, say
from bot.vocabulary import Outcome

HOUSEHOLDS = (
    "single_parent",
    "low_income",
    "on_welfare",
    "three_or_more_children",
    "foreign",
    "disability",
    "pregnant",
    "none",
)


class ActionAskHousehold(Action):
    def name(self) -> str:
        return "action_ask_household"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        choices = [choice(f'/ask_eligibility{{"household": "{value}"}}', f"household_{value}") for value in HOUSEHOLDS]
        say(dispatcher, tracker, "ask_household", choices=[*choices, SKIP, STOP], outcome=Outcome.clarified)
        return []
