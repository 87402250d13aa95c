"""`iroiro doctor`: each fault is named with a remedy, and only what does not work fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import doctor
from bot.cli.main import main
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.migrate import downgrade, upgrade
from bot.records.talk import Talk
from bot.settings import Settings
from bot.vocabulary import Author
from tests.conftest import free_port


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    Vault.open(tmp_path / "master.keys")
    database = Database(database_url)
    upgrade(database)
    database.close()
    return Settings(data_dir=tmp_path, database_url=database_url, rasa_url="", web_dist=tmp_path)


def states(examination: doctor.Examination, settings: Settings) -> list[str]:
    found = list(examination(settings))
    for finding in found:
        assert finding.state == doctor.OK or finding.remedy, finding
    return [finding.state for finding in found]


def test_a_sound_machine(settings: Settings) -> None:
    assert states(doctor.keys, settings) == ["ok"]
    assert states(doctor.database, settings) == ["ok", "ok"]


def test_keys_that_others_read_are_broken_or_gone(settings: Settings) -> None:
    settings.key_file.chmod(0o644)
    found = next(doctor.keys(settings))
    assert (found.state, found.remedy) == ("FAIL", f"chmod 600 {settings.key_file}")
    settings.key_file.write_text("k1 short\n")
    assert states(doctor.keys, settings) == ["FAIL"]
    settings.key_file.unlink()
    assert states(doctor.keys, settings) == ["warn"]


def test_an_old_schema_and_a_clock_that_is_behind(settings: Settings) -> None:
    database = Database(settings.sqlalchemy_url)
    with database.write() as session:
        talk = Talk(session, Vault.open(settings.key_file))
        later = datetime.now(UTC) + timedelta(hours=3)
        conversation, _ = talk.create("web", locale="ja", now=later)
        talk.add_message(conversation, Author.resident, {"text": "x"}, now=later)
    assert states(doctor.database, settings) == ["ok", "FAIL"]
    downgrade(database, "0003")
    assert states(doctor.database, settings) == ["FAIL"]
    database.close()


def test_what_does_not_answer_or_is_half_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"postgresql+psycopg://u:geheim@{nobody}/x",
        redis_url=f"redis://{nobody}/0",
        rasa_url=f"http://{nobody}",
        line_channel_secret="s",
        content_dir=tmp_path,
        web_dist=tmp_path,
    )
    for examination in (doctor.database, doctor.wakeups, doctor.data, doctor.line):
        assert "FAIL" in states(examination, settings)
    assert states(doctor.rasa, settings) == ["FAIL", "warn"]
    assert states(doctor.address, settings) == ["warn", "FAIL"]
    assert "geheim" not in str(list(doctor.database(settings)))
    monkeypatch.setattr(doctor, "NO_ROOM", 2**62)
    assert states(doctor.disk, settings) == ["FAIL"]


def test_the_command_fails_when_something_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [doctor.Finding("ok", "disk", "room"), doctor.Finding("warn", "line", "not set up", "docs/line.md")]
    monkeypatch.setattr(doctor, "examine", lambda settings: iter(found))
    fine = CliRunner().invoke(main, ["doctor"])
    assert fine.exit_code == 0
    assert "→ docs/line.md" in fine.output
    found.append(doctor.Finding("FAIL", "redis", "does not answer", "start it"))
    assert CliRunner().invoke(main, ["doctor", "--json"]).exit_code == 1
