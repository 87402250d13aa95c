"""What this family may be entitled to, from the child's age, ward and household."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import MENU, PERSON, article_choice, knowledge, leave_forms, say, slot, today
from bot.language.entities import age_in_months
from bot.vocabulary import Outcome

_SHOWN = 10


class ActionEligibility(Action):
    def name(self) -> str:
        return "action_eligibility"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        from bot.knowledge.eligibility import find

        found = find(knowledge(), answers(tracker), today())
        remember = [*leave_forms(), SlotSet("last_intent", "ask_eligibility"), SlotSet("misses", 0)]
        if not found:
            say(dispatcher, tracker, "eligibility_none", choices=[PERSON, MENU], outcome=Outcome.not_found)
            return [*remember, SlotSet("asked", "offer_person")]
        ids = [entitlement.article for entitlement in found]
        choices = [article_choice(article_id) for article_id in ids[:_SHOWN]]
        data = {"count": str(len(ids)), "ids": ids}
        say(dispatcher, tracker, "eligibility_intro", data, [*choices, PERSON, MENU], Outcome.answered)
        return remember


def answers(tracker: Tracker) -> dict[str, Any]:
    """The answers in the words of the eligibility finder; skipped questions are left out."""
    age, household, ward = slot(tracker, "child_age"), slot(tracker, "household"), slot(tracker, "ward")
    known: dict[str, Any] = {}
    months = age_in_months(age or "", today(), slot(tracker, "birthdate"))
    if months is not None:
        known["child_age"] = {"years": months // 12, "months": months % 12}
    if age == "unborn" or household == "pregnant":
        known["pregnant"] = True
    if household and household not in ("pregnant", "none"):
        known["household"] = [household]
    if ward:
        known["ward"] = ward
    return known
