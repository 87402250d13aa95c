"""The second voice: a linear model over hashed n-grams, in integers, that raises what no phrase covers."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.safety.features import BITS, feature_ids, features
from bot.vocabulary import Category, RiskLevel

WEIGHTS = Path(__file__).with_name("weights") / "safety.npz"
LEVEL_OUTPUTS = ("concern", "high", "imminent")
CATEGORY_OUTPUTS = tuple(item.value for item in Category if item is not Category.abusive_language)
OUTPUTS = LEVEL_OUTPUTS + CATEGORY_OUTPUTS
"""Columns of the weight table: one score for each level or more, then one for each category."""

_WINDOW = 280
_MOST_PIECES = 64
_SENTENCE = re.compile(r"[^.]{6,}")
_FIELD = 21
_OFFSET = 128
"""Weights are packed as numbers from 1 to 255 in fields of 21 bits: a piece's features are far fewer than overflow it."""
_DIGITS = 6
"""Scores are rounded: a compiler's last bit never decides at a threshold."""


LATIN_LOCALES = ("en", "vi", "tl", "pt", "es", "id")
KINDS = ("kana", "hangul", "thai", "devanagari", "han", *(f"latin-{locale}" for locale in LATIN_LOCALES))
"""Kinds of text with thresholds of their own: by script, and in Latin script by the locale whose words it uses."""
_SCRIPT = {
    "kana": re.compile("[ぁ-ゖァ-ヺ]"),
    "hangul": re.compile("[가-힣ᄀ-ᇿ]"),
    "thai": re.compile("[\u0e00-\u0e7f]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
    "han": re.compile("[\u3400-\u9fff]"),
}


def script_of(plain: str) -> str:
    """The most telling script of a folded text."""
    return next((name for name, letters in _SCRIPT.items() if letters.search(plain)), "latin")


class WeightsError(ValueError):
    """The weights file cannot be used. The message names it and says how to make a new one."""


@dataclass(frozen=True)
class Piece:
    """The log-odds for each level or more of start..end of a folded text."""

    start: int
    end: int
    concern: float
    high: float
    imminent: float


@dataclass(frozen=True)
class Opinion:
    """What the classifier says of start..end of a folded text. `score` is the log-odds for `high` or more."""

    level: RiskLevel
    category: Category
    confidence: float
    start: int
    end: int
    score: float


class Classifier:
    """Weights of shape (2**BITS, len(OUTPUTS)), 8-bit; scores are sums of integers, so every machine agrees."""

    def __init__(
        self,
        weights: NDArray[np.int8],
        scale: NDArray[np.float64],
        bias: NDArray[np.float64],
        thresholds: dict[str, float],
    ) -> None:
        # The three levels' weights of one row in one number: a text is then summed for all of them at once.
        levels = weights[:, : len(LEVEL_OUTPUTS)].astype(np.int64) + _OFFSET
        shifts = np.arange(len(LEVEL_OUTPUTS), dtype=np.int64) * _FIELD
        self._levels: NDArray[np.int64] = (levels << shifts).sum(axis=1)
        self._categories = np.ascontiguousarray(weights[:, len(LEVEL_OUTPUTS) :])
        self._scale = [float(value) for value in scale[: len(LEVEL_OUTPUTS)]]
        self._bias = [float(value) for value in bias[: len(LEVEL_OUTPUTS)]]
        self._category_scale = scale[len(LEVEL_OUTPUTS) :]
        self._category_bias = bias[len(LEVEL_OUTPUTS) :]
        self.thresholds = thresholds

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Classifier:
        """Read the weights. Raises WeightsError when they are missing or of another shape."""
        remedy = "Run `iroiro train safety` to make them."
        try:
            with np.load(path, allow_pickle=False) as stored:
                weights = stored["weights"]
                scale, bias = stored["scale"], stored["bias"]
                names = [str(name) for name in stored["threshold_names"]]
                thresholds = dict(zip(names, (float(value) for value in stored["thresholds"]), strict=True))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise WeightsError(f"{path}: cannot be read ({error}). {remedy}") from None
        if weights.shape != (2**BITS, len(OUTPUTS)) or weights.dtype != np.int8:
            raise WeightsError(f"{path}: has shape {weights.shape}, not {(2**BITS, len(OUTPUTS))}. {remedy}")
        for level in ("high", "concern"):
            for kind in KINDS:
                if f"{level}.{kind}" not in thresholds:
                    raise WeightsError(f"{path}: has no threshold for {level} in {kind}. {remedy}")
        return cls(weights, scale, bias, thresholds)

    def scored(self, plain: str) -> list[Piece]:
        """Scores of the whole text, its sentences and, in long texts, its stretches."""
        spans = pieces(plain)
        half = _MOST_PIECES // 2
        if len(spans) < _MOST_PIECES:
            return self._scored(plain, spans)
        # Only its beginning and its end are judged: nothing between them needs to be looked at.
        return self._scored(plain, spans[:half]) + self._scored(plain, spans[half:])

    def _scored(self, plain: str, spans: list[tuple[int, int]]) -> list[Piece]:
        if not spans:
            return []
        first = min(start for start, _ in spans)
        found = features(plain[first : max(end for _, end in spans)])
        sums = np.zeros(len(found.ids) + 1, dtype=np.int64)
        # Packed sums may run over; the difference of two of them is right all the same.
        np.cumsum(self._levels[found.ids], out=sums[1:])
        scored = []
        for start, end in spans:
            ranges = found.within(start - first, end - first)
            count = sum(high - low for low, high in ranges)
            packed = sum(int(sums[high]) - int(sums[low]) for low, high in ranges) % 2**64
            root = math.sqrt(count)
            concern, high, imminent = (
                round((((packed >> (_FIELD * i)) % 2**_FIELD) - count * _OFFSET) * self._scale[i] / root, _DIGITS)
                + self._bias[i]
                for i in range(len(LEVEL_OUTPUTS))
            )
            scored.append(Piece(start, end, concern, high, imminent))
        return scored

    def opinion(self, plain: str, kind: str, pieces: Iterable[Piece], guarded: bool = False) -> Opinion | None:
        """The most serious opinion over the `pieces` of a text, as `scored` gives them; None below every threshold.

        `kind` is one of KINDS: scores in different languages are not alike. `guarded` asks for more certainty: a guard
        (game, news, ...) is in the text.
        """
        extra = self.thresholds["guarded"] if guarded else 0.0
        best: tuple[RiskLevel, float, Piece] | None = None
        for piece in pieces:
            level = self._level(piece, kind, extra)
            if level is not RiskLevel.none and (best is None or (level, piece.high) > best[:2]):
                best = (level, piece.high, piece)
        if best is None:
            return None
        level, score, piece = best
        deciding = piece.concern if level is RiskLevel.concern else piece.high
        confidence = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, deciding))))
        category = self._category(plain[piece.start : piece.end])
        return Opinion(level, category, confidence, piece.start, piece.end, score)

    def _level(self, piece: Piece, kind: str, extra: float) -> RiskLevel:
        limit = self.thresholds
        if piece.high >= limit[f"high.{kind}"] + extra:
            return RiskLevel.imminent if piece.imminent >= limit["imminent"] + extra else RiskLevel.high
        return RiskLevel.concern if piece.concern >= limit[f"concern.{kind}"] + extra else RiskLevel.none

    def _category(self, plain: str) -> Category:
        ids = feature_ids(plain)
        totals = self._categories[ids].sum(axis=0, dtype=np.int64)
        scores = np.round(totals * self._category_scale / math.sqrt(len(ids)), _DIGITS) + self._category_bias
        return Category(CATEGORY_OUTPUTS[int(np.argmax(scores))])


def pieces(plain: str) -> list[tuple[int, int]]:
    """Spans to judge: the whole of a short text, each sentence when there are several, stretches of a long one."""
    size = len(plain)
    if not plain.strip(" ."):
        return []
    spans = [(0, size)] if size <= _WINDOW else []
    sentences = [match.span() for match in _SENTENCE.finditer(plain)]
    if len(sentences) > 1 or size > _WINDOW:
        for start, end in sentences:
            if end - start <= _WINDOW:
                spans.append((start, end))
            else:
                spans.extend((at, min(at + _WINDOW, end)) for at in range(start, end, _WINDOW // 2))
    if len(spans) > _MOST_PIECES:
        # A whole book: its beginning and its end; the phrases hear all of it.
        spans = spans[: _MOST_PIECES // 2] + spans[-_MOST_PIECES // 2 :]
    return spans
