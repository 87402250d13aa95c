"""`iroiro records erase`: forget one conversation."""

from __future__ import annotations

import click
import redis

from bot.cli.opened import opened
from bot.records.erasure import TRACKER_KEY, ErasureError, forget
from bot.records.models import Conversation
from bot.records.retention import sweep_free_pages


@click.command("erase")
@click.argument("conversation")
@click.option("--reason", required=True, help="For the audit chain, such as the number of the request.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(conversation: str, reason: str, yes: bool) -> None:
    """Erase CONVERSATION for good: messages, translations, pictures, notes about it, family data, its key.

    Refused while a case is open or the conversation is preserved. Backups made before still hold it.
    """
    if not yes:
        click.confirm(f"Erase {conversation} for good?", abort=True)
    with opened() as record:
        try:
            with record.database.write() as session:
                found = session.get(Conversation, conversation)
                if found is None:
                    raise click.ClickException(f"There is no conversation {conversation}.")
                action = "records.erase"
                counts = forget(session, record.vault, found, now=record.now, action=action, reason=reason)
        except ErasureError as error:
            raise click.ClickException(str(error)) from None
        sweep_free_pages(record.database)
        for name, count in counts.items():
            if count:
                click.echo(f"{count:>6}  {name}")
        click.echo(_forget_tracker(record.settings.redis_url, conversation))
        click.echo(f"{conversation} is erased. Backups made before today still hold it until they are thrown away.")


def _forget_tracker(redis_url: str, conversation: str) -> str:
    """Rasa's own short-lived copy."""
    week = "Rasa's copy goes by itself within a week."
    if not redis_url:
        return f"IROIRO_REDIS_URL is not set: {week}"
    try:
        client = redis.Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=2)
        client.delete(TRACKER_KEY.format(conversation))
        client.close()
    except redis.RedisError as error:
        return f"Redis cannot be reached ({type(error).__name__}): {week}"
    return "Rasa's copy is deleted."
