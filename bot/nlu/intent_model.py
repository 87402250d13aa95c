"""The intent classifier itself, free of Rasa: word and character n-grams hashed to one space beside a sentence vector.

Predicting needs numpy alone, so a command line can use a trained model without starting Rasa.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BITS = 18
BUCKETS = 1 << BITS
CHARACTER_LENGTHS = range(1, 6)
WORD_SHARE, CONCEPT_SHARE = 2.0, 4.0
"""Weight of one word and one concept against one run of characters, of which a text has many more."""
_FILE = "intent_model.npz"


@dataclass(frozen=True)
class Example:
    """One text as the model reads it, wards and ages replaced by their kind."""

    pieces: tuple[str, ...]
    """Folded text between spaces; runs of characters are taken from each."""
    words: tuple[str, ...]
    concepts: tuple[str, ...]
    spelled: tuple[str, ...]
    """Words in the second spelling of the locale (bot.nlu.spellings), where it has one."""
    vector: Floats
    """Sentence embedding, 512 numbers of length 1; zeros where the embedder is switched off."""


def buckets(example: Example) -> tuple[NDArray[np.int64], Floats]:
    """(bucket numbers, weights) of the n-grams; words and characters each have length 1, so neither drowns the other."""
    words = [f"w:{word}" for word in example.words]
    words += [f"b:{first} {second}" for first, second in zip(example.words, example.words[1:], strict=False)]
    if example.words:  # where a word stands tells a question from an answer: "no" begins what "no" ends
        words += [f"f:{example.words[0]}", f"l:{example.words[-1]}"]
    words += [f"s:{word}" for word in example.spelled]
    words += [f"t:{first} {second}" for first, second in zip(example.spelled, example.spelled[1:], strict=False)]
    characters = [run for piece in example.pieces for run in _runs(f" {piece} ")]
    characters += [f"~{run}" for word in example.spelled for run in _runs(f" {word} ")]
    numbers: list[int] = []
    weights: list[float] = []
    concepts = [f"c:{concept}" for concept in example.concepts]
    concepts += [f"c:{first}+{second}" for first, second in combinations(sorted(example.concepts), 2)]
    for group, share in ((words, WORD_SHARE), (characters, 1.0), (concepts, CONCEPT_SHARE)):
        counts: dict[int, int] = {}
        for gram in group:
            bucket = zlib.crc32(gram.encode("utf-8")) & (BUCKETS - 1)
            counts[bucket] = counts.get(bucket, 0) + 1
        numbers += counts
        weights += [share if count == 1 else share * (1.0 + log(count)) for count in counts.values()]
    return np.array(numbers, dtype=np.int64), np.array(weights, dtype=np.float32)


def _runs(padded: str) -> Iterator[str]:
    for length in CHARACTER_LENGTHS:
        yield from (padded[start : start + length] for start in range(len(padded) - length + 1))


class IntentModel:
    """Linear scores over hashed n-grams and the sentence vector, made into probabilities by a fitted temperature."""

    def __init__(
        self, labels: Sequence[str], rarity: Floats, sparse: Floats, dense: Floats, bias: Floats, temperature: float
    ) -> None:
        self.labels = tuple(labels)
        self.rarity, self._sparse, self._dense, self._bias = rarity, sparse, dense, bias
        self.temperature = temperature

    def scores(self, example: Example) -> Floats:
        """One score a label, in the order of `labels`."""
        numbers, weights = buckets(example)
        weighted = weights * self.rarity[numbers]
        length = float(np.linalg.norm(weighted)) or 1.0
        found: Floats = (
            (weighted / length) @ self._sparse[numbers].astype(np.float32) + example.vector @ self._dense + self._bias
        )
        return found

    def probabilities(self, example: Example) -> Floats:
        """One probability a label; they sum to 1."""
        scaled = self.scores(example) * self.temperature
        raised: Floats = np.exp(scaled - scaled.max())
        odds: Floats = raised / raised.sum()
        return odds

    def many(self, weighted: Any, vectors: Floats) -> Floats:
        """Scores of many examples at once: n-gram weights (sparse, rows of length 1 a group) and sentence vectors."""
        found: Floats = np.asarray(weighted @ self._sparse) + vectors @ self._dense + self._bias
        return found

    def at(self, temperature: float) -> IntentModel:
        """The same model with other odds."""
        return IntentModel(self.labels, self.rarity, self._sparse, self._dense, self._bias, temperature)

    def save(self, folder: Path) -> None:
        """Write one file into `folder`."""
        header = json.dumps({"labels": self.labels, "temperature": self.temperature})
        np.savez(
            folder / _FILE,
            header=np.array(header),
            rarity=self.rarity.astype(np.float32),
            sparse=self._sparse.astype(np.float16),
            dense=self._dense.astype(np.float32),
            bias=self._bias.astype(np.float32),
        )

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote. Raises OSError when it is not there."""
        with np.load(folder / _FILE) as stored:
            header: dict[str, Any] = json.loads(str(stored["header"]))
            return cls(
                header["labels"],
                stored["rarity"],
                stored["sparse"],
                stored["dense"],
                stored["bias"],
                float(header["temperature"]),
            )
