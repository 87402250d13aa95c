"""A linear model over hashed character n-grams of words: small, additive by word, the same code in training and use."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

LONGEST_WORD = 40
"""Characters of a word that are looked at. What is longer is no word: a key, an address, a cat on the keyboard."""

_STEP = np.uint32(0x01000193)
_SPREAD = np.uint32(0x9E3779B1)
_MIX = np.uint32(0x85EBCA6B)
_FIFTEEN = np.uint32(15)

Indices = npt.NDArray[np.uint32]
Scores = npt.NDArray[np.float32]


def buckets(word: str, bits: int, longest: int) -> Indices:
    """Table rows of one word: its n-grams of 1 to `longest` characters with both edges marked, and the whole word.

    Marks never stand alone, so a word's weight does not depend on how many words there are. Rows repeat when
    n-grams do. `word` must not be empty.
    """
    code = np.frombuffer(f"<{word[:LONGEST_WORD]}>".encode("utf-32-le", "surrogatepass"), dtype=np.uint32) * _SPREAD
    size = len(code)
    longest = min(longest, size)
    found = np.empty(longest * size - longest * (longest - 1) // 2 - 1, dtype=np.uint32)
    found[: size - 2] = code[1:-1]
    at, rolling = size - 2, code
    for length in range(2, longest + 1):
        rolling = rolling[:-1] * _STEP
        rolling += code[length - 1 :]
        found[at : at + len(rolling)] = rolling
        at += len(rolling)
    found[at] = zlib.crc32(word.encode("utf-8", "surrogatepass"))
    found ^= found >> _FIFTEEN
    found *= _MIX
    found >>= np.uint32(32 - bits)
    return found


class NgramModel:
    """Scores words for each class. `table` is int8, rows by classes; a word's score is the sum of its rows × `scale`."""

    def __init__(
        self, classes: Sequence[str], table: npt.NDArray[np.int8], scale: float, bias: Sequence[float], longest: int
    ) -> None:
        self.classes = tuple(classes)
        self.bias = tuple(bias)
        self.longest = longest
        self._scale = np.float32(scale)
        self._bits = table.shape[0].bit_length() - 1
        self._shift = np.uint32(32 - self._bits)
        self._blank = np.uint32(table.shape[0])
        # Single marks (one character to the edge) are no n-grams; the last row is for whole words.
        self._reach = np.array([[2], *([length] for length in range(2, longest + 1)), [0]])
        # One more row, of zeros, for n-grams that would reach over a word's edge when several words are scored at once.
        self._table = np.vstack([table, np.zeros((1, table.shape[1]), dtype=np.int8)])

    def score(self, words: Sequence[str]) -> Scores:
        """Evidence of each word, words × classes, in nats (without the bias, which counts once a text)."""
        if len(words) == 1:
            rows = self._table.take(buckets(words[0], self._bits, self.longest), axis=0)
            single: Scores = rows.sum(axis=0, dtype=np.int32)[None] * self._scale
            return single
        return self._score_many(words)

    def _score_many(self, words: Sequence[str]) -> Scores:
        """The same as `buckets` word by word, in one pass: numpy's cost is by the call, and words are short."""
        cut = [word[:LONGEST_WORD] for word in words]
        joined = "<" + "><".join(cut) + ">"
        code = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) * _SPREAD
        size = len(code)
        lengths = np.array([len(word) + 2 for word in cut])
        ends = lengths.cumsum()
        starts = ends - lengths
        left = ends.repeat(lengths)
        left -= np.arange(size)  # characters to the word's edge
        found = np.zeros((self.longest + 1, size), dtype=np.uint32)
        outside = left < self._reach
        outside[0, starts] = True
        found[0] = rolling = code
        for length in range(2, min(self.longest, size) + 1):
            rolling = rolling[:-1] * _STEP
            rolling += code[length - 1 :]
            found[length - 1, : size - length + 1] = rolling
        found[-1, starts] = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words]
        outside[-1] = True
        outside[-1, starts] = False
        found ^= found >> _FIFTEEN
        found *= _MIX
        found >>= self._shift
        np.putmask(found, outside, self._blank)
        by_place = self._table.take(found, axis=0).sum(axis=0, dtype=np.int16)
        scores: Scores = np.add.reduceat(by_place, starts, axis=0, dtype=np.int32) * self._scale
        return scores

    @classmethod
    def load(cls, path: Path) -> NgramModel:
        """Read a file written by `save`. Raises OSError when it is missing or unreadable."""
        with np.load(path, allow_pickle=False) as held:
            return cls(
                [str(name) for name in held["classes"]],
                np.ascontiguousarray(held["table"]),
                float(held["scale"]),
                [float(value) for value in held["bias"]],
                int(held["longest"]),
            )

    @staticmethod
    def save(
        path: Path, classes: Sequence[str], weights: npt.NDArray[Any], bias: Sequence[float], longest: int
    ) -> None:
        """Quantise float weights (rows × classes) to int8 and write them, compressed."""
        limit = float(np.quantile(np.abs(weights[np.abs(weights) > 0]), 0.9999)) if np.any(weights) else 1.0
        scale = limit / 127
        table = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
        np.savez_compressed(
            path,
            classes=np.array(list(classes)),
            table=table,
            scale=np.float32(scale),
            bias=np.array(list(bias), dtype=np.float32),
            longest=np.int32(longest),
        )


class WordScores:
    """Scores of words met before, so that a text costs little more than looking its words up. Threads may share it."""

    CAPACITY = 1 << 17
    """Words kept: about 25 MB when full."""

    def __init__(self, model: NgramModel) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._empty()

    def learn(self, words: Sequence[str]) -> None:
        """Score words ahead of time; what does not fit is left for later."""
        room = self.CAPACITY - len(self._held[0])
        for start in range(0, min(len(words), room), 256):
            self._learn(words[start : min(start + 256, room)])

    def look_up(self, words: Sequence[str]) -> tuple[list[int], Scores]:
        """Row of each word, and the table (rows × classes) they point into."""
        held = self._held
        try:
            places = held[0]
            return [places[word] for word in words], held[1]
        except KeyError:
            return self._learn(words)

    def _learn(self, words: Sequence[str]) -> tuple[list[int], Scores]:
        with self._lock:
            # A full table is replaced, not cleared: another thread may still be reading rows of the old one.
            if len(self._held[0]) + len(words) > self.CAPACITY:
                self._empty()
            places, table = self._held
            new = [word for word in dict.fromkeys(words) if word not in places]
            if new:
                first = len(places)
                table[first : first + len(new)] = self._model.score(new)
                places.update(zip(new, range(first, first + len(new)), strict=True))
            return [places[word] for word in words], table

    def _empty(self) -> None:
        table = np.zeros((self.CAPACITY, len(self._model.classes)), dtype=np.float32)
        places: dict[str, int] = {}
        self._held = (places, table)
