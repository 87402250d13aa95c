"""What the classifier sees of a folded text: hashed character and word n-grams, the same on every machine."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BITS = 18
"""The weight table has 2**BITS rows."""
CHARACTER_SIZES = (1, 2, 3, 4, 5)

_PRIME = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SECOND_SPREAD = np.uint64(0x100000001B3 * 0x9E3779B97F4A7C15 % 2**64)
_HALF = np.uint64(29)
_SHIFT = np.uint64(64 - BITS)
_SALTS = {size: np.uint64(size * 0x51_7C_C1_B7_27_22_0A_95 % 2**64) for size in (*CHARACTER_SIZES, 11, 12, 13)}
_WORD = re.compile("[^ ]+")


@dataclass(frozen=True)
class Features:
    """Rows of the weight table for one folded text, group by group in the order of their places.

    `ids` has shape (n,). Each of `groups` is (first row, place where each n-gram begins, where each ends); places count
    from the space that is put before the text, so that a span start..end of the text with its edges is start..end + 2.
    """

    ids: NDArray[np.int64]
    groups: tuple[tuple[int, NDArray[np.int64], NDArray[np.int64]], ...]

    def within(self, start: int, end: int) -> list[tuple[int, int]]:
        """Ranges of `ids` that lie in the span start..end of the text."""
        ranges = []
        for first, begins, ends in self.groups:
            low = int(begins.searchsorted(start))
            high = int(ends.searchsorted(end + 2, "right"))
            if high > low:
                ranges.append((first + low, first + high))
        return ranges


def features(plain: str) -> Features:
    """The features of a folded text. Ends of sentences count as spaces, so a sentence alone has the same ones."""
    text = f" {plain} ".replace(".", " ")
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    places = np.arange(len(codes) + 1, dtype=np.int64)
    parts: list[NDArray[np.uint64]] = []
    groups: list[tuple[int, NDArray[np.int64], NDArray[np.int64]]] = []
    filled = 0

    def add(hashes: NDArray[np.uint64], salt: int, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        nonlocal filled
        parts.append(hashes ^ _SALTS[salt])
        groups.append((filled, begins, ends))
        filled += len(hashes)

    with np.errstate(over="ignore"):
        rolling = np.zeros(len(codes), dtype=np.uint64)
        for size in CHARACTER_SIZES:
            count = len(codes) - size + 1
            if count < 1:
                break
            rolling = rolling[:count] * _PRIME + codes[size - 1 :]
            add(rolling, size, places[:count], places[size : size + count])
        found = list(_WORD.finditer(text))
        if found:
            words = np.array([_word_code(match.group()) for match in found], dtype=np.uint64)
            begins = np.array([match.start() for match in found], dtype=np.int64)
            ends = np.array([match.end() for match in found], dtype=np.int64)
            add(words, 11, begins, ends)
            for gap, salt in ((1, 12), (2, 13)):
                if len(words) > gap:
                    add(words[:-gap] * _PRIME + words[gap:], salt, begins[:-gap], ends[gap:])
        mixed = np.concatenate(parts) * _SPREAD
        mixed ^= mixed >> _HALF
        ids = ((mixed * _SECOND_SPREAD) >> _SHIFT).astype(np.int64)
    return Features(ids, tuple(groups))


def feature_ids(plain: str) -> NDArray[np.int64]:
    """Rows of the weight table for one folded text (repeats kept). Shape (n,)."""
    return features(plain.strip(" .")).ids


@lru_cache(maxsize=20_000)
def _word_code(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) + 1
