"""What people half hide and what they mistype: masked words and typing slips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from bot.safety.automaton import Automaton
from bot.safety.characters import MASK
from bot.safety.fold import Folded, fold

_SLIP_LETTERS = 5


class Masks:
    """Words with a letter or two hidden behind rings or stars."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, str] = {}
        for word in sorted(set(words)):
            plain = fold(word).plain.strip(" .")
            size = len(plain)
            for first in range(size):
                if size < 2 or (plain[0].isascii() and first == 0):
                    continue
                self._words.setdefault(plain[:first] + MASK + plain[first + 1 :], plain)
                for second in range(first + 1, size):
                    if size >= 4:
                        hidden = plain[:first] + MASK + plain[first + 1 : second] + MASK + plain[second + 1 :]
                        self._words.setdefault(hidden, plain)
                if size >= 4 and plain.isascii():
                    self._words.setdefault(plain[0] + MASK * (size - 2) + plain[-1], plain)
        self._automaton = Automaton(self._words)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, word) for each masked word, longest first where they overlap."""
        lowered = text
        found = []
        for last, number in self._automaton.scan(lowered):
            masked = self._automaton.words[number]
            start, end = last + 1 - len(masked), last + 1
            if not _inside_word(lowered, start, end):
                found.append((start, end, self._words[masked]))
        found.sort(key=lambda item: (item[0], -item[1]))
        return found


def _inside_word(text: str, start: int, end: int) -> bool:
    if not text[start].isascii() and text[start] != MASK:
        return False
    if not any(char.isascii() and char.isalpha() for char in text[start:end]):
        return False
    before = text[start - 1 : start]
    after = text[end : end + 1]
    return (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())


def slips_of(known: Set[str]) -> dict[str, str]:
    """Every mistyped form of these words that can only mean one of them, and that word."""
    by_slip: dict[str, str] = {}
    for word in sorted(known):
        if len(word) < _SLIP_LETTERS or not word.isascii():
            continue
        for index in range(1, len(word)):
            if len(word) > _SLIP_LETTERS:
                by_slip.setdefault(word[:index] + word[index + 1 :], word)
            if index + 1 < len(word):
                swapped = word[:index] + word[index + 1] + word[index] + word[index + 2 :]
                by_slip.setdefault(swapped, word)
    for word in known:
        by_slip.pop(word, None)
    return by_slip


class Slips:
    """Typing slips in Latin words: two letters swapped, one missing, one too many."""

    def __init__(self, known: Set[str], by_slip: Mapping[str, str]) -> None:
        self._known = known
        self._by_slip = by_slip

    def _right(self, word: str) -> str | None:
        if len(word) < _SLIP_LETTERS - 1 or word in self._known:
            return None
        right = self._by_slip.get(word)
        if right is not None:
            return right
        if len(word) > _SLIP_LETTERS + 1:
            for index in range(1, len(word)):
                shorter = word[:index] + word[index + 1 :]
                if shorter in self._known and len(shorter) > _SLIP_LETTERS:
                    return shorter
        return None

    def correct(self, folded: Folded) -> tuple[Folded, Place] | None:
        """The text with slips mended and a map of its offsets back into `folded`; None when there are none."""
        words = folded.plain.split(" ")
        pieces: list[str] = []
        origin: list[int] = []
        at = 0
        changed = False
        for word in words:
            core = word.strip(".")
            right = self._right(core) if core.isascii() and core.isalpha() else None
            if right is None:
                pieces.append(word)
                origin.extend(range(at, at + len(word)))
            else:
                changed = True
                fixed = word.replace(core, right)
                pieces.append(fixed)
                origin.extend(min(at + offset, at + len(word) - 1) for offset in range(len(fixed)))
            at += len(word)
            origin.append(at)
            at += 1
        if not changed:
            return None
        text = " ".join(pieces)
        return Folded(folded.original, text, text, lambda: origin[: len(text)]), Place(origin, len(folded.plain))


class Place:
    """Where an offset of the mended text lies in the text as written."""

    def __init__(self, origin: list[int], length: int) -> None:
        self._origin = origin
        self._length = length

    def __call__(self, offset: int) -> int:
        return self._origin[offset] if offset < len(self._origin) else self._length
