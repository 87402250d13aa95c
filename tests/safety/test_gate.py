from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety import conversation
from bot.safety.gate import GATE_ERROR, Gate
from bot.settings import PROJECT_ROOT
from bot.turn import Assessment
from bot.vocabulary import Category, RiskLevel


@pytest.mark.parametrize(
    "text",
    [
        "消えたい",
        "氏にたぃ",
        "kms",
        "shinitai",
        "たすけて",
        "he hits me every day, my dad",
        "死 に た い",
        "s u i c i d a l thoughts",
    ],
)
def test_an_sos_is_heard_in_whatever_spelling(phrases_only: Gate, text: str) -> None:
    assert phrases_only.assess(text).level >= RiskLevel.high


@pytest.mark.parametrize(
    "text",
    [
        "死ぬほど眠い",
        "when is the lecture on preventing child abuse?",
        "this heat is killing me",
        "保育園の申し込みはいつまでですか",
        "my phone is about to die",
        "マイクラで屋上から飛び降りたら死んだw",
        "",
        "   ",
        "…",
    ],
)
def test_a_figure_of_speech_or_a_question_wakes_nobody(gate: Gate, text: str) -> None:
    assert gate.assess(text).level < RiskLevel.high


def test_words_beside_a_guard_still_alarm(gate: Gate) -> None:
    assert gate.assess("死ぬほど眠い。もう消えたい").level is RiskLevel.high


def test_an_assessment_explains_itself(phrases_only: Gate) -> None:
    text = "えっと、もう死 に た いです"
    signal = phrases_only.assess(text).signals[0]
    assert signal.locale == "ja"
    assert signal.rule.startswith("ja-")
    assert signal.voice == "phrase"
    assert text[signal.start : signal.end] == signal.span
    assert "死" in signal.span


def test_insults_are_not_risk(gate: Gate) -> None:
    assessment = gate.assess("you useless bot")
    assert assessment.level is RiskLevel.none
    assert assessment.category is Category.abusive_language


def test_a_risk_beside_an_insult_is_risk(gate: Gate) -> None:
    assessment = gate.assess("stupid bot, i want to die")
    assert assessment.level >= RiskLevel.high
    assert assessment.category is Category.suicide_self_harm


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_safe_word_brings_a_person(gate: Gate, locale: str) -> None:
    word = gate.safe_words(locale)[0]
    assessment = gate.assess(f" {word.upper()}! ")
    assert assessment.level is RiskLevel.high
    assert assessment.signals[0].rule == "safe-word"


def test_the_same_text_gives_the_same_answer(gate: Gate) -> None:
    text = "dad hits me and i cant go home tonight"
    assert gate.assess(text) == gate.assess(text) == Gate.load(PROJECT_ROOT).assess(text)


def _dialogue(gate: Gate, *turns: str) -> list[RiskLevel]:
    history: list[Assessment] = []
    for turn in turns:
        history.append(gate.assess(turn, history))
    return [item.level for item in history]


def test_a_retraction_does_not_clear_a_disclosure(gate: Gate) -> None:
    assert _dialogue(gate, "i want to die", "jk forget it")[-1] is RiskLevel.high


def test_a_convincing_explanation_does(gate: Gate) -> None:
    assert _dialogue(gate, "i want to die", "its a line from a song")[-1] is RiskLevel.none


def test_an_explanation_with_a_new_disclosure_does_not(gate: Gate) -> None:
    assert _dialogue(gate, "i want to die", "its a song, but i really want to kill myself")[-1] >= RiskLevel.high


def test_the_level_rises_at_once(gate: Gate) -> None:
    levels = _dialogue(gate, "my dad beats me", "hes coming up the stairs")
    assert levels == [RiskLevel.high, RiskLevel.imminent]


def test_the_same_words_without_a_disclosure_are_nothing(gate: Gate) -> None:
    assert gate.assess("hes coming up the stairs").level < RiskLevel.high


def test_weak_signals_add_up(phrases_only: Gate) -> None:
    turns = ("im so tired of everything", "nobody understands me", "i cant stop crying", "i hate myself")
    levels = _dialogue(phrases_only, *turns)
    assert levels[0] is RiskLevel.concern
    assert levels[-1] is RiskLevel.high


def test_a_counsellors_decision_is_remembered(gate: Gate) -> None:
    history = [gate.assess("i want to die"), conversation.counsellor_decision(RiskLevel.none, None, "a quote")]
    assert gate.assess("what are the opening hours?", history).level is RiskLevel.none


def test_an_error_inside_is_an_alarm(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(gate, "_assess", fail)
    assessment = gate.assess("hello")
    assert assessment.level is RiskLevel.high
    assert assessment.signals[0].rule == GATE_ERROR
    assert assessment.signals[0].voice == "gate_error"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_assessed(text: str) -> None:
    assessment = Gate.load(PROJECT_ROOT).assess(text)
    assert (assessment.category is None) == (not assessment.signals) or assessment.level is RiskLevel.none


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\xed\xa0\x80abc", bytes(range(256))])
def test_any_bytes_are_assessed(gate: Gate, raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    assert not any(signal.voice == "gate_error" for signal in gate.assess(text).signals)


@pytest.mark.parametrize("text", ["我MC遲咗好驚", "剛吃完RU486，流好多血", "もうODした", "今ODしてる"])
def test_latin_words_are_found_where_they_touch_another_script(gate: Gate, text: str) -> None:
    assert gate.assess(text).level >= RiskLevel.high
