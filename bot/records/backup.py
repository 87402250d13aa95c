"""Backup and restore of the database, while the service runs (backup) or stands still (restore).

SQLite: its online backup API. PostgreSQL: pg_dump's custom format and pg_restore. The master keys are never in it: a backup
without them opens nothing, and they must be kept somewhere else.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.records.audit import verify_audit
from bot.records.crypto import UnreadableError, Vault
from bot.records.database import Database
from bot.records.migrate import upgrade
from bot.records.models import Conversation, Message
from bot.records.talk import Talk

PAGES_A_STEP = 2_000
SAMPLE = 200
PG_MAGIC = b"PGDMP"
SQLITE_MAGIC = b"SQLite format 3\0"


class BackupError(RuntimeError):
    """Nothing was backed up or restored. The message says why and what to do."""


@dataclass(frozen=True)
class Restored:
    """What is in the database after a restore. `unreadable` of `sampled` bodies did not open with the key file."""

    conversations: int
    messages: int
    sampled: int
    unreadable: int
    audit_entries: int
    audit_broken_at: int | None


def back_up(url: str, file: Path) -> int:
    """Write a consistent copy to `file` (mode 0600) and return its size in bytes. Raises BackupError."""
    if file.exists():
        raise BackupError(f"{file} exists already. Choose another name: a backup never overwrites one.")
    parsed = make_url(url)
    part = file.with_name(f"{file.name}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        if parsed.get_backend_name() == "sqlite":
            source = Path(parsed.database or "")
            if not source.exists():
                raise BackupError(f"{source} does not exist. Set IROIRO_DATA_DIR or IROIRO_DATABASE_URL.")
            _copy_sqlite(source, part)
        else:
            _postgres("pg_dump", parsed, ["--format=custom", "--no-owner", f"--file={part}", _database_of(parsed)])
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def restore(url: str, file: Path, *, replace: bool) -> None:
    """Put a backup in the place of the database and migrate it to this version. The service must not run.

    Raises BackupError, also when the database holds conversations and `replace` is false.
    """
    parsed = make_url(url)
    if not file.exists():
        raise BackupError(f"{file} does not exist.")
    with file.open("rb") as head:
        magic = head.read(len(SQLITE_MAGIC))
    sqlite = parsed.get_backend_name() == "sqlite"
    if not (magic == SQLITE_MAGIC if sqlite else magic.startswith(PG_MAGIC)):
        kind = "SQLite file" if sqlite else "pg_dump custom-format file"
        raise BackupError(f"{file} is no {kind}, which this database needs. Look at IROIRO_DATABASE_URL.")
    if not replace and (held := _held(url)):
        raise BackupError(f"The database holds {held} conversations. Back it up, then say --replace.")
    if sqlite:
        target = Path(parsed.database or "")
        target.parent.mkdir(parents=True, exist_ok=True)
        _check_sqlite(file)
        if not target.exists():
            # A log left behind by a lost database would be played into the restored one.
            for left in ("-wal", "-shm"):
                target.with_name(target.name + left).unlink(missing_ok=True)
        _copy_sqlite(file, target)
    else:
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
        _postgres("pg_restore", parsed, [*options, f"--dbname={_database_of(parsed)}", str(file)])
    database = Database(url)
    try:
        upgrade(database)
    finally:
        database.close()


def look_over(database: Database, vault: Vault) -> Restored:
    """Count, verify the audit chain and open the last bodies, to see that the key file belongs to this database."""
    unreadable = 0
    with database.read() as session:
        talk = Talk(session, vault)
        latest = select(Message).where(Message.body_enc.is_not(None)).order_by(Message.created_at.desc()).limit(SAMPLE)
        sampled = session.scalars(latest).all()
        for message in sampled:
            try:
                talk.body(session.get_one(Conversation, message.conversation_id), message)
            except UnreadableError:
                unreadable += 1
        entries, broken = verify_audit(session)
        counts = [
            int(session.scalar(select(func.count()).select_from(model)) or 0) for model in (Conversation, Message)
        ]
    return Restored(counts[0], counts[1], len(sampled), unreadable, entries, broken)


def _held(url: str) -> int:
    """Conversations in the database; 0 where there is no schema yet."""
    database = Database(url)
    try:
        with database.read() as session:
            return int(session.scalar(select(func.count()).select_from(Conversation)) or 0)
    except SQLAlchemyError:
        return 0
    finally:
        database.close()


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        read = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        with closing(read), closing(sqlite3.connect(target, timeout=30)) as write:
            read.backup(write, pages=PAGES_A_STEP)
    except sqlite3.Error as error:
        remedy = "Stop the service before a restore; look at space and rights of the folder."
        raise BackupError(f"{source} could not be copied to {target}: {error}. {remedy}") from None


def _check_sqlite(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as read:
            told = [row[0] for row in read.execute("PRAGMA integrity_check(1)")]
            read.execute("SELECT version_num FROM alembic_version")
    except sqlite3.Error as error:
        raise BackupError(f"{file} is no backup of this service or is damaged ({error}). Use another one.") from None
    if told != ["ok"]:
        raise BackupError(f"{file} is damaged ({told[0]}). Use another backup.")


def _database_of(url: URL) -> str:
    return str(url.database or "")


def _postgres(program: str, url: URL, arguments: list[str]) -> None:
    """Run one of PostgreSQL's programs. The password goes by environment, never by the command line."""
    found = _program(program)
    environment = {**os.environ, "PGPASSWORD": str(url.password or "")} if url.password else dict(os.environ)
    command = [found, "--no-password"]
    for option, value in (("--host", url.host), ("--port", url.port), ("--username", url.username)):
        if value:
            command += [option, str(value)]
    done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-600:]}")


def _program(name: str) -> str:
    """Debian keeps the newest version's programs apart; a client must not be older than its server."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise BackupError(f"{name} is not installed. Install PostgreSQL's client programs of the server's version.")
    return found
