"""The loaders' own checks on a change, before anybody may propose or publish it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.console.content_items import CRISIS, FACILITIES, HOTLINES, article_of
from bot.console.content_merge import MARKS
from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.check import check_knowledge
from bot.knowledge.facilities import parse_facilities
from bot.knowledge.problems import Problem
from bot.knowledge.source_lines import YamlFault, duplicate_keys, line_map, load_yaml, nearest_line
from bot.reply.check_words import check_words
from bot.safety.hotlines import Hotlines, HotlinesError, hotline_faults
from bot.vocabulary import LOCALES


def check_change(folder: Path, item: str, texts: Mapping[str, str], kb: KnowledgeBase, on: date) -> list[Problem]:
    """Every problem `texts` (path → text, already in `folder`) would bring, by file and line; [] when it may go out."""
    problems = _marks(texts)
    if problems:
        return problems
    article = article_of(item)
    if article is not None:
        found = check_knowledge(folder, [article], on=on, allow_missing_locales=True)
        # A fact that cannot be read is missed by thirteen texts; only its own fault helps.
        return [problem for problem in found if problem.file.endswith("article.yml")] or found
    if item == FACILITIES:
        return [problem for path, text in texts.items() for problem in _facilities(path, text, kb)]
    if item == HOTLINES:
        return [problem for path, text in texts.items() for problem in _hotlines(folder, path, text)]
    if item == CRISIS:
        return [problem for path, text in texts.items() for problem in _words(folder, path, text)]
    return []


def _marks(texts: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            path,
            number,
            "",
            f"`{line[:7]}` marks lines that two people changed.",
            "Keep what is right, then remove the marks.",
        )
        for path, text in texts.items()
        for number, line in enumerate(text.split("\n"), 1)
        if line.startswith(MARKS[0]) or line.startswith(MARKS[2]) or line.rstrip() == MARKS[1]
    ]


def _facilities(path: str, text: str, kb: KnowledgeBase) -> list[Problem]:
    found, problems = parse_facilities(text.removeprefix("\ufeff"), path)
    known = {facility.id for facility in found}
    faulty = bool(problems)
    for article in kb.articles():
        for office in article.offices:
            if office not in known and not faulty:
                remedy = "Put the row back, or take the office out of the article first."
                problems.append(
                    Problem(path, 0, "ID", f"{office} is missing, and the article {article.id} names it.", remedy)
                )
    return sorted(set(problems))


def _hotlines(folder: Path, path: str, text: str) -> list[Problem]:
    problems = [_told(path, line, field, message) for line, field, message in hotline_faults(text)]
    if not problems:
        try:
            Hotlines.load(folder)
        except HotlinesError as error:
            problems.append(_told(path, 0, error.field, str(error)))
    return sorted(problems)


def _told(path: str, line: int, field: str, message: str) -> Problem:
    """A message whose last sentence is the remedy, as a Problem."""
    said, _, remedy = message.rstrip(".").rpartition(". ")
    return Problem(path, line, field, f"{said}." if said else f"{remedy}.", f"{remedy}." if said else "")


def _words(folder: Path, path: str, text: str) -> list[Problem]:
    locale = Path(path).parent.name
    try:
        load_yaml(text)
    except YamlFault as fault:
        return [Problem(path, fault.line, "", f"not YAML: {fault}.", "Put texts that hold `: ` or `#` into quotes.")]
    problems = [
        Problem(path, line, str(where[-1]), "the key stands twice; only the last would count.", "Keep one.")
        for where, line in duplicate_keys(text)
    ]
    lines = line_map(text)
    problems += [
        Problem(path, nearest_line(lines, where), str(where[1]), "says nothing.", "Write the words, in quotes.")
        for where, said in _said(load_yaml(text))
        if not said.strip()
    ]
    for found in check_words(folder, [locale] if locale in LOCALES else []):
        if found.file == path:
            line = nearest_line(lines, ("crisis", found.key)) if found.key else 0
            problems.append(Problem(path, line, found.key, found.message.replace(f"{folder}/", ""), found.remedy))
    return sorted(problems)


def _said(data: Any) -> list[tuple[tuple[str, str], str]]:
    words = data.get("crisis") if isinstance(data, dict) else None
    return [(("crisis", key), said) for key, said in (words or {}).items() if isinstance(said, str)]
