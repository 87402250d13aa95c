"""Readings stand over kanji only, and no character is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.furigana import runs_of, with_readings

CASES = {
    "お金を届ける": [("お", None), ("金", "かね"), ("を", None), ("届", "とど"), ("ける", None)],
    "子どもの医療費": None,
    "ひらがなだけ": [("ひらがなだけ", None)],
    "ABC 123": [("ABC 123", None)],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=CASES.keys())
def test_readings(text: str, expected: list[tuple[str, str | None]] | None) -> None:
    found = [(run["text"], run.get("ruby")) for run in runs_of(text)]
    if expected is not None:
        assert found == expected
    assert "".join(piece for piece, _ in found) == text


def test_links_and_bold_stay_on_their_runs() -> None:
    block = {"type": "paragraph", "runs": [{"text": "電話する", "href": "tel:110", "bold": True}]}
    (part,) = with_readings([{"type": "article", "blocks": [block]}])
    assert all(run["href"] == "tel:110" and run["bold"] for run in part["blocks"][0]["runs"])


@given(st.text(alphabet="子供の医療費をお届け申請アイウabc、。\n ", max_size=80))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(run["text"] for run in runs_of(text)) == text
