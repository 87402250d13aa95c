"""`iroiro eval nlu`: intents by cross-validation and entities by their written test, as a table and an HTML report."""

from __future__ import annotations

import base64
import html
import io
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bot.settings import PROJECT_ROOT, Settings

RASA_PYTHON = PROJECT_ROOT / ".venv-rasa" / "bin" / "python"
_SHOWN_CONFUSIONS = 40
_MATRIX = 20


def measure(python: Path, locales: Sequence[str], folds: int) -> dict[str, Any]:
    """The figures of bot.nlu.evaluate, which needs the Rasa environment. Raises click.ClickException."""
    if not python.exists():
        raise click.ClickException(f"{python} is missing. Run `make dev` to set up the Rasa environment.")
    chosen = [argument for locale in locales for argument in ("--locale", locale)]
    command = [str(python), "-m", "bot.nlu.evaluate", "--folds", str(folds), *chosen]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise click.ClickException(f"The evaluation stopped: {done.stderr.strip().splitlines()[-1:] or 'no message'}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def table(figures: Mapping[str, Any]) -> list[str]:
    """One line a locale."""
    lines = [f"{'locale':<10}{'examples':>9}{'intents %':>11}{'threshold':>11}{'ward+age F1 %':>15}"]
    entities = figures["entities"]
    for locale, found in figures["intents"]["locales"].items():
        f1 = f"{100 * entities[locale]:.1f}" if locale in entities else "-"
        lines.append(
            f"{locale:<10}{found['examples']:>9}{100 * found['accuracy']:>11.1f}{found['threshold']:>11.2f}{f1:>15}"
        )
    lines.append(f"{'all':<10}{figures['intents']['examples']:>9}{100 * figures['intents']['accuracy']:>11.1f}")
    return lines


def report(figures: Mapping[str, Any]) -> str:
    """The report as one HTML page without outside files."""
    intents = figures["intents"]
    rows = "".join(
        f"<tr><td>{html.escape(wanted)}</td><td>{html.escape(got)}</td><td>{count}</td></tr>"
        for wanted, got, count in intents["confusions"][:_SHOWN_CONFUSIONS]
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>NLU evaluation</title>'
        "<style>body{font-family:sans-serif;margin:2rem;max-width:70rem}td,th{padding:.2rem .6rem;text-align:left}"
        "img{max-width:100%}</style><h1>NLU evaluation</h1>"
        f"<pre>{html.escape(chr(10).join(table(figures)))}</pre>"
        f"<h2>By locale and by length</h2>{_bars(intents)}"
        f"<h2>What is taken for what</h2>{_matrix(intents)}"
        f"<table><tr><th>intent</th><th>taken for</th><th>times</th></tr>{rows}</table></html>"
    )


def _bars(intents: Mapping[str, Any]) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.5))
    locales = intents["locales"]
    left.bar(list(locales), [100 * found["accuracy"] for found in locales.values()])
    left.set_title("accuracy by locale, %")
    left.tick_params(axis="x", rotation=60)
    labels = [f"≤{row['up_to']}" if row["up_to"] < 10**6 else "longer" for row in intents["lengths"]]
    right.bar(labels, [100 * row["accuracy"] for row in intents["lengths"]])
    right.set_title("accuracy by characters, %")
    for axes in (left, right):
        axes.set_ylim(0, 100)
    return _picture(figure)


def _matrix(intents: Mapping[str, Any]) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    worst = sorted(intents["intents"], key=lambda name: float(intents["intents"][name]))[:_MATRIX]
    place = {name: number for number, name in enumerate(worst)}
    counts = [[0] * len(worst) for _ in worst]
    for wanted, got, count in intents["confusions"]:
        if wanted in place and got in place:
            counts[place[wanted]][place[got]] = count
    figure, axes = pyplot.subplots(figsize=(8, 7))
    axes.imshow(counts, cmap="Blues")
    axes.set_xticks(range(len(worst)), worst, rotation=90)
    axes.set_yticks(range(len(worst)), worst)
    axes.set_title("confusions among the least certain intents (rows: meant)")
    return _picture(figure)


def _picture(figure: Any) -> str:
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=110, bbox_inches="tight")
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(held.getvalue()).decode("ascii")}">'


@click.command("nlu")
@click.option("--locale", "locales", multiple=True, help="Only this locale; may be given more than once.")
@click.option("--folds", default=5, show_default=True)
@click.option("--report", "target", type=click.Path(path_type=Path), help="Where to write the HTML report.")
def command(locales: tuple[str, ...], folds: int, target: Path | None) -> None:
    """Evaluate intents and entities by locale, and write an HTML report."""
    figures = measure(RASA_PYTHON, locales, folds)
    for line in table(figures):
        click.echo(line)
    path = target or Settings.from_env().data_dir / "reports" / "nlu.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report(figures), "utf-8")
    click.echo(f"Report: {path}")
