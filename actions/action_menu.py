"""Shows the menu, or the articles of one subject, for residents who would rather tap than write."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import MENU, PERSON, article_choice, choice, entity, knowledge, leave_forms, main_menu, say
from bot.vocabulary import Outcome

_MORE = (
    "pregnancy",
    "after_school",
    "school",
    "disability",
    "single_parent",
    "poverty",
    "safety",
    "youth",
    "rights",
    "housing",
    "foreign_residents",
    "app",
    "plan",
)
_PREGNANCY = ("maternity-handbook", "pregnancy-support-benefit", "prenatal-checkup-vouchers", "postpartum-care")
_SHOWN = 11  # LINE shows at most 13 quick replies; two are the way back and a person


class ActionMenu(Action):
    def name(self) -> str:
        return "action_menu"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        topic = entity(tracker, "menu_topic")
        articles = articles_of(topic) if topic else []
        if topic == "more":
            choices = [choice(f'/menu{{"menu_topic": "{name}"}}', f"menu_{name}") for name in _MORE]
            say(dispatcher, tracker, "menu_intro", choices=choices, outcome=Outcome.clarified)
        elif articles:
            choices = [article_choice(article_id) for article_id in articles[:_SHOWN]]
            data = {"topic": {"key": f"menu_{topic}"}}
            say(dispatcher, tracker, "menu_topic_intro", data, [*choices, MENU, PERSON], Outcome.clarified)
        else:
            say(dispatcher, tracker, "menu_intro", choices=main_menu(), outcome=Outcome.clarified)
        return [*leave_forms(), SlotSet("misses", 0)]


def articles_of(topic: str) -> list[str]:
    """Ids of the articles behind a menu entry, in the order of the knowledge base."""
    kb = knowledge()
    if topic == "pregnancy":
        return [article_id for article_id in _PREGNANCY if article_id in kb.ids]
    return [article_id for article_id in kb.ids if kb.article(article_id).category == topic]
