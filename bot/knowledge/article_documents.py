"""Articles as documents to search: one per article for each family of locales that read one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.knowledge.markup import ArticleText
from bot.knowledge.ranking import Document

if TYPE_CHECKING:
    from bot.knowledge.articles import Article

FAMILIES: tuple[tuple[str, ...], ...] = (("ja", "ja-easy"), ("zh-Hans", "zh-Hant"))
"""Locales searched as one: a plain-Japanese question may find the article by its ordinary Japanese text and so on."""


def family(locale: str) -> tuple[str, ...]:
    """The locales whose texts answer a question in `locale`, its own first."""
    for members in FAMILIES:
        if locale in members:
            return (locale, *(member for member in members if member != locale))
    return (locale,)


def document_for(article: Article, locales: Sequence[str]) -> Document:
    """The article's texts in `locales` as one document, or a fallback's text where there is none."""
    texts = [article.texts[locale] for locale in locales if locale in article.texts]
    if not texts:
        # Until a translation exists its readers are answered in a fallback, and find by it too.
        texts = [article.texts[locale] for locale in ("en", "ja-easy", "ja") if locale in article.texts][:1]
    if not texts:
        return Document(article.id, "", "")
    heading = texts[0].title
    body: list[str] = []
    passages: list[str] = []
    for text in texts:
        summary = "".join(piece.text for piece in text.summary)
        # Titles, questions and keywords say what an article is about; twice, they outweigh a mention in passing.
        body += [text.title, *text.questions, *text.keywords, *text.questions, *text.keywords, summary, body_of(text)]
        passages += [text.title, *text.questions, ", ".join(text.keywords), summary]
    return Document(article.id, heading, "\n".join(body), tuple(dict.fromkeys(passages)))


def body_of(text: ArticleText) -> str:
    """The body's words without its values."""
    return "\n".join("".join(piece.text for piece in block.pieces()) for block in text.blocks)
