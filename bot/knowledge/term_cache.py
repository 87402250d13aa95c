"""Keeps the terms of article texts between starts: analysing a thousand texts takes longer than all the rest."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.knowledge.article_documents import family, lines_of, term_sources, texts_for
from bot.language import normalise, segment, stem, tokenise
from bot.language.tokenise import search_terms

if TYPE_CHECKING:
    from bot.knowledge.articles import Article
    from bot.knowledge.ideas import Ideas

_ABOUT_TWICE = 2


class TermCache:
    """Terms by text and locale, in one file. A change of the text or of the analysis makes them anew."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, list[str]] = {}
        self._used: set[str] = set()
        self._version = _analysis_version()
        if path is not None and path.exists():
            try:
                self._known = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                # A cache that cannot be read is only a slower start.
                self._known = {}
        self._stored = frozenset(self._known)

    def of(self, article: Article, locales: Sequence[str]) -> list[str]:
        """Terms of the article for readers of `locales`; what it is about counts twice."""
        found: list[str] = []
        for locale, text in texts_for(article, locales):
            about, rest = term_sources(text)
            found += self._terms(about, locale) * _ABOUT_TWICE + self._terms(rest, locale)
        return found

    def ideas_of(self, article: Article, ideas: Ideas) -> list[str]:
        """The ideas of the lines by which the article is found, of all its languages."""
        found: list[str] = []
        for locale in article.texts:
            if family(locale)[0] == locale:
                lines = "\n".join(lines_of(article, (locale,)))
                found += self._kept(f"{ideas.version}\n{locale}\n{lines}", partial(_line_ideas, lines, locale, ideas))
        return found

    def save(self) -> None:
        """Write what was used, all or nothing."""
        if self._path is None or self._used == self._stored:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        kept = {key: self._known[key] for key in sorted(self._used)}
        temporary.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, self._path)

    def _terms(self, text: str, locale: str) -> list[str]:
        return self._kept(f"{self._version}\n{locale}\n{text}", lambda: search_terms(text, locale))

    def _kept(self, name: str, make: Callable[[], list[str]]) -> list[str]:
        key = hashlib.sha256(name.encode()).hexdigest()
        self._used.add(key)
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]


def _line_ideas(lines: str, locale: str, ideas: Ideas) -> list[str]:
    return [idea for line in lines.split("\n") for idea in ideas.terms(line, locale)]


def _analysis_version() -> str:
    sources = "".join(inspect.getsource(module) for module in (normalise, segment, stem, tokenise))
    return hashlib.sha256(sources.encode()).hexdigest()
