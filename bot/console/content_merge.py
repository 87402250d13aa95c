"""Three-way merge of two people's changes of one text, line by line (diff3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MARKS = ("<<<<<<<", "=======", ">>>>>>>")
"""What stands around lines that both changed."""


@dataclass(frozen=True)
class Merged:
    """`clean` is false where both changed the same lines; the text then holds both, between MARKS."""

    text: str
    clean: bool


def merge(base: str, theirs: str, mine: str) -> Merged:
    """`mine` and `theirs` in one text, both made from `base`. Line ends come back as `\\n`."""
    old, first, second = _lines(base), _lines(theirs), _lines(mine)
    in_first, in_second = _places(old, first), _places(old, second)
    kept = [place for place in range(len(old)) if place in in_first and place in in_second]
    ends = [(place, in_first[place], in_second[place]) for place in kept] + [(len(old), len(first), len(second))]
    merged: list[str] = []
    clean = True
    at = (0, 0, 0)
    for end in ends:
        # Between two lines that all three share stands what one of them, or both, changed.
        was, a, b = old[at[0] : end[0]], first[at[1] : end[1]], second[at[2] : end[2]]
        if was in (a, b) or a == b:
            merged += b if a == was else a
        else:
            clean = False
            merged += [f"{MARKS[0]} published\n", *a, f"{MARKS[1]}\n", *b, f"{MARKS[2]} this change\n"]
        merged += old[end[0] : end[0] + 1]
        at = (end[0] + 1, end[1] + 1, end[2] + 1)
    return Merged("".join(merged), clean)


def _places(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Line of `old` → line of `new`, for the lines both have, in order."""
    blocks = SequenceMatcher(None, old, new).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n")]
