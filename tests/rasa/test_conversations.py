"""Whole conversations against the real model; the talks stand in tests/conversations/<locale>.yml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[1] / "conversations"
EXPECTATIONS = {"intent", "reply", "article", "handover", "choice", "slots", "outcome", "language"}
STEPS = {"say", "tap", "locale", "location"}


def conversations() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for conversation in yaml.safe_load(path.read_text("utf-8"))["conversations"]:
            found.append(pytest.param(path.stem, conversation, id=f"{path.stem}: {conversation['name']}"))
    return found


@pytest.mark.parametrize(("locale", "conversation"), conversations())
def test_conversation(locale: str, conversation: dict[str, Any], talk: Callable[[], Any]) -> None:
    here = talk()
    for turn in conversation["turns"]:
        assert set(turn) <= EXPECTATIONS | STEPS, f"unknown key in {turn}"
        locale = turn.get("locale", locale)
        place = {"location": turn["location"]} if "location" in turn else {}
        answer = here.say(turn.get("say") or turn["tap"], locale, **place)
        said = f"{turn} → {[(item.get('intent'), item['reply'], item.get('article')) for item in answer]}"
        assert answer, said
        if "intent" in turn:
            assert answer[0]["intent"] == turn["intent"], said
        if "reply" in turn:
            assert turn["reply"] in [item["reply"] for item in answer], said
        if "article" in turn:
            assert turn["article"] in [item.get("article") for item in answer], said
        if "handover" in turn:
            assert answer[-1].get("handover") == turn["handover"], said
        if "outcome" in turn:
            assert turn["outcome"] in [item.get("outcome") for item in answer], said
        if "language" in turn:
            assert turn["language"] in [item.get("locale") for item in answer], said
        if "choice" in turn:
            assert turn["choice"] in [choice["payload"] for item in answer for choice in item["choices"]], said
        for name, value in turn.get("slots", {}).items():
            assert here.slots()[name] == value, said


def test_each_locale_with_examples_has_ten_conversations_or_more() -> None:
    data = FOLDER.parents[1] / "nlu_data"
    for path in sorted(FOLDER.glob("*.yml")):
        assert (data / path.stem).is_dir(), f"{path.name}: there is no locale of this name"
        count = len(yaml.safe_load(path.read_text("utf-8"))["conversations"])
        assert count >= 10, f"{path.name}: {count} conversations; write at least 10"
