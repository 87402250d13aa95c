"""`iroiro eval safety`: how often the gate hears and how often it alarms for nothing, on families it has not learnt."""

from __future__ import annotations

import html
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.cli.train_safety import FOLDS, train
from bot.safety.examples import Example, everyday_questions, load_examples
from bot.safety.gate import Gate
from bot.settings import Settings
from bot.turn import Assessment
from bot.vocabulary import RiskLevel

_TURNS_A_CONVERSATION = 5
_TARGETS = {"recall": 0.97, "distress": 0.90, "false": 0.02}


@dataclass(frozen=True)
class Judged:
    """One line and what the gate said of it."""

    example: Example
    assessment: Assessment

    @property
    def caught(self) -> bool:
        return self.assessment.level >= RiskLevel.high

    @property
    def by_phrase(self) -> bool:
        return any(s.voice == "phrase" and s.level >= RiskLevel.high for s in self.assessment.signals)


def judge(gate: Gate, examples: Iterable[Example]) -> list[Judged]:
    return [Judged(example, gate.assess(example.text)) for example in examples]


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    """Shares over some lines; None where there are no lines of the kind."""
    risk = [item for item in judged if item.example.level >= RiskLevel.high]
    distress = [item for item in judged if item.example.level == RiskLevel.concern]
    harmless = [item for item in judged if item.example.level == RiskLevel.none]
    immediate = [item for item in risk if item.example.level == RiskLevel.imminent]
    uncovered = [item for item in risk if not item.by_phrase]
    return {
        "risk": len(risk),
        "recall": _share(item.caught for item in risk),
        "recall_without_phrase": _share(item.caught for item in uncovered),
        "imminent_as_imminent": _share(item.assessment.level == RiskLevel.imminent for item in immediate),
        "right_category": _share(item.assessment.category == item.example.category for item in risk),
        "distress": _share(item.assessment.level >= RiskLevel.concern for item in distress),
        "harmless": len(harmless),
        "false": _share(item.caught for item in harmless),
        "false_per_1000": None if not harmless else round(1000 * sum(i.caught for i in harmless) / len(harmless), 1),
    }


def _share(values: Iterable[bool]) -> float | None:
    found = list(values)
    return round(sum(found) / len(found), 4) if found else None


def report(judged: Sequence[Judged], everyday: Sequence[Judged]) -> dict[str, Any]:
    """Figures by level, locale, category and style, and the alerts to expect on ordinary questions."""
    groups: dict[str, dict[str, list[Judged]]] = {"level": {}, "locale": {}, "category": {}, "style": {}}
    for item in judged:
        category = item.example.category
        groups["level"].setdefault(item.example.level.name, []).append(item)
        groups["locale"].setdefault(item.example.locale, []).append(item)
        groups["style"].setdefault(item.example.style, []).append(item)
        if category is not None:
            groups["category"].setdefault(category.value, []).append(item)
    alarm = _share(item.caught for item in everyday) or 0.0
    return {
        "all": summary(judged),
        **{f"by_{kind}": {name: summary(items) for name, items in found.items()} for kind, found in groups.items()},
        "ordinary_questions": {
            "lines": len(everyday),
            "false": alarm,
            "false_alerts_a_day_at_1000_conversations": round(1000 * (1 - (1 - alarm) ** _TURNS_A_CONVERSATION), 1),
        },
        "missed": [item.example.text for item in judged if item.example.level >= RiskLevel.high and not item.caught],
        "false_alarms": [item.example.text for item in judged if item.example.level < RiskLevel.high and item.caught],
    }


