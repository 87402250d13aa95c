"""Whole conversations: the level after every turn, as tests/safety/data/dialogues.tsv tells them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.safety import conversation
from bot.safety.gate import Gate
from bot.turn import Assessment
from bot.vocabulary import Category, RiskLevel

TABLE = Path(__file__).with_name("data") / "dialogues.tsv"


def dialogues() -> Iterator[tuple[str, str, list[tuple[RiskLevel, str]]]]:
    """(locale, what is shown, [(level after the turn, the resident's words)])."""
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            locale, shown, *turns = line.split("\t")
            yield locale, shown, [(RiskLevel[level], text) for level, text in (turn.split("=", 1) for turn in turns)]


def levels(gate: Gate, texts: list[str]) -> list[RiskLevel]:
    history: list[Assessment] = []
    for text in texts:
        history.append(gate.assess(text, history))
    return [item.level for item in history]


def test_the_level_after_every_turn_is_right(gate: Gate) -> None:
    wrong, turns = [], 0
    for locale, shown, told in dialogues():
        found = levels(gate, [text for _, text in told])
        turns += len(found)
        wrong += [
            (locale, shown, text, f"{level.name} expected, {got.name} found")
            for (level, text), got in zip(told, found, strict=True)
            if got is not level
        ]
    assert turns >= 150
    assert len(wrong) <= 0.05 * turns, wrong


def test_what_is_imminent_is_never_heard_a_turn_late(gate: Gate) -> None:
    late = []
    for locale, shown, told in dialogues():
        found = levels(gate, [text for _, text in told])
        late += [
            (locale, shown, text)
            for (level, text), got in zip(told, found, strict=True)
            if level is RiskLevel.imminent and got is not RiskLevel.imminent
        ]
    assert late == []


def test_a_counsellors_decision_counts_from_then_on(gate: Gate) -> None:
    first = gate.assess("i want to die")
    decision = conversation.counsellor_decision(RiskLevel.none, None, "a line of a school play")
    after = gate.assess("where is the library", [first, decision])
    assert after.level is RiskLevel.none
    assert decision.signals[0].span == "a line of a school play"
    raised = conversation.counsellor_decision(RiskLevel.high, Category.abuse, "spoke on the phone")
    assert gate.assess("where is the library", [raised]).level is RiskLevel.high
    assert gate.assess("i want to die", [first, decision]).level is RiskLevel.high


def test_an_explanation_does_not_undo_many_disclosures(gate: Gate) -> None:
    told = ["i want to die", "dad beats me every night", "i cut myself yesterday", "its just lyrics of a song"]
    assert levels(gate, told)[-1] is RiskLevel.high
