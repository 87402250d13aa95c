"""The second spelling of a text's words."""

from __future__ import annotations

import pytest

from bot.nlu.spellings import spelled


def test_accents_tell_vietnamese_words_apart() -> None:
    assert spelled("Dừng lại", "vi") == ("dừng", "lại")
    assert set(spelled("dừng", "vi")).isdisjoint(spelled("đúng", "vi"))


@pytest.mark.parametrize(
    ("devanagari", "latin"),
    [("खोप", "khop"), ("धन्यवाद", "dhanyabaad"), ("कहाँ छ", "kaha chha"), ("विद्यालय", "bidyalaya"), ("फोन", "fon")],
)
def test_nepali_in_both_scripts_is_one_word_by_its_sound(devanagari: str, latin: str) -> None:
    assert spelled(devanagari, "ne") == spelled(latin, "ne")


def test_other_locales_and_stray_marks_do_no_harm() -> None:
    assert spelled("stop", "en") == ()
    assert spelled("ि ् \u200d ??", "ne") is not None
