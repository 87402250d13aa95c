"""Three-way merge of two people's changes of one text."""

from __future__ import annotations

from dataclasses import dataclass

from merge3 import Merge3


@dataclass(frozen=True)
class Merged:
    """`clean` is false where both changed the same lines; the text then holds both, between marks."""

    text: str
    clean: bool


def merge(base: str, theirs: str, mine: str) -> Merged:
    """`mine` and `theirs` in one text, both made from `base`."""
    three = Merge3(_lines(base), _lines(theirs), _lines(mine))
    clean = all(group[0] != "conflict" for group in three.merge_groups())
    return Merged("".join(three.merge_lines(name_a="published", name_b="this change")), clean)


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n")]
