"""`iroiro records find`: which conversation is it?"""

from __future__ import annotations

import click

from bot.cli.opened import opened
from bot.records.audit import record_audit
from bot.records.talk import Talk


@click.command("find")
@click.option("--resume-code", help="The code on the resident's page.")
@click.option("--line-id", help="The resident's LINE id (U…), as LINE gives it to this channel.")
def command(resume_code: str | None, line_id: str | None) -> None:
    """Print the id of a resident's conversation, for export, erase and preserve. The look-up is audited."""
    if (resume_code is None) == (line_id is None):
        raise click.UsageError("Give either --resume-code or --line-id.")
    with opened() as record, record.database.write() as session:
        talk = Talk(session, record.vault)
        found = talk.by_resume_code(resume_code) if resume_code else talk.by_address("line", line_id or "")
        if found is None:
            raise click.ClickException("No conversation has this code or id. A code changes when it is used.")
        record_audit(session, "records.find", now=record.now, object_id=found.id)
        click.echo(f"{found.id}  {found.channel} {found.locale}, last message {found.last_message_at:%Y-%m-%d}")
