from __future__ import annotations

import pytest

from bot.language.spelling import nepali_sounds, spelling_runs
from bot.vocabulary import LOCALES


def _shared(one: str, other: str, locale: str) -> float:
    first, second = set(spelling_runs(one, locale)), set(spelling_runs(other, locale))
    return len(first & second) / min(len(first), len(second))


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("ne", "पैसा", "paisa"),
        ("ne", "अस्पताल", "aspatal"),
        ("ne", "विद्यालय", "बिद्यालय"),
        ("tl", "magpabakuna", "bakuna"),
        ("id", "pendaftaran", "daftar"),
        ("vi", "tiêm chủng", "tiem chung"),
        ("ja", "カード", "かーど"),
        ("zh-Hant", "補助", "补助"),
        ("pt", "vacinação", "vacinar"),
    ],
)
def test_spellings_of_one_word_share_runs(locale: str, one: str, other: str) -> None:
    assert _shared(one, other, locale) >= 0.4


def test_different_words_share_none() -> None:
    assert _shared("hospital", "bakuna", "en") == 0


def test_vowel_signs_belong_to_their_word() -> None:
    assert "_खो" not in spelling_runs("खोप", "ne")
    assert nepali_sounds("खोप") == "khop"
    assert "_ที่" in spelling_runs("ที่", "th")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("text", ["", "？！", "\ud800", "\u0940", "a" * 3000])
def test_no_text_breaks_it(text: str, locale: str) -> None:
    assert isinstance(spelling_runs(text, locale), list)
