"""A text's words once more in the spelling that tells most in its language, beside the folded one that all locales share.

Vietnamese with its accents, because "dừng" (stop) and "đúng" (right) are one word without them. Nepali by its sound in
Latin letters, because the same resident writes "खोप" today and "khop" tomorrow.
"""

from __future__ import annotations

import re
import unicodedata

_WORDS = re.compile(r"[\w\u0900-\u097f]+")
_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
        "k k g g n c c j j n t t d d n t t d d n p p b b m y r l b s s s h".split(),
        strict=True,
    )
)
_INDEPENDENT = dict(zip("अआइईउऊऋएऐओऔ", "a a i i u u ri e ai o au".split(), strict=True))
_SIGNS = dict(zip("ािीुूृेैोौ", "a i i u u ri e ai o au".split(), strict=True))
_NASAL = "ं"
_VIRAMA = "्"
_ALIKE = (
    ("chh", "c"), ("ch", "c"), ("x", "c"), ("sh", "s"), ("ph", "p"), ("f", "p"), ("w", "b"), ("v", "b"), ("z", "j"),
    ("ee", "i"), ("oo", "u"),
)  # fmt: skip
_ASPIRATED = re.compile(r"([kgtdbpj])h")
_DOUBLED = re.compile(r"([a-z])\1")


def spelled(text: str, locale: str) -> tuple[str, ...]:
    """Words of `text` in the second spelling of its locale, () where it has none. Never raises."""
    if locale == "vi":
        return tuple(_WORDS.findall(unicodedata.normalize("NFC", text.lower())))
    if locale == "ne":
        return tuple(_sound(word) for word in _WORDS.findall(text.lower()))
    return ()


def _sound(word: str) -> str:
    """A Nepali word in either script as it sounds, in Latin letters; long and short, aspirated and plain are one."""
    letters: list[str] = []
    for index, character in enumerate(word):
        following = word[index + 1 : index + 2]
        if character in _CONSONANTS:
            letters.append(_CONSONANTS[character])
            if following and following != _VIRAMA and following not in _SIGNS:
                letters.append("a")
        elif character in _NASAL:
            letters.append("n")
        elif not unicodedata.category(character).startswith("M"):
            letters.append(_INDEPENDENT.get(character, character))
        elif character in _SIGNS:
            letters.append(_SIGNS[character])
    latin = "".join(letters)
    for written, alike in _ALIKE:
        latin = latin.replace(written, alike)
    # A last a is written or left out as one likes: "cha" and "ch", "bidyalaya" and "bidyalay".
    return _DOUBLED.sub(r"\1", _ASPIRATED.sub(r"\1", latin)).rstrip("a")
