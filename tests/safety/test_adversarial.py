"""No text makes the gate's work explode. Work is counted, not timed."""

from __future__ import annotations

import re

import pytest

import bot.safety.search as search_module
from bot.safety.gate import Gate

SIZE = 100_000


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "(",
        " ",
        ".",
        "○",
        "s*",
        "i want to die ",
        "死にた",
        "しに",
        "my dad ",
        "d i e ",
        "ああ",
        "\u0301",
        "👩‍👩‍👧",
        "่",
        "क्",
        "k1",
        "\n",
    ],
)
def test_a_long_text_is_assessed(gate: Gate, piece: str) -> None:
    text = (piece * SIZE)[:SIZE]
    assert not any(signal.voice == "gate_error" for signal in gate.assess(text).signals)


def test_a_plea_at_the_end_of_a_long_text_is_heard(gate: Gate) -> None:
    assert gate.assess("今日は保育園の申し込みについて。" * 4000 + "死にたい").level >= 2


def test_the_work_grows_in_step_with_the_text(phrases_only: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0
    original = search_module._matches

    def counted(regex: re.Pattern[str], subject: str, low: int, high: int) -> list[tuple[int, int]]:
        nonlocal looked_at
        looked_at += min(high, len(subject)) - low
        return original(regex, subject, low, high)

    monkeypatch.setattr(search_module, "_matches", counted)
    phrases_only.assess("my dad wants to see the office " * 100)
    small = looked_at
    looked_at = 0
    phrases_only.assess("my dad wants to see the office " * 1000)
    assert looked_at <= 12 * small + 100_000
