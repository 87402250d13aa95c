"""The pattern of many phrases finds what a plain list of alternatives finds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.language.alternation import alternation

PHRASES = st.lists(
    st.text(alphabet="abい 保", min_size=1, max_size=6).map(str.strip).filter(bool), min_size=1, max_size=12
)


def _plain(phrases: list[str]) -> str:
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(
        ("(?<![a-z])" if phrase[0] in "ab" else "") + re.escape(phrase) + ("(?![a-z])" if phrase[-1] in "ab" else "")
        for phrase in ordered
    )


@given(PHRASES, st.text(alphabet="abcい 保", max_size=30))
def test_finds_what_a_plain_list_finds(phrases: list[str], text: str) -> None:
    expected = [match.span() for match in re.finditer(_plain(phrases), text)]
    assert [match.span() for match in re.finditer(alternation(phrases), text)] == expected


def test_longest_phrase_wins_and_latin_letters_match_whole_words() -> None:
    pattern = re.compile(alternation(["ward", "ward office", "保育", "保育園"]))
    assert [match.group() for match in pattern.finditer("award, ward office, wards, 保育園")] == [
        "ward office",
        "保育園",
    ]


def test_pieces_may_let_spaces_vary() -> None:
    pattern = re.compile(
        alternation(["boshi techo", "boshi"], lambda piece: re.sub(r"\\? ", "[ -]*", re.escape(piece)))
    )
    assert [match.group() for match in pattern.finditer("boshitecho boshi-techo boshi")] == [
        "boshitecho",
        "boshi-techo",
        "boshi",
    ]
