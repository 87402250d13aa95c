from __future__ import annotations

import pytest
from click.testing import CliRunner

from bot.cli.report_coverage import command
from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.coverage import coverage
from tests.knowledge.conftest import TODAY


def test_facts_are_counted_once_by_how_sure_they_are(small: KnowledgeBase) -> None:
    lost, swim = coverage(small, TODAY)
    assert (lost.article, lost.certain, lost.locales) == ("lost-property", 1, ("ja", "en", "vi"))
    assert (swim.certain, swim.to_confirm, swim.stale, swim.not_valid) == (0, 1, 1, 1)


def test_the_report_prints_every_article_and_the_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_TODAY", "2026-11-23")
    result = CliRunner().invoke(command)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].split()[:3] == ["article", "ja", "ja-easy"]
    assert lines[-1].startswith(f"{len(lines) - 2} articles")
