from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.fold import fold, sound_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("氏にたぃ", "死にたい"),
        ("タヒにたい", "死にたい"),
        ("ﾀﾋね", "死ね"),
        ("死 に た い", "死にたい"),
        ("死🌸に🌸た🌸い", "死にたい"),
        ("し\nに\nた\nい", "しにたい"),
        ("しにたーーーい", "しにたい"),
        ("たすけてぇぇ", "たすけて"),
        ("K1LL mys3lf", "kil myself"),
        ("s u i c i d e", "suicide"),
        ("d.i.e", "die"),
        ("I wаnt to dіe", "i want to die"),
        ("ｋｍｓ", "kms"),
        ("𝓴𝓶𝓼", "kms"),
        ("k\u200bm\u200bs", "kms"),
        ("🅳🅸🅴", "die"),
        ("muốn chết", "muon chet"),
        ("がんばる", "がんばる"),
        ("อยากตายยยย", "อยากตาย"),
    ],
)
def test_a_disguise_folds_to_what_is_meant(written: str, meant: str) -> None:
    assert fold(written).plain == meant


def test_an_age_or_a_time_is_not_leetspeak() -> None:
    assert fold("at 3am, 14 years").plain == "at 3am 14 years"


def test_a_span_points_back_into_the_original() -> None:
    text = "ね、死\u200b に た い"
    folded = fold(text)
    start = folded.plain.index("死")
    first, last = folded.span(start, start + 4)
    assert text[first:last].startswith("死")
    assert text[first:last].endswith("い")


def test_romanised_spellings_sound_alike() -> None:
    assert sound_of("shinitai") == sound_of("sinitai")
    assert sound_of("malai marna man chha") == sound_of("malai marna man xa")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_folds_and_every_character_has_an_origin(text: str) -> None:
    folded = fold(text)
    assert len(folded.plain) == len(folded.accented) == len(folded.origin)
    assert all(0 <= index < len(text) for index in folded.origin)
    assert folded.origin == sorted(folded.origin)


def test_a_word_said_over_and_over_counts_once() -> None:
    assert fold("help help. HELP!!! help").plain.strip(". ") == "help"
    assert fold("anak anak saya").plain == "anak anak saya"
    spaced = fold("help help help me")
    assert spaced.plain == "help me"
    assert spaced.span(5, 7) == (15, 17)
