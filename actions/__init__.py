"""What the bot does: one action a file, the file named as the action. Replies are keys and data, never prose."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.embedding import provider_of
from bot.knowledge.facilities import Facilities
from bot.knowledge.search import Searcher
from bot.settings import Settings, SettingsError
from bot.vocabulary import DEFAULT_LOCALE, LOCALES, WARDS, Outcome
from bot.yaml_files import read_yaml

Choice = dict[str, Any]
_log = logging.getLogger(__name__)

ANY = "any"
"""Slot value of a question the resident skipped."""
MAX_RETRIES = 2
"""So many times a form asks for the same thing again; then it goes on without."""
_ANSWERING_INTENTS = frozenset({"give_ward", "give_age", "skip", "affirm", "deny", "nlu_fallback"})
_SURE = 0.5
"""Below this a short text in a form is a failed answer rather than a new question."""
_SHORT = 30
"""A text of at most so many letters (or 10 kanji) that holds what was asked for is the answer, whatever its intent."""


# ── what actions share, loaded once a process ───────────────────────────────────────────────────────────────────────


def content_dir() -> Path:
    return Settings.from_env().content_dir


@lru_cache(maxsize=1)
def knowledge() -> KnowledgeBase:
    return KnowledgeBase.load(content_dir())


@lru_cache(maxsize=1)
def searcher() -> Searcher:
    settings = Settings.from_env()
    try:
        provider = provider_of(settings)
    except SettingsError as error:  # a package that only the service has must not take the answers away
        _log.warning("%s", error)
        provider = None
    return Searcher.build(knowledge(), settings.data_dir / "search-vectors.npz", provider=provider)


@lru_cache(maxsize=1)
def facilities() -> Facilities:
    return Facilities.load(content_dir())


@lru_cache(maxsize=1)
def topics() -> dict[str, str]:
    """Intent → article category, from the list of intents."""
    path = content_dir() / "nlu_data" / "_template" / "intents.yml"
    intents = read_yaml(path)["intents"]
    return {name: about["topic"] for name, about in intents.items() if "topic" in about}


def now() -> datetime:
    """The time in Kawasaki; the day can be fixed by IROIRO_TODAY for tests and previews."""
    moment = datetime.now(ZoneInfo("Asia/Tokyo"))
    fixed = Settings.from_env().today
    return datetime.combine(date.fromisoformat(fixed), moment.timetz()) if fixed else moment


def today() -> date:
    return now().date()


# ── reading the turn ────────────────────────────────────────────────────────────────────────────────────────────────


def locale_of(tracker: Tracker) -> str:
    """The locale of this message: settled by the NLU, or by the metadata of a button."""
    message = tracker.latest_message
    for candidate in (message.get("locale"), (message.get("metadata") or {}).get("locale")):
        if candidate in LOCALES:
            return str(candidate)
    return DEFAULT_LOCALE


def intent_of(tracker: Tracker) -> str:
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def confidence_of(tracker: Tracker) -> float:
    """How sure the NLU is of the intent, 0 to 1."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)


def text_of(tracker: Tracker) -> str:
    """The resident's words; empty for a button."""
    text = str(tracker.latest_message.get("text") or "")
    return "" if text.startswith("/") else text


def entity(tracker: Tracker, kind: str) -> str | None:
    """Value of the first entity of this kind in the message."""
    for found in tracker.latest_message.get("entities") or []:
        if found.get("entity") == kind:
            return str(found.get("value"))
    return None


def slot(tracker: Tracker, name: str) -> str | None:
    """A slot's value as one text; None when it is empty or was skipped."""
    value = tracker.get_slot(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value in (None, "", ANY) else str(value)


def location(tracker: Tracker) -> tuple[float, float] | None:
    """(lat, lon) in degrees where the channel passed a shared place on."""
    place = (tracker.latest_message.get("metadata") or {}).get("location")
    if (
        isinstance(place, Mapping)
        and isinstance(place.get("lat"), (int, float))
        and isinstance(place.get("lon"), (int, float))
    ):
        return float(place["lat"]), float(place["lon"])
    return None


# ── speaking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def say(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    reply: str,
    data: Mapping[str, Any] | None = None,
    choices: Sequence[Choice] = (),
    outcome: Outcome | None = None,
    **more: Any,
) -> None:
    """One reply. `more` may hold article, handover, locale and input (the picker a channel can show)."""
    custom: dict[str, Any] = {
        "reply": reply,
        "data": dict(data or {}),
        "choices": list(choices),
        "intent": intent_of(tracker),
    }
    if outcome is not None:
        custom["outcome"] = outcome.value
    dispatcher.utter_message(json_message=custom | more)


