"""Finds the places of many patterns in one text: an expression is tried only where words of all its parts are met."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bot.safety.automaton import Automaton
from bot.safety.fold import Folded
from bot.safety.patterns import MAX_PARTS, Pattern

_BARE = "\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af"
_TOUCH = re.compile(f"(?<=[a-z0-9])(?=[{_BARE}])|(?<=[{_BARE}])(?=[a-z0-9])")
_STOP = re.compile(r"\.")
_CELL = 512
"""A sentence longer than this is looked at in stretches of so many characters, each with its neighbours."""
_FEW_CELLS = 12
_MARGIN = 26
_BEYOND = 2
"""So far past a sentence an expression sees: the full stop and a letter, so that it is not taken for the message's end."""
_MAX_TRIES = 40_000
"""Expressions that are tried in one long text: a text made of near misses costs no more. All 100 kB of what people write
need fewer; beyond it every pattern is tried in equally many sentences from the beginning and the end."""
_MAX_MATCHES = 8
"""Matches of one pattern that are told of one sentence."""
_MAX_SPANS = 64
"""Matches of one pattern that are told of one text."""

Numbers = NDArray[np.int64]


class PatternSet:
    """Many patterns, matched together. No match crosses the end of a sentence, so each sentence is looked at by itself."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._views = (self._view(False), self._view(True))

    def _view(self, sound: bool) -> _View:
        return _View([(i, p) for i, p in enumerate(self.patterns) if (p.view == "sound") is sound])

    def search(self, folded: Folded, wanted: Callable[[int], bool] | None = None) -> dict[int, list[tuple[int, int]]]:
        """Matches by pattern: spans in `folded.plain`, in order. `wanted` says of a pattern's number whether to try it."""
        found: dict[int, list[tuple[int, int]]] = {}
        for view, sound in zip(self._views, (False, True), strict=True):
            if not view:
                continue
            text = folded.sound if sound else folded.plain
            size = len(text)
            for number, low, high in view.places(text):
                if wanted is not None and not wanted(number):
                    continue
                pattern = self.patterns[number]
                subject = folded.accented if pattern.view == "accented" else text
                if pattern.regex.search(subject, low, high) is None:
                    continue
                known = found.setdefault(number, [])
                if len(known) >= _MAX_SPANS:
                    continue
                spans = _matches(pattern.regex, subject, low, min(high, size))
                if sound:
                    spans = [folded.sound_span(start, end) for start, end in spans]
                known += spans
        return {number: sorted(set(spans)) for number, spans in sorted(found.items()) if spans}


