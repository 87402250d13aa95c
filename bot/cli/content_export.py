"""`iroiro content export`: what the content desk published, as a patch."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.opened import opened
from bot.records.audit import record_audit
from bot.records.content import published
from bot.records.content_patch import as_patch


@click.command("export")
@click.option(
    "--after", default=0, show_default=True, type=click.IntRange(0), help="Only publications after this number."
)
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else standard output."
)
def command(after: int, target: Path | None) -> None:
    """Print published changes in order, each with author, approver and date, for `git apply` or `git am`."""
    with opened() as record, record.database.write() as session:
        changes = published(session, after)
        patch = as_patch(session, changes)
        record_audit(session, "content.export", now=record.now, data={"after": after, "changes": len(changes)})
    if target is None:
        click.echo(patch, nl=False)
    else:
        target.write_text(patch, encoding="utf-8", newline="")
    newest = changes[-1].number if changes else after
    click.echo(f"{len(changes)} change(s); next time: --after {newest}", err=True)
