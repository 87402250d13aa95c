"""`iroiro train safety`: makes the classifier's weights from every locale's lines. Needs scikit-learn (group `bench`)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from bot.safety.classifier import KINDS, OUTPUTS, WEIGHTS
from bot.safety.examples import Example, everyday_questions, load_examples
from bot.safety.features import BITS, feature_ids
from bot.safety.matcher import Matcher
from bot.safety.signals import LocaleSignals, load_all
from bot.settings import Settings
from bot.vocabulary import RiskLevel

FOLDS = 4
_REGULARISATION = 10.0
_FALSE_ALARMS = {"high": 0.02, "concern": 0.06}
"""Share of each locale's hard negatives that the classifier alone may raise on lines it has not learnt."""
_ORDINARY_FALSE_ALARMS = {"high": 0.004, "concern": 0.02}
"""The same of ordinary questions: they are what most people write."""
_ENOUGH = 60
"""Hard negatives without which no threshold is set for a locale: the strictest of the others then holds."""
_ORDINARY_SHARE = 3
"""One in so many of the questions gathered from other data is learnt from: they are many and much alike."""


def training_lines(content_dir: Path, locales: dict[str, LocaleSignals]) -> list[Example]:
    """Everything to learn from: written lines, the signals' and guards' own tests, other data's questions."""
    lines = load_examples(content_dir)
    for data in locales.values():
        for rule in data.rules:
            if rule.level is RiskLevel.none or rule.after:
                continue
            lines += [Example(text, data.locale, rule.level, rule.category, rule.id, "test") for text in rule.tests]
        for guard in data.guards:
            lines += [Example(text, data.locale, RiskLevel.none, None, guard.id, "test") for text in guard.tests]
    known = {line.text for line in lines}
    matcher = Matcher(locales)
    for line in everyday_questions(content_dir):
        # Articles for people in need ask in their words: what the phrases flag is no example of harmless text.
        if zlib.crc32(line.text.encode()) % _ORDINARY_SHARE:
            continue
        if line.text not in known and all(hit.level < RiskLevel.high for hit in matcher.hits(matcher.fold(line.text))):
            lines.append(line)
    return lines


