"""`iroiro records preserve`: a conversation that must not be deleted."""

from __future__ import annotations

import click

from bot.cli.opened import opened
from bot.records.retention import RetentionError, preserve, release


@click.command("preserve")
@click.argument("conversation")
@click.option("--reason", default="", help="Why it must stay; kept with it and audited.")
@click.option("--release", "lift", is_flag=True, help="It may be deleted again.")
def command(conversation: str, reason: str, lift: bool) -> None:
    """Keep CONVERSATION from purge and erasure, or release it."""
    with opened() as record:
        try:
            with record.database.write() as session:
                if lift:
                    release(session, conversation, now=record.now)
                else:
                    preserve(session, conversation, reason, now=record.now)
        except RetentionError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"{conversation} {'is released' if lift else 'is preserved'}")
