"""`iroiro bench search`: what a question costs as the collection grows, beside common search tools in the same run."""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import bm25s
import click
import numpy as np
from rank_bm25 import BM25Okapi

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.dense import SentenceEncoder, VectorCache, Vectors, unit
from bot.knowledge.ranking import Document, Ranker
from bot.knowledge.search import Searcher
from bot.language.tokenise import search_terms
from bot.settings import Settings

SIZES = (1_000, 10_000, 100_000)
LOCALE = "en"
QUESTIONS = 60
_TOP = 10
_HEADING, _BODY, _PASSAGES = 7, 60, 3


class _DrawnVectors:
    """The real encoder for a question; numbers drawn by lot for a hundred thousand texts it would take hours to encode."""

    name = "drawn"

    def __init__(self) -> None:
        self._real = SentenceEncoder()
        self._draw = np.random.default_rng(7)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return self._real.encode(texts)
        return unit(self._draw.standard_normal((len(texts), 512), dtype=np.float32))


@click.command("search")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
@click.option("--largest", default=SIZES[-1], show_default=True, help="The largest collection to try.")
def command(as_json: bool, largest: int) -> None:
    """Milliseconds a question takes: our base, and synthetic collections of growing size beside the peers."""
    figures = measure([size for size in SIZES if size <= largest])
    if as_json:
        click.echo(json.dumps(figures))
        return
    own = figures["own_base"]
    click.echo(f"our base: {own['articles']} articles, built in {own['build_s']} s, {own['median_ms']} ms a question")
    click.echo(
        f"{'documents':>10}{'ours ms':>10}{'words only':>12}{'bm25s':>8}{'FTS5':>8}{'rank-bm25':>11}{'FTS5/ours':>11}"
    )
    for row in figures["growth"]:
        click.echo(
            f"{row['documents']:>10}{row['ours_ms']:>10}{row['words_ms']:>12}{row['bm25s_ms']:>8}{row['fts5_ms']:>8}"
            f"{row['rank_bm25_ms']:>11}{row['fts5_over_ours']:>11}"
        )


def measure(sizes: Sequence[int]) -> dict[str, Any]:
    """Median milliseconds a question of each collection and tool, and the ratio of SQLite FTS5 over ours."""
    settings = Settings.from_env()
    kb = KnowledgeBase.load(settings.content_dir)
    started = time.perf_counter()
    searcher = Searcher.build(kb, settings.data_dir / "search-vectors.npz")
    searcher.warm(kb.locales)
    built = time.perf_counter() - started
    questions = [text for article in kb.articles() if LOCALE in article.texts for text in article.texts[LOCALE].asked]
    asked = random.Random(7).sample(questions, min(QUESTIONS, len(questions)))
    on = datetime.now(UTC).date()
    own = {
        "articles": len(kb.ids),
        "build_s": round(built, 2),
        "median_ms": _median(asked, lambda question: searcher.search(question, LOCALE, on)),
    }
    vocabulary = sorted({word for question in questions for word in question.split()})
    return {"own_base": own, "growth": [_grown(size, vocabulary, asked) for size in sizes]}


def _grown(size: int, vocabulary: Sequence[str], asked: Sequence[str]) -> dict[str, Any]:
    documents = _synthetic(size, vocabulary)
    terms = [search_terms(f"{document.heading}\n{document.body}", LOCALE) for document in documents]
    analyse = partial(search_terms, locale=LOCALE)
    ours = Ranker(documents, analyse, VectorCache(_DrawnVectors()), terms=terms)
    words = Ranker(documents, analyse, terms=terms)
    peer = bm25s.BM25()
    peer.index(terms, show_progress=False)
    okapi = BM25Okapi(terms)
    with sqlite3.connect(":memory:") as lite:
        lite.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='unicode61')")
        lite.executemany("INSERT INTO t (body) VALUES (?)", ((" ".join(found),) for found in terms))
        fts = _median(asked, lambda question: _fts5(lite, analyse(question)))
    row = {
        "documents": size,
        "ours_ms": _median(asked, lambda question: ours.top(question, _TOP)),
        "words_ms": _median(asked, lambda question: words.top(question, _TOP)),
        "bm25s_ms": _median(asked, lambda question: peer.retrieve([analyse(question)], k=_TOP, show_progress=False)),
        "fts5_ms": fts,
        # One question in ten: it goes through every document in Python.
        "rank_bm25_ms": _median(asked[::10], lambda question: okapi.get_top_n(analyse(question), documents, _TOP)),
    }
    return {**row, "fts5_over_ours": round(fts / row["ours_ms"], 2)}


def _synthetic(size: int, vocabulary: Sequence[str]) -> list[Document]:
    """Documents of words drawn as in real text, where the word of rank r comes with weight 1/r (Zipf)."""
    draw = random.Random(7)
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    shuffled = draw.sample(list(vocabulary), len(vocabulary))
    made = []
    for number in range(size):
        words = draw.choices(shuffled, weights, k=_HEADING + _BODY)
        heading, body = " ".join(words[:_HEADING]), " ".join(words[_HEADING:])
        passages = tuple(" ".join(words[at : at + 12]) + f" {number}" for at in range(0, 12 * _PASSAGES, 12))
        made.append(Document(str(number), f"{heading} {number}", body, passages))
    return made


def _fts5(lite: sqlite3.Connection, terms: Sequence[str]) -> list[Any]:
    query = " OR ".join('"' + term.replace('"', "") + '"' for term in terms)
    return lite.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (query, _TOP)).fetchall()


def _median(asked: Sequence[str], search: Callable[[str], Any]) -> float:
    search(asked[0])
    taken = []
    for question in asked:
        started = time.perf_counter()
        search(question)
        taken.append(time.perf_counter() - started)
    return round(statistics.median(taken) * 1000, 2)
