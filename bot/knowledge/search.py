"""Finds the articles that answer a question in any locale, and says how sure it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.knowledge.article_documents import document_for, family, scope_lines
from bot.knowledge.confidence import Evidence, Verdict, judge
from bot.knowledge.dense import Encoder, SentenceEncoder, VectorCache, Vectors, use_one_thread
from bot.knowledge.embedding import CACHE_NAME, EmbeddingVoice, Provider
from bot.knowledge.ideas import Ideas
from bot.knowledge.indexes import UNKNOWN_TO_ENCODER, LocaleIndexes
from bot.knowledge.lexical import Bm25, Scores
from bot.knowledge.parts import Joiners, split_parts
from bot.knowledge.ranking import standard
from bot.knowledge.scope import Scope, out_of_scope_examples
from bot.knowledge.term_cache import TermCache
from bot.language.spelling import spelling_runs
from bot.language.tokenise import search_terms
from bot.vocabulary import Outcome

if TYPE_CHECKING:
    from bot.knowledge.articles import Article, KnowledgeBase

_POOLED, _POOLED_WORDS = 0.55, 0.65
_RUNS, _RUNS_WORDS = 0.35, 0.6
_ACROSS, _ACROSS_WORDS, _TOPIC = 0.85, 0.15, 1.0
_IDEAS = 0.4
_FURTHER = 0.85
"""Of a provider the settings name: as much as the closest passage has, for it is the same kind of evidence."""
_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
_LONGEST = 500
"""Characters of a question that are read; a story's first and last sentences hold what is asked."""
_CHOICES = 3


@dataclass(frozen=True)
class SearchResult:
    """What was found. `ranked` is `(article id, score)`, best first, for every outcome.

    `show` are the articles to give: one when answered (two for a question in two parts), two or three to choose from
    when clarified, none when not found. `missing_part` is the part of the question that has no answer, else None.
    `confidence` is the calibrated chance, 0 to 1, that the base can answer.
    """

    outcome: Outcome
    ranked: list[tuple[str, float]]
    missing_part: str | None = None
    show: tuple[str, ...] = ()
    confidence: float = 0.0


