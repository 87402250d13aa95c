"""Answers a question from the knowledge base: one article, a choice of articles, or an honest "I do not know"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    MENU,
    PERSON,
    article_choice,
    choice,
    confidence_of,
    entity,
    intent_of,
    knowledge,
    leave_forms,
    locale_of,
    say,
    searcher,
    show_article,
    text_of,
    today,
    topics,
)
from bot.vocabulary import Outcome

_CHOICES = 3
_SURE = 0.6


class ActionAnswer(Action):
    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        chosen = entity(tracker, "article")
        if chosen in knowledge().ids:
            events = show_article(dispatcher, tracker, str(chosen))
        else:
            events = answer(dispatcher, tracker, text_of(tracker), topics().get(intent_of(tracker)))
        return [*leave_forms(), *events, SlotSet("misses", 0), SlotSet("last_intent", intent_of(tracker))]


def _of_sure_topic(tracker: Tracker, ids: list[str], topic: str | None) -> list[str]:
    """Articles to choose from when the words found none but the subject is beyond doubt."""
    if topic is None or confidence_of(tracker) < _SURE:
        return []
    return [article_id for article_id in ids if knowledge().article(article_id).category == topic][:_CHOICES]


def answer(
    dispatcher: CollectingDispatcher, tracker: Tracker, question: str, topic: str | None, **data: Any
) -> list[EventType]:
    """Search and say the result. `topic` is the article category the intent points to, used as a prior."""
    result = searcher().search(question, locale_of(tracker), today(), topic=topic)
    ids = [article_id for article_id, _score in result.ranked]
    events: list[EventType] = [SlotSet("last_question", question)]
    if result.outcome is Outcome.answered and ids:
        events += show_article(dispatcher, tracker, ids[0], **data)
        if result.missing_part:
            say(dispatcher, tracker, "answer_partial", {"missing": result.missing_part}, [PERSON])
    elif shown := ids[:_CHOICES] if result.outcome is Outcome.clarified else _of_sure_topic(tracker, ids, topic):
        options = [article_choice(article_id) for article_id in shown]
        none = choice("/deny", "choice_none_of_these")
        say(dispatcher, tracker, "clarify_articles", choices=[*options, none, PERSON], outcome=Outcome.clarified)
    else:
        say(dispatcher, tracker, "not_found", choices=[PERSON, MENU], outcome=Outcome.not_found)
        events.append(SlotSet("asked", "offer_person"))
    return events
