"""Thanks for a verdict; asks what was missing when it was a bad one."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import PERSON, choice, entity, leave_forms, say
from bot.vocabulary import Outcome

_GOOD = choice('/give_feedback{"verdict": "good"}', "feedback_good")
_BAD = choice('/give_feedback{"verdict": "bad"}', "feedback_bad")


class ActionFeedback(Action):
    def name(self) -> str:
        return "action_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        verdict = entity(tracker, "verdict")
        if verdict == "good":
            say(dispatcher, tracker, "feedback_thanks", outcome=Outcome.answered)
        elif verdict == "bad":
            say(dispatcher, tracker, "feedback_what_missing", choices=[PERSON], outcome=Outcome.clarified)
        else:
            say(dispatcher, tracker, "feedback_thanks", outcome=Outcome.answered)
            say(dispatcher, tracker, "feedback_ask", choices=[_GOOD, _BAD], outcome=Outcome.answered)
        return [*leave_forms(), SlotSet("misses", 0)]
