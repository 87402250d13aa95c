"""Words of a text, per locale: for search and for understanding. Segmenters are loaded when a locale first needs them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.language import segment
from bot.language.normalise import normalise_word
from bot.language.stem import stems

LONGEST_PIECE = 3000
"""Characters given to a segmenter at once. Longer runs are cut: some have limits, and all grow slow."""

_HAN = (
    r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    r"\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f"
)
_THAI = r"\u0e01-\u0e3a\u0e40-\u0e4e"
_PIECES = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<thai>[{_THAI}]+)"
    rf"|(?P<word>(?![{_HAN}{_THAI}_])\w"
    rf"(?:(?![{_HAN}{_THAI}])[\w\u0300-\u036f\u0900-\u0963\u200c\u200d]|['’.\-](?=(?![{_HAN}{_THAI}_])\w))*)"
)
_KANA = re.compile(r"[\u3041-\u30ff\uff66-\uff9f]")
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Token:
    """One word: as written, in normal form, and where it stands in the text (`text[start:end]`)."""

    text: str
    normal: str
    start: int
    end: int


@dataclass(frozen=True)
class _Word:
    token: Token
    terms: tuple[str, ...]


def tokenise(text: str, locale: str) -> list[Token]:
    """Words of `text` in order, without punctuation, space and emoji. Never raises; unknown locales are read as `en`.

    `normal` is the dictionary form in Japanese, the word without particles in Korean and Nepali, simplified characters
    in Chinese, and the folded word elsewhere.
    """
    return [word.token for word in _words(text, locale)]


def search_terms(text: str, locale: str) -> list[str]:
    """What to index and look for: normal forms without particles, accents folded, stems, and parts of compounds."""
    found: list[str] = []
    previous = ""
    for word in _words(text, locale):
        found.extend(word.terms)
        if locale == "vi" and word.terms:  # most Vietnamese words are two syllables, written apart
            if previous:
                found.append(f"{previous}_{word.terms[0]}")
            previous = word.terms[0]
    return found


def _words(text: str, locale: str) -> Iterator[_Word]:
    text = _LONE_SURROGATES.sub("\ufffd", text)
    if locale in ("ja", "ja-easy"):
        yield from _shift(text, 0, segment.japanese)
        return
    for match in _PIECES.finditer(text):
        piece, start = match.group(), match.start()
        if match.lastgroup == "han":
            chinese = locale in ("zh-Hans", "zh-Hant") and not _KANA.search(piece)
            yield from _shift(piece, start, segment.chinese if chinese else segment.japanese)
        elif match.lastgroup == "thai":
            yield from _shift(piece, start, segment.thai)
        else:
            yield _plain(piece, start, locale)


def _plain(piece: str, start: int, locale: str) -> _Word:
    normal, terms = stems(piece, locale)
    return _Word(Token(piece, normal, start, start + len(piece)), terms)


def _shift(piece: str, start: int, segmenter: Callable[[str], list[segment.Segment]]) -> Iterator[_Word]:
    for offset in range(0, len(piece), LONGEST_PIECE):
        part = piece[offset : offset + LONGEST_PIECE]
        for found in segmenter(part):
            written = part[found.start : found.end]
            if not any(map(str.isalnum, written)):
                continue
            token = Token(
                written, normalise_word(found.normal), start + offset + found.start, start + offset + found.end
            )
            terms = tuple(normalise_word(term) for term in found.terms)
            yield _Word(token, tuple(term for term in terms if term))
