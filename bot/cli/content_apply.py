"""`iroiro content apply`: brings a content folder up to what the content desk published."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.cli.opened import opened
from bot.records.content import ContentFolderError, apply_published
from bot.settings import Settings


@click.command("apply")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Content folder; by default the one the service reads.",
)
def command(folder: Path | None) -> None:
    """Write published changes into files which are exactly what the changes began with; others are named, not touched.

    A starting service does the same. Fails where a file has gone another way since.
    """
    target = folder or Settings.from_env().content_dir
    with opened() as record, record.database.read() as session:
        try:
            applied = apply_published(session, target)
        except ContentFolderError as error:
            raise click.ClickException(str(error)) from error
    for path in applied.written:
        click.echo(f"written   {path}")
    for path in applied.diverged:
        click.echo(f"diverged  {path}: neither what the changes began with nor what they made. Merge it by hand.")
    click.echo(f"{applied.number} publication(s), {len(applied.written)} file(s) written")
    sys.exit(1 if applied.diverged else 0)
