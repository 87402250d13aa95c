"""Han characters without kana: Japanese, simplified or traditional Chinese, by glyphs first and then by words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from bot.language.ngrams import LONGEST_WORD, NgramModel

_VARIANTS = Path(__file__).with_name("weights") / "han_variants.txt"
_RUNS_READ = 60
_JAPANESE_LEAD = 1.0
"""Nats by which Japanese must lead when there is no kana: nearly every Japanese message has some."""
_PRIOR_NATS = 2.5
_SIMPLIFIED_LEAD = 1.0
"""Nats in favour of simplified Chinese where every character is common to both: more people write it."""


@lru_cache(maxsize=1)
def to_simplified() -> dict[int, int]:
    """Table for `str.translate`: traditional characters to simplified ones, one for one.

    Derived from OpenCC's character table (Apache-2.0) by `iroiro train language`. Raises OSError when it is missing.
    """
    traditional, simplified = _VARIANTS.read_text(encoding="utf-8").split("\n")[:2]
    return {ord(one): ord(other) for one, other in zip(traditional, simplified, strict=True)}


class HanModel:
    """Names the locale of text in Han characters."""

    def __init__(
        self,
        model: NgramModel,
        traditional: frozenset[str],
        simplified: frozenset[str],
        places: Sequence[str] = (),
    ) -> None:
        self._places = re.compile("|".join(map(re.escape, sorted(places, key=len, reverse=True))) or r"(?!)")
        self._model = model
        self._traditional = traditional
        self._simplified = simplified

    @classmethod
    def load(cls, folder: Path, places: Sequence[str] = ()) -> HanModel:
        """Read the weights of a folder; `places` are names that say nothing. Raises OSError when a file is missing."""
        pairs = to_simplified()
        traditional, simplified = frozenset(map(chr, pairs)), frozenset(map(chr, pairs.values()))
        # A character that is itself the traditional form of another word (后, 里, 干) tells nothing.
        shared = frozenset((folder / "han_variants.txt").read_text(encoding="utf-8").split("\n")[2])
        traditional, simplified = traditional - shared, simplified - shared
        model = NgramModel.load(folder / "han.npz")
        return cls(model, traditional - simplified, simplified - traditional, places)

    def name(self, runs: Sequence[str], kana: int = 0, prior: str | None = None) -> tuple[str, float]:
        """Locale and confidence of runs of Han characters; `kana` counts stray kana, `prior` settles what is open."""
        total = list(self._model.bias)
        glyphs = 0
        pieces = [run[:LONGEST_WORD] for run in runs[:_RUNS_READ]]
        pieces = [part for piece in pieces for part in self._places.split(piece) if part] or pieces
        for index, value in enumerate(self._model.score(pieces).sum(axis=0).tolist()):
            total[index] += value
        for piece in pieces:
            glyphs += sum(map(self._traditional.__contains__, piece)) - sum(map(self._simplified.__contains__, piece))
        simplified, traditional, japanese = total
        japanese += min(2.0, 0.5 * kana) - _JAPANESE_LEAD
        if prior in ("ja", "ja-easy"):
            japanese += _PRIOR_NATS
        elif prior in ("zh-Hans", "zh-Hant"):
            japanese -= _PRIOR_NATS
        top = max(simplified, traditional)
        chinese = top + math.log(math.exp(simplified - top) + math.exp(traditional - top))
        share = 1.0 / (1.0 + math.exp(max(-30.0, min(30.0, japanese - chinese))))
        if share < 0.5:
            return "ja", 1.0 - share
        if not glyphs and prior in ("zh-Hans", "zh-Hant"):
            return prior, share
        if not glyphs:
            simplified += _SIMPLIFIED_LEAD
        hant = 1.0 / (1.0 + math.exp(max(-30.0, min(30.0, simplified - traditional))))
        if glyphs:
            sure = 0.97 if abs(glyphs) == 1 else 0.995
            return ("zh-Hant" if glyphs > 0 else "zh-Hans"), share * sure
        return ("zh-Hant", share * hant) if hant > 0.5 else ("zh-Hans", share * (1.0 - hant))
