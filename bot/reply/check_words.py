"""Checks the words of every locale: each key of the template present, the same placeholders, nothing unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.reply.words import FILES, PLACEHOLDER, WordsError, read_words
from bot.vocabulary import LOCALES

LABEL_LIMIT = 20
"""LINE cuts longer button texts."""


@dataclass(frozen=True)
class WordsProblem:
    """One fault in a words file."""

    file: str
    key: str
    message: str
    remedy: str
    missing: bool = False
    """The text is not there yet, as opposed to being wrong; its fallback is said instead."""

    def __str__(self) -> str:
        return f"{self.file} [{self.key}]: {self.message} {self.remedy}"


def check_words(content_dir: Path, locales: Sequence[str] = LOCALES) -> list[WordsProblem]:
    """Every problem of the words files of `locales`, in file order."""
    return [problem for locale in locales for problem in _check_locale(content_dir, locale)]


def _check_locale(content_dir: Path, locale: str) -> Iterator[WordsProblem]:
    for name in FILES:
        path = content_dir / "nlu_data" / locale / f"{name}.yml"
        shown = f"nlu_data/{locale}/{name}.yml"
        try:
            template = read_words(content_dir / "nlu_data" / "_template" / f"{name}.yml")
            words = read_words(path)
        except WordsError as error:
            yield WordsProblem(shown, "", str(error), "")
            continue
        japanese = read_words(content_dir / "nlu_data" / "ja" / f"{name}.yml")
        for key, description in template.items():
            said = words.get(key)
            if said is None:
                remedy = f"The template says what it must say: {description}"
                yield WordsProblem(shown, key, "is missing.", remedy, missing=True)
                continue
            wanted = set(PLACEHOLDER.findall(japanese.get(key, said)))
            if set(PLACEHOLDER.findall(said)) != wanted:
                remedy = f"Use exactly: {', '.join(sorted(wanted)) or 'none'}."
                yield WordsProblem(shown, key, "has other placeholders than the Japanese text.", remedy)
            if name == "replies" and description.startswith("Label") and len(PLACEHOLDER.sub("", said)) > LABEL_LIMIT:
                yield WordsProblem(shown, key, f"has {len(said)} characters.", f"A label has at most {LABEL_LIMIT}.")
        for key in words.keys() - template.keys():
            yield WordsProblem(shown, key, "is not in the template.", "Remove it, or describe it in _template first.")
