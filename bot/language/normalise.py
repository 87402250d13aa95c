"""One form for the many ways of typing the same text: width, case, marks, elongation, emoji, script quirks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_EMOJI = re.compile(
    r"[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff\U0001f1e6-\U0001f1ff]+"
)
_LONG_MARK = re.compile(r"[ー〜～]{2,}")
_WAVE = re.compile(r"(?<=[\u3041-\u30ff])[〜～~]+")
_LATIN_RUN = re.compile(r"([^\W\d_])\1{2,}")
_SMALL_VOWELS = re.compile(r"([ぁぃぅぇぉァィゥェォっッ])\1+")
_SPACE = re.compile(r"\s+")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_THAI_VOWELS = (("\u0e4d\u0e32", "\u0e33"), ("เเ", "แ"))
_DEVANAGARI_JOINERS = re.compile(r"(?<=[\u0900-\u097f])[\u200c\u200d]+")


def normalise(text: str) -> str:
    """Text in one form, for comparing and searching; accents and script stay. Idempotent; never raises.

    Compatibility forms are folded (full width, half-width kana), letters lower-cased, invisible characters and emoji
    dropped, elongation shortened ("soooo" → "soo", "ええーーー" → "ええー"), white space made single.
    """
    for _ in range(4):  # a step may uncover work for an earlier one; texts settle in two turns
        previous, text = text, _once(text)
        if text == previous:
            break
    return text


def _once(text: str) -> str:
    text = _DEVANAGARI_JOINERS.sub("", text)
    text = unicodedata.normalize("NFKC", text).lower()
    for typed, right in _THAI_VOWELS:  # NFKC takes SARA AM apart, and two SARA E look like one SARA AE
        text = text.replace(typed, right)
    text = _EMOJI.sub(" ", _INVISIBLE.sub("", text))
    text = _LONG_MARK.sub("ー", _WAVE.sub("ー", text))
    text = _SMALL_VOWELS.sub(r"\1", text)
    text = _LATIN_RUN.sub(r"\1\1", text)
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=1 << 15)
def normalise_word(word: str) -> str:
    """normalise for single words, remembered: a collection of texts says the same words thousands of times."""
    return normalise(word)


def without_accents(text: str) -> str:
    """Latin text as typed on a keyboard without accents; đ becomes d. Other scripts keep their marks."""
    if text.isascii():
        return text
    out = []
    for character in unicodedata.normalize("NFC", text):
        if character < "\u0250" or "\u1e00" <= character <= "\u1eff":
            plain = unicodedata.normalize("NFD", character)
            out.append("".join(part for part in plain if not unicodedata.combining(part)))
        elif not "\u0300" <= character <= "\u036f":
            out.append(character)
    return "".join(out).translate({0x111: "d", 0x110: "D"})


def courtesy_key(text: str) -> str:
    """Letters alone, folded: two messages with one key say the same courtesy ("Thank you!!", "thank you")."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).lower())
