"""Backup and restore, as an operator does them, on both engines; and the drill: the database lost, the talk goes on."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from bot.cli.main import main
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.migrate import downgrade, is_current, upgrade
from bot.records.models import AuditEntry, Conversation, Message
from bot.records.talk import Talk
from bot.vocabulary import Author
from tests.conftest import Clock
from tests.records.held import QUESTION, full_conversation


@pytest.fixture
def machine(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder and a database as the service has them."""
    for name in ("IROIRO_SECRET_KEY_FILE", "IROIRO_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IROIRO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("IROIRO_DATABASE_URL", database_url)
    return tmp_path


def iroiro(*arguments: Any, fails: bool = False) -> str:
    result = CliRunner().invoke(main, ["records", *map(str, arguments)])
    assert result.exit_code == (1 if fails else 0), result.output
    return result.output


def lose(database: Database, url: str) -> None:
    """The database is gone: the file deleted, or the schema dropped."""
    if database.is_sqlite:
        database.close()
        Path(url.removeprefix("sqlite:///")).unlink()
        return
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.close()


def test_the_drill_database_lost_and_the_talk_goes_on(machine: Path, database_url: str, clock: Clock) -> None:
    vault = Vault.open(machine / "master.keys")
    database = Database(database_url)
    upgrade(database)
    with database.write() as session:
        conversation, credentials = Talk(session, vault).create("web", locale="ja", now=clock())
        talk_id = conversation.id
        Talk(session, vault).add_message(conversation, Author.resident, {"text": QUESTION}, now=clock())
    assert "not in it" in iroiro("backup", machine / "b1")
    assert (machine / "b1").stat().st_mode & 0o077 == 0
    assert QUESTION.encode() not in (machine / "b1").read_bytes()
    lose(database, database_url)

    told = iroiro("restore", machine / "b1")
    assert "1 conversations, 1 messages" in told
    database = Database(database_url)
    with database.write() as session:
        talk = Talk(session, vault)
        found = talk.by_token(credentials.token)
        assert found is not None
        assert found.id == talk_id
        waiting = talk.oldest_unhandled(talk_id)
        assert waiting is not None
        assert talk.body(found, waiting) == {"text": QUESTION}
        answer = talk.add_message(found, Author.machine, {"parts": []}, now=clock(), in_reply_to=waiting.id)
        assert answer.seq == waiting.seq + 1
    assert "whole" in iroiro("verify-audit")
    database.close()


def test_a_restore_refuses_what_would_lose_or_could_not_be_read(machine: Path, database_url: str, clock: Clock) -> None:
    vault = Vault.open(machine / "master.keys")
    database = Database(database_url)
    upgrade(database)
    with database.write() as session:
        full_conversation(session, vault, clock())
    iroiro("backup", machine / "b1")
    assert "exists already" in iroiro("backup", machine / "b1", fails=True)
    assert "--replace" in iroiro("restore", machine / "b1", fails=True)
    (machine / "wrong").write_text("no backup")
    assert "IROIRO_DATABASE_URL" in iroiro("restore", machine / "wrong", fails=True)
    database.close()
    keys = (machine / "master.keys").read_text()
    (machine / "master.keys").write_text(f"k1 {'ab' * 32}\n")
    assert "not the key file" in iroiro("restore", machine / "b1", "--replace", fails=True).replace("\n", " ")
    (machine / "master.keys").unlink()
    assert "no key file" in iroiro("restore", machine / "b1", fails=True)
    (machine / "master.keys").write_text(keys)
    assert "1 conversations" in iroiro("restore", machine / "b1", "--replace")


def test_the_commands_keep_export_and_erase(machine: Path, database_url: str, clock: Clock) -> None:
    vault = Vault.open(machine / "master.keys")
    database = Database(database_url)
    upgrade(database)
    with database.write() as session:
        talk_id = full_conversation(session, vault, clock())
    assert "preserved" in iroiro("preserve", talk_id, "--reason", "court 12")
    assert "court 12" in iroiro("erase", talk_id, "--reason", "request", "--yes", fails=True)
    iroiro("preserve", talk_id, "--release")
    iroiro("export", talk_id, "--to", machine)
    held = json.loads((machine / f"{talk_id}.json").read_text("utf-8"))
    assert held["messages"][0]["body"]["text"] == QUESTION
    assert (machine / f"{talk_id}.json").stat().st_mode & 0o077 == 0
    assert QUESTION in (machine / f"{talk_id}.txt").read_text("utf-8")
    assert "k2" in iroiro("rotate-key")
    assert "would go" in iroiro("purge", "--dry-run")
    assert "is erased" in iroiro("erase", talk_id, "--reason", "request 7", "--yes")
    assert "no conversation" in iroiro("export", "0" * 32, fails=True)
    with database.read() as session:
        assert session.scalars(select(Message)).all() == []
        assert session.get_one(Conversation, talk_id).key_id == "k2"
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions == [
        "records.preserve",
        "records.release",
        "records.export",
        "records.rotate_key",
        "records.erase",
    ]
    with database.write() as session:
        session.delete(session.get_one(AuditEntry, 5))
    assert "missing at the end" in iroiro("verify-audit", fails=True)
    with database.write() as session:
        session.delete(session.get_one(AuditEntry, 2))
    assert "broken at entry 3" in iroiro("verify-audit", fails=True)
    database.close()


def test_a_conversation_is_found_by_what_its_resident_holds(machine: Path, database_url: str, clock: Clock) -> None:
    vault = Vault.open(machine / "master.keys")
    database = Database(database_url)
    upgrade(database)
    with database.write() as session:
        talk = Talk(session, vault)
        web, credentials = talk.create("web", locale="ja", now=clock())
        line, _ = talk.create("line", locale="en", now=clock(), address="U123")
        ids = web.id, line.id
    assert ids[0] in iroiro("find", "--resume-code", credentials.resume_code.lower())
    assert ids[1] in iroiro("find", "--line-id", "U123")
    assert "No conversation" in iroiro("find", "--line-id", "U124", fails=True)
    database.close()


def test_an_older_schema_is_backed_up_before_and_migrated_after(machine: Path, database_url: str, clock: Clock) -> None:
    vault = Vault.open(machine / "master.keys")
    database = Database(database_url)
    upgrade(database)
    with database.write() as session:
        full_conversation(session, vault, clock())
    downgrade(database, "0004")
    assert "another version" in iroiro("export", "x", fails=True)
    iroiro("backup", machine / "before-upgrade")
    lose(database, database_url)
    assert "2 messages" in iroiro("restore", machine / "before-upgrade")
    assert is_current(database)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def test_a_command_invents_neither_keys_nor_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("IROIRO_DATABASE_URL", raising=False)
    assert "no key file" in iroiro("verify-audit", fails=True)
    Vault.open(tmp_path / "master.keys")
    assert "no database" in iroiro("verify-audit", fails=True)
    assert [path.name for path in tmp_path.iterdir()] == ["master.keys"]


def test_a_programme_that_fails_is_told_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.records import backup

    seen: list[Any] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        seen.append((command, options["env"].get("PGPASSWORD")))
        return subprocess.CompletedProcess(command, 1, "", "connection refused")

    monkeypatch.setattr(backup.subprocess, "run", run)
    monkeypatch.setattr(backup, "_program", lambda name: name)
    with pytest.raises(backup.BackupError, match="connection refused"):
        backup.back_up("postgresql+psycopg://u:geheim@db/iroiro", tmp_path / "b")
    command, password = seen[0]
    assert password == "geheim"
    assert "geheim" not in " ".join(command)
    assert list(tmp_path.iterdir()) == []