class _View:
    """The patterns that are matched against one view of the text."""

    def __init__(self, patterns: list[tuple[int, Pattern]]) -> None:
        self._patterns = [pattern for _, pattern in patterns]
        self._numbers = [number for number, _ in patterns]
        self._automaton = Automaton(word for p in self._patterns for part in p.anchors for word in part)
        place = {word: index for index, word in enumerate(self._automaton.words)}
        self._size = size = len(patterns)
        # One flag for each part of each pattern; parts a pattern does not have are always there.
        self._met = np.ones(MAX_PARTS * size, dtype=bool)
        self._far = np.array([p.reach + _MARGIN > _CELL for p in self._patterns], dtype=bool)
        self._whole = np.array([p.whole for p in self._patterns], dtype=bool)
        self._inner = ~self._whole
        words: list[int] = []
        flags: list[int] = []
        for row, pattern in enumerate(self._patterns):
            for column, part in enumerate(pattern.anchors):
                flag = column * size + row
                self._met[flag] = False
                words += [place[word] for word in part]
                flags += [flag] * len(part)
        order = np.argsort(np.array(words, dtype=np.int64), kind="stable")
        starts = np.searchsorted(np.array(words, dtype=np.int64)[order], np.arange(1, len(place)))
        self._flags: list[Numbers] = np.split(np.array(flags, dtype=np.int64)[order], starts)

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def places(self, text: str) -> Iterator[tuple[int, int, int]]:
        """(pattern, low, high): where in `text` to try the expressions of which a word of every part is there."""
        if not text:
            return
        spaced = f" {text} ".replace(".", " ")
        met = self._automaton.scan(spaced)
        cut, moved = _cut(spaced)
        if moved:
            # Anchors may carry the spaces around a word: so does the place where Latin letters touch a script that is
            # written without them (我mc遲咗).
            also = [(end - bisect_right(moved, end), word) for end, word in self._automaton.scan(cut)]
            met = [*met, *also]
        if not met:
            return
        cells = _Cells(text)
        rows_and_cells = self._few(met, cells) if len(cells) <= _FEW_CELLS and not cells.cut else self._many(met, cells)
        yield from rows_and_cells

    def _few(self, met: list[tuple[int, int]], cells: _Cells) -> Iterator[tuple[int, int, int]]:
        """Places in a few short sentences: all of them in one table of flags."""
        table = np.empty((len(cells), len(self._met)), dtype=bool)
        table[:] = self._met
        limits = cells.limits
        words: list[set[int]] = [set() for _ in limits]
        for end, word in met:
            words[bisect_left(limits, end - 1)].add(word)
        for cell, here in enumerate(words):
            if here:
                table[cell, np.concatenate([self._flags[word] for word in here])] = True
        size = self._size
        full = table[:, :size]
        anywhere: NDArray[np.bool_] = np.logical_or.reduce(table) if len(cells) > 1 else table[0]
        yield from self._whole_places(np.flatnonzero(self._everywhere(anywhere) & self._whole), cells)
        for part in range(1, MAX_PARTS):
            full = full & table[:, part * size : (part + 1) * size]
        # Not np.nonzero: on two dimensions it is many times as slow.
        for found in np.flatnonzero(full & self._inner).tolist():
            cell, row = divmod(found, size)
            yield self._numbers[row], cells.lows[cell], limits[cell] + _BEYOND

    def _many(self, met: list[tuple[int, int]], cells: _Cells) -> Iterator[tuple[int, int, int]]:
        """The same of a long text: first which patterns have all their parts anywhere, then only those by cells."""
        numbers = np.fromiter(chain.from_iterable(met), dtype=np.int64, count=2 * len(met)).reshape(-1, 2)
        where = np.searchsorted(np.array(cells.limits), numbers[:, 0] - 1)
        codes = np.unique(numbers[:, 1] * len(cells) + where)
        known, starts = np.unique(codes // len(cells), return_index=True)
        by_word = np.split(codes % len(cells), starts[1:])
        flags = self._met.copy()
        words = known.tolist()
        flags[np.concatenate([self._flags[word] for word in words])] = True
        complete = self._everywhere(flags)
        yield from self._whole_places(np.flatnonzero(complete & self._whole), cells)
        rows = np.flatnonzero(complete & self._inner)
        count = len(rows)
        if not count:
            return
        column = np.full(len(flags), -1, dtype=np.int64)
        for part in range(MAX_PARTS):
            column[part * self._size + rows] = part * count + np.arange(count)
        table = np.zeros((MAX_PARTS * count, len(cells)), dtype=bool)
        for word, mine in zip(words, by_word, strict=True):
            columns = column[self._flags[word]]
            columns = columns[columns >= 0]
            if len(columns):
                table[columns[:, None], mine[None, :]] = True
        others = table[count:]
        if cells.cut:
            joined = np.array(cells.joined)
            here = others.copy()
            others[:, 1:] |= here[:, :-1] & joined
            others[:, :-1] |= here[:, 1:] & joined
            others[np.flatnonzero(np.tile(self._far[rows], MAX_PARTS - 1))] = True
        for part in range(1, MAX_PARTS):
            others[(part - 1) * count + np.flatnonzero(self._met[part * self._size + rows])] = True
            table[:count] &= others[(part - 1) * count : part * count]
        found_rows, found_cells = np.divmod(np.flatnonzero(table[:count]), len(cells))
        edges = np.searchsorted(found_rows, np.arange(count + 1)).tolist()
        all_rows, all_cells = rows.tolist(), found_cells.tolist()
        most = len(cells) if len(all_cells) <= _MAX_TRIES else max(16, _MAX_TRIES // count)
        for index, row in enumerate(all_rows):
            chosen = all_cells[edges[index] : edges[index + 1]]
            if len(chosen) > most:
                chosen = chosen[: most // 2] + chosen[-(most // 2) :]
            around = self._patterns[row].reach + _MARGIN
            for cell in chosen:
                yield self._numbers[row], *cells.window(cell, around)

    def _everywhere(self, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Patterns all of whose parts are flagged."""
        size = self._size
        full = flags[:size]
        for part in range(1, MAX_PARTS):
            full = full & flags[part * size : (part + 1) * size]
        return full

    def _whole_places(self, rows: Numbers, cells: _Cells) -> Iterator[tuple[int, int, int]]:
        """Patterns that speak of the beginning or the end of the message are tried there and nowhere else."""
        for row in rows.tolist():
            reach = self._patterns[row].reach + _CELL
            at_end = r"\Z" in self._patterns[row].regex.pattern
            low = max(0, cells.size - reach) if at_end else 0
            yield self._numbers[row], low, cells.size if at_end else min(cells.size, reach)


class _Cells:
    """The sentences of a text; long ones cut in stretches. `lows[i]` to `limits[i]` is one, the end not included."""

    def __init__(self, text: str) -> None:
        self.size = len(text)
        self.lows: list[int] = []
        self.limits: list[int] = []
        self.joined: list[bool] = []
        """Whether a cell and the next are of one sentence."""
        self.cut = False
        low = 0
        for stop in chain((match.start() for match in _STOP.finditer(text)), (self.size,)):
            while stop - low > _CELL:
                self.lows.append(low)
                self.limits.append(low + _CELL)
                self.joined.append(True)
                self.cut = True
                low += _CELL
            self.lows.append(low)
            self.limits.append(stop)
            self.joined.append(False)
            low = stop + 1
        self.joined.pop()

    def __len__(self) -> int:
        return len(self.lows)

    def window(self, cell: int, around: int) -> tuple[int, int]:
        """A cell with so many characters of its sentence before and after it."""
        low, high = self.lows[cell], self.limits[cell]
        if self.cut:
            before, after = cell, cell
            while before and self.joined[before - 1] and low - self.lows[before] < around:
                before -= 1
            while after < len(self.joined) and self.joined[after] and self.limits[after] - high < around:
                after += 1
            low, high = max(self.lows[before], low - around), min(self.limits[after], high + around)
        return low, high + _BEYOND


def _cut(text: str) -> tuple[str, list[int]]:
    """`text` with a space wherever Latin letters touch a script without spaces, and where the spaces are now."""
    cuts = [] if text.isascii() else [touch.start() for touch in _TOUCH.finditer(text)]
    if not cuts:
        return text, []
    spaced = " ".join(text[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True))
    # A space was put in before each cut: the n-th cut stands n places further on.
    return spaced, [cut + number for number, cut in enumerate(cuts)]


def _matches(regex: re.Pattern[str], subject: str, low: int, high: int) -> list[tuple[int, int]]:
    """Matches between `low` and `high`, without those that only end there because we look no further."""
    spans = []
    for match in regex.finditer(subject, low, high):
        if match.start() < match.end() and (match.end() < high or high >= len(subject)):
            spans.append(match.span())
            if len(spans) >= _MAX_MATCHES:
                break
    return spans
