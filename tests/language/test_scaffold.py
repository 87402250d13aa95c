"""A new language on a scratch copy: what is written, what the check then asks for, and that a finished one passes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import add_language as add_language_command
from bot.language.scaffold import MARK, ScaffoldError, add_language, check_language
from bot.settings import PROJECT_ROOT

TAG, NAME = "xk", "Kittenish"
"""An invented language."""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    for part in ("_template", "en"):
        shutil.copytree(PROJECT_ROOT / "nlu_data" / part, tmp_path / "nlu_data" / part)
    return tmp_path


def test_every_value_is_marked_and_nothing_else_changes(content: Path) -> None:
    before = sorted(path for path in content.rglob("*") if f"/{TAG}" not in str(path))
    files = add_language(content, TAG, NAME)
    assert sorted(path for path in content.rglob("*") if f"/{TAG}" not in str(path)) == before
    assert [path.name for path in files[:3]] == ["locale.yml", "crisis.yml", "signals.yml"]
    assert all(path.is_file() for path in files)
    for path in files:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert isinstance(held, dict)
        if path.name != "locale.yml":
            assert MARK in path.read_text(encoding="utf-8")
    crisis = yaml.safe_load((content / "nlu_data" / TAG / "crisis.yml").read_text(encoding="utf-8"))["crisis"]
    template = yaml.safe_load((content / "nlu_data" / "_template" / "crisis.yml").read_text(encoding="utf-8"))["crisis"]
    assert crisis == {key: MARK + described for key, described in template.items()}


def test_the_check_asks_for_crisis_words_and_signals(content: Path) -> None:
    add_language(content, TAG, NAME)
    problems = check_language(content, TAG)
    assert any("crisis.yml" in problem and "write them" in problem for problem in problems)
    assert any("no signal for suicide_self_harm, high" in problem for problem in problems)
    assert any("safe_words" in problem for problem in problems)
    assert any("LOCALES" in problem for problem in problems)
    (content / "nlu_data" / TAG / "crisis.yml").unlink()
    (content / "nlu_data" / TAG / "signals.yml").unlink()
    problems = check_language(content, TAG)
    assert any("crisis.yml" in problem and "cannot be read" in problem for problem in problems)
    assert any("signals.yml" in problem and "cannot be read" in problem for problem in problems)


def test_one_missing_crisis_reply_fails(content: Path) -> None:
    add_language(content, TAG, NAME)
    path = content / "nlu_data" / TAG / "crisis.yml"
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    gone = sorted(held["crisis"])[0]
    del held["crisis"][gone]
    path.write_text(yaml.dump(held, allow_unicode=True), encoding="utf-8")
    assert any(f"crisis.yml [{gone}]: is missing" in problem for problem in check_language(content, TAG))


def test_a_written_language_passes_but_for_the_vocabulary(content: Path) -> None:
    for path in add_language(content, TAG, NAME):
        path.write_text(path.read_text(encoding="utf-8").replace(MARK, "Nya "), encoding="utf-8")
    assert [problem for problem in check_language(content, TAG) if "vocabulary.py" not in problem] == []


@pytest.mark.parametrize(("tag", "name"), [("EN", "x"), ("../x", "x"), ("en", "English"), ("xk", " "), ("", "x")])
def test_what_cannot_be_added_is_refused_and_nothing_is_written(content: Path, tag: str, name: str) -> None:
    before = sorted(content.rglob("*"))
    with pytest.raises(ScaffoldError):
        add_language(content, tag, name)
    assert sorted(content.rglob("*")) == before


def test_a_broken_model_file_is_named_and_nothing_is_written(content: Path) -> None:
    (content / "nlu_data" / "en" / "signals.yml").write_text("signals: [", encoding="utf-8")
    with pytest.raises(ScaffoldError, match="signals.yml"):
        add_language(content, TAG, NAME)
    assert not (content / "nlu_data" / TAG).exists()


def test_the_command_prints_the_files_in_order(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_CONTENT_DIR", str(content))
    result = CliRunner().invoke(add_language_command.command, [TAG, NAME])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert "1. nlu_data/xk/locale.yml" in lines[1]
    assert any("LOCALES in bot/vocabulary.py" in line for line in lines)
    again = CliRunner().invoke(add_language_command.command, [TAG, NAME])
    assert again.exit_code == 1
    assert "exists already" in again.output
