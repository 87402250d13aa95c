"""The safety gate. It needs no model server, network, database or language detection, and it never raises.

Two voices may raise a level: the phrases of every locale's signals.yml, and a small classifier. Only guards lower what
a phrase raised. Then the conversation so far is taken into account.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.safety import conversation
from bot.safety.fold import Folded
from bot.safety.matcher import Covers, Hit, Matcher, Prepared
from bot.safety.repeats import Condensed, condense
from bot.safety.signals import LocaleSignals, SignalsError, load_all
from bot.settings import Settings, SettingsError
from bot.turn import Assessment, Signal
from bot.vocabulary import Category, RiskLevel

if TYPE_CHECKING:
    from bot.safety.classifier import Classifier

_LOG = logging.getLogger(__name__)

GATE_ERROR = "gate-error"
SAFE_WORD = "safe-word"
_MOST_SIGNALS = 12

_TRUNK = {
    # When two categories stand at the same level, the one whose help differs most comes first.
    category: rank
    for rank, category in enumerate(
        (
            Category.suicide_self_harm,
            Category.sexual_violence,
            Category.domestic_violence,
            Category.pregnancy_crisis,
            Category.caregiver_crisis,
            Category.violence_threat,
            Category.third_party_report,
            Category.abuse,
            Category.bullying,
            Category.no_safe_place,
            Category.distress,
            Category.abusive_language,
        )
    )
}


class Gate:
    """Assesses texts. Make it with `Gate.load`; it holds no state between calls."""

    def __init__(
        self, locales: dict[str, LocaleSignals], weights: Path | None = None, prepared: Prepared | None = None
    ) -> None:
        self._locales = locales
        self._matcher = Matcher(locales, prepared)
        self._classifier = _load_classifier(weights)
        self.problems = [problem for data in locales.values() for problem in data.problems]
        for problem in self.problems:
            _LOG.warning("safety data: %s", problem)

    @classmethod
    def load(cls, content_dir: Path, weights: Path | None = None, strict: bool = False) -> Gate:
        """The gate over all locale folders of `content_dir`; made once a process for each folder.

        `weights` overrides the classifier's file; a missing file leaves the phrases alone to speak. With `strict`, as a
        service starts, any fault in a signals.yml raises SignalsError with file, line, field and remedy; without it the
        faulty entry is left out, told in `problems`, and everything else is heard.
        """
        gate = _load(content_dir.resolve(), weights)
        if strict and gate.problems:
            raise SignalsError("\n".join(gate.problems))
        if strict and not gate.locales:
            raise SignalsError(f"{content_dir}/nlu_data: no signals.yml in any locale folder. Restore the folder.")
        return gate

    @property
    def locales(self) -> tuple[str, ...]:
        """Locales whose signals are heard."""
        return tuple(self._locales)

    def safe_words(self, locale: str) -> tuple[str, ...]:
        """Safe words of a locale, the one for the greeting first; empty when it has none."""
        data = self._locales.get(locale)
        return data.safe_words if data else ()

    def assess(self, text: str, history: Sequence[Assessment] = ()) -> Assessment:
        """The level after this message. `history` holds the conversation's earlier assessments, oldest first.

        Signals whose voice is `conversation` were not in this message's own words. An internal error gives level
        high with the rule `gate-error`, so that a person looks.
        """
        try:
            return self._assess(text, history)
        except Exception:
            _LOG.exception(
                "safety gate failed on a message of %s characters", len(text) if isinstance(text, str) else "?"
            )
            signal = Signal(GATE_ERROR, Category.distress, RiskLevel.high, "", 0, 0, "", "gate_error")
            return Assessment(RiskLevel.high, Category.distress, (signal,))

    def signals_of(self, locale: str) -> LocaleSignals:
        """What a locale's signals.yml says. Raises KeyError for a locale without one."""
        return self._locales[locale]

    def by_phrases(self, text: str) -> Assessment:
        """What the phrases and guards alone say of a text. May raise: this is for proving the signals, not for residents."""
        condensed = condense(text)
        return _combine(self._heard(text, condensed, self._matcher.fold(condensed.text), ())[0])

    def _heard(
        self, text: str, condensed: Condensed, folded: Folded, history: Sequence[Assessment]
    ) -> tuple[list[Signal], list[Hit], Covers]:
        """The signals of the phrases, all they hit before earlier disclosures were asked for, and the guards."""
        signals: list[Signal] = []
        safe = self._matcher.safe_word(folded)
        if safe is not None:
            word, locale = safe
            signals.append(Signal(SAFE_WORD, Category.distress, RiskLevel.high, locale, 0, len(text), word))
        covers = self._matcher.covers(folded)
        hits = self._matcher.hits(folded, covers)
        known = conversation.disclosed(history)
        known |= {hit.rule.category for hit in hits if hit.level >= RiskLevel.high and not hit.rule.after}
        for hit in hits:
            if hit.rule.after and not hit.rule.after & known:
                continue
            signals.append(_signal(hit, text, *condensed.span(*folded.span(hit.start, hit.end))))
        return signals, hits, covers

    def _assess(self, text: str, history: Sequence[Assessment]) -> Assessment:
        condensed = condense(text)
        folded = self._matcher.fold(condensed.text)
        signals, hits, covers = self._heard(text, condensed, folded, history)
        if self._classifier is not None:
            kind = self._matcher.kind(folded)
            pieces = self._classifier.scored(folded.plain)
            opinion = self._classifier.opinion(folded.plain, kind, pieces)
            if opinion is not None and _speaks_of_something_else(hits, covers):
                opinion = self._classifier.opinion(folded.plain, kind, pieces, guarded=True)
            if opinion is not None:
                start, end = condensed.span(*folded.span(opinion.start, opinion.end))
                rule = f"classifier-{opinion.category.value}"
                span = text[start:end][:200]
                signals.append(
                    Signal(
                        rule, opinion.category, opinion.level, "", start, end, span, "classifier", opinion.confidence
                    )
                )
        own = _combine(signals)
        if not history:
            return own
        locale = own.signals[0].locale if own.signals else ""
        return conversation.in_context(
            own, history, locale, self._matcher.clarifies(folded), self._matcher.retracts(folded)
        )


