"""What a text is about, as terms to match: content words in their dictionary form, per locale."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞"})
_LONGEST = 8_000
"""Characters given to the analyser at once; it refuses texts much longer than this."""
_WORD = re.compile(r"[^\W_]+")
_analyser = threading.local()


def japanese_terms(text: str) -> list[str]:
    """Content words of a Japanese text in normalised form, shortest units. Particles and helping verbs are left out."""
    text = unicodedata.normalize("NFKC", text)
    tokenizer, mode = _sudachi()
    return [
        str(morpheme.normalized_form()).lower()
        for start in range(0, len(text), _LONGEST)
        for morpheme in tokenizer.tokenize(text[start : start + _LONGEST], mode)
        if _is_content(morpheme.part_of_speech())
    ]


def terms(text: str, locale: str) -> Sequence[str]:
    """Terms of a text written in `locale`; Japanese words inside another language's text are found too."""
    if locale in ("ja", "ja-easy"):
        return japanese_terms(text)
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _is_content(part_of_speech: Sequence[str]) -> bool:
    # 非自立可能 are words such as する, ある, いる: in every question, about nothing.
    return part_of_speech[0] in _CONTENT and part_of_speech[1] != "非自立可能"


def _sudachi() -> tuple[Any, Any]:
    if not hasattr(_analyser, "tokenizer"):
        from sudachipy import SplitMode

        # A tokenizer must not be used by two threads at once; the dictionary may be shared.
        dictionary = _dictionary()
        make = getattr(dictionary, "tokenizer", None) or dictionary.create
        _analyser.tokenizer, _analyser.mode = make(), SplitMode.A
    return _analyser.tokenizer, _analyser.mode


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from sudachipy import Dictionary

    return Dictionary(dict="core")
