"""Risk over a whole conversation: weak signals add up, a disclosure stays, a convincing explanation clears it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.turn import Assessment, Signal
from bot.vocabulary import Category, RiskLevel

VOICE = "conversation"
CLARIFIED = "conversation-clarified"
RETRACTED = "conversation-retracted"
CARRIED = "conversation-carried"
ADDED_UP = "conversation-added-up"
DECIDED = "counsellor-decision"

WEAK_TURNS = 4
"""So many turns of distress without a disclosure are taken as one."""
_MANY_DISCLOSURES = 3
"""After so many turns with a disclosure, an explanation does not convince any more."""

_CLEARING = frozenset({CLARIFIED, DECIDED})


def own_signals(assessment: Assessment) -> tuple[Signal, ...]:
    """The signals of a turn's own words, without what the conversation added."""
    return tuple(signal for signal in assessment.signals if signal.voice != VOICE)


def own_level(assessment: Assessment) -> RiskLevel:
    """The level of a turn's own words."""
    return max((signal.level for signal in own_signals(assessment)), default=RiskLevel.none)


def counsellor_decision(level: RiskLevel, category: Category | None, reason: str) -> Assessment:
    """An entry for the history: what a counsellor decided about everything before, with the reason."""
    signal = Signal(DECIDED, category or Category.distress, level, "", 0, 0, reason, VOICE)
    return Assessment(level, category if level else None, (signal,))


def since_cleared(history: Sequence[Assessment]) -> Sequence[Assessment]:
    """The part of the history that still counts; a counsellor's decision is its first entry."""
    for index in range(len(history) - 1, -1, -1):
        rules = {signal.rule for signal in history[index].signals if signal.voice == VOICE}
        if DECIDED in rules:
            return history[index:]
        if rules & _CLEARING:
            return history[index + 1 :]
    return history


def _since_retracted(history: Sequence[Assessment]) -> Sequence[Assessment]:
    """The part of the history whose levels stand: what was imminent before a retraction is high from there on."""
    for index in range(len(history) - 1, -1, -1):
        if any(signal.rule == RETRACTED for signal in history[index].signals):
            return history[index:]
    return history


def disclosed(history: Sequence[Assessment]) -> frozenset[Category]:
    """Categories that the conversation holds at high or more."""
    return frozenset(
        signal.category
        for assessment in since_cleared(history)
        for signal in assessment.signals
        if signal.level >= RiskLevel.high
    )


def in_context(
    own: Assessment, history: Sequence[Assessment], locale: str, clarifies: bool, retracts: bool
) -> Assessment:
    """The level after this turn, given what came before. Deterministic."""
    counted = since_cleared(history)
    standing = _since_retracted(counted)
    carried = max((item.level for item in standing), default=RiskLevel.none)
    category = next((item.category for item in reversed(standing) if item.level == carried and item.category), None)
    disclosures = sum(own_level(item) >= RiskLevel.high for item in counted)
    if clarifies and own.level < RiskLevel.high and carried > RiskLevel.none and disclosures < _MANY_DISCLOSURES:
        note = Signal(CLARIFIED, category or Category.distress, RiskLevel.none, locale, 0, 0, "", VOICE)
        return Assessment(RiskLevel.none, None, (*own.signals, note))
    if retracts and carried is RiskLevel.imminent and own.level < RiskLevel.imminent:
        # "Never mind" does not undo a disclosure, but the danger of this minute may have passed.
        note = Signal(RETRACTED, category or Category.distress, RiskLevel.high, locale, 0, 0, "", VOICE)
        return Assessment(RiskLevel.high, category, (*own.signals, note))
    weak = sum(own_level(item) == RiskLevel.concern for item in counted) + (own.level == RiskLevel.concern)
    if own.level == RiskLevel.concern and carried < RiskLevel.high and weak >= WEAK_TURNS:
        note = Signal(ADDED_UP, Category.distress, RiskLevel.high, locale, 0, 0, "", VOICE)
        return Assessment(RiskLevel.high, own.category or Category.distress, (*own.signals, note))
    if carried > own.level:
        rule = RETRACTED if retracts else CARRIED
        note = Signal(rule, category or Category.distress, carried, locale, 0, 0, "", VOICE)
        return Assessment(carried, category, (*own.signals, note))
    return own
