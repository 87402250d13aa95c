"""Every locale has every word, and none in another language: read by our own detector."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.language.detect import Detector
from bot.language.script import scripts
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES
from bot.yaml_files import read_yaml

FILES = ("replies", "crisis", "handover", "widget", "family")

# Texts that rightly hold another language, or names alone, in every locale: file and key.
REVIEWED = frozenset({("widget", "easy_japanese"), ("family", "vaccine_five_in_one")})

_PLACEHOLDER = re.compile(r"\{[^}]*\}|《[^》]*》|https?:\S+")


def _texts(locale: str, name: str) -> list[tuple[str, str]]:
    path: Path = PROJECT_ROOT / "nlu_data" / locale / f"{name}.yml"
    if not path.exists():
        return []
    held = read_yaml(path)[name]
    return [(key, _PLACEHOLDER.sub(" ", text)) for key, text in held.items() if isinstance(text, str)]


def _says_enough(text: str) -> bool:
    """Four words, or as many characters as make four where words are not spaced."""
    seen = scripts(text)
    native = sum(map(len, seen.han)) + seen.kana + seen.hangul + seen.thai + seen.devanagari
    return len(seen.latin) >= 4 or native >= 10


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("locale", LOCALES)
def test_words_are_in_their_own_language(locale: str, name: str) -> None:
    detector = Detector.load()
    wanted = "ja" if locale == "ja-easy" else locale
    # Short Chinese may hold only characters that both scripts write alike; then the conversation says which it is.
    prior = locale if locale in ("zh-Hans", "zh-Hant") else None
    foreign = [
        f"{key}: {found.locale} {found.confidence:.2f}: {text[:60]}"
        for key, text in _texts(locale, name)
        if _says_enough(text) and (name, key) not in REVIEWED
        for found in [detector.detect(text, prior)]
        if found.locale != wanted
    ]
    assert foreign == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_every_word(locale: str, name: str) -> None:
    wanted = read_yaml(PROJECT_ROOT / "nlu_data" / "_template" / f"{name}.yml")[name]
    held = read_yaml(PROJECT_ROOT / "nlu_data" / locale / f"{name}.yml")[name]
    assert sorted(held) == sorted(wanted)
    assert [key for key, text in held.items() if not text] == []
