"""Rotating the master key: a new key at the end of the key file, and every data key wrapped again under it.

Bodies need no re-encryption. Running gateways read the key file again when they meet a key they do not know. Old keys stay
in the file: backups need them, and the first one is the base of the keyed hashes and of values of no conversation.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from bot.records.audit import record_audit
from bot.records.crypto import KeyFileError, Vault
from bot.records.database import Database
from bot.records.family_models import Family
from bot.records.models import Conversation

BATCH = 200


@dataclass(frozen=True)
class Rewrapped:
    """How many data keys were wrapped again."""

    key_id: str
    conversations: int
    families: int


def add_master_key(path: Path) -> str:
    """Append a fresh key, atomically and privately, and return its id. Raises KeyFileError when there is no key file."""
    if not path.exists():
        raise KeyFileError(f"{path} does not exist. Start the service once, or set IROIRO_SECRET_KEY_FILE.")
    Vault.open(path)
    text = path.read_text("ascii")
    taken = [int(number) for number in re.findall(r"^k(\d+) ", text, re.MULTILINE)]
    key_id = f"k{max(taken, default=0) + 1}"
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{text.rstrip()}\n{key_id} {secrets.token_hex(32)}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return key_id


def rewrap(database: Database, vault: Vault, *, now: datetime) -> Rewrapped:
    """Wrap every data key under the vault's current key, in small transactions; may be interrupted and run again."""
    conversations = _rewrap(database, vault, Conversation, Conversation.id)
    families = _rewrap(database, vault, Family, Family.conversation_id)
    with database.write() as session:
        data = {"key": vault.current_id, "conversations": conversations, "families": families}
        record_audit(session, "records.rotate_key", now=now, data=data)
    return Rewrapped(vault.current_id, conversations, families)


def keys_in_use(database: Database) -> dict[str, int]:
    """How many data keys each master key wraps."""
    counts: dict[str, int] = {}
    with database.read() as session:
        for column in (Conversation.key_id, Family.key_id):
            for key_id, count in session.execute(select(column, func.count()).group_by(column)):
                counts[key_id] = counts.get(key_id, 0) + count
    return counts


def _rewrap(database: Database, vault: Vault, model: type[Any], key: Any) -> int:
    done = 0
    while True:
        with database.write() as session:
            query = select(key, model.wrapped_key, model.key_id).where(model.key_id != vault.current_id)
            rows = session.execute(query.order_by(key).limit(BATCH)).all()
            for row_id, wrapped, key_id in rows:
                fresh, fresh_id = vault.rewrap(wrapped, key_id)
                session.execute(
                    update(model)
                    .where(key == row_id)
                    .values(wrapped_key=fresh, key_id=fresh_id)
                    .execution_options(synchronize_session=False)
                )
        done += len(rows)
        if len(rows) < BATCH:
            return done
