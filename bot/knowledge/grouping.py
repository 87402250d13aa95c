"""Puts questions that ask the same thing into groups, across locales where the sentence encoder knows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from bot.knowledge.dense import Encoder, unit
from bot.language.tokenise import search_terms

ALIKE_MEANING, ALIKE_WORDS = 0.7, 0.5
"""Cosine of two sentence vectors, and share of common words, from which two questions count as one."""
_BLOCK = 256
_SHOWN = 100
_LONG_NUMBER = re.compile(r"\d(?:[\d\-\s]{3,}\d)|\S+@\S+")


@dataclass(frozen=True)
class Asked:
    """One question nobody could be given an answer to."""

    text: str
    locale: str
    at: datetime


@dataclass
class Group:
    """Questions alike. `sample` is the first that came; the shortest would often be a single word."""

    sample: str
    by_locale: Counter[str] = field(default_factory=Counter)
    last: datetime | None = None

    @property
    def count(self) -> int:
        return self.by_locale.total()

    def add(self, question: Asked) -> None:
        self.by_locale[question.locale] += 1
        self.last = max(self.last, question.at) if self.last else question.at


def sample_of(group: Group) -> str:
    """A group's sample on one line, with numbers and addresses hidden: they may point at a person."""
    return _LONG_NUMBER.sub("…", " ".join(group.sample.split()))[:_SHOWN]


def group_questions(questions: Sequence[Asked], encoder: Encoder | None = None) -> list[Group]:
    """Groups, the largest first and the newest first among equals. Without an encoder only words are compared.

    Each question joins the first group whose first question it is like (leader clustering), so the result depends on the
    order of time alone.
    """
    ordered = sorted(questions, key=lambda question: question.at)
    vectors = unit(encoder.encode([question.text for question in ordered])) if encoder and ordered else None
    terms = [frozenset(search_terms(question.text, question.locale)) for question in ordered]
    groups: list[Group] = []
    leaders: list[int] = []
    for number, question in enumerate(ordered):
        found = _like(number, leaders, terms, vectors)
        if found is None:
            groups.append(Group(question.text))
            leaders.append(number)
            found = len(groups) - 1
        groups[found].add(question)
    return sorted(groups, key=lambda group: (-group.count, -(group.last.timestamp() if group.last else 0.0)))


def _like(
    number: int, leaders: Sequence[int], terms: Sequence[frozenset[str]], vectors: np.ndarray | None
) -> int | None:
    for start in range(0, len(leaders), _BLOCK):
        block = leaders[start : start + _BLOCK]
        if vectors is not None:
            near = vectors[block] @ vectors[number]
            best = int(near.argmax())
            if near[best] >= ALIKE_MEANING:
                return start + best
        for place, leader in enumerate(block):
            common = len(terms[number] & terms[leader])
            if common and common >= ALIKE_WORDS * len(terms[number] | terms[leader]):
                return start + place
    return None
