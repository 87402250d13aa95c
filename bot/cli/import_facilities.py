"""`iroiro import facilities`: a city's open data into knowledge_base/facilities.csv."""

from __future__ import annotations

from pathlib import Path

import click

from bot.knowledge.facilities import KINDS
from bot.knowledge.importing import ImportFault, ImportReport, import_facilities
from bot.settings import Settings


@click.command("facilities")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), default=None, help="Kind of rows that name none.")
@click.option("--source", default=None, help="Where the data is from; the file's name when not given.")
@click.option("--source-date", default="", help="YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--partial", is_flag=True, help="Take the good rows although others are refused.")
def command(file: Path, kind: str | None, source: str | None, source_date: str, partial: bool) -> None:
    """Add or replace facilities from FILE, a CSV in the columns of the municipal open-data standard."""
    try:
        report = import_facilities(
            file,
            Settings.from_env().content_dir,
            kind=kind,
            source=source or file.name,
            source_date=source_date,
            partial=partial,
        )
    except ImportFault as error:
        raise click.ClickException(str(error)) from error
    tell(report)


def tell(report: ImportReport) -> None:
    """Print what was taken and refused; exit with 1 when nothing was written."""
    for problem in report.refused:
        click.echo(str(problem))
    click.echo(f"{report.taken} rows good, {len(report.refused)} refused")
    if not report.written:
        reason = "mend the rows above, or take the good ones with --partial" if report.refused else "there is no row"
        raise click.ClickException(f"nothing was changed: {reason}")
