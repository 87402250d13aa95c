"""A broken signals.yml stops a service before it starts; a gate that runs already never raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.safety.gate import Gate
from bot.safety.signals import SignalsError
from bot.vocabulary import RiskLevel

GOOD = "- {id: en-good, category: abuse, level: high, match: ['dad beats me'], why: x, tests: []}"


def content(folder: Path, body: str) -> Path:
    path = folder / "nlu_data" / "en" / "signals.yml"
    path.parent.mkdir(parents=True)
    path.write_text(body, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (f"signals:\n  phrases:\n    {GOOD}\n    - {{id: en-bad, level: [", r"en/signals\.yml:\d+: cannot be read.*Repair"),
        ("signals:\n  phrases:\n    - id: en-bad\n      category: abuse\n      level: high\n      match: ['(kill me']\n",
         r"en/signals\.yml:6: en-bad: '\(kill me': a \( is never closed\. Add"),
        ("signals:\n  phrases:\n    - {id: en-bad, category: nothing, level: high, match: ['kill me']}\n",
         r"en/signals\.yml:3: en-bad: category is 'nothing'\. Use one of"),
        ("signals:\n  slots: [die]\n", r"en/signals\.yml:2: slots must be a map"),
        ("signals:\n  phrases: 7\n", r"en/signals\.yml:2: phrases must be a list"),
        ("something: else\n", r"top key must be `signals:`"),
    ],
)  # fmt: skip
def test_a_broken_file_stops_the_start_with_place_and_remedy(tmp_path: Path, body: str, told: str) -> None:
    folder = content(tmp_path, body)
    with pytest.raises(SignalsError, match=told):
        Gate.load(folder, strict=True)
    assert Gate.load(folder).assess("dad beats me").level in RiskLevel


def test_no_signals_at_all_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SignalsError, match="no signals.yml"):
        Gate.load(tmp_path, strict=True)


def test_the_committed_signals_let_a_service_start() -> None:
    from bot.settings import PROJECT_ROOT

    assert "ja" in Gate.load(PROJECT_ROOT, strict=True).locales
