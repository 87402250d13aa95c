"""`iroiro report coverage`: articles by locale, and how sure their facts are."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.coverage import coverage
from bot.knowledge.problems import KnowledgeError
from bot.settings import Settings


@click.command("coverage")
def command() -> None:
    """Print which article has a text in which locale, and its facts: certain, to confirm, stale, not valid today."""
    settings = Settings.from_env()
    on = date.fromisoformat(settings.today) if settings.today else datetime.now(ZoneInfo("Asia/Tokyo")).date()
    try:
        kb = KnowledgeBase.load(settings.content_dir)
    except KnowledgeError as error:
        raise click.ClickException(str(error)) from error
    rows = coverage(kb, on)
    width = max([len(row.article) for row in rows], default=7) + 1
    heads = "".join(f"{locale:>8}" for locale in kb.locales)
    click.echo(f"{'article':<{width}}{heads}{'certain':>9}{'confirm':>9}{'stale':>7}{'not valid':>11}")
    for row in rows:
        marks = "".join(f"{'x' if locale in row.locales else '-':>8}" for locale in kb.locales)
        counts = f"{row.certain:>9}{row.to_confirm:>9}{row.stale:>7}{row.not_valid:>11}"
        click.echo(f"{row.article:<{width}}{marks}{counts}")
    totals = "".join(f"{sum(locale in row.locales for row in rows):>8}" for locale in kb.locales)
    sums = [
        sum(values) for values in zip(*((r.certain, r.to_confirm, r.stale, r.not_valid) for r in rows), strict=True)
    ]
    certain, confirm, stale, ended = sums or [0, 0, 0, 0]
    click.echo(f"{f'{len(rows)} articles':<{width}}{totals}{certain:>9}{confirm:>9}{stale:>7}{ended:>11}")
