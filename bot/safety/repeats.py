"""Sentences that a long text says again and again are judged once."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from bot.safety.fold import HAN, KANA, LATIN

LONG = 2000
"""Texts of more characters are looked through for repetitions."""
_END = re.compile(r"[。！？\n]\s*|[.!?]\s+")
_UNSPACED = "\u0900-\u097f\u0e00-\u0e7f"
_EDGE = rf"(?:[{LATIN}A-Z{KANA}ァ-ヺ{HAN}가-힣]{{2}}|[{_UNSPACED}])"
_CLOSED = re.compile(rf"\s*{_EDGE}(?:.*{_EDGE})?[。！？\s.!?]+", re.DOTALL)
"""A sentence that begins and ends with more than a lone letter: none of it belongs to a word spelt out across its edge."""


@dataclass(frozen=True)
class Condensed:
    """A text without its repetitions. Piece i of `text` begins at `starts[i]`, and in the whole text at `origins[i]`."""

    text: str
    starts: list[int]
    origins: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the whole text of the span start..end of `text`."""
        return self._place(start), self._place(end - 1) + 1 if end > start else self._place(start)

    def _place(self, offset: int) -> int:
        piece = bisect_right(self.starts, offset) - 1
        return offset - self.starts[piece] + self.origins[piece]


def condense(text: str) -> Condensed:
    """Leave out every sentence of a long text that was there before, but for the last: an end may mean something."""
    if len(text) <= LONG:
        return Condensed(text, [0], [0])
    seen: set[str] = set()
    kept: list[str] = []
    starts, origins = [0], [0]
    begin = done = filled = 0
    for match in _END.finditer(text):
        end = match.end()
        sentence = text[begin:end]
        if sentence in seen and end < len(text) and _CLOSED.fullmatch(sentence):
            if begin > done:
                kept.append(text[done:begin])
                filled += begin - done
            if starts[-1] == filled:
                origins[-1] = end
            else:
                starts.append(filled)
                origins.append(end)
            done = end
        seen.add(sentence)
        begin = end
    kept.append(text[done:])
    return Condensed("".join(kept), starts, origins)
