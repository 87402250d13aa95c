"""What the intent model reads of a text."""

from __future__ import annotations

from bot.language.entities import EntityFinder
from bot.nlu.concepts import Concepts, sounded
from bot.nlu.intent_model import Example
from bot.nlu.reading import read


def _read(text: str, locale: str) -> Example:
    return read([text], [locale], EntityFinder.load(), embed=False)[0]


def test_kanji_and_kana_meet_in_the_sound() -> None:
    assert sounded("保育園に入りたい") == sounded("ほいくえん に はいりたい") == "ほいくえんにはいりたい"
    assert "ほいくえんにはいりたい" in _read("保育園に入りたい", "ja").pieces


def test_ideas_are_found_in_kana() -> None:
    concepts = Concepts.load()
    assert set(concepts.find("予防接種", "ja")) <= set(concepts.find("よぼうせっしゅ", "ja-easy"))


def test_both_chinese_scripts_are_read_alike() -> None:
    assert _read("申請補助金", "zh-Hant").pieces == _read("申请补助金", "zh-Hans").pieces
