"""Segmenters for scripts that write no spaces: Sudachi for Japanese, jieba for Chinese, newmm for Thai."""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.language.han import to_simplified
from bot.settings import Settings


@dataclass(frozen=True)
class Segment:
    """A word by its place in the piece, its normal form, and the search terms it gives (none for a particle)."""

    start: int
    end: int
    normal: str
    terms: tuple[str, ...]


_threads = threading.local()

# Grammar says nothing about the subject; measured on municipal questions, leaving it out finds more (docs/language.md).
_GRAMMAR = frozenset({"助詞", "助動詞", "補助記号", "空白", "記号", "接頭辞"})
_EMPTY_VERBS = frozenset(
    {"為る", "居る", "有る", "成る", "下さる", "御座る", "出来る", "良い", "此れ", "其れ", "事", "物"}
)


@lru_cache(maxsize=1)
def _sudachi_dictionary() -> Any:
    from sudachipy import Dictionary

    return Dictionary()


def _sudachi() -> Any:
    # A Sudachi tokeniser must not be used by two threads; the dictionary, which is what is large, is shared.
    held = getattr(_threads, "sudachi", None)
    if held is None:
        from sudachipy import SplitMode

        dictionary = _sudachi_dictionary()
        make = getattr(dictionary, "tokenizer", None) or dictionary.create
        held = _threads.sudachi = make(mode=SplitMode.A)
    return held


def japanese(piece: str) -> list[Segment]:
    """Shortest units (mode A), normalised spelling ("問合せ" → "問い合わせ"); particles and endings give no terms."""
    found = []
    for word in _sudachi().tokenize(piece):
        normal = str(word.normalized_form())
        grammar = word.part_of_speech()[0] in _GRAMMAR or normal in _EMPTY_VERBS
        found.append(Segment(word.begin(), word.end(), normal, () if grammar else (normal,)))
    return found


def reading(text: str) -> str:
    """Japanese as it is said, in katakana: how children and learners write it, whatever the kanji."""
    # Sudachi reads spaces and punctuation as the word for "sign".
    words = (word for word in _sudachi().tokenize(text) if any(map(str.isalnum, word.surface())))
    return "".join(str(word.reading_form()) for word in words)


@lru_cache(maxsize=1)
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(60)
    # jieba trusts its cache file: it must not lie in a folder that others can write to.
    folder = Settings.from_env().data_dir / "jieba"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        jieba.dt.tmp_dir = str(folder)
    except OSError:
        jieba.dt.tmp_dir = None
    jieba.initialize()
    return jieba


def chinese(piece: str) -> list[Segment]:
    """Words, read in simplified characters so that both scripts find each other; parts of long words are terms too."""
    plain = piece.translate(to_simplified())
    words = _jieba()
    found = []
    for word, start, end in words.tokenize(plain):
        found.append(Segment(start, end, word, _chinese_parts(word) if end - start > 2 else (word,)))
    return found


@lru_cache(maxsize=1 << 14)
def _chinese_parts(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part, _, _ in _jieba().tokenize(word, mode="search")))


@lru_cache(maxsize=1)
def _newmm() -> Any:
    from pythainlp.tokenize import newmm

    return newmm


def thai(piece: str) -> list[Segment]:
    """Dictionary words by maximal matching."""
    found = []
    at = 0
    for word in _newmm().segment(piece):
        found.append(Segment(at, at + len(word), word, (word,)))
        at += len(word)
    return found
