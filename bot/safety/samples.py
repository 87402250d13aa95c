"""Made-up lines in the words of the patterns, for training: the second voice then knows the parts of a pattern in any
order and at any distance, where the pattern itself wants them close together. Never used at run time."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence

from bot.safety.nodes import Digits, Gap, Group, Literal, Nodes, Space
from bot.safety.signals import LocaleSignals
from bot.vocabulary import Category, RiskLevel


def samples(data: LocaleSignals, filling: Sequence[str], count: int) -> Iterator[tuple[str, RiskLevel, Category, str]]:
    """(folded text, level, category, rule) for `count` lines of each pattern of a locale; the same on every machine.

    `filling` are ordinary folded words of the locale; they fill gaps and stand around the pattern.
    """
    words = [word for word in filling if word] or ["a"]
    for rule in data.rules:
        if rule.after or rule.level is RiskLevel.none:
            continue
        for number, pattern in enumerate(rule.patterns):
            if pattern.view == "sound":
                continue
            chance = random.Random(zlib.crc32(f"{rule.id} {number}".encode()))
            for _ in range(count):
                text = _write(pattern.nodes, pattern.wide, words, chance)
                if chance.random() < 0.6:
                    text = f"{_some(words, pattern.wide, chance)}{text}{_some(words, pattern.wide, chance)}"
                yield " ".join(text.split()), rule.level, rule.category, rule.id


def _write(nodes: Nodes, wide: bool, words: Sequence[str], chance: random.Random) -> str:
    out = ""
    for node in nodes:
        if isinstance(node, Literal):
            out += node.text
        elif isinstance(node, Group):
            if not node.optional or chance.random() < 0.5:
                out += _write(chance.choice(node.alternatives), wide, words, chance)
        elif isinstance(node, Gap):
            out += _some(words, wide, chance) or ("" if wide else " ")
        elif isinstance(node, Space):
            out += "" if wide and chance.random() < 0.5 else " "
        elif isinstance(node, Digits):
            out += str(chance.randint(1, 30))
    return out


def _some(words: Sequence[str], wide: bool, chance: random.Random) -> str:
    """A few words with spaces around them, or a few characters of a script without spaces."""
    if not wide:
        return f" {' '.join(chance.choices(words, k=chance.randint(0, 2)))} "
    word = chance.choice(words)
    start = chance.randrange(len(word))
    return word[start : start + chance.randint(0, 4)]