class Searcher:
    """Search over one knowledge base. Safe to use from several threads."""

    def __init__(
        self,
        ids: list[str],
        categories: Mapping[str, str],
        validity: Mapping[str, Sequence[tuple[date | None, date | None]]],
        indexes: LocaleIndexes,
        pooled: Bm25,
        ideas: tuple[Ideas, Bm25],
        vectors: VectorCache | None,
        joiners: Mapping[str, Joiners],
        scopes: Scopes,
        further: EmbeddingVoice | None = None,
    ) -> None:
        self._ids = ids
        self._categories = categories
        self._validity = validity
        self._indexes = indexes
        self._pooled = pooled
        self._ideas, self._by_idea = ideas
        self._vectors = vectors
        self._joiners = joiners
        self._scopes = scopes
        self._further = further
        self._stale_on: dict[date, npt.NDArray[np.bool_]] = {}

    @classmethod
    def build(
        cls,
        kb: KnowledgeBase,
        cache: Path | None = None,
        encoder: Encoder | None = None,
        *,
        dense: bool = True,
        provider: Provider | None = None,
    ) -> Searcher:
        """Index every article in every locale. `cache` keeps sentence vectors between starts, and terms in a file beside
        it; without `dense` only words are compared. `provider` gives one more voice."""
        use_one_thread()
        vectors = VectorCache(encoder or SentenceEncoder(), cache) if dense and kb.ids else None
        ids = list(kb.ids)
        articles = [kb.article(article_id) for article_id in ids]
        cached_terms = TermCache(cache.with_name("search-terms.json") if cache else None)
        terms = {locale: [cached_terms.of(article, family(locale)) for article in articles] for locale in kb.locales}
        ideas = Ideas.load(kb.content_dir, kb.locales)
        by_idea = Bm25([cached_terms.ideas_of(article, ideas) for article in articles])
        cached_terms.save()
        indexes = LocaleIndexes(articles, terms, vectors)
        own = [locale for locale in kb.locales if family(locale)[0] == locale]
        pooled = [[term for locale in own for term in terms[locale][number]] for number in range(len(ids))]
        if vectors is not None:
            vectors.save()
        return cls(
            ids,
            {article.id: article.category for article in articles},
            {article.id: [(fact.valid_from, fact.valid_to) for fact in article.facts] for article in articles},
            indexes,
            Bm25(pooled),
            (ideas, by_idea),
            vectors,
            {locale: Joiners.load(kb.content_dir, locale) for locale in kb.locales},
            Scopes(kb),
            _further(articles, kb.locales, provider, cache),
        )

    def warm(self, locales: Sequence[str]) -> None:
        """Make now what the first question in each of `locales` would make."""
        for locale in locales:
            self._indexes.of(locale)
            if self._further is not None:
                self._further.prepare(locale)
        if self._further is not None:
            self._further.wait()

    def search(self, text: str, locale: str, on: date, topic: str | None = None, limit: int = 10) -> SearchResult:
        """The articles for a question. `topic` is a category the dialogue already knows, which only lifts its articles.

        Never raises for any text; an unknown locale is read as Japanese.
        """
        if locale not in self._indexes:
            locale = "ja" if "ja" in self._indexes else next(iter(self._joiners), "ja")
        question = _shortened(text)
        if not self._ids or not question.strip():
            return SearchResult(Outcome.not_found, [])
        whole = self._find(question, locale, on, topic)
        parts = split_parts(question, self._joiners[locale]) if locale in self._joiners else []
        if len(parts) == 2:
            result = self._in_two_parts(parts, whole, locale, on, topic, limit)
            if result is not None:
                return result
        ranked = whole.ranked[:limit]
        if whole.verdict.outcome is Outcome.not_found:
            return SearchResult(Outcome.not_found, ranked, None, (), whole.verdict.confidence)
        count = 1 if whole.verdict.outcome is Outcome.answered else _CHOICES
        show = tuple(article_id for article_id, _ in ranked[:count])
        return SearchResult(whole.verdict.outcome, ranked, None, show, whole.verdict.confidence)

    def _in_two_parts(
        self, parts: Sequence[str], whole: _Found, locale: str, on: date, topic: str | None, limit: int
    ) -> SearchResult | None:
        """Both answers, or one and what is missing; None when the parts are about one thing, or about none."""
        found = [self._find(part, locale, on, topic) for part in parts]
        sure = [one for one in found if one.verdict.outcome is Outcome.answered]
        confidence = min((one.verdict.confidence for one in sure), default=0.0)
        if len(sure) == 2:
            firsts = [one.ranked[0][0] for one in sure]
            if firsts[0] == firsts[1]:
                return None
            rest = [pair for pair in whole.ranked if pair[0] not in firsts]
            ranked = [sure[0].ranked[0], sure[1].ranked[0], *rest]
            return SearchResult(Outcome.answered, ranked[:limit], None, tuple(firsts), confidence)
        if len(sure) == 1:
            other = found[1 - found.index(sure[0])]
            # A greeting or a sentence of context is no question: only a part with words of its own is missed.
            if other.verdict.outcome is Outcome.not_found and other.asks:
                first = sure[0].ranked[0]
                rest = [pair for pair in whole.ranked if pair[0] != first[0]]
                part = parts[1 - found.index(sure[0])]
                return SearchResult(Outcome.answered, [first, *rest][:limit], part, (first[0],), confidence)
        return None

    def _find(self, question: str, locale: str, on: date, topic: str | None) -> _Found:
        index = self._indexes.of(locale)
        by_words = locale in UNKNOWN_TO_ENCODER
        terms = search_terms(question, locale)
        vector = self._vectors.encode_query(question) if self._vectors is not None else None
        total = index.ranker.scores(question, terms=terms, vector=vector)
        every = list(dict.fromkeys(terms + (search_terms(question, "ja") if _JAPANESE.search(question) else [])))
        total = total + (_POOLED_WORDS if by_words else _POOLED) * standard(self._pooled.scores(every))
        runs = index.runs.scores(spelling_runs(question, locale))
        total = total + (_RUNS_WORDS if by_words else _RUNS) * standard(runs)
        total = total + _IDEAS * standard(self._by_idea.scores(self._ideas.terms(question, locale)))
        across, starts = self._indexes.across
        if vector is not None and self._indexes.whiten is not None and len(across):
            best = np.maximum.reduceat(across @ self._indexes.whiten(vector[None, :])[0], starts)
            total = total + (_ACROSS_WORDS if by_words else _ACROSS) * standard(best)
        further = self._further.scores(question, locale) if self._further is not None else None
        if further is not None:
            total = total + _FURTHER * standard(further)
        if topic:
            lifted = np.array([self._categories[article_id] == topic for article_id in self._ids], dtype=np.float32)
            total = total + _TOPIC * lifted * float(total.std())
        total = np.where(self._stale(on), total - 10 * (float(total.std()) + 1.0), total)
        order = np.argsort(-total, kind="stable")
        ranked = [(self._ids[number], float(total[number])) for number in order]
        scope = self._scopes.evidence(question, locale, terms)
        evidence = self._evidence(locale, terms, every, order, total, vector, scope)
        return _Found(ranked, judge(evidence), asks=len(terms) >= 1, evidence=evidence)

    def _evidence(
        self,
        locale: str,
        terms: list[str],
        every: list[str],
        order: npt.NDArray[np.intp],
        total: Scores,
        vector: Vectors | None,
        scope: float | None,
    ) -> Evidence:
        best = int(order[0])
        index = self._indexes.of(locale)
        words = index.ranker.words
        spread = float(total.std()) or 1.0
        second = total[order[1]] if len(order) > 1 else total[best] - spread
        third = total[order[_CHOICES]] if len(order) > _CHOICES else total[order[-1]]
        return Evidence(
            locale_known=locale not in UNKNOWN_TO_ENCODER and self._vectors is not None,
            cosine=index.closest(best, vector) if vector is not None else 0.0,
            coverage=max(words.coverage(terms, best), self._pooled.coverage(every, best)),
            margin=float(total[best] - second) / spread,
            lead=float(total[best] - third) / spread,
            terms=len(terms),
            scope=scope,
        )

    def _stale(self, on: date) -> npt.NDArray[np.bool_]:
        """Which articles have no fact left that holds on the day: they would be shown empty."""
        stale = self._stale_on.get(on)
        if stale is None:
            stale = np.array([not _any_holds(self._validity[a], on) for a in self._ids], dtype=bool)
            self._stale_on = {on: stale}
        return stale