def choice(payload: str, label: str, **data: Any) -> Choice:
    """A button: the payload it sends, the key of its label, and the label's data."""
    return {"payload": payload, "label": label, "data": data}


def article_choice(article_id: str) -> Choice:
    return choice(f'/article{{"article": "{article_id}"}}', "choice_article", article=article_id)


PERSON = choice("/want_person", "choice_person")
SKIP = choice("/skip", "choice_skip")
STOP = choice("/stop", "choice_stop")
MENU = choice("/menu", "menu_back")
WARD_CHOICES = [choice(f'/give_ward{{"ward": "{ward}"}}', f"ward_{ward}") for ward in WARDS]


def main_menu() -> list[Choice]:
    """The subjects residents ask for most; the rest stand behind "more"."""
    first = ("subsidy", "immunisation", "checkup", "childcare", "support_centre")
    return [
        *(choice(f'/menu{{"menu_topic": "{topic}"}}', f"menu_{topic}") for topic in first),
        choice("/find_facility", "menu_facility"),
        choice("/ask_eligibility", "menu_eligibility"),
        choice('/menu{"menu_topic": "more"}', "menu_more"),
        choice("/change_language", "menu_language"),
        choice("/want_person", "menu_person"),
    ]


def show_article(dispatcher: CollectingDispatcher, tracker: Tracker, article_id: str, **data: Any) -> list[EventType]:
    """Say an article and remember it for follow-ups."""
    say(dispatcher, tracker, "article", {"id": article_id, **data}, outcome=Outcome.answered, article=article_id)
    return [SlotSet("last_article", article_id)]


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def leave_forms() -> list[EventType]:
    """Whatever form was open is closed: the resident has moved on."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("retries", 0)]


def validate_form(tracker: Tracker, form: str, own_intent: str, entities: Mapping[str, str]) -> list[EventType]:
    """Events for a form's validation. `entities` maps its slots to the entity that fills each.

    Any other question leaves the form at once: a resident is never held in it. A skipped question counts as answered,
    and so does one that was asked MAX_RETRIES times in vain.
    """
    asked = tracker.get_slot("requested_slot")
    intent = intent_of(tracker)
    if asked not in entities:
        return [SlotSet(name, tracker.get_slot(name)) for name in entities]
    short = length_of(text_of(tracker)) <= _SHORT
    elsewhere = asked == "ward" and short and entity(tracker, "place") is not None
    given = slot(tracker, asked) if entity(tracker, entities[asked]) else None
    if given is not None and (intent in _ANSWERING_INTENTS | {own_intent} or short):
        return [SlotSet(asked, given), SlotSet("retries", 0)]
    unsure = short and confidence_of(tracker) < _SURE
    if intent not in _ANSWERING_INTENTS | {own_intent} and not elsewhere and not unsure:
        return [ActionExecutionRejected(form)]
    retries = int(tracker.get_slot("retries") or 0) + 1
    if intent in ("skip", "deny") or retries > MAX_RETRIES:
        return [SlotSet(asked, ANY), SlotSet("retries", 0)]
    return [SlotSet("retries", retries)]


def length_of(text: str) -> int:
    """Length in letters: a Han character, kana or hangul says as much as three letters of an alphabet."""
    return sum(3 if char >= "\u1100" else 1 for char in text)


def ask_key(tracker: Tracker, key: str) -> str:
    """The key of a question, or of its second, more helpful wording when the first was not understood."""
    return f"{key}_again" if int(tracker.get_slot("retries") or 0) else key
