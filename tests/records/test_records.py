"""Encryption, the audit chain, conversations and their leases."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.records.audit import record_audit, verify_audit
from bot.records.crypto import KeyFileError, UnreadableError, Vault
from bot.records.database import HURRIED_IN_A_ROW, Database, Turnstile
from bot.records.migrate import downgrade, is_current, upgrade
from bot.records.models import AuditEntry, Message
from bot.records.talk import Talk, new_resume_code
from bot.vocabulary import Author
from tests.conftest import Clock

SECRET = "だれにも言えないこと"


def test_a_body_is_unreadable_in_the_table_and_readable_through_its_key(
    database: Database, vault: Vault, clock: Clock
) -> None:
    with database.write() as session:
        talk = Talk(session, vault)
        conversation, _ = talk.create("web", locale="ja", now=clock())
        message = talk.add_message(conversation, Author.resident, {"text": SECRET}, now=clock())
        assert talk.body(conversation, message) == {"text": SECRET}
        stored = session.scalars(select(Message.body_enc)).one()
    assert stored is not None
    assert SECRET.encode() not in stored


def test_rotation_keeps_old_bodies_readable_and_a_lost_key_does_not(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    old = Vault.open(path)
    wrapped, key_id = old.new_data_key()
    sealed = old.box(wrapped, key_id).seal(SECRET)
    path.write_text(path.read_text() + f"k2 {'ab' * 32}\n")
    rotated = Vault.open(path)
    rewrapped, new_id = rotated.rewrap(wrapped, key_id)
    assert new_id == "k2"
    assert rotated.box(rewrapped, new_id).open(sealed) == SECRET
    with pytest.raises(UnreadableError):
        Vault({"k2": bytes.fromhex("cd" * 32)}).box(rewrapped, new_id)


def test_the_key_file_is_private_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    Vault.open(path)
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("k1 tooshort\n")
    with pytest.raises(KeyFileError, match=r"keys:1"):
        Vault.open(path)


def test_audit_shows_a_changed_and_a_removed_entry(database: Database, clock: Clock) -> None:
    with database.write() as session:
        for number in range(5):
            record_audit(session, "case.read", now=clock(), object_id=str(number))
        assert verify_audit(session) == (5, None)
    with database.write() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == 3).values(object_id="other"))
        assert verify_audit(session) == (3, 3)
    with database.write() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == 3).values(object_id="2"))
        session.delete(session.get_one(AuditEntry, 2))
        session.flush()
        assert verify_audit(session)[1] is not None


def test_one_lease_at_a_time_and_it_runs_out(database: Database, vault: Vault, clock: Clock) -> None:
    with database.write() as session:
        talk = Talk(session, vault)
        conversation, _ = talk.create("web", locale="ja", now=clock())
        assert talk.take_lease(conversation.id, "a" * 32, now=clock(), seconds=20)
        assert not talk.take_lease(conversation.id, "b" * 32, now=clock(), seconds=20)
        assert talk.take_lease(conversation.id, "b" * 32, now=clock.tick(seconds=21), seconds=20)


def test_a_resume_code_forgives_case_and_hyphen_and_changes_after_use(
    database: Database, vault: Vault, clock: Clock
) -> None:
    with database.write() as session:
        talk = Talk(session, vault)
        conversation, credentials = talk.create("web", locale="ja", now=clock())
        spoken = credentials.resume_code.lower().replace("-", " ")
        assert talk.by_resume_code(spoken) is not None
        renewed = talk.renew_credentials(conversation)
        session.flush()
        assert talk.by_resume_code(credentials.resume_code) is None
        assert talk.by_token(credentials.token) is None
        assert talk.by_token(renewed.token) is not None


def test_resume_codes_do_not_repeat() -> None:
    assert len({new_resume_code() for _ in range(2000)}) == 2000


def test_the_schema_goes_down_and_up_again(database: Database) -> None:
    assert is_current(database)
    downgrade(database, "base")
    assert not is_current(database)
    upgrade(database)
    assert is_current(database)


def test_gateways_that_start_at_once_migrate_once(database_url: str) -> None:
    opened = [Database(database_url) for _ in range(3)]
    if opened[0].is_sqlite:
        # One machine, one service: its processes never start side by side on one file.
        del opened[1:]
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(upgrade, database) for database in opened]:
            done.result(60)
    assert is_current(opened[0])
    for database in opened:
        database.close()


def test_who_is_in_a_hurry_passes_first_but_not_for_ever() -> None:
    turnstile, order = Turnstile(), list[str]()
    count = 3 * HURRIED_IN_A_ROW

    def go(name: str) -> None:
        with turnstile.passed(name == "hurried"):
            order.append(name)

    with ThreadPoolExecutor(count + 2) as pool, turnstile.passed(False):
        for _ in range(2):
            pool.submit(go, "ordinary")
        for _ in range(count):
            pool.submit(go, "hurried")
        while sum(turnstile._waiting.values()) < count + 2:
            time.sleep(0.01)
    first = order.index("ordinary")
    assert (first, order.index("ordinary", first + 1)) == (HURRIED_IN_A_ROW, 2 * HURRIED_IN_A_ROW + 1)


def test_a_write_inside_a_write_is_refused_at_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with database.write(), pytest.raises(RuntimeError, match="inside another"), database.write():
        pass
    database.close()
