"""How long records are kept, by class, from knowledge_base/retention.yml; and the purge that carries it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.records import erasure
from bot.records.audit import record_audit
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.models import (
    Conversation,
    OneTimeToken,
    OutboxItem,
    StaffSession,
    UnansweredQuestion,
)
from bot.records.retention_models import Preservation
from bot.vocabulary import RiskLevel
from bot.yaml_files import read_yaml

FILE = "knowledge_base/retention.yml"
LONGEST_DAYS = 36_500
REASON_CHARACTERS = 300


class RetentionError(ValueError):
    """retention.yml cannot be used, or a preservation is not possible. The message names place and remedy."""


@dataclass(frozen=True)
class Retention:
    """Days after which each class goes. Conversations: after their last message, by the highest risk they reached."""

    conversations: dict[RiskLevel, int]
    unanswered_questions: int
    sent_outbox: int
    staff_sessions: int

    @classmethod
    def load(cls, content_dir: Path) -> Retention:
        """Raises RetentionError naming the key."""
        path = content_dir / FILE
        try:
            raw = read_yaml(path)
        except (OSError, yaml.YAMLError) as error:
            raise RetentionError(f"{path} cannot be read ({error}). Restore it from the project.") from None
        table = raw.get("retention") if isinstance(raw, dict) else None
        if not isinstance(table, dict):
            raise RetentionError(f"{path}: the top key `retention` is missing.")
        talks = table.get("conversations")
        if not isinstance(talks, dict):
            raise RetentionError(f"{path}: `conversations` must give days for {', '.join(RiskLevel.__members__)}.")
        days = {level: _days(path, talks, level.name, "conversations.") for level in RiskLevel}
        rest = {name: _days(path, table, name) for name in ("unanswered_questions", "sent_outbox", "staff_sessions")}
        unknown = (set(table) - set(rest) - {"conversations"}) | (set(talks) - set(RiskLevel.__members__))
        if unknown:
            raise RetentionError(f"{path}: {', '.join(sorted(map(str, unknown)))} is no class. Remove it.")
        return cls(days, **rest)


@dataclass
class Purged:
    """What a purge did. `kept`: conversations past their time that had to stay, with the reason."""

    conversations: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    kept: dict[str, str] = field(default_factory=dict)


def purge(database: Database, vault: Vault, retention: Retention, *, now: datetime, dry_run: bool = False) -> Purged:
    """Forget everything past its time, each conversation in a transaction with its proof. A dry run only counts."""
    done = Purged()
    for level, days in retention.conversations.items():
        for conversation_id in _past(database, level, now - timedelta(days=days)):
            with database.write() as session:
                conversation = session.get_one(Conversation, conversation_id)
                why_not = erasure.refusal(session, conversation_id)
                if why_not:
                    done.kept[conversation_id] = why_not
                    continue
                if not dry_run:
                    reason = f"retention {level.name} {days} days"
                    action = "records.purge"
                    done.rows.update(
                        erasure.forget(session, vault, conversation, now=now, action=action, reason=reason)
                    )
                done.conversations[level.name] += 1
    if not dry_run:
        with database.write() as session:
            done.rows.update(_purge_rest(session, retention, now))
            data = {"conversations": dict(done.conversations), "rows": dict(done.rows), "kept": len(done.kept)}
            record_audit(session, "records.purge_run", now=now, data=data)
        sweep_free_pages(database)
    return done


def preserve(session: Session, conversation_id: str, reason: str, *, now: datetime) -> None:
    """No purge and no erasure touches this conversation until it is released. Audited. Raises RetentionError."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_CHARACTERS:
        raise RetentionError(f"Give a reason of at most {REASON_CHARACTERS} characters: --reason.")
    if session.get(Conversation, conversation_id) is None:
        raise RetentionError(f"There is no conversation {conversation_id}.")
    row = session.get(Preservation, conversation_id) or Preservation(conversation_id=conversation_id)
    row.reason, row.set_by, row.set_at = reason, None, now
    session.add(row)
    record_audit(session, "records.preserve", now=now, object_id=conversation_id, data={"reason": reason})


def release(session: Session, conversation_id: str, *, now: datetime) -> None:
    """Lift a preservation. Audited. Raises RetentionError when there is none."""
    row = session.get(Preservation, conversation_id)
    if row is None:
        raise RetentionError(f"{conversation_id} is not preserved.")
    session.delete(row)
    record_audit(session, "records.release", now=now, object_id=conversation_id)


def sweep_free_pages(database: Database) -> None:
    """SQLite keeps deleted bytes in its write-ahead log until it is folded in; PostgreSQL's autovacuum does its own."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _past(database: Database, level: RiskLevel, before: datetime) -> list[str]:
    with database.read() as session:
        query = select(Conversation.id).where(
            Conversation.level == int(level),
            Conversation.last_message_at < before,
            # A husk has been forgotten already; it has no way back in.
            (Conversation.token_hash.is_not(None)) | (Conversation.address_hash.is_not(None)),
        )
        return list(session.scalars(query.order_by(Conversation.last_message_at)))


def _purge_rest(session: Session, retention: Retention, now: datetime) -> dict[str, int]:
    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    steps: tuple[tuple[type[Any], Any], ...] = (
        (UnansweredQuestion, UnansweredQuestion.created_at < before(retention.unanswered_questions)),
        (OutboxItem, OutboxItem.sent_at < before(retention.sent_outbox)),
        (StaffSession, StaffSession.last_seen_at < before(retention.staff_sessions)),
        (OneTimeToken, OneTimeToken.expires_at < before(retention.staff_sessions)),
    )
    counts = {}
    for model, condition in steps:
        gone = session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
        counts[model.__tablename__] = int(gone.rowcount)  # type: ignore[attr-defined]
    return counts


def _days(path: Path, table: dict[str, Any], name: str, prefix: str = "") -> int:
    value = table.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_DAYS:
        raise RetentionError(f"{path}: `{prefix}{name}` must be a number of days, 1 to {LONGEST_DAYS}.")
    return value
