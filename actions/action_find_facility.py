"""Lists places by kind and ward, nearest first where the resident shared a location."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    MENU,
    PERSON,
    WARD_CHOICES,
    choice,
    content_dir,
    facilities,
    knowledge,
    leave_forms,
    locale_of,
    location,
    now,
    say,
    show_article,
    slot,
)
from bot.knowledge.facilities import KINDS
from bot.knowledge.places import find_places, place_view
from bot.vocabulary import Outcome

_ARTICLES = {"sick_child_care": "sick-child-care"}
_ALL_WARDS = choice('/find_facility{"ward": "any"}', "choice_all_wards")


class ActionFindFacility(Action):
    def name(self) -> str:
        return "action_find_facility"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        kind, ward, here = slot(tracker, "facility_kind"), slot(tracker, "ward"), location(tracker)
        remember = [*leave_forms(), SlotSet("last_intent", "find_facility"), SlotSet("misses", 0)]
        article = _ARTICLES.get(kind or "")
        if article in knowledge().ids:
            return [*remember, *show_article(dispatcher, tracker, str(article))]
        kind = kind if kind in KINDS else None
        search = find_places(facilities(), kind=kind, ward=ward, near=here, content_dir=content_dir())
        found, ward = search.places, search.ward
        name = {"kind": kind or "other"}
        if search.outside:
            say(dispatcher, tracker, "ask_ward_again", choices=[*WARD_CHOICES, MENU], outcome=Outcome.clarified)
            return remember
        if not found:
            key, data = ("facility_none", {**name, "ward": ward}) if ward else ("facility_none_all", name)
            choices = [_ALL_WARDS, PERSON, MENU] if ward else [PERSON, MENU]
            say(dispatcher, tracker, key, data, choices, Outcome.not_found)
            return remember
        if search.by_distance:
            say(dispatcher, tracker, "facility_intro_near", name)
        elif ward:
            say(dispatcher, tracker, "facility_intro", {**name, "ward": ward})
        else:
            say(dispatcher, tracker, "facility_intro_all", name)
        items = [place_view(place, locale_of(tracker), now(), here) for place in found]
        shown = {"items": items, "ids": [place.id for place in found]}
        say(dispatcher, tracker, "facilities", shown, [MENU], Outcome.answered, input="location")
        return remember
