"""Fits the n-gram weights: multinomial logistic regression over whole vocabularies at once, in a minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from bot.language.ngrams import buckets

Floats = npt.NDArray[np.float32]


def targets(
    vocabulary: dict[str, dict[str, float]], classes: Sequence[str], power: float, shares: dict[str, float]
) -> tuple[list[str], Floats]:
    """All words, and the mass of each word in each class (words × classes).

    `power` < 1 flattens frequencies: residents write rare words too. `shares` scales whole classes (1 by default).
    """
    place: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    masses: list[float] = []
    for column, name in enumerate(classes):
        words = sorted(vocabulary[name].items())
        flat = np.array([frequency for _, frequency in words]) ** power
        flat *= shares.get(name, 1.0) / flat.sum()
        for (word, _), mass in zip(words, flat, strict=True):
            rows.append(place.setdefault(word, len(place)))
            columns.append(column)
            masses.append(float(mass))
    matrix = np.zeros((len(place), len(classes)), dtype=np.float32)
    matrix[rows, columns] = masses
    return list(place), matrix


def features(words: Sequence[str], bits: int, longest: int) -> sparse.csr_matrix:
    """Counts of table rows a word (words × 2**bits)."""
    lists = [buckets(word, bits, longest) for word in words]
    pointers = np.concatenate([[0], np.cumsum([len(found) for found in lists])])
    columns = np.concatenate(lists).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, columns, pointers), shape=(len(words), 1 << bits))
    matrix.sum_duplicates()
    return matrix


def fit(
    words: Sequence[str],
    mass: Floats,
    bits: int,
    longest: int,
    rounds: int = 80,
    decay: float = 1e-6,
    report: Callable[[str], None] = lambda line: None,
) -> tuple[Floats, Floats]:
    """Weights (2**bits × classes) and bias that make each word's classes most likely, by full-batch Adam."""
    counts = features(words, bits, longest)
    turned = counts.T.tocsr()
    total = mass.sum(axis=1, keepdims=True)
    classes = mass.shape[1]
    weights = np.zeros((1 << bits, classes), dtype=np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    bias = np.log(mass.sum(axis=0) / mass.sum()).astype(np.float32)
    for turn in range(1, rounds + 1):
        score = counts @ weights + bias
        score -= score.max(axis=1, keepdims=True)
        chance = np.exp(score)
        chance /= chance.sum(axis=1, keepdims=True)
        if turn % 20 == 0:
            report(f"round {turn}: loss {-float((mass * np.log(chance + 1e-9)).sum()) / float(mass.sum()):.4f}")
        wrong = chance * total - mass
        slope = turned @ wrong + decay * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope * slope
        pace = 0.15 if turn < 0.7 * rounds else 0.05
        weights -= pace * (mean / (1 - 0.9**turn)) / (np.sqrt(square / (1 - 0.99**turn)) + 1e-5)
        bias -= 0.5 * wrong.sum(axis=0)
    return weights, bias
