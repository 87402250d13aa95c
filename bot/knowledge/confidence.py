"""Whether the best article answers the question, is one of a few that might, or nothing does."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from bot.vocabulary import Outcome


@dataclass(frozen=True)
class Evidence:
    """What the search knows about its best article.

    `cosine` of the closest title, question or keyword line; `coverage`, the share of the question's weight of words
    that the article has; `margin` to the second and `lead` over the fourth article in spreads; `terms` is how many
    words the question has; `scope` is what Scope.evidence says, None where the locale has no examples of what is out of
    scope. `locale_known`: whether sentence vectors say anything in this locale.
    """

    locale_known: bool
    cosine: float
    coverage: float
    margin: float
    lead: float
    terms: int
    scope: float | None = None


@dataclass(frozen=True)
class Verdict:
    """`confidence` is the chance that the base has an answer, 0 to 1."""

    outcome: Outcome
    confidence: float


_KNOWN = (-6.0, 6.5, 3.2, 0.5, 0.4)
_WORDS_ONLY = (-3.6, 2.0, 4.5, 0.4, 0.5)
"""Bias and weights of cosine, coverage, margin and lead."""
_SCOPED, _SCOPED_WORDS_ONLY = (-7.4, 0.3, 1.8, 1.2, 2.2), (-6.2, 0.0, 1.8, 1.2, 2.2)
_SCOPE = 0.56
"""The same, and the weight of the scope's evidence: by logistic regression on the written questions of the other locales
each time, and then of all."""
_FIND, _FIND_BY_WORDS, _FIND_IN_SCOPE, _ANSWER = 0.25, 0.45, 0.26, 0.45
"""Below the first (the second where only words speak, the third where the scope is known) nothing is found; below the
last the resident chooses."""
_CLEAR = 0.25
"""Below this margin the next articles are too close: the resident chooses."""


def judge(evidence: Evidence) -> Verdict:
    """The verdict on one question."""
    least, scope = _FIND if evidence.locale_known else _FIND_BY_WORDS, 0.0
    weights = _KNOWN if evidence.locale_known else _WORDS_ONLY
    if evidence.scope is not None:
        least, scope = _FIND_IN_SCOPE, _SCOPE * evidence.scope
        weights = _SCOPED if evidence.locale_known else _SCOPED_WORDS_ONLY
    bias, cosine, coverage, margin, lead = weights
    total = bias + scope + coverage * evidence.coverage + margin * evidence.margin + lead * evidence.lead
    total += cosine * evidence.cosine
    confidence = 1 / (1 + exp(-total))
    if confidence < least:
        return Verdict(Outcome.not_found, confidence)
    if confidence < _ANSWER or evidence.margin < _CLEAR:
        return Verdict(Outcome.clarified, confidence)
    return Verdict(Outcome.answered, confidence)
