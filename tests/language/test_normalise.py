"""One form for many ways of typing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.normalise import courtesy_key, normalise, without_accents


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("ﾎｲｸｴﾝ　ＡＢＣ１２", "ホイクエン abc12"),
        ("ええーーーー", "ええー"),
        ("すご〜〜い", "すごーい"),
        ("soooooo good!!!", "soo good!!!"),
        ("ไม่เเน่ใจ", "ไม่แน่ใจ"),
        ("นํา", "นำ"),
        ("क\u200dष", "कष"),
        ("Cafe\u0301", "café"),
        ("a\u200bb", "ab"),
        ("たすけて😭😭 お願い", "たすけて お願い"),
        ("  two   spaces\n", "two spaces"),
        ("ĐƯỢC", "được"),
    ],
)
def test_forms(typed: str, wanted: str) -> None:
    assert normalise(typed) == wanted


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_accents() -> None:
    assert without_accents("trợ cấp Đông niño vacinação") == "tro cap Dong nino vacinacao"
    assert without_accents("がぎ नेपाली ไม่") == "がぎ नेपाली ไม่"


def test_courtesies_meet() -> None:
    assert courtesy_key("Thank you!! 😀") == courtesy_key("thank  YOU")
    assert courtesy_key("ＯＫ") == "ok"
