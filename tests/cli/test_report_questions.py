"""`iroiro report questions`: grouped, counted by locale, without numbers that point at a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import main
from bot.knowledge.grouping import Asked, group_questions
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.migrate import upgrade
from bot.records.models import UnansweredQuestion

NOW = datetime.now(UTC)
QUESTIONS = [
    ("where can I rent a bicycle", "en", 3),
    ("where can i rent bicycles", "en", 2),
    ("自転車はどこで借りられますか", "ja", 1),
    ("call me at 090-1234-5678 about the piano", "en", 5),
    ("an old one nobody asks any more", "en", 24 * 60),
]


def test_questions_alike_are_one_group_and_the_largest_comes_first() -> None:
    asked = [Asked(text, locale, NOW - timedelta(hours=hours)) for text, locale, hours in QUESTIONS[:4]]
    groups = group_questions(asked)
    assert [(group.count, dict(group.by_locale)) for group in groups] == [
        (2, {"en": 2}),
        (1, {"ja": 1}),
        (1, {"en": 1}),
    ]
    assert groups[0].sample == QUESTIONS[0][0]
    assert group_questions([]) == []


def test_the_order_in_which_they_are_read_changes_nothing() -> None:
    asked = [Asked(text, locale, NOW - timedelta(hours=hours)) for text, locale, hours in QUESTIONS]
    assert [vars(group) for group in group_questions(asked)] == [vars(group) for group in group_questions(asked[::-1])]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IROIRO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("IROIRO_DATABASE_URL", raising=False)
    return tmp_path


def test_the_report_reads_the_records(data: Path) -> None:
    url = f"sqlite:///{data / 'iroiro.sqlite3'}"
    database, box = Database(url), Vault.open(data / "master.keys").own_box()
    upgrade(database)
    with database.write() as session:
        for number, (text, locale, hours) in enumerate(QUESTIONS):
            at = NOW - timedelta(hours=hours)
            session.add(UnansweredQuestion(id=f"q{number}", locale=locale, text_enc=box.seal(text), created_at=at))
        session.add(UnansweredQuestion(id="broken", locale="en", text_enc=b"x" * 40, created_at=NOW))
    database.close()
    done = CliRunner().invoke(main, ["report", "questions", "--json"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.output.splitlines()]
    assert sum(row["count"] for row in rows) == 4
    # The encoder finds the Japanese question to be the English one.
    assert rows[0]["count"] == 3
    assert rows[0]["locales"] == {"en": 2, "ja": 1}
    assert "090" not in done.output
    table = CliRunner().invoke(main, ["report", "questions", "--days", "90"]).output
    assert table.splitlines()[0].startswith("5 unanswered questions in 90 days")


def test_without_a_database_the_remedy_is_said(data: Path) -> None:
    done = CliRunner().invoke(main, ["report", "questions"])
    assert done.exit_code == 1
    assert "Start the service once" in done.output
