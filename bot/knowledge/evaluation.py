"""Measures the search on questions with known answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.knowledge.corpus import read_tsv
from bot.knowledge.search import Searcher, SearchResult
from bot.vocabulary import Outcome

OUT_OF_SCOPE = "-"


@dataclass(frozen=True)
class Question:
    """A question and the articles that answer it, any of them; none when the base has no answer."""

    text: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1: `first` and `among_three` of the good questions whose article came first or among the
    first three, `refused` of the good ones that were not found, `kept_out` of the others that were not found."""

    locale: str
    questions: int
    first: float
    among_three: float
    refused: float
    kept_out: float


def read_questions(path: Path) -> list[Question]:
    """Lines of `article, question` separated by a tab: `-` for out of scope, `|` between articles that both answer."""
    return [
        Question(text, () if articles == OUT_OF_SCOPE else tuple(articles.split("|")))
        for articles, text, *_ in read_tsv(path, 2)
    ]


def measure(searcher: Searcher, questions: list[Question], locale: str, on: date) -> tuple[Figures, list[str]]:
    """The figures, and one line for each question that went wrong."""
    counts = {"first": 0, "three": 0, "refused": 0, "kept_out": 0}
    wrong: list[str] = []
    good = [question for question in questions if question.articles]
    for question in questions:
        result = searcher.search(question.text, locale, on)
        ids = [article_id for article_id, _ in result.ranked]
        refused = result.outcome is Outcome.not_found
        if not question.articles:
            counts["kept_out"] += refused
            if not refused:
                wrong.append(_told("answered", question, result))
            continue
        counts["first"] += bool(ids) and ids[0] in question.articles
        counts["three"] += bool(set(ids[:3]) & set(question.articles))
        counts["refused"] += refused
        if refused or not ids or ids[0] not in question.articles:
            wrong.append(_told("refused" if refused else "missed", question, result))
    others = len(questions) - len(good)
    return (
        Figures(
            locale,
            len(questions),
            counts["first"] / max(1, len(good)),
            counts["three"] / max(1, len(good)),
            counts["refused"] / max(1, len(good)),
            counts["kept_out"] / max(1, others),
        ),
        wrong,
    )


def _told(fault: str, question: Question, result: SearchResult) -> str:
    found = " ".join(article_id for article_id, _ in result.ranked[:3])
    wanted = "|".join(question.articles) or "nothing"
    return f"{fault} ({result.confidence:.2f}): {question.text} — wanted {wanted}, found {found}"
