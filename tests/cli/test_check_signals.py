"""A fault in a signals.yml is in the report of `iroiro check` and in its exit code, not only in the log."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import check
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
