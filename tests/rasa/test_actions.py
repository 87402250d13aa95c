"""Actions by themselves: every reply is a key that exists, every action is declared and has its own file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions
from actions.action_keep_context import age_words
from actions.action_menu import articles_of
from bot.nlu.local_actions import ADDRESS, executor, install
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
INTENTS = yaml.safe_load((ROOT / "nlu_data/_template/intents.yml").read_text("utf-8"))["intents"]
REPLIES = yaml.safe_load((ROOT / "nlu_data/_template/replies.yml").read_text("utf-8"))["replies"]
RENDERED = {"article", "facilities", "plan"}
"""Reply keys that stand for a part of its own kind, not for a sentence."""


def tracker(intent: str, text: str = "", slots: dict[str, Any] | None = None, **entities: str) -> Tracker:
    message = {
        "intent": {"name": intent, "confidence": 1.0},
        "text": text,
        "entities": [{"entity": kind, "value": value} for kind, value in entities.items()],
        "metadata": {"locale": "en"},
    }
    return Tracker("resident", slots or {}, message, [], False, None, {}, "action_listen")


def run(name: str, talk: Tracker) -> list[dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    executor().actions[name](dispatcher, talk, {})
    return [message["custom"] for message in dispatcher.messages]


def test_every_declared_action_has_a_file_of_its_name() -> None:
    files = {path.stem for path in (ROOT / "actions").glob("*.py")} - {"__init__"}
    assert files == set(DOMAIN["actions"])
    assert set(executor().actions) == files


def test_every_intent_has_a_rule_and_is_declared() -> None:
    rules = yaml.safe_load((ROOT / "nlu_data/dialogue/rules.yml").read_text("utf-8"))["rules"]
    ruled = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    assert set(INTENTS) | {"nlu_fallback", "article", "menu"} == ruled == set(DOMAIN["intents"])


def test_what_an_action_answers_is_checked() -> None:
    install()
    action = RemoteAction("action_answer", None)
    assert action._validate_action_result(
        {"events": [{"event": "slot", "timestamp": None, "name": "ward", "value": "saiwai"}], "responses": []}
    )
    with pytest.raises(ValidationError):
        action._validate_action_result({"events": "none", "responses": []})


def test_the_domain_holds_no_words_for_residents() -> None:
    assert "responses" not in DOMAIN


def test_every_reply_key_in_the_actions_exists() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "actions").glob("*.py"))
    used = set(re.findall(r'say\(\s*dispatcher,\s*tracker,\s*"(\w+)"', source))
    used |= set(re.findall(r'choice\("/\w+", "(\w+)"', source))
    assert used - RENDERED <= set(REPLIES), sorted(used - RENDERED - set(REPLIES))


def test_the_docs_name_every_intent() -> None:
    text = (ROOT / "docs/dialogue.md").read_text("utf-8")
    assert [intent for intent in INTENTS if f"`{intent}`" not in text] == []


def test_the_address_of_the_actions_is_this_process() -> None:
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text("utf-8"))
    assert endpoints["action_endpoint"]["url"] == ADDRESS


def test_a_menu_subject_lists_its_articles() -> None:
    ids = articles_of("subsidy")
    assert "child-allowance" in ids
    assert set(ids) <= set(actions.knowledge().ids)


@pytest.mark.parametrize("intent", ["thanks", "goodbye", "who_are_you", "ask_privacy", "not_understood", "skip"])
def test_small_talk_says_one_known_thing(intent: str) -> None:
    [said] = run("action_small_talk", tracker(intent))
    assert said["reply"] in REPLIES
    assert said["outcome"] == "answered"


def test_yes_after_an_offer_brings_a_person() -> None:
    [said] = run("action_affirm", tracker("affirm", "yes", {"asked": "offer_person"}))
    assert said["handover"] == "requested"


def test_yes_to_nothing_asks_what_is_wanted() -> None:
    [said] = run("action_affirm", tracker("affirm", "yes"))
    assert said["reply"] == "affirm_what"


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_message_is_met_kindly(text: str) -> None:
    [said] = run("action_fallback", tracker("nlu_fallback", text))
    assert said["reply"] == "message_empty"


def test_a_language_named_is_the_language_taken() -> None:
    [said] = run("action_change_language", tracker("change_language", "ベトナム語", language="vi"))
    assert (said["reply"], said["locale"]) == ("language_changed", "vi")


def test_no_language_named_shows_all() -> None:
    [said] = run("action_change_language", tracker("change_language", "another language"))
    assert len(said["choices"]) == 13


def test_a_place_outside_the_city_is_named_as_such() -> None:
    [said] = run("action_keep_context", tracker("give_ward", "Yokohama", place="yokohama"))
    assert said["reply"] == "ward_elsewhere"


def test_facilities_of_a_ward_have_what_a_channel_shows() -> None:
    said = run("action_find_facility", tracker("find_facility", "", {"facility_kind": "ward_office", "ward": "tama"}))
    [found] = [item for item in said if item["reply"] == "facilities"]
    assert all(set(item) >= {"name", "address", "phone", "open_now", "map_url"} for item in found["data"]["items"])
    assert all(place.ward == "tama" for place in map(actions.facilities().get, found["data"]["ids"]) if place)


def test_an_unknown_article_in_a_payload_does_not_break_the_talk() -> None:
    said = run("action_answer", tracker("article", '/article{"article": "no-such"}', article="no-such"))
    assert said[0]["outcome"] == "not_found"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("P3Y", {"key": "age_years", "n": "3"}),
        ("P8M", {"key": "age_months", "n": "8"}),
        ("P1Y6M", {"key": "age_years_months", "years": "1", "months": "6"}),
        ("e2", {"key": "grade_e", "n": "2"}),
        ("nencho", {"key": "grade_nencho", "n": "nencho"}),
        ("unborn", {"key": "age_unborn", "n": "unborn"}),
    ],
)
def test_age_words(value: str, words: dict[str, str]) -> None:
    assert age_words(value) == words


def test_settings_of_the_tests_are_the_defaults() -> None:
    assert Settings.from_env().redis_url == ""
