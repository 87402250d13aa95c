"""`iroiro train safety`: makes the classifier's weights from every locale's lines. Needs scikit-learn (group `bench`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from bot.safety.classifier import KINDS, OUTPUTS, WEIGHTS
from bot.safety.examples import Example, everyday_questions, load_examples
from bot.safety.features import BITS, feature_ids
from bot.safety.fold import fold
from bot.safety.matcher import Matcher
from bot.safety.samples import samples
from bot.safety.signals import LocaleSignals, load_all
from bot.settings import Settings
from bot.vocabulary import RiskLevel

FOLDS = 4
_REGULARISATION = {"concern": 20.0, "high": 30.0, "imminent": 20.0}
_FALSE_ALARMS = 0.01
"""Share of each locale's hard negatives that the classifier alone may raise to high on lines it has not learnt."""
_CONCERN_FALSE_ALARMS = 0.03
_ENOUGH = 60
"""Hard negatives without which no threshold is set for a locale: the strictest of the others then holds."""
_SAMPLES = 3
"""Made-up lines for each pattern."""
_SAMPLE = "sample"
_SAMPLE_WEIGHT = 0.3


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
        if line.text not in known and all(hit.level < RiskLevel.high for hit in matcher.hits(matcher.fold(line.text))):
            lines.append(line)
    return lines


def sample_lines(lines: Sequence[Example], locales: dict[str, LocaleSignals], matcher: Matcher) -> list[Example]:
    """Made-up lines in the words of the patterns, already folded."""
    made = []
    for tag, data in locales.items():
        filling = [
            word
            for line in lines
            if line.locale == tag and not line.level and line.style != "service"
            for word in matcher.fold(line.text).plain.replace(".", " ").split()
        ]
        for text, level, category, rule in samples(data, filling, _SAMPLES):
            made.append(Example(text, tag, level, category, rule, _SAMPLE))
    return made


class Trainer:
    """Folds the lines once and fits one logistic regression for each output."""

    def __init__(self, lines: Sequence[Example], matcher: Matcher) -> None:
        from scipy.sparse import csr_matrix

        self.lines = lines
        self.levels = np.array([int(line.level) for line in lines])
        self.kinds: list[str] = []
        rows, columns, values = [], [], []
        for row, line in enumerate(lines):
            text = line.text if line.style == _SAMPLE else matcher.fold(line.text).plain
            # A made-up line is folded already; folding it once more changes nothing.
            self.kinds.append(matcher.kind(fold(text)))
            ids, counts = np.unique(feature_ids(text or " "), return_counts=True)
            rows.append(np.full(len(ids), row))
            columns.append(ids)
            values.append(counts / np.sqrt(counts.sum()))
        shape = (len(lines), 2**BITS)
        self.matrix = csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
        self.folds = np.array([line.fold(FOLDS) for line in lines])
        # Questions gathered from other data are many and easy; they must not drown the rest.
        weight = {_SAMPLE: _SAMPLE_WEIGHT}
        self.weights = np.array(
            [0.5 if line.style == "service" and not line.level else weight.get(line.style, 1.0) for line in lines]
        )

    def fit(self, name: str, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        """Coefficients (2**BITS,) and bias of one output, learnt from the chosen lines."""
        from sklearn.linear_model import LogisticRegression

        if name not in RiskLevel.__members__:
            # Which category is only asked of lines that are risk.
            chosen = chosen & (self.levels > 0)
        target = self.target(name)[chosen]
        if target.all() or not target.any():
            return np.zeros(2**BITS), -5.0
        model = LogisticRegression(
            C=_REGULARISATION.get(name, 10.0), solver="liblinear", class_weight="balanced", random_state=0, tol=1e-3
        )
        model.fit(self.matrix[chosen], target, sample_weight=self.weights[chosen])
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

    def threshold(self, scores: NDArray[np.float64], below: RiskLevel, share: float, kind: str = "") -> float:
        """The lowest score that keeps false alarms within `share` in every locale, for lines of one kind."""
        limits = []
        for locale in sorted({line.locale for line in self.lines}):
            chosen = np.array(
                [
                    line.locale == locale and line.level < below and line.style not in ("test", _SAMPLE)
                    and (not kind or found == kind)
                    for line, found in zip(self.lines, self.kinds, strict=True)
                ]
            )  # fmt: skip
            hard = sum(1 for line, mine in zip(self.lines, chosen, strict=True) if mine and line.style != "service")
            if hard >= _ENOUGH:
                limits.append(float(np.quantile(scores[chosen], 1 - share)))
        return max([0.0, *limits]) if limits or not kind else float("nan")


def train(content_dir: Path, target: Path, say: Any = print, without: int | None = None) -> dict[str, float]:
    """Train, choose thresholds on unseen families, write the weights. Returns the thresholds.

    `without` leaves out one part of the families, for an evaluation on them.
    """
    locales = load_all(content_dir)
    lines = [line for line in training_lines(content_dir, locales) if without is None or line.fold(FOLDS) != without]
    matcher = Matcher(locales)
    made = [line for line in sample_lines(lines, locales, matcher) if without is None or line.fold(FOLDS) != without]
    trainer = Trainer([*lines, *made], matcher)
    say(f"{len(lines)} lines, {sum(line.level > 0 for line in lines)} of them risk, and {len(made)} made of patterns")
    unseen = {name: trainer.unseen_scores(name) for name in ("concern", "high", "imminent")}
    thresholds = {
        "high": trainer.threshold(unseen["high"], RiskLevel.high, _FALSE_ALARMS),
        "concern": trainer.threshold(unseen["concern"], RiskLevel.concern, _CONCERN_FALSE_ALARMS),
        "imminent": _best_cut(unseen["imminent"], trainer.levels),
        "guarded": 1.0,
    }
    for name, below, share in (
        ("high", RiskLevel.high, _FALSE_ALARMS),
        ("concern", RiskLevel.concern, _CONCERN_FALSE_ALARMS),
    ):
        for kind in KINDS:
            found = trainer.threshold(unseen[name], below, share, kind)
            thresholds[f"{name}.{kind}"] = thresholds[name] if np.isnan(found) else found
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
    written = np.array([line.style not in (_SAMPLE, "test") for line in trainer.lines])
    for locale in sorted({line.locale for line in trainer.lines}):
        mine = written & np.array([line.locale == locale for line in trainer.lines])
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