class Trainer:
    """Folds the lines once and fits one logistic regression for each output."""

    def __init__(self, lines: Sequence[Example], matcher: Matcher) -> None:
        from scipy.sparse import csr_matrix

        self.lines = lines
        self.levels = np.array([int(line.level) for line in lines])
        self.locales = np.array([line.locale for line in lines])
        self.tests = np.array([line.style == "test" for line in lines])
        self.kinds: list[str] = []
        rows, columns, values = [], [], []
        for row, line in enumerate(lines):
            folded = matcher.fold(line.text)
            self.kinds.append(matcher.kind(folded))
            ids, counts = np.unique(feature_ids(folded.plain), return_counts=True)
            rows.append(np.full(len(ids), row))
            columns.append(ids)
            values.append(counts / np.sqrt(counts.sum()))
        shape = (len(lines), 2**BITS)
        self.matrix = csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
        self.folds = np.array([line.fold(FOLDS) for line in lines])
        self.ordinary = np.array([line.is_ordinary for line in lines])

    def fit(self, name: str, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        """Coefficients (2**BITS,) and bias of one output, learnt from the chosen lines."""
        from sklearn.linear_model import LogisticRegression

        if name not in _FALSE_ALARMS:
            # How urgent and of which category is only asked of lines that are risk.
            chosen = chosen & (self.levels > 0)
        target = self.target(name)[chosen]
        if target.all() or not target.any():
            return np.zeros(2**BITS), -5.0
        model = LogisticRegression(
            C=_REGULARISATION, solver="liblinear", class_weight="balanced", random_state=0, tol=1e-2
        )
        model.fit(self.matrix[chosen], target)
        return model.coef_[0], float(model.intercept_[0])

    def target(self, name: str) -> NDArray[np.bool_]:
        if name in RiskLevel.__members__:
            return self.levels >= int(RiskLevel[name])
        return np.array([line.category is not None and line.category.value == name for line in self.lines])

    def unseen_scores(self, name: str) -> NDArray[np.float64]:
        """The score of every line by a model that never saw its family."""
        scores = np.zeros(len(self.lines))
        for part in range(FOLDS):
            held = self.folds == part
            if not held.any():
                continue
            weights, bias = self.fit(name, ~held)
            scores[held] = self.matrix[held] @ weights + bias
        return scores

    def threshold(self, scores: NDArray[np.float64], level: RiskLevel, kind: str = "") -> float:
        """The lowest score that keeps false alarms within bounds in every locale, for lines of one kind.

        Not a number when no locale has enough hard negatives of the kind.
        """
        limits = []
        below = (self.levels < int(level)) & ~self.tests
        if kind:
            below &= np.array([found == kind for found in self.kinds])
        for locale in sorted(set(self.locales)):
            mine = below & (self.locales == locale)
            hard = mine & ~self.ordinary
            if hard.sum() >= _ENOUGH:
                limits.append(float(np.quantile(scores[hard], 1 - _FALSE_ALARMS[level.name])))
                if (mine & self.ordinary).any():
                    share = _ORDINARY_FALSE_ALARMS[level.name]
                    limits.append(float(np.quantile(scores[mine & self.ordinary], 1 - share)))
        return max(limits) if limits else float("nan")


def train(content_dir: Path, target: Path, say: Any = print, without: int | None = None) -> dict[str, float]:
    """Train, choose thresholds on unseen families, write the weights. Returns the thresholds.

    `without` leaves out one part of the families, for an evaluation on them.
    """
    locales = load_all(content_dir)
    lines = [line for line in training_lines(content_dir, locales) if without is None or line.fold(FOLDS) != without]
    matcher = Matcher(locales)
    trainer = Trainer(lines, matcher)
    say(f"{len(lines)} lines, {sum(line.level > 0 for line in lines)} of them risk")
    unseen = {name: trainer.unseen_scores(name) for name in ("concern", "high", "imminent")}
    thresholds = {"imminent": _best_cut(unseen["imminent"], trainer.levels), "guarded": 1.0}
    for level in (RiskLevel.high, RiskLevel.concern):
        found = {kind: trainer.threshold(unseen[level.name], level, kind) for kind in KINDS}
        strictest = max([0.0, *(value for value in found.values() if not np.isnan(value))])
        for kind, value in found.items():
            thresholds[f"{level.name}.{kind}"] = strictest if np.isnan(value) else value
    everything = np.ones(len(trainer.lines), dtype=bool)
    columns = [trainer.fit(name, everything) for name in OUTPUTS]
    table = np.stack([weights for weights, _ in columns], axis=1)
    scale = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127.0
    quantised = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target,
        weights=quantised,
        scale=scale,
        bias=np.array([bias for _, bias in columns]),
        threshold_names=np.array(sorted(thresholds)),
        thresholds=np.array([thresholds[name] for name in sorted(thresholds)]),
    )
    for name in ("high", "concern"):
        _report(trainer, unseen[name], RiskLevel[name], thresholds, say)
    say(f"thresholds {thresholds}; wrote {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return thresholds


def _best_cut(scores: NDArray[np.float64], levels: NDArray[np.int64]) -> float:
    """The cut that best tells imminent from high among risk lines."""
    risk = levels >= int(RiskLevel.high)
    cuts = np.unique(np.round(scores[risk], 2))
    truth = levels[risk] == int(RiskLevel.imminent)
    gains = [((scores[risk] >= cut) & truth).sum() - 1.0 * ((scores[risk] >= cut) & ~truth).sum() for cut in cuts]
    return float(cuts[int(np.argmax(gains))]) if len(cuts) else 2.0


def _report(
    trainer: Trainer, scores: NDArray[np.float64], level: RiskLevel, thresholds: dict[str, float], say: Any
) -> None:
    raised = np.array([s >= thresholds[f"{level.name}.{x}"] for s, x in zip(scores, trainer.kinds, strict=True)])
    written = ~trainer.tests & ~trainer.ordinary
    for locale in sorted({line.locale for line in trainer.lines}):
        mine = written & (trainer.locales == locale)
        risk = mine & (trainer.levels >= int(level))
        rest = mine & (trainer.levels < int(level))
        if risk.any() and rest.any():
            caught, wrong = raised[risk].mean(), raised[rest].mean()
            say(f"classifier alone, unseen families, {level.name} {locale}: recall {caught:.1%}, false {wrong:.2%}")


@click.command(name="train-safety")
@click.option("--output", type=click.Path(path_type=Path), default=WEIGHTS, help="Where to write the weights.")
def command(output: Path) -> None:
    """Make the safety classifier's weights from nlu_data/*/safety_training.yml."""
    train(Settings.from_env().content_dir, output, click.echo)
