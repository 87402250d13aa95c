"""Labelled texts as arrays, read in as many processes as there are cores: reading is most of a training's time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.language.entities import EntityFinder
from bot.nlu.cores import in_processes
from bot.nlu.examples import Labelled
from bot.nlu.intent_training import Lesson
from bot.nlu.reading import read

_PART = 2_000
"""Texts that one process reads at a time."""


def lesson(labelled: Sequence[Labelled], finder: EntityFinder, embed: bool, weight: float = 1.0) -> Lesson:
    """One lesson of at least one labelled text, in the same order. `finder` is the one that residents' words meet."""
    parts = [labelled[start : start + _PART] for start in range(0, len(labelled), _PART)]
    return Lesson.of_parts(in_processes(partial(_read, finder=finder, embed=embed, weight=weight), parts))


def _read(labelled: Sequence[Labelled], finder: EntityFinder, embed: bool, weight: float) -> Lesson:
    texts, locales, labels = zip(*labelled, strict=True)
    return Lesson.of(read(texts, locales, finder, embed), labels, weight)
