"""Splits a question that asks two things."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.source_lines import YamlFault, load_yaml

_END = re.compile(r"[?？!！。\n]+|(?<=[^\d\s])[.।](?=\s|$)")
_SHORTEST = 4


@dataclass(frozen=True)
class Joiners:
    """Words of one locale that begin a second question: `それと`, `and also`."""

    pattern: re.Pattern[str] | None

    @classmethod
    def load(cls, content_dir: Path, locale: str) -> Joiners:
        """Read nlu_data/<locale>/search.yml; no file means no joiners. Raises KnowledgeError for a broken one."""
        path = content_dir / "nlu_data" / locale / "search.yml"
        if not path.exists():
            return cls(None)
        try:
            words = load_yaml(path.read_text(encoding="utf-8"))["search"]["joiners"]
            pattern = "|".join(re.escape(str(word)) for word in sorted(words, key=len, reverse=True))
        except (YamlFault, KeyError, TypeError) as error:
            remedy = "Write `search: {joiners: [words]}`."
            raise KnowledgeError([Problem(str(path), 0, "search.joiners", f"unreadable: {error}.", remedy)]) from None
        return cls(re.compile(pattern, re.IGNORECASE) if pattern else None)


def split_parts(text: str, joiners: Joiners) -> list[str]:
    """The parts of a question: sentences, and what stands before and after a joiner. One part comes back as one."""
    parts = [piece for sentence in _END.split(text) for piece in _at_joiner(sentence, joiners)]
    return [part.strip(" 、,;；") for part in parts if len(part.strip(" 、,;；")) >= _SHORTEST]


def _at_joiner(sentence: str, joiners: Joiners) -> list[str]:
    if joiners.pattern is None:
        return [sentence]
    match = joiners.pattern.search(sentence)
    # A joiner at the very beginning only continues the talk.
    if match is None or not sentence[: match.start()].strip():
        return [sentence[match.end() :] if match else sentence]
    return [sentence[: match.start()], sentence[match.end() :]]
