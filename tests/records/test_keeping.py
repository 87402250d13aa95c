"""Rotation, retention, erasure and subject access: what stays readable, what goes, and the proof of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from bot.records.audit import verify_audit
from bot.records.crypto import UnreadableError, Vault
from bot.records.database import Database
from bot.records.erasure import ErasureError, forget
from bot.records.export import as_text, everything_about
from bot.records.family_models import Family, FamilyCard
from bot.records.models import AuditEntry, Case, CaseEvent, Conversation, Message, OutboxItem, UnansweredQuestion
from bot.records.retention import Retention, RetentionError, preserve, purge, release
from bot.records.rotation import add_master_key, keys_in_use, rewrap
from bot.records.talk import Talk
from bot.settings import PROJECT_ROOT
from bot.vocabulary import RiskLevel
from tests.conftest import Clock
from tests.records.held import ADDRESS, CARD, NOTE, QUESTION, SECRETS, TRANSLATED, full_conversation, husk, rows_about


def test_rotation_wraps_everything_again_and_a_running_process_follows(
    database: Database, tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "master.keys"
    running = Vault.open(path)
    with database.write() as session:
        ids = [full_conversation(session, running, clock()) for _ in range(3)]
    assert add_master_key(path) == "k2"
    assert path.stat().st_mode & 0o077 == 0
    done = rewrap(database, Vault.open(path), now=clock())
    assert (done.key_id, done.conversations, done.families) == ("k2", 3, 3)
    assert keys_in_use(database) == {"k2": 6}
    assert rewrap(database, Vault.open(path), now=clock()).conversations == 0
    with database.read() as session:
        talk = Talk(session, running)
        for conversation_id in ids:
            conversation = session.get_one(Conversation, conversation_id)
            first = session.scalars(select(Message).where(Message.conversation_id == conversation_id)).first()
            assert first is not None
            assert talk.body(conversation, first) == {"text": QUESTION}
            family = session.get_one(Family, conversation_id)
            card = session.scalars(select(FamilyCard).where(FamilyCard.family_id == conversation_id)).one()
            assert running.box(family.wrapped_key, family.key_id).open(card.body_enc) == {"name": CARD}
    assert running.new_data_key()[1] == "k2"
    assert running.keyed_hash("token", "x") == Vault.open(path).keyed_hash("token", "x")


def test_an_export_holds_everything_and_no_key(database: Database, vault: Vault, clock: Clock) -> None:
    with database.write() as session:
        conversation_id = full_conversation(session, vault, clock())
        conversation = session.get_one(Conversation, conversation_id)
        held = everything_about(session, vault, conversation_id)
        assert held is not None
        told = json.dumps(held, ensure_ascii=False)
        for secret in SECRETS:
            assert secret in told
        assert str(conversation.resume_hash) not in told
        assert "wrapped_key" not in told
        empty = {name for name, rows in held.items() if not rows}
        assert empty == {"outbox", "notices", "preserved", "audit"} - {name for name in held if held[name]}
        paper = as_text(held)
        assert QUESTION in paper
        assert TRANSLATED in paper
        assert NOTE in paper
        assert everything_about(session, vault, "0" * 32) is None


def test_erasure_reaches_notes_translations_pictures_and_kept_questions(
    database: Database, vault: Vault, clock: Clock
) -> None:
    with database.write() as session:
        conversation_id = full_conversation(session, vault, clock())
        other = full_conversation(session, vault, clock.tick(minutes=1))
        before = rows_about(session, other)
        box = Talk(session, vault).box(husk(session, conversation_id))
        sealed = session.scalars(select(Message.body_enc).where(Message.conversation_id == conversation_id)).first()
    with database.write() as session:
        counts = forget(
            session, vault, husk(session, conversation_id), now=clock(), action="records.erase", reason="request 7"
        )
        assert counts["messages"] == 2
        assert counts["case_notes"] == 1
        assert counts["unanswered_questions"] == 1
    with database.read() as session:
        # Its cases stay as figures, without words.
        assert set(rows_about(session, conversation_id)) == {"conversations", "cases", "case_events"}
        assert rows_about(session, other) == before
        assert len(session.scalars(select(UnansweredQuestion)).all()) == 1
        case = session.scalars(select(Case).where(Case.conversation_id == conversation_id)).one()
        events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
        assert case.tags == []
        assert "秘密" not in str([event.data for event in events])
        left = husk(session, conversation_id)
        assert left.address_hash is None
        assert left.token_hash is None
        assert sealed is not None
        assert box.open(sealed)
        with pytest.raises(UnreadableError):
            Talk(session, vault).box(left).open(sealed)
        proof = session.scalars(select(AuditEntry).where(AuditEntry.action == "records.erase")).one()
        assert proof.object_id == conversation_id
        assert proof.data["rows"]["messages"] == 2
        assert verify_audit(session)[1] is None
        assert ADDRESS not in str(proof.data)


@pytest.mark.parametrize("hindrance", ["open case", "preserved"])
def test_an_open_case_and_a_preserved_conversation_stay(
    database: Database, vault: Vault, clock: Clock, hindrance: str
) -> None:
    with database.write() as session:
        state = "waiting" if hindrance == "open case" else "resolved"
        conversation_id = full_conversation(session, vault, clock(), state=state)
        if hindrance == "preserved":
            preserve(session, conversation_id, "court 12", now=clock())
        with pytest.raises(ErasureError, match="case" if hindrance == "open case" else "court 12"):
            forget(session, vault, husk(session, conversation_id), now=clock(), action="records.erase", reason="r")
    clock.tick(days=10_000)
    done = purge(database, vault, Retention.load(PROJECT_ROOT), now=clock())
    assert list(done.kept) == [conversation_id]
    with database.read() as session:
        assert len(session.scalars(select(Message).where(Message.conversation_id == conversation_id)).all()) == 2


def test_a_purge_forgets_by_class_leaves_proof_and_repeats_nothing(
    database: Database, vault: Vault, clock: Clock
) -> None:
    retention = Retention(dict(zip(RiskLevel, (10, 20, 30, 40), strict=True)), 15, 5, 5)
    with database.write() as session:
        ids = [full_conversation(session, vault, clock(), level=level) for level in range(4)]
    clock.tick(days=25)
    dry = purge(database, vault, retention, now=clock(), dry_run=True)
    assert dict(dry.conversations) == {"none": 1, "concern": 1}
    with database.read() as session:
        assert len(session.scalars(select(Message)).all()) == 8
    done = purge(database, vault, retention, now=clock())
    assert dict(done.conversations) == {"none": 1, "concern": 1}
    with database.read() as session:
        kept = set(session.scalars(select(Message.conversation_id)))
        assert kept == set(ids[2:])
        assert session.scalars(select(UnansweredQuestion)).all() == []
        proofs = session.scalars(select(AuditEntry.object_id).where(AuditEntry.action == "records.purge")).all()
        assert set(proofs) == set(ids[:2])
        assert verify_audit(session)[1] is None
        # What still has to leave for LINE has no sending date and stays.
        assert {item.conversation_id for item in session.scalars(select(OutboxItem))} == set(ids[2:])
    assert not purge(database, vault, retention, now=clock()).conversations


def test_a_released_conversation_goes(database: Database, vault: Vault, clock: Clock) -> None:
    with database.write() as session:
        conversation_id = full_conversation(session, vault, clock())
        preserve(session, conversation_id, "court", now=clock())
        release(session, conversation_id, now=clock())
        with pytest.raises(RetentionError, match="not preserved"):
            release(session, conversation_id, now=clock())
        with pytest.raises(RetentionError, match="no conversation"):
            preserve(session, "0" * 32, "court", now=clock())
        with pytest.raises(RetentionError, match="reason"):
            preserve(session, conversation_id, " ", now=clock())
    clock.tick(days=10_000)
    assert purge(database, vault, Retention.load(PROJECT_ROOT), now=clock()).conversations["high"] == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"staff_sessions": 0}, "staff_sessions"),
        ({"staff_sessions": True}, "staff_sessions"),
        ({"stuff": 3}, "stuff"),
        ({"conversations": {"none": 3}}, "conversations.concern"),
        ({"conversations": []}, "conversations"),
    ],
)
def test_a_broken_retention_file_is_named(tmp_path: Path, change: dict[str, object], told: str) -> None:
    table = yaml.safe_load((PROJECT_ROOT / "knowledge_base/retention.yml").read_text("utf-8"))
    table["retention"] |= change
    (tmp_path / "knowledge_base").mkdir()
    (tmp_path / "knowledge_base/retention.yml").write_text(yaml.safe_dump(table), "utf-8")
    with pytest.raises(RetentionError, match=told):
        Retention.load(tmp_path)


def test_the_citys_risk_records_are_kept_longer_than_small_talk() -> None:
    days = Retention.load(PROJECT_ROOT).conversations
    assert days[RiskLevel.none] < days[RiskLevel.high] <= days[RiskLevel.imminent]
    assert timedelta(days=days[RiskLevel.none]) >= timedelta(days=30)