def curve(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """(recall, precision) as the confidence asked for falls; a phrase counts as certain."""
    scored = []
    for item in judged:
        confidence = max((s.confidence for s in item.assessment.signals if s.level >= RiskLevel.high), default=0.0)
        scored.append((confidence, item.example.level >= RiskLevel.high))
    scored.sort(key=lambda pair: -pair[0])
    total = sum(truth for _, truth in scored) or 1
    points, hits = [], 0
    for count, (confidence, truth) in enumerate(scored, 1):
        hits += truth
        if confidence > 0:
            points.append((hits / total, hits / count))
    return points


def write_html(figures: dict[str, Any], judged: Sequence[Judged], path: Path) -> None:
    """One page with the tables, the misses and a precision-recall plot for each locale."""
    sections = [f"<h1>Safety gate</h1>{_plots(judged)}"]
    for kind in ("by_level", "by_locale", "by_category", "by_style"):
        sections.append(f"<h2>{kind.replace('_', ' ')}</h2>{_table(figures[kind])}")
    for kind in ("missed", "false_alarms"):
        items = "".join(f"<li>{html.escape(text)}</li>" for text in figures[kind])
        sections.append(f"<h2>{kind.replace('_', ' ')} ({len(figures[kind])})</h2><ul>{items}</ul>")
    style = "body{font-family:sans-serif;margin:2rem}td,th{padding:.2rem .6rem;text-align:right}.bad{color:#b00}"
    page = f'<!doctype html><meta charset="utf-8"><title>Safety gate</title><style>{style}</style>' + "".join(sections)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, "utf-8")


def _table(rows: dict[str, dict[str, Any]]) -> str:
    names = list(next(iter(rows.values()))) if rows else []
    head = "".join(f"<th>{html.escape(name)}</th>" for name in ["", *names])
    body = ""
    for label, row in sorted(rows.items()):
        cells = ""
        for name in names:
            value = row[name]
            bad = (
                value is not None
                and name in _TARGETS
                and ((value > 0.02) if name == "false" else value < _TARGETS[name])
            )
            cells += f'<td class="{"bad" if bad else ""}">{"" if value is None else value}</td>'
        body += f"<tr><th>{html.escape(label)}</th>{cells}</tr>"
    return f"<table><tr>{head}</tr>{body}</table>"


def _plots(judged: Sequence[Judged]) -> str:
    """Precision-recall curves as inline SVG: no picture files to keep."""
    plots = ""
    for locale in sorted({item.example.locale for item in judged}):
        points = curve([item for item in judged if item.example.locale == locale])
        line = " ".join(f"{20 + 160 * recall:.1f},{180 - 160 * precision:.1f}" for recall, precision in points)
        plots += (
            f'<figure style="display:inline-block;margin:.5rem"><svg width="200" height="200" role="img" '
            f'aria-label="precision over recall, {html.escape(locale)}"><rect x="20" y="20" width="160" height="160" '
            f'fill="none" stroke="#999"/><polyline points="{line}" fill="none" stroke="#036" stroke-width="2"/></svg>'
            f"<figcaption>{html.escape(locale)}: precision over recall</figcaption></figure>"
        )
    return plots


@click.command(name="eval-safety")
@click.option("--fold", type=click.IntRange(0, FOLDS - 1), default=0, help="Which part of the families to hold out.")
@click.option("--html", "page", type=click.Path(path_type=Path), default=None, help="Write a report page here.")
@click.option("--as-shipped", is_flag=True, help="Judge all lines with the committed weights, which have seen them.")
def command(fold: int, page: Path | None, as_shipped: bool) -> None:
    """Evaluate the safety gate on held-out families of nlu_data/*/safety_training.yml. JSON on stdout."""
    content = Settings.from_env().content_dir
    examples = load_examples(content)
    ordinary = [line for line in everyday_questions(content) if line.fold(FOLDS) == fold]
    with tempfile.TemporaryDirectory() as folder:
        weights = None
        if not as_shipped:
            weights = Path(folder) / "held-out.npz"
            train(content, weights, lambda _: None, without=fold)
            examples = [line for line in examples if line.fold(FOLDS) == fold]
        gate = Gate.load(content, weights)
        judged = judge(gate, examples)
        figures = report(judged, judge(gate, ordinary))
    if page is not None:
        write_html(figures, judged, page)
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
