"""Proves that the signals do what their own test sentences say."""

from __future__ import annotations

import multiprocessing
import os
from functools import partial

from bot.safety.gate import Gate
from bot.vocabulary import RiskLevel

_SHARE = 200
"""Sentences that one process is given at a time."""
_Case = tuple[str, str, str, RiskLevel, str]
"""Locale, what is to be proved, the entry's id, the level that must be reached (or not), the sentence."""


def unproved(gate: Gate) -> list[str]:
    """Every signal that is silent on a sentence under its `tests`, every guard that does not hold its own back or hides
    one under `still`: file, entry, sentence and remedy. The classifier is not asked. Uses all processors."""
    cases = _cases(gate)
    processors = os.cpu_count() or 1
    if processors == 1 or len(cases) <= _SHARE:
        return [told for told in map(partial(_wrong, gate), cases) if told]
    # Forked, so that no process loads the signals again.
    with multiprocessing.get_context("fork").Pool(processors, _inherit, (gate,)) as pool:
        return [told for told in pool.imap(_wrong_here, cases, chunksize=_SHARE) if told]


def _cases(gate: Gate) -> list[_Case]:
    cases: list[_Case] = []
    for locale in gate.locales:
        data = gate.signals_of(locale)
        cases += [(locale, "tests", rule.id, rule.level, text) for rule in data.rules for text in rule.tests]
        for guard in data.guards:
            cases += [(locale, "held", guard.id, RiskLevel.high, text) for text in guard.tests]
            cases += [(locale, "still", guard.id, RiskLevel.high, text) for text in guard.still]
    return cases


def _wrong(gate: Gate, case: _Case) -> str | None:
    locale, kind, name, level, text = case
    found = gate.by_phrases(text)
    if kind == "tests":
        fails = found.level < level and all(signal.rule != name for signal in found.signals)
        told = f"does not fire on its own test {text!r}. Widen a pattern under `match`, narrow the guard that covers it"
    elif kind == "held":
        own = {rule.id for rule in gate.signals_of(locale).rules if not rule.after}
        fails = any(signal.level >= level and signal.rule in own for signal in found.signals)
        told = f"does not hold back its own test {text!r}. Widen the guard or its scope, or drop the sentence"
    else:
        fails = found.level < level
        told = f"hides a plea it must leave alone: {text!r}. Narrow it or add to its `unless`"
    return f"nlu_data/{locale}/signals.yml: {name}: {told}." if fails else None


_GATE: list[Gate] = []


def _inherit(gate: Gate) -> None:
    _GATE[:] = [gate]


def _wrong_here(case: _Case) -> str | None:
    return _wrong(_GATE[0], case)
