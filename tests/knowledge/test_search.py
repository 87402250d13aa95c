from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge import ranking
from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.corpus import faq_document, read_tsv, trec_lines
from bot.knowledge.dense import VectorCache
from bot.knowledge.evaluation import OUT_OF_SCOPE, read_questions
from bot.knowledge.problems import KnowledgeError
from bot.knowledge.ranking import Ranker
from bot.knowledge.search import Searcher
from bot.language.tokenise import search_terms
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES, Outcome
from tests.knowledge.conftest import DATA, SMALL_LOCALES, TODAY, LetterEncoder, edit


@pytest.fixture
def searcher(small: KnowledgeBase) -> Searcher:
    return Searcher.build(small, encoder=LetterEncoder())


@pytest.mark.parametrize(
    ("text", "locale", "article"),
    [
        ("プールの水泳教室はいくらですか", "ja", "swim-lessons"),
        ("かさの忘れ物をさがしています", "ja", "lost-property"),
        ("where is the lost and found", "en", "lost-property"),
        ("lớp học bơi giá bao nhiêu", "vi", "swim-lessons"),
    ],
)
def test_the_right_article_comes_first(searcher: Searcher, text: str, locale: str, article: str) -> None:
    assert searcher.search(text, locale, TODAY).ranked[0][0] == article


@pytest.mark.parametrize("text", ["", "   ", "？！", "\u202e", "a" * 100_000, "\ud800", "😀"])
@pytest.mark.parametrize("locale", ["ja", "en", "vi", "xx"])
def test_no_text_breaks_the_search(searcher: Searcher, text: str, locale: str) -> None:
    assert searcher.search(text, locale, TODAY).outcome in Outcome


def test_words_alone_are_enough_to_search(small: KnowledgeBase) -> None:
    found = Searcher.build(small, dense=False).search("忘れ物", "ja", TODAY)
    assert found.ranked[0][0] == "lost-property"


def test_an_article_whose_facts_have_all_ended_comes_last(content: Path) -> None:
    edit(content / "knowledge_base/articles/lost-property/article.yml", "valid_to: null", "valid_to: 2026-01-01")
    searcher = Searcher.build(KnowledgeBase.load(content, SMALL_LOCALES), encoder=LetterEncoder())
    assert searcher.search("忘れ物", "ja", date(2025, 12, 1)).ranked[0][0] == "lost-property"
    assert searcher.search("忘れ物", "ja", TODAY).ranked[-1][0] == "lost-property"


def test_an_empty_base_finds_nothing(tmp_path: Path, content: Path) -> None:
    for folder in (content / "knowledge_base/articles").iterdir():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    searcher = Searcher.build(KnowledgeBase.load(content, SMALL_LOCALES), encoder=LetterEncoder())
    assert searcher.search("忘れ物", "ja", TODAY).outcome is Outcome.not_found


def test_a_second_start_finds_the_same_from_its_cache(small: KnowledgeBase, tmp_path: Path) -> None:
    cache = tmp_path / "vectors.npz"
    first = Searcher.build(small, cache, LetterEncoder()).search("プール", "ja", TODAY)
    assert cache.exists()
    assert Searcher.build(small, cache, LetterEncoder()).search("プール", "ja", TODAY) == first
    cache.write_bytes(b"broken")
    assert Searcher.build(small, cache, LetterEncoder()).search("プール", "ja", TODAY) == first


def test_what_residents_asked_otherwise_finds_the_article(small: KnowledgeBase) -> None:
    folder = small.content_dir / "nlu_data" / "en"
    (folder / "asked.yml").write_text("asked:\n  swim-lessons: [doggy paddle for my toddler]\n", encoding="utf-8")
    searcher = Searcher.build(KnowledgeBase.load(small.content_dir, SMALL_LOCALES), encoder=LetterEncoder())
    assert searcher.search("toddler doggy paddle", "en", TODAY).show == ("swim-lessons",)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("asked:\n  nothing-like-it: [a]\n", "nothing-like-it"),
        ("asked:\n  swim-lessons: alone\n", "not a list"),
        ("nothing: {}\n", "Begin with `asked:`"),
        ("asked: [\n", "asked.yml"),
    ],
)
def test_a_wrong_file_of_questions_is_named(content: Path, written: str, told: str) -> None:
    (content / "nlu_data" / "en" / "asked.yml").write_text(written, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"asked\.yml") as caught:
        KnowledgeBase.load(content, SMALL_LOCALES)
    assert told in str(caught.value)


def test_a_faq_is_ranked_into_trec_lines() -> None:
    rows = [["a", "図書館は何時までですか", "八時までです。"], ["b", "ごみの出し方", "朝に出してください。"]]
    ranker = Ranker([faq_document(*row) for row in rows], lambda text: search_terms(text, "ja"))
    lines = list(trec_lines(ranker, [["q1", "図書館の時間"]], 2))
    assert [line.split()[:4] for line in lines] == [["q1", "Q0", "a", "1"], ["q1", "Q0", "b", "2"]]


def test_a_short_row_of_a_faq_is_named(tmp_path: Path) -> None:
    file = tmp_path / "docs.tsv"
    file.write_text("1\tq\ta\n2\tq\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"docs\.tsv:2"):
        read_tsv(file, 3)


@pytest.mark.parametrize(("folder", "least"), [("questions", 40), ("indirect", 30)])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_written_questions_are_our_own_and_name_real_articles(
    city: KnowledgeBase, locale: str, folder: str, least: int
) -> None:
    questions = read_questions(DATA / folder / f"{locale}.tsv")
    assert sum(bool(question.articles) for question in questions) >= least
    assert not Counter(question.text for question in questions) - Counter({q.text for q in questions})
    assert {article for question in questions for article in question.articles} <= set(city.ids)
    for question in questions:
        for article in map(city.article, question.articles):
            text = article.texts.get(locale)
            near = (
                [taught for taught in (*text.questions, *text.asked) if _alike(question.text, taught)] if text else []
            )
            assert not near, f"{article.id}: {question.text!r} is worded like {near}"


def _alike(one: str, other: str) -> bool:
    """Whether two questions share most of their runs of three characters."""
    first, second = ({text[at : at + 3] for at in range(len(text) - 2)} for text in (one.lower(), other.lower()))
    return len(first & second) > 0.5 * len(first | second)


def test_the_mark_for_out_of_scope_is_no_article() -> None:
    assert not (PROJECT_ROOT / "knowledge_base" / "articles" / OUT_OF_SCOPE).exists()


def test_a_large_collection_is_sifted_by_words_and_then_compared_by_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [faq_document(str(number), f"word{number % 50} topic{number}", "body") for number in range(400)]
    encoder = LetterEncoder()

    def top() -> list[str]:
        ranker = Ranker(documents, lambda text: search_terms(text, "en"), VectorCache(encoder))
        return [document_id for document_id, _ in ranker.top("word7 topic57", 20)]

    whole = top()
    monkeypatch.setattr(ranking, "SIFTED_FROM", 100)
    monkeypatch.setattr(ranking, "SIFTED_TO", 50)
    sifted = top()
    assert sifted[0] == whole[0] == "57"
    assert len(set(sifted)) == 20
    # Every document that shares a word comes before those that share none.
    assert {int(found) % 50 for found in sifted[:8]} == {7}
