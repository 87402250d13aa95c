"""`iroiro report safety`: counsellors' marks by rule, with reasons and without a resident's word."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import main
from bot.cli.report_safety import Alarm, tally
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.migrate import upgrade
from bot.records.models import RiskAssessment
from bot.records.talk import Talk
from bot.turn import Assessment, Signal
from bot.vocabulary import Author, Category, RiskLevel


def alarm(rule: str, verdict: str | None, reason: str | None = None) -> Alarm:
    return Alarm(rule, "phrase", "en", "abuse", RiskLevel.high, verdict, reason)


def test_what_is_often_wrong_comes_first() -> None:
    rows = tally([alarm("a", "right"), alarm("a", None), alarm("b", "wrong", "a film"), alarm("b", "right")], "rule")
    assert [(row.name, row.alarms, row.right, row.wrong) for row in rows] == [("b", 2, 1, 1), ("a", 2, 1, 0)]
    assert rows[0].as_dict()["wrong_share"] == 0.5
    assert rows[0].reasons == ["a film"]
    assert rows[1].as_dict()["unmarked"] == 1


def test_the_report_reads_the_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("IROIRO_DATABASE_URL", raising=False)
    database, vault = Database(f"sqlite:///{tmp_path / 'iroiro.sqlite3'}"), Vault.open(tmp_path / "master.keys")
    upgrade(database)
    now = datetime.now(UTC)
    signal = Signal("en-suicide-wish", Category.suicide_self_harm, RiskLevel.high, "en", 0, 4, "SECRET WORDS")
    with database.write() as session:
        talk = Talk(session, vault)
        conversation, _ = talk.create("web", locale="en", now=now)
        message = talk.add_message(conversation, Author.resident, {"parts": []}, now=now)
        talk.add_assessment(
            conversation, message, Assessment(RiskLevel.high, Category.suicide_self_harm, (signal,)), now=now
        )
        session.flush()
        row = session.query(RiskAssessment).one()
        row.verdict, row.verdict_reason_enc = "wrong", vault.own_box().seal("a song")
    database.close()
    told = CliRunner().invoke(main, ["report", "safety", "--json"])
    assert told.exit_code == 0, told.output
    figures = json.loads(told.output)
    assert figures["alarms"] == 1
    assert figures["rule"][0]["name"] == "en-suicide-wish"
    assert figures["rule"][0]["wrong"] == 1
    assert figures["rule"][0]["reasons"] == ["a song"]
    plain = CliRunner().invoke(main, ["report", "safety"]).output
    assert "wrong: a song" in plain
    assert "SECRET" not in told.output + plain
