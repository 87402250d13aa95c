"""Ranks the documents of one collection for a question: words, characters and sentence vectors vote together.

The constants were set once on a development sample of another city's FAQ and are the same for every collection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.knowledge.dense import SoftWhitening, VectorCache, Vectors, unit
from bot.knowledge.lexical import Bm25, Scores, characters

FEEDBACK_DEPTH, FEEDBACK_PULL = 5, 0.5
SIFTED_FROM, SIFTED_TO = 5_000, 300
"""In a collection of the first size or more, vectors are compared only for so many documents that words found first: a
hundred thousand vectors of 512 numbers are 200 MB to read for each question."""

Analyse = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Weights:
    """How much each voice counts, every voice being standardised over the collection first.

    `words` are the terms of the whole text, `characters` its Han characters, `heading` the heading's vector, `whole`
    heading and body together, `passage` the closest passage. `feedback`: the question's vector is pulled towards the
    first documents found, and headings and wholes vote once more.
    """

    words: float = 1.0
    characters: float = 0.5
    heading: float = 1.0
    whole: float = 1.5
    passage: float = 0.7
    feedback: float = 0.5


@dataclass(frozen=True)
class Document:
    """One thing to find: a heading (a question or title), a body, and passages that may each answer on their own."""

    id: str
    heading: str
    body: str
    passages: tuple[str, ...] = ()

    def encoded(self) -> tuple[str, ...]:
        """The texts whose sentence vectors a ranker compares."""
        return (self.heading, self.whole, *(self.passages or (self.heading,)))

    @property
    def whole(self) -> str:
        return f"{self.heading} {self.body}"


class Ranker:
    """An index over documents. Without `vectors` only words and characters vote."""

    def __init__(
        self,
        documents: Sequence[Document],
        analyse: Analyse,
        vectors: VectorCache | None = None,
        weights: Weights | None = None,
        whiten: SoftWhitening | None = None,
        terms: Sequence[Sequence[str]] | None = None,
    ) -> None:
        """`whiten` is fitted on the headings when it is not given; `terms` spares analysing the documents again."""
        self.ids = [document.id for document in documents]
        self._analyse = analyse
        self._weights = weights or Weights()
        if terms is None:
            terms = [list(analyse(f"{document.heading}\n{document.body}")) for document in documents]
        self.words = Bm25(terms)
        self._characters = Bm25([characters(f"{d.heading}{d.body}") for d in documents], k1=1.2)
        self._vectors = vectors if documents else None
        if self._vectors is not None:
            self._fit(documents, self._vectors, whiten)

    def _fit(self, documents: Sequence[Document], vectors: VectorCache, whiten: SoftWhitening | None) -> None:
        headings = vectors.vectors([document.heading for document in documents])
        wholes = vectors.vectors([document.whole for document in documents])
        # A document without passages is its own heading there, so that every document has a place.
        passages = [document.passages or (document.heading,) for document in documents]
        self._starts: npt.NDArray[np.intp] = np.cumsum([0] + [len(group) for group in passages[:-1]])
        self._whiten = whiten or SoftWhitening(headings)
        self._headings = self._whiten(headings)
        self._wholes = unit(self._headings + self._whiten(wholes))
        self._passages = self._whiten(vectors.vectors([text for group in passages for text in group]))

    def scores(self, question: str, *, terms: Sequence[str] | None = None, vector: Vectors | None = None) -> Scores:
        """One score per document, in the order of `ids`; only their order and distances mean something.

        `terms` and `vector` spare the analysis when the caller already has them.
        """
        weights = self._weights
        found = list(self._analyse(question) if terms is None else terms)
        total = weights.words * standard(self.words.scores(found))
        total += weights.characters * standard(self._characters.scores(characters(question)))
        if self._vectors is None:
            return total
        if vector is None:
            vector = self._vectors.encode_query(question)
        query = self._whiten(vector[None, :])[0]
        if len(self.ids) < SIFTED_FROM:
            total += self._by_meaning(query, total, slice(None), self._passages, self._starts)
            return total
        rows = np.sort(np.argpartition(-total, SIFTED_TO)[:SIFTED_TO])
        ends = np.append(self._starts[1:], len(self._passages))[rows]
        groups = [np.arange(start, end) for start, end in zip(self._starts[rows], ends, strict=True)]
        starts: npt.NDArray[np.intp] = np.cumsum([0] + [len(group) for group in groups[:-1]])
        # What was sifted out stays behind what was not, in the order its words gave.
        sifted: Scores = total - total.max() + min(0.0, float(total.min())) - 100.0
        sifted[rows] = total[rows] + self._by_meaning(
            query, total[rows], rows, self._passages[np.concatenate(groups)], starts
        )
        return sifted

    def _by_meaning(
        self,
        query: Vectors,
        so_far: Scores,
        rows: slice | npt.NDArray[np.intp],
        passages: Vectors,
        starts: npt.NDArray[np.intp],
    ) -> Scores:
        """What the vectors of `rows` add to the scores `so_far` of the same rows."""
        weights = self._weights
        headings, wholes = self._headings[rows], self._wholes[rows]
        added = weights.whole * standard(wholes @ query)
        if weights.heading:
            added += weights.heading * standard(headings @ query)
        if weights.passage:
            added += weights.passage * standard(np.maximum.reduceat(passages @ query, starts))
        if not weights.feedback:
            return added
        first = np.argsort(-(so_far + added), kind="stable")[:FEEDBACK_DEPTH]
        rank_weights = 1 / np.sqrt(np.arange(1, len(first) + 1, dtype=np.float32))
        for matrix in (headings, wholes):
            pull = unit((rank_weights @ matrix[first])[None, :])[0]
            moved = unit((query + FEEDBACK_PULL * pull)[None, :])[0]
            added += weights.feedback * standard(matrix @ moved)
        return added

    def top(self, question: str, limit: int) -> list[tuple[str, float]]:
        """The best documents with their scores, best first; equal scores keep the collection's order."""
        scores = self.scores(question)
        if limit < len(scores):
            # Equal scores at the edge: the earlier documents first, as everywhere.
            edge = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            near = np.flatnonzero(scores >= edge)
        else:
            near = np.arange(len(scores))
        best = near[np.argsort(-scores[near], kind="stable")][:limit]
        return [(self.ids[index], float(scores[index])) for index in best]


def standard(scores: Scores | Vectors) -> Scores:
    """Scores with mean 0 and spread 1, so that voices of different kinds can be added; all 0 when they do not differ."""
    spread = float(scores.std())
    if spread < 1e-9:
        return np.zeros_like(scores)
    standardised: Scores = (scores - scores.mean()) / spread
    return standardised
