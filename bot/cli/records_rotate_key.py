"""`iroiro records rotate-key`: a new master key."""

from __future__ import annotations

import click

from bot.cli.opened import opened
from bot.records.crypto import Vault
from bot.records.rotation import add_master_key, keys_in_use, rewrap


@click.command("rotate-key")
@click.option(
    "--only",
    type=click.Choice(["add", "rewrap"]),
    help="One step, for several machines: add, copy the key file to all of them, then rewrap.",
)
def command(only: str | None) -> None:
    """Add a master key to the key file and wrap every data key again under it.

    May run while the service runs. Old keys stay in the file, because older backups need them.
    """
    with opened() as record:
        path = record.settings.key_file
        if only != "rewrap":
            click.echo(f"added {add_master_key(path)} to {path}")
        if only == "add":
            click.echo("Copy the file to every gateway, then run: iroiro records rotate-key --only rewrap")
            return
        done = rewrap(record.database, Vault.open(path), now=record.now)
        click.echo(
            f"under {done.key_id}: {done.conversations} conversations and {done.families} families wrapped again"
        )
        rest = {key: count for key, count in keys_in_use(record.database).items() if key != done.key_id}
        if rest:
            told = ", ".join(f"{count} under {key}" for key, count in rest.items())
            click.echo(f"made meanwhile: {told}. Run it again with --only rewrap.")
        click.echo("Copy the key file to where you keep keys, apart from the backups.")
