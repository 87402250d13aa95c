"""`iroiro report questions`: what residents asked and nothing was found for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.knowledge.dense import SentenceEncoder
from bot.knowledge.grouping import Asked, group_questions, sample_of
from bot.records.crypto import KeyFileError, Vault
from bot.records.database import Database
from bot.records.unanswered import unanswered_since
from bot.settings import Settings


@click.command("questions")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660), help="How far back to look.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many groups to list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a group instead of a table.")
def command(days: int, limit: int, as_json: bool) -> None:
    """List the unanswered questions in groups, the most frequent first, with counts by locale.

    The questions were stored without the resident; numbers and addresses in them are hidden here.
    """
    settings = Settings.from_env()
    try:
        questions = _questions(settings, datetime.now(UTC) - timedelta(days=days))
    except KeyFileError as error:
        raise click.ClickException(str(error)) from error
    except SQLAlchemyError as error:
        told = f"{settings.sqlalchemy_url.rpartition('@')[2]} cannot be read ({type(error).__name__})."
        raise click.ClickException(f"{told} Start the service once, or set IROIRO_DATABASE_URL.") from error
    groups = group_questions(questions, SentenceEncoder() if questions else None)
    if not as_json:
        click.echo(f"{len(questions)} unanswered questions in {days} days, {len(groups)} different ones")
    for group in groups[:limit]:
        sample = sample_of(group)
        locales = dict(group.by_locale.most_common())
        if as_json:
            last = group.last.isoformat() if group.last else None
            row = {"count": group.count, "locales": locales, "last": last, "question": sample}
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            told = " ".join(f"{locale}:{count}" for locale, count in locales.items())
            click.echo(f"{group.count:>5}  {told:<24} {sample}")


def _questions(settings: Settings, since: datetime) -> list[Asked]:
    vault = Vault.open(settings.key_file)
    database = Database(settings.sqlalchemy_url)
    try:
        with database.read() as session:
            return [Asked(*found) for found in unanswered_since(session, vault, since)]
    finally:
        database.close()
