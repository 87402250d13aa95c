"""A small content folder of two articles and three locales, and the project's own content."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.dense import Vectors, unit
from bot.settings import PROJECT_ROOT

DATA = Path(__file__).parent / "data"
SMALL_LOCALES = ("ja", "en", "vi")
TODAY = date(2026, 11, 23)


class LetterEncoder:
    """A stand-in for the sentence encoder: pairs of letters hashed into few numbers, the same in every process."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for first, second in zip(text.lower(), text.lower()[1:], strict=False):
                vectors[row, (ord(first) * 31 + ord(second)) % 64] += 1
        return unit(vectors)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copytree(DATA / "articles", tmp_path / "knowledge_base" / "articles")
    shutil.copy(DATA / "facilities.csv", tmp_path / "knowledge_base" / "facilities.csv")
    shutil.copy(PROJECT_ROOT / "knowledge_base" / "documents.yml", tmp_path / "knowledge_base" / "documents.yml")
    for locale in SMALL_LOCALES:
        (tmp_path / "nlu_data" / locale).mkdir(parents=True)
        for name in ("formats.yml", "search.yml"):
            shutil.copy(PROJECT_ROOT / "nlu_data" / locale / name, tmp_path / "nlu_data" / locale / name)
    return tmp_path


@pytest.fixture
def small(content: Path) -> KnowledgeBase:
    return KnowledgeBase.load(content, SMALL_LOCALES)


@pytest.fixture(scope="session")
def city() -> KnowledgeBase:
    return KnowledgeBase.load(PROJECT_ROOT)


def edit(path: Path, old: str, new: str) -> None:
    """Replace text in a file that must hold it."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
