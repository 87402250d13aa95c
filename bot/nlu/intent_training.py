"""Training of the intent classifier: a linear model by LIBLINEAR, then one temperature so that its numbers are odds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.intent_model import BUCKETS, Example, Floats, IntentModel, buckets

DENSE_SCALE = 2.0
"""Weight of the sentence vector against the n-grams (ADR 0021 has the figures)."""
COST = 0.5
_TEMPERATURES = np.geomspace(1.0, 20.0, 40)


def matrix(examples: Sequence[Example]) -> csr_matrix:
    """Examples × buckets, before weighting by rarity."""
    pairs = [buckets(example) for example in examples]
    starts = np.cumsum([0] + [len(numbers) for numbers, _ in pairs])
    columns = np.concatenate([numbers for numbers, _ in pairs])
    values = np.concatenate([weights for _, weights in pairs])
    return csr_matrix((values, columns, starts), shape=(len(examples), BUCKETS), dtype=np.float32)


def fit(examples: Sequence[Example], labels: Sequence[str], folds: int = 3) -> IntentModel:
    """Train on all examples; the temperature comes from predictions on folds left out."""
    counts = matrix(examples)
    vectors = np.stack([example.vector for example in examples])
    targets = np.array(labels)
    temperature = _temperature(counts, vectors, targets, folds)
    return _fit(counts, vectors, targets, temperature)


def cross_validate(
    examples: Sequence[Example], labels: Sequence[str], groups: Sequence[str], folds: int = 5
) -> Iterator[tuple[NDArray[np.int64], IntentModel]]:
    """(indices left out, model trained on the rest) for each fold, stratified by label and group (the locale)."""
    counts = matrix(examples)
    vectors = np.stack([example.vector for example in examples])
    targets = np.array(labels)
    strata = np.array([f"{label} {group}" for label, group in zip(labels, groups, strict=True)])
    for kept, left_out in StratifiedKFold(folds, shuffle=True, random_state=7).split(counts, strata):
        temperature = _temperature(counts[kept], vectors[kept], targets[kept], 2)
        yield left_out, _fit(counts[kept], vectors[kept], targets[kept], temperature)


def _rarity(counts: csr_matrix) -> Floats:
    seen = np.bincount(counts.indices, minlength=BUCKETS)
    found: Floats = (np.log((1 + counts.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    return found


def _weighted(counts: csr_matrix, rarity: Floats) -> csr_matrix:
    weighted = counts.multiply(rarity[None, :]).tocsr()
    lengths = np.sqrt(weighted.multiply(weighted).sum(axis=1)).A1
    lengths[lengths == 0] = 1.0
    return weighted.multiply((1.0 / lengths)[:, None]).tocsr()


def _fit(counts: csr_matrix, vectors: Floats, targets: NDArray[np.str_], temperature: float) -> IntentModel:
    rarity = _rarity(counts)
    features = hstack([_weighted(counts, rarity), csr_matrix(vectors * DENSE_SCALE)]).tocsr()
    trained = LinearSVC(C=COST, random_state=7).fit(features, targets)
    return IntentModel(
        [str(label) for label in trained.classes_],
        rarity,
        trained.coef_[:, :BUCKETS].T.astype(np.float32),
        trained.coef_[:, BUCKETS:].T.astype(np.float32) * DENSE_SCALE,
        trained.intercept_.astype(np.float32),
        temperature,
    )


def _temperature(counts: csr_matrix, vectors: Floats, targets: NDArray[np.str_], folds: int) -> float:
    """The factor on the scores that makes the left-out examples likeliest."""
    rarity = _rarity(counts)
    features = hstack([_weighted(counts, rarity), csr_matrix(vectors * DENSE_SCALE)]).tocsr()
    names = sorted(set(targets))
    index = {name: position for position, name in enumerate(names)}
    scores, truth = [], []
    for kept, left_out in StratifiedKFold(folds, shuffle=True, random_state=7).split(features, targets):
        trained = LinearSVC(C=COST, random_state=7).fit(features[kept], targets[kept])
        scores.append(trained.decision_function(features[left_out]))
        truth += [index[name] for name in targets[left_out]]
    every = np.concatenate(scores)
    rows = np.arange(len(truth))

    def surprise(factor: float) -> float:
        scaled = every * factor
        top = scaled.max(axis=1, keepdims=True)
        total = np.log(np.exp(scaled - top).sum(axis=1)) + top[:, 0]
        return float((total - scaled[rows, truth]).mean())

    return float(min(_TEMPERATURES, key=surprise))
