"""Asks how old the child is."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import SKIP, STOP, ask_key, choice, say
from bot.vocabulary import Outcome

_AGES = ("unborn", "P0Y", "P1Y", "P3Y", "P5Y", "e1", "e4", "j1", "h1")


class ActionAskChildAge(Action):
    def name(self) -> str:
        return "action_ask_child_age"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        key = ask_key(tracker, "ask_child_age")
        if key == "ask_child_age" and not tracker.get_slot("household"):
            say(dispatcher, tracker, "eligibility_start")
        choices = [_age_choice(value) for value in _AGES]
        say(dispatcher, tracker, key, choices=[*choices, SKIP, STOP], outcome=Outcome.clarified, input="age")
        return []


def _age_choice(value: str) -> dict[str, Any]:
    payload = f'/give_age{{"age": "{value}"}}'
    if value == "unborn":
        return choice(payload, "age_unborn")
    if value.startswith("P"):
        return choice(payload, "age_years", n=value[1:-1])
    return choice(payload, f"grade_{value[0]}", n=value[1:])
