"""`iroiro eval search`: how well the search answers a written set of questions, by locale."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.embedding import provider_of
from bot.knowledge.evaluation import measure, read_questions
from bot.knowledge.search import Searcher
from bot.settings import PROJECT_ROOT, Settings

QUESTIONS = PROJECT_ROOT / "tests" / "knowledge" / "data" / "questions"


@click.command("search")
@click.option("--questions", type=click.Path(exists=True, file_okay=False, path_type=Path), default=QUESTIONS,
              help="Folder of <locale>.tsv files: article, question.")  # fmt: skip
@click.option("--wrong", is_flag=True, help="Print each question that went wrong.")
@click.argument("locales", nargs=-1)
def command(questions: Path, wrong: bool, locales: tuple[str, ...]) -> None:
    """Print first, among three, refused and kept out for LOCALES (all when none is given)."""
    settings = Settings.from_env()
    kb = KnowledgeBase.load(settings.content_dir)
    searcher = Searcher.build(kb, settings.data_dir / "search-vectors.npz", provider=provider_of(settings))
    searcher.warm(locales or kb.locales)
    on = datetime.now(ZoneInfo("Asia/Tokyo")).date()
    click.echo(f"{'locale':<9}{'questions':>10}{'first':>8}{'in three':>10}{'refused':>9}{'kept out':>10}")
    for locale in locales or kb.locales:
        path = questions / f"{locale}.tsv"
        if not path.exists():
            raise click.ClickException(f"{path} is missing: write questions for {locale}")
        figures, faults = measure(searcher, read_questions(path), locale, on)
        click.echo(
            f"{locale:<9}{figures.questions:>10}{figures.first:>8.1%}{figures.among_three:>10.1%}"
            f"{figures.refused:>9.1%}{figures.kept_out:>10.1%}"
        )
        for fault in faults if wrong else ():
            click.echo(f"    {fault}")
