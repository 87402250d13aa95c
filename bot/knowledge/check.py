"""Checks the knowledge base: shapes, references, dates, and that no text states a number of its own.

`python -m bot.knowledge.check [article ids…] [--allow-missing-locales]` prints one line per problem.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.knowledge.articles import Article, article_folders, load_article
from bot.knowledge.check_text import check_texts
from bot.knowledge.documents import DOCUMENTS_FILE, Documents
from bot.knowledge.facilities import Facilities
from bot.knowledge.formats import Formats
from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.schemas import article_faults
from bot.knowledge.source_lines import YamlFault, duplicate_keys, line_map, load_yaml, nearest_line
from bot.vocabulary import LOCALES

_TOKYO = ZoneInfo("Asia/Tokyo")
_MONTHS = re.compile(r"\d+ ?(?:月|월)|tháng \d+")


def check_knowledge(
    content_dir: Path,
    article_ids: Iterable[str] = (),
    *,
    on: date | None = None,
    allow_missing_locales: bool = False,
    locales: Sequence[str] = LOCALES,
) -> list[Problem]:
    """Every problem of the knowledge base, sorted by file and line; all articles when no ids are given.

    `on` (default today) is the day from which every text must make sense: facts that end or begin later are tried too.
    With `allow_missing_locales` an absent `<locale>.md` is no problem; ja.md is always needed.
    """
    problems: list[Problem] = []
    formats: dict[str, Formats] = {}
    for locale in locales:
        try:
            formats[locale] = Formats.load(content_dir, locale)
        except KnowledgeError as error:
            problems += error.problems
    facilities = Facilities([])
    try:
        facilities = Facilities.load(content_dir)
    except KnowledgeError as error:
        problems += error.problems
    documents = Documents({})
    try:
        documents = Documents.load(content_dir)
    except KnowledgeError as error:
        problems += error.problems
    wanted = set(article_ids)
    folders = article_folders(content_dir)
    known = {folder.name for folder in folders}
    for unknown in sorted(wanted - known):
        problems.append(
            Problem(str(content_dir / "knowledge_base" / "articles"), 0, unknown, "no such article.", "Check the id.")
        )
    day = on or datetime.now(_TOKYO).date()
    for folder in folders:
        if wanted and folder.name not in wanted:
            continue
        faults = check_article_file(folder / "article.yml", folder.name)
        problems += faults
        loaded: list[Problem] = []
        article = load_article(folder, formats, loaded)
        # A shape fault and the same fault met while loading would be told twice, on the same line.
        lines_told = {(fault.file, fault.line) for fault in faults}
        problems += [fault for fault in loaded if (fault.file, fault.line) not in lines_told]
        if article is None or faults:
            continue
        problems += _references(article, known, facilities, documents)
        unreadable = {Path(fault.file).stem for fault in loaded if fault.file.endswith(".md")}
        problems += _missing_texts(article, formats, unreadable, allow_missing_locales)
        problems += check_texts(article, formats, days_to_try(article, day))
    return sorted(_relative(problem, content_dir) for problem in problems)


def check_article_file(path: Path, article_id: str) -> list[Problem]:
    """Problems of one article.yml by itself: YAML, schema, ids, dates."""
    try:
        source = path.read_text(encoding="utf-8")
        data = load_yaml(source)
    except (OSError, UnicodeDecodeError, YamlFault):
        return []  # loading the article reports these
    lines = line_map(source)
    problems = [
        Problem(
            str(path),
            line,
            ".".join(map(str, where)),
            "the key stands twice; only the last would count.",
            "Keep one, or rename it.",
        )
        for where, line in duplicate_keys(source)
    ]
    for where, message, remedy in article_faults(data):
        problems.append(Problem(str(path), nearest_line(lines, where), ".".join(map(str, where)), message, remedy))
    if problems:
        return problems
    if data["id"] != article_id:
        remedy = f"Write `id: {article_id}`, or rename the folder."
        problems.append(Problem(str(path), lines[("id",)], "id", f"`{data['id']}` is not the folder's name.", remedy))
    seen: dict[str, int] = {}
    for index, fact in enumerate(data["facts"]):
        where = ("facts", index, "id")
        if fact["id"] in seen:
            problems.append(
                Problem(
                    str(path),
                    nearest_line(lines, where),
                    f"facts.{index}.id",
                    f"{fact['id']} stands twice.",
                    "Give each fact its own id; dated versions share a `slot`.",
                )
            )
        seen[fact["id"]] = index
        if fact.get("slot") in {other["id"] for other in data["facts"]} - {fact["id"]}:
            problems.append(
                Problem(
                    str(path),
                    nearest_line(lines, where),
                    f"facts.{index}.slot",
                    f"the slot {fact['slot']} is also the id of another fact.",
                    "Rename the slot.",
                )
            )
    return problems


def days_to_try(article: Article, on: date) -> list[date]:
    """`on`, and every later day on which a fact of the article begins or has just ended."""
    days = {on}
    for fact in article.facts:
        if fact.valid_from and fact.valid_from > on:
            days.add(fact.valid_from)
        if fact.valid_to and fact.valid_to >= on:
            days.add(fact.valid_to + timedelta(days=1))
    return sorted(days)


def _references(article: Article, known: set[str], facilities: Facilities, documents: Documents) -> list[Problem]:
    path = article.path / "article.yml"
    lines = line_map(path.read_text(encoding="utf-8"))

    def problem(where: tuple[Any, ...], message: str, remedy: str) -> Problem:
        return Problem(str(path), nearest_line(lines, where), ".".join(map(str, where)), message, remedy)

    problems = []
    for index, other in enumerate(article.related):
        if other not in known or other == article.id:
            problems.append(problem(("related", index), f"there is no other article `{other}`.", "Check the id."))
    for index, office in enumerate(article.offices):
        if facilities.get(office) is None:
            remedy = "Add a row to knowledge_base/facilities.csv, or use an id that it has."
            problems.append(problem(("offices", index), f"there is no facility `{office}`.", remedy))
    for index, document in enumerate(article.required_documents):
        if document not in documents:
            remedy = f"Add it to {DOCUMENTS_FILE}."
            problems.append(problem(("required_documents", index), f"there is no document `{document}`.", remedy))
    rules = article.eligibility or {}
    amount = rules.get("amount")
    amounts = [entry["value"] for entry in amount] if isinstance(amount, list) else [amount]
    for where, reference in (
        *((("eligibility", "amount"), one) for one in amounts),
        (("eligibility", "deadline", "value"), (rules.get("deadline") or {}).get("value")),
    ):
        if reference:
            name, _, key = reference.partition(".")
            if not any(key in fact.values for fact in article.versions(name)):
                remedy = "Write fact-id.value or slot.value of this article."
                problems.append(problem(where, f"`{reference}` is no value of this article's facts.", remedy))
    for slot in {fact.slot for fact in article.facts if fact.slot}:
        versions = sorted((fact for fact in article.facts if fact.slot == slot), key=lambda f: f.valid_from or date.min)
        for earlier, later in zip(versions, versions[1:], strict=False):
            if earlier.valid_to is None or (later.valid_from and earlier.valid_to >= later.valid_from):
                index = article.facts.index(earlier)
                remedy = f"End {earlier.id} with `valid_to` on the day before {later.id} begins."
                ends = ("facts", index, "valid_to")
                problems.append(problem(ends, f"{earlier.id} and {later.id} of slot {slot} overlap.", remedy))
    for index, fact in enumerate(article.facts):
        for key, value in fact.values.items():
            if value.type == "text":
                digits = {locale: _digits(text) for locale, text in value.data.items()}
                for locale, found in digits.items():
                    if found != digits["ja"]:
                        problems.append(
                            problem(
                                ("facts", index, "values", key, "value", locale),
                                f"its numbers ({' '.join(found) or 'none'}) differ from the Japanese "
                                f"({' '.join(digits['ja']) or 'none'}).",
                                "Write the same digits in every locale.",
                            )
                        )
    return problems


def _missing_texts(
    article: Article, formats: dict[str, Formats], unreadable: set[str], allow_missing_locales: bool
) -> list[Problem]:
    return [
        Problem(str(article.path / f"{locale}.md"), 0, "", "the text is missing.", "Write it, or add its translation.")
        for locale in formats
        if locale not in article.texts and locale not in unreadable and (locale == "ja" or not allow_missing_locales)
    ]


def _digits(text: str) -> list[str]:
    """Numbers in any script's digits, sorted. Months do not count: many languages write them as words."""
    plain = "".join(str(unicodedata.digit(char, char)) for char in text)
    return sorted(re.findall(r"\d+", _MONTHS.sub(" ", plain)))


def _relative(problem: Problem, content_dir: Path) -> Problem:
    try:
        file = str(Path(problem.file).relative_to(content_dir))
    except ValueError:
        return problem
    return Problem(file, problem.line, problem.field, problem.message, problem.remedy)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the problems; the exit code is 1 when there are any."""
    parser = argparse.ArgumentParser(prog="python -m bot.knowledge.check", description=__doc__)
    parser.add_argument("articles", nargs="*", help="ids to check; all when none is given")
    parser.add_argument("--allow-missing-locales", action="store_true", help="do not report absent translations")
    parser.add_argument("--content", type=Path, default=Path(__file__).resolve().parents[2], help="content folder")
    parser.add_argument("--on", type=date.fromisoformat, default=None, help="day to check for (YYYY-MM-DD), today")
    options = parser.parse_args(arguments)
    problems = check_knowledge(
        options.content, options.articles, on=options.on, allow_missing_locales=options.allow_missing_locales
    )
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
