"""`iroiro content`: published changes given out as a patch, and written into a folder that lacks them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import main
from bot.records.content import digest
from bot.records.content_models import ContentDraft, ContentFile
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.migrate import upgrade

PATH = "knowledge_base/hotlines.csv"
TEXTS = ["id\n", "id\na\n", "id\na\nb\n"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder of before the two changes that the database holds as published."""
    monkeypatch.setenv("IROIRO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("IROIRO_CONTENT_DIR", str(tmp_path / "content"))
    Vault.open(tmp_path / "data" / "master.keys")
    database = Database(f"sqlite:///{tmp_path / 'data' / 'iroiro.sqlite3'}")
    upgrade(database)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with database.write() as session:
        for number, (base, text) in enumerate(zip(TEXTS, TEXTS[1:], strict=False), 1):
            session.add(
                ContentDraft(
                    id=f"d{number}",
                    item="hotlines",
                    summary=f"change {number}",
                    state="published",
                    author_id="nobody",
                    contributors=["nobody"],
                    reason="",
                    created_at=now,
                    updated_at=now,
                    number=number,
                    published_by="nobody",
                    published_at=now,
                )
            )
            session.flush()
            hashes = {"base_hash": digest(base), "text_hash": digest(text)}
            session.add(ContentFile(draft_id=f"d{number}", path=PATH, base=base, text=text, **hashes))
    database.close()
    (tmp_path / "content" / "knowledge_base").mkdir(parents=True)
    (tmp_path / "content" / PATH).write_text(TEXTS[0], encoding="utf-8")
    return tmp_path / "content"


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["content", *words])
    return done.exit_code, done.output


def test_what_was_published_is_given_out_in_order_or_from_a_number_on(folder: Path, tmp_path: Path) -> None:
    code, everything = run("export")
    assert code == 0
    assert everything.index("[PATCH] change 1") < everything.index("[PATCH] change 2")
    assert "+++ b/knowledge_base/hotlines.csv" in everything
    assert "next time: --after 2" in everything
    assert run("export", "--after", "1", "--to", str(tmp_path / "p.patch"))[0] == 0
    patch = (tmp_path / "p.patch").read_text(encoding="utf-8")
    assert patch.count("[PATCH]") == 1
    assert "+b\n" in patch


def test_a_folder_is_brought_up_to_date_and_one_that_differs_is_named(folder: Path) -> None:
    code, said = run("apply")
    assert (code, (folder / PATH).read_text(encoding="utf-8")) == (0, TEXTS[2])
    assert "1 file(s) written" in said
    assert "0 file(s) written" in run("apply")[1]
    (folder / PATH).write_text("id\nz\n", encoding="utf-8")
    code, said = run("apply")
    assert code == 1
    assert f"diverged  {PATH}" in said
    assert (folder / PATH).read_text(encoding="utf-8") == "id\nz\n"
