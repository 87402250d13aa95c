"""Scripts in a text: which runs of characters belong to which, and how many words' worth each is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from bot.language.words import LATIN

_RUNS = re.compile(
    rf"([{LATIN}](?:[{LATIN}\u0300-\u036f'’]*[{LATIN}\u0300-\u036f])?)"
    r"|([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005\u3006\u3007\U00020000-\U0003ffff]+)"
    r"|([\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f\u31f0-\u31ff]+)"
    r"|([\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\uffa1-\uffdc]+)"
    r"|([\u0e01-\u0e3a\u0e40-\u0e4e]+)"
    r"|([\u0900-\u0963\u0970-\u097f]+)"
    r"|([\u3105-\u312f\u31a0-\u31bf]+)"
)
_LATIN_WORD = re.compile(rf"[{LATIN}](?:[{LATIN}\u0300-\u036f'’]*[{LATIN}\u0300-\u036f])?")
_NATIVE = re.compile(
    r"[\u0900-\u097f\u0e01-\u0e4e\u1100-\u11ff\u3005-\u9fff\ua960-\ud7ff\uf900-\uffdc\U00020000-\U0003ffff]"
)
_NOISE = re.compile(r"(?:https?:)?//\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[@#&]\w+;?|\b\w*\d\w*\b")

_FULL_WIDTH = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_NOISY = re.compile(r"[0-9@#/&]|www\.")


@dataclass
class Scripts:
    """The words in Latin letters, the Han runs, and the number of characters in each other script."""

    latin: list[str] = field(default_factory=list)
    han: list[str] = field(default_factory=list)
    kana: int = 0
    hiragana: int = 0
    hangul: int = 0
    thai: int = 0
    devanagari: int = 0
    bopomofo: int = 0


def scripts(text: str) -> Scripts:
    """Split a text by script. Addresses, handles and words with digits are left out unless nothing else is there."""
    found = Scripts()
    if not text.isascii() and _FULL_WIDTH.search(text):
        text = unicodedata.normalize("NFKC", text)
    plain = text
    if _NOISY.search(text):
        plain = " ".join(_NOISE.sub(_keep_letters, piece) if _NOISY.search(piece) else piece for piece in text.split())
    _collect(plain, found)
    if plain is not text and not (
        found.latin or found.han or found.kana or found.hangul or found.thai or found.devanagari or found.bopomofo
    ):
        _collect(text, found)
    return found


def _keep_letters(match: re.Match[str]) -> str:
    piece = match.group()
    return " " if piece.isascii() else re.sub(r"[!-~]+", " ", piece)


def _collect(text: str, found: Scripts) -> None:
    if not _NATIVE.search(text):
        found.latin = _LATIN_WORD.findall(text)
        return
    for match in _RUNS.finditer(text):
        kind = match.lastindex
        run = match.group()
        if kind == 1:
            found.latin.append(run)
        elif kind == 2:
            found.han.append(run)
        elif kind == 3:
            found.kana += len(run)
            found.hiragana += sum(character < "\u30a0" for character in run)
        elif kind == 4:
            found.hangul += len(run)
        elif kind == 5:
            found.thai += len(run)
        elif kind == 6:
            found.devanagari += len(run)
        else:
            found.bopomofo += len(run)
