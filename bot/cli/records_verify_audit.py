"""`iroiro records verify-audit`: is the audit chain whole?"""

from __future__ import annotations

import click
from sqlalchemy import func, select

from bot.cli.opened import opened
from bot.records.audit import verify_audit
from bot.records.events import AUDIT_STREAM
from bot.records.models import AuditEntry, Stream


@click.command("verify-audit")
def command() -> None:
    """Check every entry's hash against the one before it. Exit code 1 names the first that does not fit."""
    with opened() as record, record.database.read() as session:
        checked, broken = verify_audit(session)
        numbered = session.scalar(select(Stream.last_seq).where(Stream.name == AUDIT_STREAM)) or 0
        kept = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
        if broken is not None:
            raise click.ClickException(f"The chain is broken at entry {broken}: it, or one before it, was changed.")
        if kept != numbered:
            raise click.ClickException(f"{numbered - kept} entries are missing at the end of the chain.")
        click.echo(f"{checked} entries, the chain is whole")
