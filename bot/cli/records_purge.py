"""`iroiro records purge`: forget what is past its time."""

from __future__ import annotations

import click

from bot.cli.opened import opened
from bot.records.retention import Retention, RetentionError, purge


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Only count.")
def command(dry_run: bool) -> None:
    """Forget conversations and other records past the days in knowledge_base/retention.yml.

    Open cases and preserved conversations stay. Each conversation leaves a proof in the audit chain.
    """
    with opened() as record:
        try:
            retention = Retention.load(record.settings.content_dir)
        except RetentionError as error:
            raise click.ClickException(str(error)) from None
        done = purge(record.database, record.vault, retention, now=record.now, dry_run=dry_run)
        verb = "would go" if dry_run else "forgotten"
        for level, days in retention.conversations.items():
            click.echo(f"{done.conversations[level.name]:>7}  conversations {level.name} after {days} days {verb}")
        for name, count in sorted(done.rows.items()):
            if count:
                click.echo(f"{count:>7}  rows of {name}")
        for conversation_id, reason in done.kept.items():
            click.echo(f"   kept  {conversation_id}: {reason}")
