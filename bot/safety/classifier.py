"""The second voice: a linear model over hashed n-grams, in integers, that raises what no phrase covers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.safety.features import BITS, feature_ids
from bot.vocabulary import Category, RiskLevel

WEIGHTS = Path(__file__).with_name("weights") / "safety.npz"
LEVEL_OUTPUTS = ("concern", "high", "imminent")
CATEGORY_OUTPUTS = tuple(item.value for item in Category if item is not Category.abusive_language)
OUTPUTS = LEVEL_OUTPUTS + CATEGORY_OUTPUTS
"""Columns of the weight table: one score for each level or more, then one for each category."""

_WINDOW = 280
_MOST_PIECES = 64
_SENTENCE = re.compile(r"[^.]{6,}")


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
        self._weights = weights
        self._scale = scale
        self._bias = bias
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
        except (OSError, KeyError, ValueError) as error:
            raise WeightsError(f"{path}: cannot be read ({error}). {remedy}") from None
        if weights.shape != (2**BITS, len(OUTPUTS)) or weights.dtype != np.int8:
            raise WeightsError(f"{path}: has shape {weights.shape}, not {(2**BITS, len(OUTPUTS))}. {remedy}")
        for level in ("high", "concern"):
            for kind in KINDS:
                if f"{level}.{kind}" not in thresholds:
                    raise WeightsError(f"{path}: has no threshold for {level} in {kind}. {remedy}")
        return cls(weights, scale, bias, thresholds)

    def scores(self, plain: str) -> NDArray[np.float64]:
        """Log-odds by output for one piece of folded text. Shape (len(OUTPUTS),)."""
        ids = feature_ids(plain)
        total = self._weights[ids].sum(axis=0, dtype=np.int64)
        scores: NDArray[np.float64] = total * self._scale / math.sqrt(len(ids)) + self._bias
        return scores

    def opinion(self, plain: str, kind: str, guarded: bool = False) -> Opinion | None:
        """The most serious opinion over the whole text, its sentences and, in long texts, its stretches.

        `kind` is one of KINDS: scores in different languages are not alike. `guarded` asks for more certainty: a guard
        (game, news, ...) is in the text.
        """
        best: Opinion | None = None
        for start, end in pieces(plain):
            found = self._judge(plain, start, end, kind, guarded)
            if found is not None and (best is None or (found.level, found.score) > (best.level, best.score)):
                best = found
        return best

    def _judge(self, plain: str, start: int, end: int, kind: str, guarded: bool) -> Opinion | None:
        scores = self.scores(plain[start:end])
        limit = self.thresholds
        extra = limit["guarded"] if guarded else 0.0
        concern, high, imminent = (float(value) for value in scores[:3])
        level = RiskLevel.none
        if high >= limit[f"high.{kind}"] + extra:
            level = RiskLevel.imminent if imminent >= limit["imminent"] + extra else RiskLevel.high
        elif concern >= limit[f"concern.{kind}"] + extra:
            level = RiskLevel.concern
        if level is RiskLevel.none:
            return None
        category = Category(CATEGORY_OUTPUTS[int(np.argmax(scores[3:]))])
        deciding = concern if level is RiskLevel.concern else high
        confidence = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, deciding))))
        return Opinion(level, category, confidence, start, end, high)


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
