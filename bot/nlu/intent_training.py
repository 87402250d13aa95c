"""Training of the intent classifier: a linear model by LIBLINEAR, then one temperature so that its numbers are odds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.cores import cores, in_processes
from bot.nlu.intent_model import BUCKETS, Example, Floats, IntentModel, buckets

DENSE_SCALE = 0.9
"""Weight of the sentence vector against the n-grams (ADR 0020 has the figures)."""
COST = 3.0
_TOLERANCE = 0.1
"""Where LIBLINEAR stops; a tenth of it gives the same labels in more time."""
_ELSE = ""
"""Label of the examples whose own label another process learns."""
ARTICLE_WEIGHT = 0.1
"""Weight of an article's title or keyword against an example that a resident might have written."""
_TEMPERATURES = np.geomspace(1.0, 20.0, 40)
_CALIBRATED_ON = 8_000
"""Examples that the model learns from whose only use is to find the temperature; all of them would double the time."""


def matrix(examples: Sequence[Example]) -> csr_matrix:
    """Examples × buckets, before weighting by rarity."""
    pairs = [buckets(example) for example in examples]
    starts = np.cumsum([0] + [len(numbers) for numbers, _ in pairs])
    columns = np.concatenate([numbers for numbers, _ in pairs])
    values = np.concatenate([weights for _, weights in pairs])
    return csr_matrix((values, columns, starts), shape=(len(examples), BUCKETS), dtype=np.float32)


@dataclass(frozen=True)
class Lesson:
    """Examples with their labels and weights, as arrays of one length."""

    counts: csr_matrix
    vectors: Floats
    labels: NDArray[np.str_]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, examples: Sequence[Example], labels: Sequence[str], weight: float = 1.0) -> Lesson:
        vectors = np.stack([example.vector for example in examples])
        return cls(matrix(examples), vectors, np.array(labels), np.full(len(examples), weight))

    def part(self, rows: NDArray[np.int64]) -> Lesson:
        return Lesson(self.counts[rows], self.vectors[rows], self.labels[rows], self.weights[rows])

    def joined(self, other: Lesson | None) -> Lesson:
        return self if other is None else Lesson.of_parts([self, other])

    @classmethod
    def of_parts(cls, parts: Sequence[Lesson]) -> Lesson:
        return cls(
            vstack([part.counts for part in parts]).tocsr(),
            np.concatenate([part.vectors for part in parts]),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.weights for part in parts]),
        )


def fit(lesson: Lesson, extra: Lesson | None = None) -> IntentModel:
    """Train on all examples. `extra` are examples to learn from that residents did not write (article titles)."""
    kept, left_out = next(_folds(lesson.labels, 5))
    if len(kept) > _CALIBRATED_ON:
        kept = np.sort(np.random.default_rng(7).permutation(kept)[:_CALIBRATED_ON])
    temperature = _temperature(_fit(lesson.part(kept), 1.0), lesson.part(left_out))
    return _fit(lesson.joined(extra), temperature)


def cross_validate(
    lesson: Lesson, groups: Sequence[str], extra: Lesson | None = None, folds: int = 5
) -> Iterator[tuple[NDArray[np.int64], IntentModel]]:
    """(indices left out, model trained on the rest) for each fold, stratified by label and group (the locale)."""
    strata = np.array([f"{label} {group}" for label, group in zip(lesson.labels, groups, strict=True)])
    temperature = 0.0
    for kept, left_out in _folds(strata, folds):
        model = _fit(lesson.part(kept).joined(extra), temperature or 1.0)
        if not temperature:
            temperature = _temperature(model, lesson.part(left_out))
        yield left_out, model.at(temperature)


def _folds(strata: NDArray[np.str_], folds: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    yield from StratifiedKFold(folds, shuffle=True, random_state=7).split(np.zeros(len(strata)), strata)


def _rarity(counts: csr_matrix) -> Floats:
    seen = np.bincount(counts.indices, minlength=BUCKETS)
    found: Floats = (np.log((1 + counts.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    return found


def _weighted(counts: csr_matrix, rarity: Floats) -> csr_matrix:
    weighted = counts.multiply(rarity[None, :]).tocsr()
    lengths = np.sqrt(weighted.multiply(weighted).sum(axis=1)).A1
    lengths[lengths == 0] = 1.0
    return weighted.multiply((1.0 / lengths)[:, None]).tocsr()


def _fit(lesson: Lesson, temperature: float) -> IntentModel:
    rarity = _rarity(lesson.counts)
    features = hstack([_weighted(lesson.counts, rarity), csr_matrix(lesson.vectors * DENSE_SCALE)]).tocsr()
    names = sorted(set(lesson.labels))
    shares = [names[start :: cores()] for start in range(min(cores(), len(names) // 2))]
    rows = dict(pair for found in in_processes(partial(_planes, features, lesson), shares) for pair in found)
    planes = np.stack([rows[name] for name in names])
    return IntentModel(
        names,
        rarity,
        planes[:, :BUCKETS].T.copy(),
        planes[:, BUCKETS:-1].T * DENSE_SCALE,
        planes[:, -1].copy(),
        temperature,
    )


def _planes(features: csr_matrix, lesson: Lesson, names: Sequence[str]) -> list[tuple[str, Floats]]:
    """(label, weights of the features and last the bias) of each of `names`, every label against all others."""
    alone = np.where(np.isin(lesson.labels, names), lesson.labels, _ELSE)
    trained = LinearSVC(C=COST, tol=_TOLERANCE, random_state=7).fit(features, alone, lesson.weights)
    weights = np.hstack([trained.coef_, trained.intercept_[:, None]]).astype(np.float32)
    return [(str(name), row) for name, row in zip(trained.classes_, weights, strict=True) if name != _ELSE]


def scores(model: IntentModel, lesson: Lesson) -> Floats:
    """Examples × labels, as IntentModel.scores gives them one by one."""
    found: Floats = model.many(_weighted(lesson.counts, model.rarity), lesson.vectors)
    return found


def _temperature(model: IntentModel, lesson: Lesson) -> float:
    """The factor on the scores that makes the left-out examples likeliest."""
    every = scores(model, lesson)
    index = {name: position for position, name in enumerate(model.labels)}
    truth = np.array([index[name] for name in lesson.labels])
    rows = np.arange(len(truth))

    def surprise(factor: float) -> float:
        scaled = every * factor
        top = scaled.max(axis=1, keepdims=True)
        total = np.log(np.exp(scaled - top).sum(axis=1)) + top[:, 0]
        return float((total - scaled[rows, truth]).mean())

    return float(min(_TEMPERATURES, key=surprise))
