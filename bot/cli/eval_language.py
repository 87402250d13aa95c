"""`iroiro eval language`: accuracy by locale and length, confusions and calibration, as a table and an HTML report."""

from __future__ import annotations

import base64
import html
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.cli.bench_language import Item, own_items, read_items, right
from bot.language.detect import Detector
from bot.settings import Settings
from bot.vocabulary import LOCALES

LENGTHS = (1, 3, 6, 12, 25, 50, 100, 200)
"""Upper bounds, in characters, of the groups that accuracy by length is shown for."""


@dataclass(frozen=True)
class Answer:
    """One item and what the detector said of it."""

    item: Item
    locale: str
    confidence: float

    @property
    def right(self) -> bool:
        return right(self.item.language, self.locale)


def evaluate(items: Sequence[Item]) -> list[Answer]:
    """Detect every item without a prior."""
    detector = Detector.load()
    found = []
    for item in items:
        detection = detector.detect(item.text)
        found.append(Answer(item, detection.locale, detection.confidence))
    return found


def by_locale(answers: Sequence[Answer]) -> list[tuple[str, int, float, str]]:
    """Per language: items, percent right, and what it was most often taken for instead."""
    rows = []
    for language in sorted({answer.item.language for answer in answers}):
        own = [answer for answer in answers if answer.item.language == language]
        wrong = Counter(answer.locale for answer in own if not answer.right)
        taken = ", ".join(f"{locale} {count}" for locale, count in wrong.most_common(3))
        rows.append((language, len(own), _percent(own), taken))
    return rows


def by_length(answers: Sequence[Answer]) -> list[tuple[str, int, float]]:
    """Percent right by length of the text in characters."""
    rows = []
    lower = 0
    for upper in (*LENGTHS, 10**9):
        own = [answer for answer in answers if lower < len(answer.item.text) <= upper]
        if own:
            rows.append((f"{lower + 1}–{upper}" if upper < 10**9 else f"over {lower}", len(own), _percent(own)))
        lower = upper
    return rows


def calibration(answers: Sequence[Answer]) -> list[tuple[float, float, int]]:
    """Mean confidence, share right, and number of items for each tenth of confidence."""
    rows = []
    for tenth in range(10):
        own = [answer for answer in answers if min(9, int(answer.confidence * 10)) == tenth]
        if own:
            mean = sum(answer.confidence for answer in own) / len(own)
            rows.append((mean, _percent(own) / 100, len(own)))
    return rows


def _percent(answers: Sequence[Answer]) -> float:
    return 100 * sum(answer.right for answer in answers) / len(answers)


def _picture(figure: Any) -> str:
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=110, bbox_inches="tight")
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(held.getvalue()).decode("ascii")}">'


def _pictures(answers: Sequence[Answer]) -> list[str]:
    from matplotlib.figure import Figure

    languages = sorted({answer.item.language for answer in answers})
    named = [locale for locale in LOCALES if any(answer.locale == locale for answer in answers)]
    counts = Counter((answer.item.language, answer.locale) for answer in answers)
    shares = [
        [counts[language, locale] / max(1, sum(counts[language, other] for other in named)) for locale in named]
        for language in languages
    ]
    confusion = Figure(figsize=(7, 6))
    axes = confusion.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(named)), named, rotation=60)
    axes.set_yticks(range(len(languages)), languages)
    axes.set_xlabel("detected")
    axes.set_ylabel("written")
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            if share >= 0.005:
                colour = "white" if share > 0.5 else "black"
                axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=7, color=colour)
    lengths = by_length(answers)
    length = Figure(figsize=(7, 3))
    axes = length.add_subplot()
    axes.bar([name for name, _, _ in lengths], [value for _, _, value in lengths])
    axes.set_ylim(min(80, *(value for _, _, value in lengths)), 100)
    axes.set_ylabel("% right")
    axes.set_xlabel("characters")
    points = calibration(answers)
    trust = Figure(figsize=(4, 4))
    axes = trust.add_subplot()
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
    axes.plot([mean for mean, _, _ in points], [share for _, share, _ in points], marker="o")
    axes.set_xlabel("confidence")
    axes.set_ylabel("share right")
    return [_picture(figure) for figure in (confusion, length, trust)]


def report(answers: Sequence[Answer]) -> str:
    """The report as one HTML page with its pictures inside."""
    confusion, length, trust = _pictures(answers)
    rows = "".join(
        f"<tr><td>{html.escape(language)}<td>{count}<td>{percent:.2f}<td>{html.escape(taken)}"
        for language, count, percent, taken in by_locale(answers)
    )
    wrong = "".join(
        f"<tr><td>{html.escape(answer.item.language)}<td>{answer.locale}<td>{answer.confidence:.2f}"
        f"<td>{html.escape(answer.item.text[:160])}"
        for answer in answers
        if not answer.right
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Language detection</title>'
        "<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto}td,th{padding:.2rem .6rem;text-align:left}"
        "img{max-width:100%}</style>"
        f"<h1>Language detection</h1><p>{len(answers)} texts, {_percent(answers):.2f} % right.</p>"
        f"<table><tr><th>written<th>texts<th>% right<th>taken for{rows}</table>"
        f"<h2>Confusions (% of a row)</h2>{confusion}<h2>Accuracy by length</h2>{length}"
        f"<h2>Confidence</h2>{trust}"
        f"<h2>Wrong answers</h2><table><tr><th>written<th>detected<th>confidence<th>text{wrong}</table></html>"
    )


@click.command("language")
@click.option(
    "--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="id, set, lang, source, text."
)
@click.option("--report", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write the HTML report here.")
def command(data: Path | None, target: Path | None) -> None:
    """Evaluate language detection on a table, or on the example sentences of the locales."""
    answers = evaluate(read_items(data) if data else own_items(Settings.from_env().content_dir))
    for language, count, percent, taken in by_locale(answers):
        click.echo(
            f"{language:8} {count:6} texts  {percent:6.2f} %  {('taken for ' + taken) if taken else ''}".rstrip()
        )
    for name, count, percent in by_length(answers):
        click.echo(f"{name:>9} characters {count:6} texts  {percent:6.2f} %")
    click.echo(f"all {len(answers)} texts: {_percent(answers):.2f} % right")
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(report(answers), encoding="utf-8")
        click.echo(f"wrote {target}")
