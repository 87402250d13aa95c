"""Ranks any FAQ given as a file of `id, question, answer`, and writes TREC run lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from bot.knowledge.dense import SentenceEncoder, VectorCache
from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.ranking import Document, Ranker
from bot.language.tokenise import search_terms

_SENTENCE_END = re.compile(r"[。！？!?■\n]|(?<=[a-z])\. ")
_SHORTEST_PASSAGE, _MOST_PASSAGES, _LONGEST_PASSAGE = 8, 30, 200


def read_tsv(path: Path, columns: int) -> list[list[str]]:
    """Rows of a tab-separated file without header. Raises KnowledgeError naming each row with too few columns."""
    rows: list[list[str]] = []
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) < columns:
            remedy = f"Separate {columns} columns with tabs."
            problems.append(Problem(str(path), number, "", f"the line has {len(cells)} columns.", remedy))
        rows.append(cells)
    if problems:
        raise KnowledgeError(problems)
    return rows


def faq_document(document_id: str, question: str, answer: str) -> Document:
    """A question and its answer as a document; the answer's sentences are its passages."""
    sentences = [part.strip() for part in _SENTENCE_END.split(answer)]
    passages = [part[:_LONGEST_PASSAGE] for part in sentences if len(part) >= _SHORTEST_PASSAGE][:_MOST_PASSAGES]
    return Document(document_id, question, answer, tuple(passages))


def build_faq_ranker(rows: Iterable[list[str]], locale: str = "ja", cache: Path | None = None) -> Ranker:
    """A ranker over `[id, question, answer]` rows; vectors are kept in `cache` when it is given."""
    vectors = VectorCache(SentenceEncoder(), cache)
    ranker = Ranker([faq_document(*row[:3]) for row in rows], partial(search_terms, locale=locale), vectors)
    vectors.save()
    return ranker


def trec_lines(ranker: Ranker, queries: Iterable[list[str]], top: int, run: str = "iroiro") -> Iterator[str]:
    """`query Q0 document rank score run`, ranks from 1, for each query in order."""
    for query_id, text, *_ in queries:
        for rank, (document_id, score) in enumerate(ranker.top(text, top), start=1):
            yield f"{query_id} Q0 {document_id} {rank} {score:.6f} {run}"
