"""Hours, papers, application, amount or contact of what was just talked about, or of what the question itself names."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    facilities,
    intent_of,
    knowledge,
    leave_forms,
    locale_of,
    main_menu,
    say,
    searcher,
    show_article,
    slot,
    text_of,
    today,
)
from bot.knowledge.facilities import Facility
from bot.language.folding import folded
from bot.vocabulary import Outcome

_LEADS = {
    "ask_hours": "follow_up_hours",
    "ask_documents": "follow_up_documents",
    "ask_how_to_apply": "follow_up_apply",
    "ask_amount": "follow_up_amount",
    "ask_contact": "follow_up_contact",
}


_NAME_BYTES = 6
"""Shorter words ("いつ", "fee") stand in too many questions to name one article."""


class ActionFollowUp(Action):
    def name(self) -> str:
        return "action_follow_up"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        article_id = self._subject(tracker)
        if article_id is None:
            say(dispatcher, tracker, "follow_up_needs_topic", choices=main_menu(), outcome=Outcome.clarified)
            return [*leave_forms(), SlotSet("misses", 0)]
        self._lead(dispatcher, tracker, article_id)
        events = show_article(dispatcher, tracker, article_id, focus=intent_of(tracker), **_ward(tracker))
        return [*leave_forms(), *events, SlotSet("misses", 0)]

    @staticmethod
    def _subject(tracker: Tracker) -> str | None:
        """The article meant: the one whose name the words hold, else the last one shown, else a sure find."""
        last = slot(tracker, "last_article")
        locale, text = locale_of(tracker), text_of(tracker)
        result = searcher().search(text, locale, today()) if text else None
        found = result.ranked[0][0] if result is not None and result.ranked else None
        if found is not None and _names(text, found, locale):
            return found
        if last in knowledge().ids:
            return last
        return found if result is not None and result.outcome is Outcome.answered else None

    def _lead(self, dispatcher: CollectingDispatcher, tracker: Tracker, article_id: str) -> None:
        intent = intent_of(tracker)
        article = knowledge().article(article_id)
        title = {"title": article_id}
        if intent == "ask_documents" and not article.required_documents:
            say(dispatcher, tracker, "follow_up_no_documents", title)
            return
        say(dispatcher, tracker, _LEADS.get(intent, "follow_up_contact"), title)
        if intent == "ask_documents":
            for document in article.required_documents:
                say(dispatcher, tracker, "documents_item", {"document": document})
        if intent in ("ask_hours", "ask_contact"):
            for office in _offices(tracker, article.offices):
                say(
                    dispatcher,
                    tracker,
                    "contact_item",
                    {"office": office.name_for(locale_of(tracker)), "phone": office.phone},
                )


def _names(text: str, article_id: str, locale: str) -> bool:
    """Whether the words hold the title or a keyword of the article, so that they speak of it and not of the last one."""
    article_text = knowledge().article(article_id).texts.get(locale)
    plain = folded(text)
    names = (article_text.title, *article_text.keywords) if article_text else ()
    return any(len(name.encode("utf-8")) >= _NAME_BYTES and folded(name) in plain for name in names)


def _offices(tracker: Tracker, ids: Any) -> list[Facility]:
    """The article's offices, those of the resident's ward alone where there are any."""
    offices = [office for office in map(facilities().get, ids) if office is not None and office.phone]
    ward = slot(tracker, "ward")
    near = [office for office in offices if ward and (office.ward == ward or ward in office.serves)]
    return (near or offices)[:3]


def _ward(tracker: Tracker) -> dict[str, str]:
    ward = slot(tracker, "ward")
    return {"ward": ward} if ward else {}
