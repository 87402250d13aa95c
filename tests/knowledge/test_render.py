from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.problems import KnowledgeError
from bot.knowledge.render import RenderedArticle
from tests.knowledge.conftest import SMALL_LOCALES, TODAY, edit


def plain(article: RenderedArticle) -> str:
    runs = [
        run
        for block in article.blocks
        for item in (block["items"] if block["type"] == "list" else [block["runs"]])
        for run in item
    ]
    return "\n".join([article.title, article.summary, *(run["text"] for run in runs)])


def digits(text: str) -> Counter[str]:
    """How often each digit or other numeral stands in a text."""
    return Counter(char for char in text if unicodedata.category(char) in ("Nd", "Nl", "No"))


def test_changing_one_fact_changes_every_locale(content: Path) -> None:
    before = KnowledgeBase.load(content, SMALL_LOCALES)
    edit(content / "knowledge_base/articles/swim-lessons/article.yml", "type: yen, value: 300", "type: yen, value: 777")
    after = KnowledgeBase.load(content, SMALL_LOCALES)
    for locale in SMALL_LOCALES:
        old, new = (plain(kb.render("swim-lessons", locale, TODAY)) for kb in (before, after))
        assert "300" in old
        assert "777" not in old
        assert "777" in new
        assert "300" not in new


@pytest.mark.parametrize("locale", SMALL_LOCALES)
def test_a_future_change_takes_effect_on_its_day(small: KnowledgeBase, locale: str) -> None:
    last, first = (
        plain(small.render("swim-lessons", locale, date(2026, month, day))) for month, day in ((11, 30), (12, 1))
    )
    assert "300" in last
    assert "450" not in last
    assert "450" in first
    assert "300" not in first


def test_blocks_show_only_while_their_fact_holds(small: KnowledgeBase) -> None:
    assert "割引" in plain(small.render("swim-lessons", "ja", date(2026, 11, 30)))
    later = plain(small.render("swim-lessons", "ja", date(2026, 12, 1)))
    assert "割引" not in later
    assert "令和8年（2026年）12月1日から" in later


def test_a_sentence_whose_fact_has_ended_is_left_out_whole(content: Path) -> None:
    edit(content / "knowledge_base/articles/swim-lessons/article.yml", "valid_to: null\n    verified: memory",
         "valid_to: 2026-11-01\n    verified: memory")  # fmt: skip
    article = KnowledgeBase.load(content, SMALL_LOCALES).render("swim-lessons", "en", TODAY)
    text = plain(article)
    assert "Pool 2" not in text
    assert "044" not in text
    # The heading above them would introduce nothing.
    assert "When and where" not in text
    assert "swim-time" not in article.facts_used


def test_phone_numbers_can_be_tapped(small: KnowledgeBase) -> None:
    runs = small.render("swim-lessons", "en", TODAY).blocks[-1]["items"][1]
    assert {"text": "044-000-1234", "href": "tel:0440001234"} in runs


def test_unsure_facts_ask_to_confirm_and_give_the_number(small: KnowledgeBase) -> None:
    article = small.render("swim-lessons", "en", TODAY)
    assert "confirm" in article.to_confirm
    assert "044-000-1234" in article.to_confirm
    assert article.to_confirm in article.text
    assert small.render("lost-property", "en", TODAY).to_confirm == ""


def test_sources_carry_their_dates(small: KnowledgeBase) -> None:
    article = small.render("swim-lessons", "en", TODAY)
    assert {"label": "example.jp", "url": "https://example.jp/swim/2024", "date": "April 2024"} in article.sources
    assert article.as_of == "April 2024"
    # Nobody has checked this one, and its reader learns it.
    assert any(source["url"] is None and "Not yet checked" in (source["label"] or "") for source in article.sources)


def test_a_missing_translation_falls_back_and_says_so(content: Path) -> None:
    (content / "knowledge_base/articles/lost-property/vi.md").unlink()
    article = KnowledgeBase.load(content, SMALL_LOCALES).render("lost-property", "vi", TODAY)
    assert (article.locale, article.shown_locale, article.title) == ("vi", "en", "Lost property")
    assert "English" in article.fallback
    assert article.fallback in article.text
    assert KnowledgeBase.load(content, SMALL_LOCALES).render("lost-property", "en", TODAY).fallback == ""


def test_offices_come_from_the_facilities(small: KnowledgeBase) -> None:
    assert small.render("swim-lessons", "vi", TODAY).offices == [
        {"id": "pool-desk", "name": "Tama Pool (多摩プール)", "phone": "044-000-1234", "tel": "tel:0440001234"}
    ]


def test_broken_articles_stop_the_load_with_all_their_faults(content: Path) -> None:
    edit(
        content / "knowledge_base/articles/swim-lessons/article.yml", "type: yen, value: 300", "type: yen, value: many"
    )
    edit(content / "knowledge_base/articles/lost-property/ja.md", "取りに", "{取り}に")
    with pytest.raises(KnowledgeError) as caught:
        KnowledgeBase.load(content, SMALL_LOCALES)
    files = {(Path(problem.file).name, problem.line) for problem in caught.value.problems}
    assert files == {("article.yml", 18), ("ja.md", 7)}


def test_no_rendered_answer_of_the_city_states_a_number_of_its_own(city: KnowledgeBase) -> None:
    assert len(city.ids) >= 77
    for article_id in city.ids:
        names = sorted(city.article(article_id).names, key=len, reverse=True)
        for locale in city.article(article_id).texts:
            article = city.render(article_id, locale, TODAY)
            text = plain(article)
            for name in names:
                text = text.replace(name, " ")
            assert digits(text) == digits(" ".join(article.value_texts)), f"{article_id}/{locale}"


def test_no_answer_of_the_city_rests_on_a_fact_that_has_ended(city: KnowledgeBase) -> None:
    for article_id in city.ids:
        held = {fact.id for fact in city.article(article_id).facts if fact.valid_on(TODAY)}
        for locale in city.article(article_id).texts:
            article = city.render(article_id, locale, TODAY)
            assert set(article.facts_used) <= held
            assert article.summary, f"{article_id}/{locale} has no summary left"
            assert article.blocks, f"{article_id}/{locale} has nothing to say"


@pytest.mark.parametrize(
    ("on", "copay"), [(date(2019, 6, 1), "500円"), (date(2023, 9, 1), "500円"), (date(2026, 9, 1), "0円")]
)
def test_the_medical_subsidy_follows_its_history(city: KnowledgeBase, on: date, copay: str) -> None:
    assert copay in city.render("child-medical-subsidy", "ja", on).summary
