"""Every locale's signals prove themselves: this is what fails when a signals.yml is deleted or broken."""

from __future__ import annotations

import pytest

from bot.safety import conversation
from bot.safety.gate import Gate
from bot.safety.matcher import Matcher
from bot.safety.signals import LocaleSignals, load_all
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES, Category, RiskLevel

ALL: dict[str, LocaleSignals] = load_all(PROJECT_ROOT)
RISK = [category for category in Category if category is not Category.abusive_language]
WITH_IMMINENT = {
    Category.suicide_self_harm,
    Category.abuse,
    Category.sexual_violence,
    Category.domestic_violence,
    Category.caregiver_crisis,
    Category.third_party_report,
    Category.violence_threat,
    Category.pregnancy_crisis,
}


WRITTEN = [tag for tag in LOCALES if (PROJECT_ROOT / "nlu_data" / tag / "signals.yml").exists()]

COMPLETE = ("ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "tl", "ne", "pt", "es", "id", "th")
"""Locales whose signals are written in full: all of them."""


@pytest.mark.parametrize("locale", COMPLETE)
def test_a_complete_locale_stays_complete(locale: str) -> None:
    """Fails by name for the locale whose signals.yml is deleted or emptied."""
    assert locale in ALL, f"nlu_data/{locale}/signals.yml is missing. Write it as docs/signals.md says."
    data = ALL[locale]
    patterns = sum(len(rule.patterns) for rule in data.rules)
    assert patterns >= (400 if locale in ("ja", "en") else 200)
    assert len(data.guards) >= 8
    assert len({guard.kind for guard in data.guards}) >= 6


@pytest.mark.parametrize("locale", WRITTEN)
def test_without_its_file_the_locale_is_not_heard(locale: str) -> None:
    """Every signals.yml carries its own weight: without it some of its tests fall silent."""
    alone = Matcher({tag: data for tag, data in ALL.items() if tag != locale})
    texts = [text for rule in ALL[locale].rules if rule.level >= RiskLevel.high for text in rule.tests]
    silent = [text for text in texts if all(hit.level < RiskLevel.high for hit in alone.hits(alone.fold(text)))]
    assert len(silent) >= 0.1 * len(texts)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(ALL)


@pytest.mark.parametrize("locale", WRITTEN)
def test_the_locale_has_usable_signals(locale: str) -> None:
    assert locale in ALL, f"nlu_data/{locale}/signals.yml is missing. Write it as docs/signals.md says."
    data = ALL[locale]
    assert data.problems == ()
    assert len(data.safe_words) >= 2
    assert data.clarifications
    assert data.retractions


@pytest.mark.parametrize("locale", WRITTEN)
def test_the_locale_covers_every_category(locale: str) -> None:
    data = ALL[locale]
    assert {rule.category for rule in data.rules} >= set(Category)
    immediate = {rule.category for rule in data.rules if rule.level is RiskLevel.imminent}
    assert immediate >= WITH_IMMINENT


@pytest.mark.parametrize("locale", WRITTEN)
def test_every_signal_fires_on_its_own_tests(locale: str, phrases_only: Gate) -> None:
    silent = []
    for rule in ALL[locale].rules:
        for text in rule.tests:
            seen = {signal.rule for signal in phrases_only.assess(text).signals}
            level = phrases_only.assess(text).level
            if rule.id not in seen and level < rule.level:
                silent.append((rule.id, text, level.name))
    assert silent == []


@pytest.mark.parametrize("locale", WRITTEN)
def test_guards_hold_back_what_they_should_and_nothing_else(locale: str, matcher: Matcher, phrases_only: Gate) -> None:
    own = Matcher({locale: ALL[locale]})
    wrong = []
    for guard in ALL[locale].guards:
        for text in guard.tests:
            if any(hit.level >= RiskLevel.high and not hit.rule.after for hit in own.hits(own.fold(text))):
                wrong.append((guard.id, "should be held back", text))
        for text in guard.still:
            if phrases_only.assess(text).level < RiskLevel.high:
                wrong.append((guard.id, "should still alarm", text))
    assert wrong == []


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for data in ALL.values() for rule in data.rules]
    assert len(ids) == len(set(ids))


def test_a_broken_entry_silences_nothing_else(tmp_path: object) -> None:
    from pathlib import Path

    from bot.safety.signals import load_locale

    path = Path(str(tmp_path)) / "signals.yml"
    path.write_text(
        "signals:\n  phrases:\n"
        "    - {id: en-good, category: abuse, level: high, match: ['dad beats me'], why: x, tests: []}\n"
        "    - {id: en-bad, category: nothing, level: high, match: ['(('], why: x, tests: []}\n",
        "utf-8",
    )
    data = load_locale(path, "en")
    assert [rule.id for rule in data.rules] == ["en-good"]
    assert any("en-bad" in problem for problem in data.problems)


def test_the_conversation_names_its_own_rules() -> None:
    assert conversation.VOICE == "conversation"
