"""Greetings, thanks and the other turns that need only words."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import MENU, PERSON, choice, content_dir, intent_of, leave_forms, main_menu, say
from bot.language.locales import load_locales
from bot.vocabulary import LOCALES, Outcome

_REPLIES = {
    "thanks": "thanks",
    "goodbye": "goodbye",
    "who_are_you": "who_are_you",
    "ask_privacy": "privacy",
    "skip": "skip_ok",
    "not_understood": "say_simpler",
}
_PLAIN = choice('/change_language{"language": "ja-easy"}', "choice_plain_japanese")
_CHOICES = {
    "who_are_you": [MENU, PERSON],
    "ask_privacy": [PERSON, MENU],
    "skip": [MENU],
    "not_understood": [_PLAIN, choice("/change_language", "menu_language"), PERSON],
}


class ActionSmallTalk(Action):
    def name(self) -> str:
        return "action_small_talk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        intent = intent_of(tracker)
        if intent == "greet":
            self._greet(dispatcher, tracker)
        else:
            choices = _CHOICES.get(intent, [])
            say(dispatcher, tracker, _REPLIES.get(intent, "affirm_what"), choices=choices, outcome=Outcome.answered)
        return [*leave_forms(), SlotSet("misses", 0)]

    @staticmethod
    def _greet(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        if any(event.get("event") == "bot" for event in tracker.events):
            say(dispatcher, tracker, "greeting_again", choices=main_menu(), outcome=Outcome.answered)
            return
        say(dispatcher, tracker, "greeting", outcome=Outcome.answered)
        known = load_locales(content_dir())
        names = " / ".join(known[locale].native_name for locale in LOCALES)
        say(dispatcher, tracker, "greeting_languages", {"languages": names}, main_menu(), Outcome.answered)
