"""Articles as documents to search: one per article for each family of locales that read one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.knowledge.markup import ArticleText
from bot.knowledge.ranking import Document

if TYPE_CHECKING:
    from bot.knowledge.articles import Article, KnowledgeBase

FAMILIES: tuple[tuple[str, ...], ...] = (("ja", "ja-easy"), ("zh-Hans", "zh-Hant"))
"""Locales searched as one: a plain-Japanese question may find the article by its ordinary Japanese text and so on."""


def family(locale: str) -> tuple[str, ...]:
    """The locales whose texts answer a question in `locale`, its own first."""
    for members in FAMILIES:
        if locale in members:
            return (locale, *(member for member in members if member != locale))
    return (locale,)


def texts_for(article: Article, locales: Sequence[str]) -> list[tuple[str, ArticleText]]:
    """`(locale, text)` of the article in `locales`, or a fallback's text where there is none."""
    # Until a translation exists its readers are answered in a fallback, and find by it too.
    for candidates in (locales, ("en",), ("ja-easy",), ("ja",)):
        found = [(locale, article.texts[locale]) for locale in candidates if locale in article.texts]
        if found:
            return found
    return []


def document_for(article: Article, locales: Sequence[str]) -> Document:
    """The article's texts in `locales` as one document for sentence vectors."""
    texts = [text for _, text in texts_for(article, locales)]
    if not texts:
        return Document(article.id, "", "")
    body: list[str] = []
    passages: list[str] = []
    for text in texts:
        summary = summary_of(text)
        body += [*text.questions, ", ".join(text.keywords), summary, body_of(text)]
        passages += [text.title, *text.questions, *text.asked, ", ".join(text.keywords), summary]
    return Document(article.id, texts[0].title, "\n".join(body), tuple(dict.fromkeys(passages)))


def term_sources(text: ArticleText) -> tuple[str, str]:
    """What a text is matched by: the lines that say what it is about, which count twice, and the rest."""
    return "\n".join((text.title, *text.questions, *text.keywords, *text.asked)), f"{summary_of(text)}\n{body_of(text)}"


def lines_of(article: Article, locales: Sequence[str]) -> Iterator[str]:
    """The lines by which readers of `locales` find the article."""
    for _, text in texts_for(article, locales):
        yield from (text.title, *text.questions, *text.keywords, *text.asked)


def scope_lines(kb: KnowledgeBase, locale: str) -> Iterator[str]:
    """Every line by which residents of `locale` find an article."""
    for article_id in kb.ids:
        yield from lines_of(kb.article(article_id), family(locale))


def summary_of(text: ArticleText) -> str:
    """The summary's words without its values."""
    return "".join(piece.text for piece in text.summary)


def body_of(text: ArticleText) -> str:
    """The body's words without its values."""
    return "\n".join("".join(piece.text for piece in block.pieces()) for block in text.blocks)
