"""The articles as each locale's readers search them. An index is made when the first question in its locale comes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.knowledge.article_documents import document_for, family, lines_of
from bot.knowledge.dense import SoftWhitening, VectorCache, Vectors
from bot.knowledge.lexical import Bm25
from bot.knowledge.ranking import Document, Ranker, Weights
from bot.language.spelling import spelling_runs
from bot.language.tokenise import search_terms

if TYPE_CHECKING:
    from bot.knowledge.articles import Article

UNKNOWN_TO_ENCODER = frozenset({"vi", "ne", "tl"})
"""Locales whose sentence vectors hardly say more than chance; there words must decide."""
_OWN = Weights(words=0.1, characters=0.05, heading=0.0, whole=0.3, passage=0.1, feedback=0.0)
_OWN_WORDS = Weights(words=0.3, characters=0.0, heading=0.0, whole=0.1, passage=0.15, feedback=0.0)
"""These and the voices' weights of search.py: by regression on every twelfth line of asked.yml, kept out of the index."""
_ACROSS_LOCALES = ("ja", "en")
"""Their passages are compared in every locale: sources of last resort, and of words mixed in."""
Starts = npt.NDArray[np.intp]
_NO_VECTORS: Vectors = np.zeros((0, 512), dtype=np.float32)
_NO_STARTS: Starts = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True)
class LocaleIndex:
    """One locale: its ranker, the runs of letters of its lines, and its passages' vectors as the encoder gave them."""

    ranker: Ranker
    runs: Bm25
    passages: Vectors
    starts: Starts

    def closest(self, number: int, vector: Vectors) -> float:
        """Cosine of a question to the nearest passage of one article."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.passages)
        return float((self.passages[self.starts[number] : end] @ vector).max(initial=0.0))


class LocaleIndexes:
    """An index a locale, made at its first use and kept. Safe to use from several threads."""

    def __init__(
        self,
        articles: Sequence[Article],
        terms: Mapping[str, Sequence[Sequence[str]]],
        vectors: VectorCache | None,
    ) -> None:
        """`terms` are the terms of every article in every locale, in the order of `articles`."""
        self._articles = articles
        self._terms = terms
        self._vectors = vectors
        self._made: dict[str, LocaleIndex] = {}
        self._making = threading.Lock()
        self.whiten: SoftWhitening | None = None
        self.across: tuple[Vectors, Starts] = (_NO_VECTORS, _NO_STARTS)
        if vectors is not None:
            self._fit(vectors)

    def __contains__(self, locale: str) -> bool:
        return locale in self._terms

    def of(self, locale: str) -> LocaleIndex:
        """Raises KeyError for an unknown locale."""
        index = self._made.get(locale)
        if index is None:
            with self._making:
                index = self._made.get(locale) or self._make(locale)
                self._made[locale] = index
        return index

    def _fit(self, vectors: VectorCache) -> None:
        known = [tag for tag in self._terms if tag not in UNKNOWN_TO_ENCODER and family(tag)[0] == tag]
        # One fit for all locales: what texts of one collection share hardly depends on their language.
        self.whiten = SoftWhitening(np.concatenate([self._passages(locale, vectors)[0] for locale in known]))
        across = [self._passages(locale, vectors) for locale in _ACROSS_LOCALES if locale in self._terms]
        groups = [
            np.concatenate([np.split(found, starts[1:])[number] for found, starts in across])
            for number in range(len(self._articles))
        ]
        self.across = self.whiten(np.concatenate(groups)), _starts(groups)
        # The longest work of a first start: what a later question needs is encoded now, and kept.
        for locale in self._terms:
            vectors.learn(text for document in self._documents(locale) for text in document.encoded())

    def _make(self, locale: str) -> LocaleIndex:
        documents = self._documents(locale)
        ranker = Ranker(
            documents,
            partial(search_terms, locale=locale),
            self._vectors,
            _OWN_WORDS if locale in UNKNOWN_TO_ENCODER else _OWN,
            self.whiten,
            self._terms[locale],
        )
        runs = [
            [run for line in lines_of(article, family(locale)) for run in spelling_runs(line, locale)]
            for article in self._articles
        ]
        passages = self._passages(locale, self._vectors) if self._vectors is not None else (_NO_VECTORS, _NO_STARTS)
        return LocaleIndex(ranker, Bm25(runs), *passages)

    def _documents(self, locale: str) -> list[Document]:
        return [document_for(article, family(locale)) for article in self._articles]

    def _passages(self, locale: str, vectors: VectorCache) -> tuple[Vectors, Starts]:
        """Vectors of all passages, and where each document's begin."""
        groups = [document.passages or (document.heading,) for document in self._documents(locale)]
        return vectors.vectors([text for group in groups for text in group]), _starts(groups)


def _starts(groups: Sequence[Sequence[object]] | Sequence[Vectors]) -> Starts:
    starts: Starts = np.cumsum([0] + [len(group) for group in groups[:-1]])
    return starts
