"""Folding: one plain form for the many ways to write the same word, with the way back to the original offsets."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = {
    "đ": "d",
    "ð": "d",
    "ø": "o",
    "ł": "l",
    "ı": "i",
    "ß": "ss",
    "’": "'",
    "‘": "'",
    "–": "-",
    "—": "-",
    "−": "-",
}
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f")


def fold(text: str) -> tuple[str, list[int]]:
    """Lower case, NFKC, digits of any script as 0–9, no Latin accents, katakana as hiragana, no invisible characters.

    Returns the folded text and, for each of its characters, the offset of the character it came from.
    """
    plain: list[str] = []
    origin: list[int] = []
    for offset, character in enumerate(text):
        if character in _INVISIBLE:
            continue
        for piece in _fold_character(character):
            plain.append(piece)
            origin.append(offset)
    return "".join(plain), origin


def folded(text: str, keep_case_in_braces: bool = False) -> str:
    """The folded form alone, spaces squeezed. `keep_case_in_braces` leaves {Placeholders} as they are."""
    if keep_case_in_braces:
        parts = re.split(r"(\{\w+\})", text)
        return "".join(part if index % 2 else re.sub(r"\s+", " ", fold(part)[0]) for index, part in enumerate(parts))
    return re.sub(r"[\s\-_・]+", " ", fold(text)[0]).strip()


def _fold_character(character: str) -> str:
    if "\u0300" <= character <= "\u036f":
        return ""
    pieces = []
    for piece in unicodedata.normalize("NFKC", character).lower():
        digit = unicodedata.digit(piece, None)
        if digit is not None:
            pieces.append(str(digit))
        elif "\u30a1" <= piece <= "\u30f6":
            pieces.append(chr(ord(piece) - 0x60))
        elif piece in _LETTERS:
            pieces.append(_LETTERS[piece])
        elif "\u00c0" <= piece <= "\u024f" or "\u1e00" <= piece <= "\u1eff":
            pieces.append(
                "".join(part for part in unicodedata.normalize("NFD", piece) if not unicodedata.combining(part))
            )
        else:
            pieces.append(piece)
    return "".join(pieces)
