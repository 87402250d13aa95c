"""Runs of letters inside words: what two spellings of one word, or its forms with other endings, still share."""

from __future__ import annotations

import re

from bot.language.folding import folded
from bot.language.han import to_simplified
from bot.language.normalise import normalise

WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u0900-\u0963\u0e31-\u0e4e])+")
"""A word with its vowel signs: Devanagari and Thai ones are marks, which `\\w` leaves out."""
_LENGTHS = range(3, 6)
_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
        "k kh g gh n ch ch j jh n t th d dh n t th d dh n p f b bh m y r l b s s s h".split(),
        strict=True,
    )
)
_SIGNS = dict(zip("ािीुूेैोौृॄ", "a i i u u e ai o au ri ri".split(), strict=True))
_VOWELS = dict(zip("अआइईउऊएऐओऔऋ", "a a i i u u e ai o au ri".split(), strict=True))
_NASALS, _SILENT = "ंँ", "्ः"
_HEARD_ALIKE = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        ("chh", "ch"), ("ph", "f"), ("sh", "s"), ("ee", "i"), ("oo", "u"), ("[vw]", "b"), ("x", "ch"), ("z", "j"),
        (r"(.)\1+", r"\1"), (r"a\b", ""),
    )
)  # fmt: skip


def spelling_runs(text: str, locale: str) -> list[str]:
    """Runs of three to five letters of each word, its ends marked by `_`; accents and kana kinds are folded.

    Nepali is compared by sound, so that पैसा and "paisa" share runs; Chinese in simplified characters. Never raises.
    """
    if locale == "ne":
        words = WORD.findall(nepali_sounds(text))
    elif locale in ("zh-Hans", "zh-Hant"):
        words = WORD.findall(folded(text.translate(to_simplified())))
    else:
        words = WORD.findall(folded(text))
    runs = []
    for word in words:
        marked = f"_{word}_"
        runs += [marked[at : at + length] for length in _LENGTHS for at in range(len(marked) - length + 1)]
    return runs


def nepali_sounds(text: str) -> str:
    """Nepali in either script as one rough Latin spelling: long and short vowels, v and b, s and sh are one."""
    sounds = []
    letters = normalise(text)
    for at, letter in enumerate(letters):
        if letter in _CONSONANTS:
            sounds.append(_CONSONANTS[letter])
            following = letters[at + 1 : at + 2]
            if following not in _SIGNS and following not in ("्", "ः"):
                sounds.append("a")
        elif letter in _NASALS:
            sounds.append("n")
        elif letter not in _SILENT:
            sounds.append(_SIGNS.get(letter) or _VOWELS.get(letter) or letter)
    spelled = "".join(sounds)
    for pattern, heard in _HEARD_ALIKE:
        spelled = pattern.sub(heard, spelled)
    return spelled
