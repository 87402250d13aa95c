from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.eval_safety import curve, judge, report, summary, write_html
from bot.safety.examples import STYLES_NEGATIVE, STYLES_RISK, Example, ExamplesError, load_examples, read_examples
from bot.safety.gate import Gate
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES, Category, RiskLevel

LINES = load_examples(PROJECT_ROOT)


WRITTEN = [tag for tag in LOCALES if (PROJECT_ROOT / "nlu_data" / tag / "safety_training.yml").exists()]


COMPLETE = ("ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "tl", "ne", "pt", "es", "id", "th")
"""Locales with lines of their own: all of them."""


def test_no_locales_lines_disappear() -> None:
    assert set(COMPLETE) <= set(WRITTEN)


@pytest.mark.parametrize("locale", WRITTEN)
def test_the_locale_has_enough_lines(locale: str) -> None:
    mine = [line for line in LINES if line.locale == locale]
    risk = [line for line in mine if line.level > RiskLevel.none]
    assert len(risk) >= 150
    assert len(mine) - len(risk) >= 300
    assert {line.category for line in risk} >= set(Category) - {Category.abusive_language}
    assert {line.style for line in risk} <= STYLES_RISK
    assert {line.style for line in mine if line.level is RiskLevel.none} <= STYLES_NEGATIVE


def test_no_line_is_both_risk_and_harmless() -> None:
    risk = {line.text for line in LINES if line.level >= RiskLevel.high}
    assert not risk & {line.text for line in LINES if line.level is RiskLevel.none}


def test_one_family_falls_on_one_side() -> None:
    one = Example("a", "ja", RiskLevel.none, None, "same", "idiom")
    other = Example("b", "vi", RiskLevel.high, Category.abuse, "same", "plain")
    assert one.fold(4) == other.fold(4)


def test_a_line_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "safety_training.yml"
    path.write_text("safety_training:\n  risk:\n    - {text: 'x', category: abuse, level: huge, family: f}\n", "utf-8")
    with pytest.raises(ExamplesError, match="risk line 1.*huge"):
        read_examples(path, "en")


def test_the_report_counts_what_was_heard(phrases_only: Gate, tmp_path: Path) -> None:
    lines = [
        Example("i want to die", "en", RiskLevel.high, Category.suicide_self_harm, "a", "plain"),
        Example("where is the ward office", "en", RiskLevel.none, None, "b", "service"),
    ]
    judged = judge(phrases_only, lines)
    figures = summary(judged)
    assert set(report(judged, judged)["by_level"]) == {"high", "none"}
    assert figures["recall"] == 1.0
    assert figures["false"] == 0.0
    assert figures["right_category"] == 1.0
    assert curve(judged) == [(1.0, 1.0)]
    page = tmp_path / "report.html"
    write_html(report(judged, judged), judged, page)
    assert "precision over recall" in page.read_text("utf-8")
