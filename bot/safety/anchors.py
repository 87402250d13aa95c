"""Which words of a pattern to look for first: the automaton knows only these."""

from __future__ import annotations

from bot.safety.characters import ACCENTS
from bot.safety.nodes import Edge, Gap, Group, Literal, Nodes, Space, last_letters, may_lose_first

_MAX_ANCHORS = 400
_JOINABLE = 6
"""Latin words of so many letters are found inside others too: people run words together."""
_COMMON = frozenset(
    "the a an i im me my you he she they we us it is are was be to of in on at for and or with not no so do how what when "
    "where that this if his her their have has had get got go can will all now one out up want like some "
    "la el los las un una de del en que mi me te se su lo por con para es no si ya muy mas yo tu al le "
    "o os as um uma do da em na no eu ele ela que meu minha nao mais e "
    "toi em anh con chi bi co khong la va cua cho minh nguoi da duoc ra vao o di lam "
    "ko ako siya ang ng sa na ay mga nang kami yung po pa "
    "aku saya dia di ke yang dan ini itu ada tidak gak aja mau sama bisa dari".split()
)
"""Words too frequent to look for first."""


def best_anchors(
    nodes: Nodes, before: frozenset[str] = frozenset(), left: bool = True, right: bool = True
) -> frozenset[str] | None:
    """The most telling words of which one must be there; None when every part is optional."""
    found = all_anchors(nodes, before, left, right)
    return found[0] if found else None


def all_anchors(
    nodes: Nodes, before: frozenset[str] = frozenset(), left: bool = True, right: bool = True
) -> list[frozenset[str]]:
    """For each part that must be there the words of which one must be, the most telling part first.

    Short Latin words that stand alone are given with the spaces around them. `left` and `right` say whether a word
    begins and ends where `nodes` do.
    """
    scored: list[tuple[tuple[float, int], frozenset[str]]] = []
    for index, node in enumerate(nodes):
        starts = isinstance(nodes[index - 1], (Space, Gap, Edge)) if index else left
        ends = isinstance(nodes[index + 1], (Space, Gap, Edge)) if index + 1 < len(nodes) else right
        found: frozenset[str] | None = None
        if isinstance(node, Literal):
            text = node.text.translate(ACCENTS)
            if may_lose_first(node.text, before, index == len(nodes) - 1):
                text, starts = text[1:], False
            if text and len(text) < _JOINABLE and text.isascii():
                text = " " * starts + text + " " * ends
            found = frozenset([text]) if text else None
        elif isinstance(node, Group) and not node.optional:
            key = ("anchors", before, starts, ends)
            if key not in node.known:
                parts = [best_anchors(item, before, starts, ends) for item in node.alternatives]
                whole = all(part is not None for part in parts)
                node.known[key] = frozenset(anchor for part in parts if part for anchor in part) if whole else None
            found = node.known[key]
        before = last_letters(node, before)
        if found and len(found) <= _MAX_ANCHORS:
            score = (min(8.0, min(_weight(anchor) for anchor in found)) - len(found) / 40, -len(found))
            if score > (-1.0, 0):
                scored.append((score, found))
    scored.sort(key=lambda item: item[0], reverse=True)
    return [found for _, found in scored]


def _weight(text: str) -> int:
    """How telling a literal is: a kanji or hangul says as much as two or three Latin letters or kana."""
    plain = text.strip()
    if plain in _COMMON:
        return 0
    return sum(1 if char.isascii() or "ぁ" <= char <= "ゖ" else 3 for char in plain)