def _speaks_of_something_else(hits: list[Hit], covers: Covers) -> bool:
    """Whether the text speaks of a game, the news, a lecture and the like: the classifier must be surer then."""
    return any(hit.guard for hit in hits) or any(guard.scope != "overlap" for guard, _, _ in covers.all())


def _signal(hit: Hit, text: str, start: int, end: int) -> Signal:
    rule = hit.rule
    guard = hit.guard.id if hit.guard else None
    return Signal(rule.id, rule.category, hit.level, rule.locale, start, end, text[start:end], guard=guard)


def _combine(signals: list[Signal]) -> Assessment:
    """Signals to one assessment: the highest level, and among its categories the one phrases name first."""
    if not signals:
        return Assessment()
    unique = {(signal.rule, signal.start, signal.end): signal for signal in signals}
    ordered = sorted(
        unique.values(),
        key=lambda s: (
            -s.level,
            s.voice != "phrase",
            s.category is Category.distress,
            -(s.end - s.start),
            _TRUNK[s.category],
            s.start,
            s.rule,
        ),
    )
    level = ordered[0].level
    if level is RiskLevel.none:
        insult = next((s for s in ordered if s.category is Category.abusive_language and s.guard is None), None)
        return Assessment(RiskLevel.none, insult.category if insult else None, tuple(ordered[:_MOST_SIGNALS]))
    risky = [signal for signal in ordered if signal.category is not Category.abusive_language]
    return Assessment(level, risky[0].category if risky else None, tuple(ordered[:_MOST_SIGNALS]))


def _load_classifier(weights: Path | None) -> Classifier | None:
    from bot.safety.classifier import WEIGHTS, Classifier, WeightsError

    try:
        return Classifier.load(weights or WEIGHTS)
    except WeightsError as error:
        _LOG.warning("the safety classifier is off, phrases go on: %s", error)
        return None


@lru_cache(maxsize=4)
def _load(content_dir: Path, weights: Path | None) -> Gate:
    locales, prepared = _signals(content_dir)
    return Gate(locales, weights, prepared)


def _signals(content_dir: Path) -> tuple[dict[str, LocaleSignals], Prepared]:
    """The signals of a folder; those of the service's own one are kept parsed in its data folder."""
    from bot.safety import compiled

    folder, key = _cache_folder(content_dir), ""
    if folder is not None:
        try:
            key = compiled.key_of(content_dir)
        except OSError:
            # Told by the loader, with a remedy; without a key nothing is kept.
            folder = None
    restored = compiled.restore(folder, key) if folder else None
    if restored is not None:
        return restored
    locales = load_all(content_dir)
    prepared = Prepared.of(locales)
    if folder and locales and not any(data.problems for data in locales.values()):
        compiled.store(folder, key, locales, prepared)
    return locales, prepared


def _cache_folder(content_dir: Path) -> Path | None:
    try:
        settings = Settings.from_env()
    except SettingsError:
        return None
    return settings.data_dir / "cache" if content_dir == settings.content_dir.resolve() else None
