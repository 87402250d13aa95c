"""`iroiro records export`: everything held about one conversation."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.opened import opened, write_private
from bot.records.audit import record_audit
from bot.records.export import as_text, everything_about


@click.command("export")
@click.argument("conversation")
@click.option(
    "--to",
    "folder",
    default=".",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder for the two files.",
)
def command(conversation: str, folder: Path) -> None:
    """Write CONVERSATION.json and CONVERSATION.txt: all messages, cases, notes and family data, decrypted.

    An official reads them before they are given out: notes may speak of other people. The export is audited.
    """
    with opened() as record:
        with record.database.write() as session:
            held = everything_about(session, record.vault, conversation)
            if held is None:
                raise click.ClickException(f"There is no conversation {conversation}.")
            record_audit(session, "records.export", now=record.now, object_id=conversation)
        write_private(folder / f"{conversation}.json", json.dumps(held, ensure_ascii=False, indent=2) + "\n")
        write_private(folder / f"{conversation}.txt", as_text(held))
        for name, rows in held.items():
            if isinstance(rows, list) and rows:
                click.echo(f"{len(rows):>6}  {name}")
        click.echo(f"written: {folder / conversation}.json and .txt (readable by you alone; delete them after use)")
