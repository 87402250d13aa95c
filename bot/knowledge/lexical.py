"""Word and character scores: BM25 over terms, through bm25s."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff々]")


class Bm25:
    """BM25 (Lucene's form) over lists of terms. Scores come back for every document, in the order given."""

    def __init__(self, documents: Sequence[Sequence[str]], *, k1: float = 1.5, b: float = 0.75) -> None:
        self._size = len(documents)
        self._sets = [frozenset(terms) for terms in documents]
        self._frequencies = Counter(term for terms in self._sets for term in terms)
        self._index: Any = None
        # bm25s refuses a corpus without a single term, which an empty knowledge base is.
        if any(documents):
            self._index = bm25s.BM25(k1=k1, b=b, method="lucene")
            self._index.index([list(terms) for terms in documents], show_progress=False)

    def scores(self, terms: Sequence[str]) -> Scores:
        """One score per document; 0 where no term matches."""
        known = (
            [self._index.vocab_dict[term] for term in terms if term in self._index.vocab_dict] if self._index else []
        )
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        scores: Scores = np.asarray(self._index.get_scores_from_ids(known), dtype=np.float32)
        return scores

    def coverage(self, terms: Sequence[str], document: int) -> float:
        """Share of the terms' weight that a document has, 0 to 1. Words no document has weigh as much as the rarest:
        a question full of them is about something else."""
        distinct = set(terms)
        if not distinct or self._index is None:
            return 0.0
        weight = held = 0.0
        for term in distinct:
            frequency = self._frequencies.get(term, 0)
            share = float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5)))
            weight += share
            if term in self._sets[document]:
                held += share
        return held / weight


def characters(text: str) -> list[str]:
    """The Han characters of a text: 納税 and 税金 share one although they share no word."""
    return _HAN.findall(text)
