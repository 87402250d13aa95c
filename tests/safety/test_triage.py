from __future__ import annotations

import json
from typing import Any

from bot.cli.triage import run
from bot.safety.gate import Gate


def _run(gate: Gate, *lines: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    run(lines, found.append, gate)
    return found


def test_a_text_gets_level_category_and_signals(gate: Gate) -> None:
    (result,) = _run(gate, json.dumps({"text": "死にたい", "id": 7}))
    assert (result["level"], result["category"], result["id"]) == ("high", "suicide_self_harm", 7)
    assert result["signals"][0]["rule"].startswith("ja-")


def test_a_dialogue_gets_a_level_after_every_turn(gate: Gate) -> None:
    turns = [
        "hello",
        {"text": "i want to die", "author": "resident"},
        {"text": "i want to die too", "author": "staff"},
        "jk",
    ]
    (result,) = _run(gate, json.dumps({"turns": turns}))
    assert result["level_by_turn"] == ["none", "high", "high", "high"]


def test_garbage_is_told_and_the_rest_goes_on(gate: Gate) -> None:
    results = _run(gate, "{", "[]", '{"x": 1}', '{"text": "ok"}')
    assert [("error" in item) for item in results] == [True, True, True, False]
    assert [item.get("line") for item in results[:3]] == [1, 2, 3]
