"""What the two models learn from: for each class its words and how often they are written."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wordfreq import get_frequency_dict

from bot.language.normalise import without_accents
from bot.language.training.catalogues import catalogue_sentences, own_sentences
from bot.language.training.romanise import korean, nepali
from bot.language.words import fold, latin_words
from bot.yaml_files import read_yaml

Frequencies = dict[str, float]
"""Word → share of all words of its class (about; several sources are added up)."""

LATIN_CLASSES = ("en", "es", "pt", "id", "vi", "tl", "ja", "zh-Hans", "ko", "ne")
"""The first six are written in Latin letters; the others are romanised here, and rarer."""

RARE_CLASSES = frozenset({"ja", "zh-Hans", "ko", "ne"})

# Malay is close enough to stand for Indonesian where the list is short.
_LISTS: dict[str, dict[str, float]] = {
    "en": {"en": 1.0},
    "es": {"es": 1.0},
    "pt": {"pt": 1.0},
    "vi": {"vi": 1.0},
    "tl": {"fil": 1.0},
    "id": {"id": 1.0, "ms": 0.3},
}
_CATALOGUE_CODES = {"ja": ("ja",), "ko": ("ko", "ko_KR"), "ne": ("ne", "ne_NP"), "zh-Hans": ("zh_Hans",)}
_LATIN_WORD = re.compile(r"[a-z\u00df-\u024f\u1e00-\u1eff'\u0300-\u036f]+")
_CUT = 1e-7
_OWN = 2e-6
_LOOSE = 0.3


def latin_vocabulary(sources: dict[str, Path], content: Path) -> dict[str, Frequencies]:
    """Words in Latin letters for every class, those of other scripts romanised, accents kept, dropped and lost."""
    found = {name: _listed(name, sources, content) for name in _LISTS}
    found["ja"] = _japanese(sources, content)
    found["zh-Hans"] = _pinyin()
    found["ko"] = _korean(sources, content)
    found["ne"] = _nepali(sources, content)
    for name in LATIN_CLASSES:
        lines = phrases()[name]
        _count(found[name], (word for line in lines for word in latin_words(line)), 2 * _OWN)
    return found


def phrases() -> dict[str, Any]:
    """The project's own lines: class → lines, and under `han` the same for runs of Han characters."""
    held: dict[str, Any] = read_yaml(Path(__file__).with_name("phrases.yml"))
    return held


def _count(into: Frequencies, words: Iterable[str], worth: float) -> None:
    for word in words:
        into[word] = into.get(word, 0.0) + worth


def _listed(name: str, sources: dict[str, Path], content: Path) -> Frequencies:
    found: Frequencies = {}
    for language, share in _LISTS[name].items():
        for word, frequency in get_frequency_dict(language, "best").items():
            word = fold(word).strip("'")
            if frequency >= _CUT and _LATIN_WORD.fullmatch(word):
                found[word] = found.get(word, 0.0) + frequency * share
    if name in ("tl", "id"):
        for word in _forms(sources["simplemma"], name):
            if _LATIN_WORD.fullmatch(word):
                found.setdefault(word, 5e-7)
    _count(found, (word for line in own_sentences(content, name) for word in latin_words(line)), _OWN)
    bare: Frequencies = {}
    for word, frequency in found.items():
        plain = without_accents(word)
        if plain != word:
            bare[plain] = bare.get(plain, 0.0) + frequency * _LOOSE
            # Mail gateways and old forms drop accented letters outright: "resolucin", "podrs".
            lost = "".join(character for character in word if character.isascii())
            if name in ("es", "pt") and len(lost) > 2:
                bare[lost] = bare.get(lost, 0.0) + frequency * (_LOOSE if name == "es" else 0.05)
    for word, frequency in bare.items():
        found[word] = found.get(word, 0.0) + frequency
    return found


def _forms(folder: Path, language: str) -> set[str]:
    import sys

    sys.path.insert(0, str(folder))
    try:
        from simplemma.strategies.dictionaries.dictionary_factory import (  # type: ignore[import-not-found]
            DefaultDictionaryFactory,
        )

        pairs = DefaultDictionaryFactory().get_dictionary(language).items()
        return {fold(str(word)) for pair in pairs for word in pair}
    finally:
        sys.path.remove(str(folder))


