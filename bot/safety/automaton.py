"""Aho–Corasick over the anchors of all patterns of all locales: one pass whatever their number."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator


class Automaton:
    """Finds every anchor in a text in one pass over its characters."""

    def __init__(self, anchors: Iterable[tuple[str, int]]) -> None:
        """`anchors` are (text, payload); one text may carry several payloads."""
        self._next: list[dict[str, int]] = [{}]
        own: list[list[int]] = [[]]
        depth = [0]
        for text, payload in anchors:
            state = 0
            for char in text:
                following = self._next[state].get(char)
                if following is None:
                    following = len(self._next)
                    self._next[state][char] = following
                    self._next.append({})
                    own.append([])
                    depth.append(depth[state] + 1)
                state = following
            own[state].append(payload)
        self._fail = [0] * len(self._next)
        self._found: list[tuple[tuple[int, tuple[int, ...]], ...]] = [()] * len(self._next)
        self._link(own, depth)

    def _link(self, own: list[list[int]], depth: list[int]) -> None:
        queue = deque(self._next[0].values())
        for state in queue:
            if own[state]:
                self._found[state] = ((depth[state], tuple(own[state])),)
        while queue:
            state = queue.popleft()
            for char, following in self._next[state].items():
                fall = self._fail[state]
                while fall and char not in self._next[fall]:
                    fall = self._fail[fall]
                self._fail[following] = self._next[fall].get(char, 0)
                inherited = self._found[self._fail[following]]
                mine = ((depth[following], tuple(own[following])),) if own[following] else ()
                self._found[following] = mine + inherited
                queue.append(following)

    def scan(self, text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Yield (start, end, payloads) for every anchor in `text`, in order of their ends."""
        moves = self._next
        fail = self._fail
        found = self._found
        root = moves[0]
        state = 0
        for index, char in enumerate(text):
            if state:
                following = moves[state].get(char)
                while following is None:
                    state = fail[state]
                    if not state:
                        following = root.get(char, 0)
                        break
                    following = moves[state].get(char)
                state = following
            else:
                if char not in root:
                    continue
                state = root[char]
            if found[state]:
                for length, payloads in found[state]:
                    yield index + 1 - length, index + 1, payloads

    def __len__(self) -> int:
        return len(self._next)
