"""Folded forms and light stems of written words, for the languages that write spaces."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Any

from bot.language.normalise import normalise_word, without_accents

_SNOWBALL = {"en": "english", "es": "spanish", "pt": "portuguese", "id": "indonesian", "ne": "nepali"}
_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
_DEVANAGARI = re.compile(r"[\u0900-\u0963\u0970-\u097f]")
_LATIN = re.compile(r"[a-z]")
_threads = threading.local()


def stems(word: str, locale: str) -> tuple[str, tuple[str, ...]]:
    """Normal form of a written word and its search terms, the stem first. The script decides before the locale does."""
    folded = normalise_word(word)
    terms = _terms(folded, locale)
    if terms and (run := _HANGUL.search(folded)):
        return folded[: run.start()] + terms[0], terms
    return (terms[0] if terms and _DEVANAGARI.search(folded) else folded), terms


@lru_cache(maxsize=1 << 14)
def _terms(normal: str, locale: str) -> tuple[str, ...]:
    if not normal:
        return ()
    if _HANGUL.search(normal):
        return _korean(normal)
    if _DEVANAGARI.search(normal):
        return (nepali_spelling(_snowball("ne", normal)),)
    plain = without_accents(normal)
    if not _LATIN.search(plain):
        return (plain,)
    if locale == "vi":
        return (plain,) if plain == normal else (plain, normal)
    halves = [half for half in re.split(r"[-.'’]", plain) if half]
    if locale == "tl":
        return tuple(dict.fromkeys(_filipino(half) for half in halves if half not in _FILIPINO_PREFIXES)) or (plain,)
    if locale not in _SNOWBALL or locale == "ne":
        return tuple(dict.fromkeys(halves)) or (plain,)
    # Spanish and Portuguese stemmers know accents; the folding afterwards makes both spellings meet.
    own = [half for half in re.split(r"[-.'’]", normal) if half]
    found = [without_accents(_snowball(locale, half)) for half in own]
    found += [_snowball(locale, half) for half in halves]
    return tuple(dict.fromkeys(term for term in found if len(term) > 1 or term.isdigit())) or (plain,)


def _snowball(locale: str, word: str) -> str:
    held: dict[str, Any] = _threads.__dict__
    if locale not in held:
        import snowballstemmer

        held[locale] = snowballstemmer.stemmer(_SNOWBALL[locale])
    return str(held[locale].stemWord(word))


_NEPALI_SOUNDS = str.maketrans({"ी": "ि", "ू": "ु", "ई": "इ", "ऊ": "उ", "ँ": "ं", "ष": "श", "ण": "न", "\u093c": None})


def nepali_spelling(word: str) -> str:
    """One spelling for letters that sound alike and are often confused: long and short vowels, nasals, sibilants."""
    return word.translate(_NEPALI_SOUNDS)


_FILIPINO_PREFIXES = frozenset(
    "mag nag pag i ipag paki naki maki pa ma na ka um in mang pang makapag nakapag pina".split()
)
_FILIPINO_PREFIX = re.compile(r"(?:makapag|nakapag|ipinag|pinag|ipag|paki|mag|nag|pag|mang|nang|pang)(?=[a-z]{4})")
_FILIPINO_LINKER = re.compile(r"(?<=[aeiou])ng$")


def _filipino(word: str) -> str:
    """Common verb prefixes and the linker -ng off ("nagpabakunang" → "pabakuna"); both sides of a search meet."""
    short = _FILIPINO_PREFIX.sub("", word, count=1) if _FILIPINO_PREFIX.match(word) else word
    return _FILIPINO_LINKER.sub("", short) if len(short) > 4 else short


_KOREAN_PARTICLES = sorted(
    "에서는 에서도 으로는 으로도 에게서 까지는 부터는 이라고 이라는 에게는 한테는 라고 라는 에서 에게 한테 께서 으로 까지 부터 보다 처럼 마다 밖에 조차 "
    "이나 이란 이랑 하고 이며 이면 이고 인데 인가요 이에요 예요 입니다 이다 들이 들은 들을 들의 들도 들 은 는 이 가 을 를 의 에 로 와 과 도 만 나 랑 요".split(),
    key=len,
    reverse=True,
)
_KOREAN_DO = re.compile(r"^(.{2,}?)(?:하|해|했|할|한|함|합|하려|되|돼|됐|될|된|됩|시키|받)(?:[가-힣]{0,5})$")
_KOREAN_ENDING = re.compile(
    r"(?<=.{2})(?:습니다|습니까|어요|아요|나요|까요|려면|려고|면서|지만|는데|은데|던데|어서|아서|고요|네요|죠|지요|고|면|서|니|게|지)$"
)


def _korean(word: str) -> tuple[str, ...]:
    """Stem of an eojeol, and its pairs of syllables: Korean joins nouns freely, and pairs find the parts."""
    run = _HANGUL.search(word)
    assert run
    stem = _korean_stem(run.group())
    rest = word[: run.start()].strip("'-.")
    pairs = [stem[at : at + 2] for at in range(len(stem) - 1)] if len(stem) > 2 else []
    return tuple(dict.fromkeys([stem, *pairs, *([rest] if rest else [])]))


def _korean_stem(word: str) -> str:
    for particle in _KOREAN_PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= (1 if len(particle) > 1 else 2):
            word = word[: -len(particle)]
            break
    if verb := _KOREAN_DO.match(word):
        return verb.group(1)
    return _KOREAN_ENDING.sub("", word)
