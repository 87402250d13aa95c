"""`iroiro records backup`: a copy of the database."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.opened import opened
from bot.records.audit import record_audit
from bot.records.backup import BackupError, back_up
from bot.records.migrate import is_current


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write a consistent copy of the database to FILE while the service runs.

    SQLite by its online backup, PostgreSQL by pg_dump. The master keys are not in it.
    """
    # Before an upgrade the schema is still the old one.
    with opened(any_schema=True) as record:
        try:
            size = back_up(record.settings.sqlalchemy_url, file)
        except (BackupError, OSError) as error:
            raise click.ClickException(str(error)) from None
        if is_current(record.database):
            with record.database.write() as session:
                record_audit(session, "records.backup", now=record.now, data={"bytes": size})
        click.echo(f"{file}: {size:,} bytes")
        click.echo(f"The keys are not in it. Keep a copy of {record.settings.key_file} somewhere else:")
        click.echo("without it nothing in the backup can be read, and with both in one place anybody can.")
