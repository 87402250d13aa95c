"""The vaccination and checkup timetable of one child, from the birth date."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import MENU, content_dir, knowledge, leave_forms, say, show_article, slot, today
from bot.family.dates import FamilyInputError
from bot.family.plan import plan
from bot.vocabulary import Outcome

_OVERVIEW = "vaccine-schedule"


class ActionPlanImmunisation(Action):
    def name(self) -> str:
        return "action_plan_immunisation"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        born = slot(tracker, "birthdate")
        remember = [*leave_forms(), SlotSet("last_intent", "plan_immunisation"), SlotSet("misses", 0)]
        if born is None:
            return [*remember, *(show_article(dispatcher, tracker, _OVERVIEW) if _OVERVIEW in knowledge().ids else [])]
        key = "due_date" if born > today().isoformat() else "birthdate"
        try:
            found = plan({key: born}, today(), content_dir())
        except FamilyInputError:
            say(dispatcher, tracker, "ask_birthdate_again", outcome=Outcome.clarified, input="date")
            return [*remember, SlotSet("birthdate", None)]
        say(dispatcher, tracker, "plan_intro", {"date": born})
        if not found["immunisation"] and not found["checkups"]:
            say(dispatcher, tracker, "plan_none", choices=[MENU], outcome=Outcome.answered)
        else:
            say(dispatcher, tracker, "plan", {"plan": found})
            say(dispatcher, tracker, "plan_note", choices=[MENU], outcome=Outcome.answered)
        last = [SlotSet("last_article", _OVERVIEW)] if _OVERVIEW in knowledge().ids else []
        return [*remember, *last]
