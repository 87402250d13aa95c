"""`iroiro import faq`: a city's questions and answers into drafts of articles."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.import_facilities import tell
from bot.knowledge.importing import ImportFault, import_faq
from bot.settings import Settings


@click.command("faq")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default=None, help="Where the data is from; the file's name when not given.")
@click.option("--source-date", default="", help="YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--category", default="faq", show_default=True, help="Category of the drafts.")
@click.option("--partial", is_flag=True, help="Take the good rows although others are refused.")
def command(file: Path, source: str | None, source_date: str, category: str, partial: bool) -> None:
    """Turn FILE, a CSV with the columns 質問 and 回答 (or question and answer), into knowledge_base/drafts."""
    try:
        report = import_faq(
            file,
            Settings.from_env().content_dir,
            source=source or file.name,
            source_date=source_date,
            category=category,
            partial=partial,
        )
    except ImportFault as error:
        raise click.ClickException(str(error)) from error
    tell(report)
