"""Folding of letters and the words of a text in Latin letters, as the detector sees them."""

from __future__ import annotations

import re
import unicodedata

LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_WORD = re.compile(rf"[{LATIN}](?:[{LATIN}\u0300-\u036f'’]*[{LATIN}\u0300-\u036f])?")


def fold(text: str) -> str:
    """Lower case, composed accents, one kind of apostrophe."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text.lower()).replace("’", "'")


def latin_words(text: str) -> list[str]:
    """Folded words in Latin letters, in order, repeats kept."""
    return _WORD.findall(fold(text))