def _japanese(sources: dict[str, Path], content: Path) -> Frequencies:
    import pykakasi

    reader: Any = pykakasi.kakasi()  # type: ignore[no-untyped-call]
    found: Frequencies = {}
    tokens: list[tuple[str, float]] = []
    for word, frequency in sorted(get_frequency_dict("ja", "small").items(), key=lambda pair: -pair[1])[:30000]:
        for style in ("hepburn", "kunrei"):
            spelled = "".join(fold(part[style]) for part in reader.convert(word))
            if _LATIN_WORD.fullmatch(spelled) and not word.isascii():
                found[spelled] = found.get(spelled, 0.0) + frequency / 2
                short = spelled.replace("ou", "o").replace("uu", "u")
                found[short] = found.get(short, 0.0) + frequency / 8
                if style == "hepburn":
                    tokens.append((spelled, frequency))
    chance = random.Random(1)
    names, shares = [name for name, _ in tokens], [share**0.8 for _, share in tokens]
    for size in (2, 3, 4):  # particles and endings are often joined to what they follow
        drawn = chance.choices(names, shares, k=15000 * size)
        _count(found, ("".join(drawn[at : at + size]) for at in range(0, len(drawn), size)), 3e-6)
    for line in catalogue_sentences(sources["django"], ("ja",)) + own_sentences(content, "ja"):
        for part in reader.convert(line):
            _count(found, latin_words(part["hepburn"]), _OWN)
    return found


def _pinyin() -> Frequencies:
    from pypinyin import Style, lazy_pinyin

    found: Frequencies = {}
    for word, frequency in get_frequency_dict("zh", "best").items():
        if frequency < _CUT or not all("\u4e00" <= character <= "\u9fff" for character in word):
            continue
        syllables = lazy_pinyin(word)
        for plain, marked in zip(syllables, lazy_pinyin(word, style=Style.TONE), strict=True):
            found[plain] = found.get(plain, 0.0) + frequency * 0.6
            found[marked] = found.get(marked, 0.0) + frequency * 0.2
        joined = "".join(syllables)
        found[joined] = found.get(joined, 0.0) + frequency * 0.3
    return {word: frequency for word, frequency in found.items() if _LATIN_WORD.fullmatch(word)}


def _korean(sources: dict[str, Path], content: Path) -> Frequencies:
    lines = own_sentences(content, "ko")
    for package in ("django", "wagtail", "djangorestframework", "holidays"):
        lines += catalogue_sentences(sources[package], ("ko", "ko_KR"))
    found: Frequencies = {}
    _count(found, (word for line in lines for word in latin_words(korean(line))), _OWN)
    listed = [(word, share) for word, share in get_frequency_dict("ko", "best").items() if _is_hangul(word)]
    for word, frequency in listed:
        spelled = korean(word)
        found[spelled] = found.get(spelled, 0.0) + frequency * 0.5
    chance = random.Random(2)
    names, shares = [word for word, _ in listed], [share**0.8 for _, share in listed]
    for size in (2, 3, 4):  # the list holds morphemes; people write them joined, and sounds change where they meet
        drawn = chance.choices(names, shares, k=15000 * size)
        _count(found, (korean("".join(drawn[at : at + size])) for at in range(0, len(drawn), size)), 5e-6)
    return found


def _is_hangul(word: str) -> bool:
    return all("\uac00" <= character <= "\ud7a3" for character in word)


def _nepali(sources: dict[str, Path], content: Path) -> Frequencies:
    lines = own_sentences(content, "ne")
    for package in ("django", "djangorestframework", "holidays"):
        lines += catalogue_sentences(sources[package], ("ne", "ne_NP"))
    found: Frequencies = {}
    for line in lines:
        for word in re.findall(r"[\u0900-\u0963\u0970-\u097f]+", line):
            forms = nepali(word)
            _count(found, forms, 2e-5 / max(1, len(forms)))
    # Nepali shares its learned vocabulary with Hindi, and Hindi is none of our locales: its words only help.
    # Its most frequent words are left out: they are grammar, which differs.
    learned = sorted(get_frequency_dict("hi", "best").items(), key=lambda pair: -pair[1])[600:]
    for word, frequency in learned:
        forms = nepali(word)
        _count(found, forms, 0.2 * frequency / max(1, len(forms)))
    return {word: frequency for word, frequency in found.items() if _LATIN_WORD.fullmatch(word)}
