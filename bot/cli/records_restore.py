"""`iroiro records restore`: the database from a backup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.opened import read_settings
from bot.records.audit import record_audit
from bot.records.backup import BackupError, look_over, restore
from bot.records.crypto import KeyFileError, Vault
from bot.records.database import Database


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where the database holds conversations, which are lost.")
def command(file: Path, replace: bool) -> None:
    """Put the backup FILE in the place of the database, migrate it, and see whether everything opens.

    Stop the service first, and put the key file in its place.
    """
    settings = read_settings()
    if not settings.key_file.exists():
        raise click.ClickException(
            f"There is no key file {settings.key_file}, without which nothing opens. Bring it back from where keys are kept."
        )
    try:
        vault = Vault.open(settings.key_file)
        restore(settings.sqlalchemy_url, file, replace=replace)
    except (BackupError, KeyFileError) as error:
        raise click.ClickException(str(error)) from None
    database = Database(settings.sqlalchemy_url)
    try:
        found = look_over(database, vault)
        click.echo(
            f"{found.conversations} conversations, {found.messages} messages, {found.audit_entries} audit entries"
        )
        if found.unreadable:
            raise click.ClickException(
                f"{found.unreadable} of the last {found.sampled} messages do not open. {settings.key_file} is not the key "
                "file of this backup: bring the right one back."
            )
        click.echo(f"the last {found.sampled} messages open with the key file")
        if found.audit_broken_at is not None:
            raise click.ClickException(f"The audit chain is broken at entry {found.audit_broken_at}.")
        with database.write() as session:
            record_audit(session, "records.restore", now=datetime.now(UTC), data={"messages": found.messages})
        click.echo("Start the service. Repeat erasures that were carried out after this backup was made.")
    finally:
        database.close()
