"""Lists places by kind and ward, nearest first where the resident shared a location."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    MENU,
    PERSON,
    choice,
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
from bot.knowledge.facilities import KINDS, Facility
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
        found = facilities().find(ward=None if here else ward, kind=kind, near=here)
        name = {"kind": kind or "other"}
        if not found:
            key, data = ("facility_none", {**name, "ward": ward}) if ward else ("facility_none_all", name)
            choices = [_ALL_WARDS, PERSON, MENU] if ward else [PERSON, MENU]
            say(dispatcher, tracker, key, data, choices, Outcome.not_found)
            return remember
        if here:
            say(dispatcher, tracker, "facility_intro_near", name)
        elif ward:
            say(dispatcher, tracker, "facility_intro", {**name, "ward": ward})
        else:
            say(dispatcher, tracker, "facility_intro_all", name)
        items = [view(place, locale_of(tracker), now(), here) for place in found]
        shown = {"items": items, "ids": [place.id for place in found]}
        say(dispatcher, tracker, "facilities", shown, [MENU], Outcome.answered, input="location")
        return remember


def view(place: Facility, locale: str, at: datetime, here: tuple[float, float] | None) -> dict[str, Any]:
    """One place as channels show it. `open_now` is null when its hours are not known; distance in metres."""
    where = f"{place.lat},{place.lon}" if place.lat is not None else f"{place.name} {place.address}"
    distance = place.distance_m(*here) if here else None
    return {
        "id": place.id,
        "name": place.name_for(locale),
        "address": place.address,
        "ward": place.ward,
        "phone": place.phone,
        "tel": f"tel:{place.phone.replace('-', '')}" if place.phone else None,
        "hours": place.hours_note,
        "open_now": place.open_at(at.replace(tzinfo=None)),
        "languages": list(place.languages),
        "map_url": f"https://www.google.com/maps/search/?api=1&query={where.replace(' ', '+')}",
        "distance_m": round(distance) if distance is not None else None,
    }
