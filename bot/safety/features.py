"""What the classifier sees of a folded text: hashed character and word n-grams, the same on every machine."""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BITS = 18
"""The weight table has 2**BITS rows."""
CHARACTER_SIZES = (1, 2, 3, 4, 5)

_PRIME = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - BITS)
_SALTS = {size: np.uint64(size * 0x51_7C_C1_B7_27_22_0A_95 % 2**64) for size in (*CHARACTER_SIZES, 11, 12, 13)}


def feature_ids(plain: str) -> NDArray[np.int64]:
    """Rows of the weight table for one folded text (repeats kept). Shape (n,)."""
    codes = np.frombuffer(f" {plain.strip(' .')} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(
        np.uint64
    )
    parts = []
    rolling = np.zeros(len(codes), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for size in CHARACTER_SIZES:
            if len(codes) < size:
                break
            rolling = rolling[: len(codes) - size + 1] * _PRIME + codes[size - 1 :]
            parts.append(_spread(rolling, size))
        words = np.array([_word_code(word) for word in plain.replace(".", " ").split()], dtype=np.uint64)
        if len(words):
            parts.append(_spread(words, 11))
        if len(words) > 1:
            parts.append(_spread(words[:-1] * _PRIME + words[1:], 12))
        if len(words) > 2:
            parts.append(_spread(words[:-2] * _PRIME + words[2:], 13))
    return np.concatenate(parts)


def _spread(codes: NDArray[np.uint64], size: int) -> NDArray[np.int64]:
    mixed = (codes ^ _SALTS[size]) * _SPREAD
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * _PRIME * _SPREAD) >> _SHIFT).astype(np.int64)


@lru_cache(maxsize=20_000)
def _word_code(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) + 1