class Scopes:
    """What each locale covers, counted when the first question in it comes."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._scopes: dict[str, Scope] = {}

    def evidence(self, question: str, locale: str, terms: Sequence[str]) -> float | None:
        """See Scope.evidence; None where the locale has no examples of what is out of scope."""
        scope = self._scopes.get(locale)
        if scope is None:
            scope = self._scopes[locale] = Scope(
                ((line, search_terms(line, locale)) for line in scope_lines(self._kb, locale)),
                ((line, search_terms(line, locale)) for line in out_of_scope_examples(self._kb.content_dir, locale)),
            )
        return scope.evidence(question, terms) if scope.known else None


def _any_holds(spans: Sequence[tuple[date | None, date | None]], on: date) -> bool:
    return any((start is None or start <= on) and (end is None or on <= end) for start, end in spans)


@dataclass(frozen=True)
class _Found:
    ranked: list[tuple[str, float]]
    verdict: Verdict
    asks: bool
    evidence: Evidence


def _further(
    articles: Sequence[Article], locales: Sequence[str], provider: Provider | None, cache: Path | None
) -> EmbeddingVoice | None:
    if provider is None:
        return None
    texts = {locale: [document_for(article, family(locale)).whole for article in articles] for locale in locales}
    return EmbeddingVoice(provider, texts, cache.with_name(CACHE_NAME) if cache else None)


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]}\n{text[-half:]}"
