"""Whether a question is about what the base covers at all: word evidence for and against, by naive Bayes.

In scope are the lines by which articles are found; out of scope are the examples of the intent `out_of_scope`, which
writers give in every locale. A question made of words that neither side knows tells nothing and scores near 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, sqrt
from pathlib import Path

from bot.knowledge.source_lines import YamlFault, load_yaml
from bot.language.folding import folded
from bot.language.spelling import WORD

_LENGTHS = range(2, 5)
_DOUBT = 0.5
"""Added to every count, so that a word seen once on one side is a hint and no proof."""


class Scope:
    """Log-odds that a text is in scope. Made once from examples; never raises for any text."""

    def __init__(
        self, inside: Iterable[tuple[str, Sequence[str]]], outside: Iterable[tuple[str, Sequence[str]]]
    ) -> None:
        """Each example is a text with its search terms."""
        self._inside, self._inside_total = _counted(inside)
        self._outside, self._outside_total = _counted(outside)

    @property
    def known(self) -> bool:
        """Whether there is anything to compare with."""
        return self._inside_total > 0 and self._outside_total > 0

    def evidence(self, text: str, terms: Sequence[str]) -> float:
        """Positive for in scope, negative for out of scope, grown with the root of what is known of the text."""
        total, seen = 0.0, 0
        for feature in _features(text, terms):
            inside, outside = self._inside[feature], self._outside[feature]
            if inside or outside:
                for_it = (inside + _DOUBT) / (self._inside_total + 1)
                # The few examples outside must not make every new word look like theirs.
                against = (outside + _DOUBT * self._outside_total / self._inside_total) / (self._outside_total + 1)
                total += log(for_it / against)
                seen += 1
        return total / sqrt(seen + 1)


def out_of_scope_examples(content_dir: Path, locale: str) -> list[str]:
    """Lines of nlu_data/<locale>/intents/out_of_scope.yml; none where the locale has no such file or a broken one.

    The training of the language understanding reports a broken file; the search only does without it.
    """
    path = content_dir / "nlu_data" / locale / "intents" / "out_of_scope.yml"
    try:
        content = load_yaml(path.read_text(encoding="utf-8"))
        examples = content["nlu"][0]["examples"]
    except (OSError, UnicodeDecodeError, YamlFault, KeyError, IndexError, TypeError):
        return []
    return [line.strip().removeprefix("- ") for line in str(examples).splitlines() if line.strip()]


def _counted(examples: Iterable[tuple[str, Sequence[str]]]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    total = 0
    for text, terms in examples:
        counts.update(_features(text, terms))
        total += 1
    return counts, total


def _features(text: str, terms: Sequence[str]) -> set[str]:
    found = {f"w{term}" for term in terms}
    for word in WORD.findall(folded(text)):
        padded = f" {word} "
        for length in _LENGTHS:
            found.update(padded[at : at + length] for at in range(len(padded) - length + 1))
    return found
