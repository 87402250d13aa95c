"""Changes the language of the talk to the one named, or shows all of them."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import choice, entity, leave_forms, locale_of, say
from bot.vocabulary import LOCALES, Outcome


class ActionChangeLanguage(Action):
    def name(self) -> str:
        return "action_change_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        wanted = entity(tracker, "language")
        if wanted in LOCALES:
            key = "language_same" if wanted == locale_of(tracker) and _typed(tracker) else "language_changed"
            say(dispatcher, tracker, key, {"language": wanted}, outcome=Outcome.answered, locale=wanted)
        else:
            say(dispatcher, tracker, "language_ask", choices=language_choices(), outcome=Outcome.clarified)
        return [*leave_forms(), SlotSet("misses", 0)]


def language_choices() -> list[dict[str, Any]]:
    """One button a locale, each labelled in its own language."""
    return [
        choice(f'/change_language{{"language": "{locale}"}}', "choice_language", language=locale) for locale in LOCALES
    ]


def _typed(tracker: Tracker) -> bool:
    return not str(tracker.latest_message.get("text") or "").startswith("/")
