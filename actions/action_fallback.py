"""Nothing was understood well enough: search all the same, then ask again with choices, then offer a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    MENU,
    PERSON,
    article_choice,
    choice,
    intent_of,
    leave_forms,
    locale_of,
    main_menu,
    say,
    searcher,
    show_article,
    text_of,
    today,
)
from bot.vocabulary import Outcome


class ActionFallback(Action):
    def name(self) -> str:
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        # Also the action of last resort when no rule fits; without this Rasa would choose it again and again.
        return [*self._answer(dispatcher, tracker), FollowupAction("action_listen")]

    @staticmethod
    def _answer(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        text = text_of(tracker)
        if not text.strip():
            say(dispatcher, tracker, "message_empty", outcome=Outcome.clarified)
            return leave_forms()
        if intent_of(tracker) == "out_of_scope":
            say(dispatcher, tracker, "out_of_scope", choices=[MENU, PERSON], outcome=Outcome.not_found)
            return [*leave_forms(), SlotSet("asked", None)]
        result = searcher().search(text, locale_of(tracker), today())
        ids = [article_id for article_id, _score in result.ranked]
        if result.outcome is Outcome.answered and ids:
            remember = [SlotSet("misses", 0), SlotSet("last_question", text), SlotSet("last_intent", None)]
            return [*leave_forms(), *show_article(dispatcher, tracker, ids[0]), *remember]
        misses = int(tracker.get_slot("misses") or 0) + 1
        if misses > 1:
            say(dispatcher, tracker, "fallback_give_up", choices=[PERSON, MENU], outcome=Outcome.not_found)
            return [*leave_forms(), SlotSet("misses", misses), SlotSet("asked", "offer_person")]
        options = [article_choice(article_id) for article_id in ids[:3]]
        choices = [*options, choice("/deny", "choice_none_of_these"), PERSON] if options else main_menu()
        say(dispatcher, tracker, "fallback_ask_again", choices=choices, outcome=Outcome.clarified)
        return [*leave_forms(), SlotSet("misses", misses), SlotSet("asked", None)]
