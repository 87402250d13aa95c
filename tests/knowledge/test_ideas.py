from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.ideas import Ideas
from bot.knowledge.search import Searcher
from tests.knowledge.conftest import SMALL_LOCALES, TODAY


@pytest.fixture
def ideas() -> Ideas:
    return Ideas({"en": {"vaccine": ["jab"], "baby": ["infant"]}, "vi": {"vaccine": ["tiêm"]}, "ja": {}})


def test_words_of_several_languages_are_one_idea(ideas: Ideas) -> None:
    assert ideas.terms("infant jab", "en") == ["baby", "vaccine", "baby+vaccine"]
    assert ideas.terms("khi nào tiem", "vi") == ["vaccine"]
    assert ideas.terms("khi nào JAB", "vi") == ["vaccine"]


def test_a_latin_phrase_is_no_part_of_another_word(ideas: Ideas) -> None:
    assert ideas.terms("jabber", "en") == []
    assert ideas.terms("", "en") == ideas.terms("\ud800", "th") == []


def test_an_article_is_found_by_what_was_written_for_it_in_another_language(small: KnowledgeBase) -> None:
    for locale, word in (("en", "doggy paddle"), ("vi", "bơi chó")):
        folder = small.content_dir / "nlu_data" / locale
        (folder / "concepts.yml").write_text(f"concepts:\n  stroke: [{word}]\n", encoding="utf-8")
    asked = small.content_dir / "nlu_data" / "en" / "asked.yml"
    asked.write_text("asked:\n  swim-lessons: [doggy paddle]\n", encoding="utf-8")
    searcher = Searcher.build(KnowledgeBase.load(small.content_dir, SMALL_LOCALES), dense=False)
    assert searcher.search("bơi chó", "vi", TODAY).ranked[0][0] == "swim-lessons"


def test_a_broken_file_is_left_to_those_who_train(small: KnowledgeBase, tmp_path: Path) -> None:
    (small.content_dir / "nlu_data" / "en" / "concepts.yml").write_text("concepts: [", encoding="utf-8")
    assert Ideas.load(small.content_dir, SMALL_LOCALES).terms("pool", "en") == []
