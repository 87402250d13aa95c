"""A ward or an age by itself: the last question is asked again with it ("and in Nakahara?", "for a 3-year-old?")."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    WARD_CHOICES,
    entity,
    intent_of,
    knowledge,
    leave_forms,
    main_menu,
    say,
    show_article,
    slot,
    text_of,
    topics,
)
from actions.action_answer import answer
from actions.action_eligibility import ActionEligibility
from actions.action_find_facility import ActionFindFacility
from actions.action_plan_immunisation import ActionPlanImmunisation
from bot.vocabulary import Outcome

_AGAIN: dict[str, type[Action]] = {
    "find_facility": ActionFindFacility,
    "ask_eligibility": ActionEligibility,
    "plan_immunisation": ActionPlanImmunisation,
}
_BY_AGE = frozenset({"ask_checkup", "ask_immunisation", "ask_childcare", "ask_subsidy", "ask_after_school"})


class ActionKeepContext(Action):
    def name(self) -> str:
        return "action_keep_context"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        last_intent = slot(tracker, "last_intent")
        place, ward, age = entity(tracker, "place"), entity(tracker, "ward"), entity(tracker, "age")
        reset = [*leave_forms(), SlotSet("misses", 0)]
        if place and not ward:
            say(dispatcher, tracker, "ward_elsewhere", {"place": place}, outcome=Outcome.answered)
            return reset
        if not (ward or age or entity(tracker, "date")):
            ask, picker = (
                ("ask_ward_again", "ward") if intent_of(tracker) == "give_ward" else ("ask_child_age_again", "age")
            )
            choices = WARD_CHOICES if picker == "ward" else []
            say(dispatcher, tracker, ask, choices=choices, outcome=Outcome.clarified, input=picker)
            return reset
        if last_intent in _AGAIN:
            return [*reset, *_AGAIN[last_intent]().run(dispatcher, tracker, domain)]
        question, article = slot(tracker, "last_question"), slot(tracker, "last_article")
        if age and question and last_intent in _BY_AGE:
            topic = topics().get(str(last_intent))
            asked = f"{question.rstrip('?？!！。. ')} {_words_of_age(tracker)}"
            return [*reset, *answer(dispatcher, tracker, asked, topic), SlotSet("last_question", question)]
        if article in knowledge().ids:
            here = {"ward": ward} if ward else {}
            return [*reset, *show_article(dispatcher, tracker, str(article), **here)]
        if ward:
            say(dispatcher, tracker, "ward_noted", {"ward": ward}, main_menu(), Outcome.clarified)
        else:
            say(dispatcher, tracker, "age_noted", {"age": age_words(age or "")}, main_menu(), Outcome.clarified)
        return reset


def _words_of_age(tracker: Tracker) -> str:
    """The resident's own words for the age, without the rest of the sentence."""
    for found in tracker.latest_message.get("entities") or []:
        if found.get("entity") == "age" and "start" in found:
            return text_of(tracker)[int(found["start"]) : int(found["end"])]
    return text_of(tracker)


def age_words(value: str) -> dict[str, Any]:
    """An age value as a key of the replies and its numbers."""
    if match := re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:\d+[WD])?", value):
        years, months = match.groups()
        if years and months:
            return {"key": "age_years_months", "years": years, "months": months}
        return {"key": "age_years", "n": years} if years else {"key": "age_months", "n": months or "0"}
    if match := re.fullmatch(r"([ejh])(\d)", value):
        return {"key": f"grade_{match[1]}", "n": match[2]}
    return {"key": {"unborn": "age_unborn", "nencho": "grade_nencho"}.get(value, "age_years"), "n": value}
