"""The NLU report: a table by locale and one page without outside files."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from bot.cli.eval_nlu import measure, report, table

FIGURES = {
    "intents": {
        "examples": 4,
        "accuracy": 0.75,
        "locales": {"ja": {"examples": 4, "accuracy": 0.75, "threshold": 0.31}},
        "lengths": [{"up_to": 5, "examples": 3, "accuracy": 1.0}, {"up_to": 10**6, "examples": 1, "accuracy": 0.0}],
        "intents": {"greet": 1.0, "thanks": 0.5},
        "confusions": [["thanks", "greet", 1]],
    },
    "entities": {"ja": 0.99},
}


def test_the_table_has_a_line_for_each_locale_and_one_for_all() -> None:
    lines = table(FIGURES)
    assert lines[1].split() == ["ja", "4", "75.0", "0.31", "99.0"]
    assert lines[2].split() == ["all", "4", "75.0"]


def test_the_report_needs_nothing_from_outside() -> None:
    page = report(FIGURES)
    assert page.count("data:image/png;base64,") == 2
    assert "http" not in page
    assert "<td>thanks</td><td>greet</td><td>1</td>" in page


def test_a_missing_environment_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="make dev"):
        measure(tmp_path / "python", [], 5)
