"""A fault in a signals.yml is in the report of `iroiro check` and in its exit code, not only in the log."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import check
from bot.safety import proof
from bot.safety.gate import Gate


def test_a_faulty_signal_is_reported_and_fails_the_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "nlu_data" / "en" / "signals.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "signals:\n  phrases:\n    - {id: en-bad, category: nothing, level: high, match: ['kill me']}\n", "utf-8"
    )
    faulty = Gate.load(tmp_path)
    monkeypatch.setattr(check.Gate, "load", lambda *_: faulty)
    for name in ("check_words", "check_knowledge", "_check_rules"):
        monkeypatch.setattr(check, name, lambda *_, **__: [])
    result = CliRunner().invoke(check.command, [])
    assert result.exit_code == 1
    assert "signals.yml:3: en-bad: category is 'nothing'. Use one of" in result.stdout
    assert "problem(s)" in result.stdout


def test_a_signal_that_its_own_sentences_disprove_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "nlu_data" / "en" / "signals.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "signals:\n  phrases:\n"
        "    - {id: en-hit, category: abuse, level: high, match: ['dad ~2 hits me'], why: x,"
        " tests: [dad hits me, dad sometimes hits me, dad slaps me]}\n"
        "  guards:\n"
        "    - {id: en-game, kind: game, scope: message, match: ['in the game'], why: x,"
        " tests: [dad hits me in the game, dad hits me in a game], still: [dad hits me, he hates the game]}\n",
        "utf-8",
    )
    wrong = Gate.load(tmp_path)
    monkeypatch.setattr(check.Gate, "load", lambda *_: wrong)
    for name in ("check_words", "check_knowledge", "_check_rules"):
        monkeypatch.setattr(check, name, lambda *_, **__: [])
    result = CliRunner().invoke(check.command, [])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "nlu_data/en/signals.yml: en-hit: does not fire on its own test 'dad slaps me'. Widen a pattern under `match`,"
        " narrow the guard that covers it.",
        "nlu_data/en/signals.yml: en-game: does not hold back its own test 'dad hits me in a game'. Widen the guard or"
        " its scope, or drop the sentence.",
        "nlu_data/en/signals.yml: en-game: hides a plea it must leave alone: 'he hates the game'. Narrow it or add to its"
        " `unless`.",
    ]


def test_processes_that_share_the_work_tell_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "nlu_data" / "en" / "signals.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "signals:\n  phrases:\n    - {id: en-hit, category: abuse, level: high, match: ['dad hits me'], why: x,"
        " tests: [dad hits me, 'no', dad hits me a lot, nothing]}\n",
        "utf-8",
    )
    gate = Gate.load(tmp_path)
    alone = proof.unproved(gate)
    assert [told.split("'")[1] for told in alone] == ["no", "nothing"]
    monkeypatch.setattr(proof, "_SHARE", 1)
    assert proof.unproved(gate) == alone
