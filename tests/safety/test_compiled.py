"""The parsed signals kept in the data folder: a faster start, and never anything but what the signals say."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.safety import compiled
from bot.safety.gate import _signals
from bot.safety.matcher import Matcher, Prepared
from bot.safety.signals import LocaleSignals, load_all, load_locale
from bot.settings import PROJECT_ROOT
from bot.vocabulary import RiskLevel

SIGNALS = (
    "signals:\n"
    "  slots: {who: [dad, 'my (step)? father']}\n"
    "  phrases:\n"
    "    - {id: en-hit, category: abuse, level: high, match: ['{who} ~2 (hits|beats) me'], why: x, tests: [dad beats me]}\n"
    "    - {id: en-now, category: abuse, level: imminent, after: [abuse], match: ['hes here'], why: x, tests: []}\n"
    "  guards:\n"
    "    - {id: en-game, kind: game, scope: sentence, match: ['in the game'], unless: ['not in the game'], why: x}\n"
    "  masked: [abuse]\n"
    "  clarifications: [\"it was (a game|lyrics)\"]\n"
    "  retractions: [just kidding]\n"
    "  safe_words: [red umbrella]\n"
)  # fmt: skip
TEXTS = [
    "my stepfather really beats me",
    "dad beats me in the game",
    "stepfahter hits me",
    "he a○use",
    "red umbrella",
    "hi",
]


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service's own content folder with one locale, and an empty data folder beside it."""
    folder = tmp_path / "content"
    path = folder / "nlu_data" / "en" / "signals.yml"
    path.parent.mkdir(parents=True)
    path.write_text(SIGNALS, "utf-8")
    monkeypatch.setenv("IROIRO_CONTENT_DIR", str(folder))
    monkeypatch.setenv("IROIRO_DATA_DIR", str(tmp_path / "var"))
    return folder.resolve()


def kept(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "var" / "cache").glob("*")
    return path


def parses(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose signals are parsed from now on."""
    seen: list[Path] = []

    def noted(folder: Path) -> dict[str, LocaleSignals]:
        seen.append(folder)
        return load_all(folder)

    monkeypatch.setattr("bot.safety.gate.load_all", noted)
    return seen


def hits(locales: dict[str, LocaleSignals], prepared: Prepared) -> list[object]:
    matcher = Matcher(locales, prepared)
    return [
        [(hit.rule.id, hit.start, hit.end, hit.level, hit.guard and hit.guard.id) for hit in matcher.hits(folded)]
        for folded in map(matcher.fold, TEXTS)
    ]


def test_a_second_start_parses_nothing_and_hears_the_same(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _signals(content)
    parsed = parses(monkeypatch)
    second = _signals(content)
    assert parsed == []
    assert hits(*second) == hits(*first)
    assert hits(*first)[0] == [("en-hit", 0, 28, RiskLevel.high, None)]
    assert second[0]["en"].safe_words == ("red umbrella",)
    rule, again = first[0]["en"].rules[0], second[0]["en"].rules[0]
    assert (rule.id, rule.category, rule.after, rule.tests) == (again.id, again.category, again.after, again.tests)
    assert kept(tmp_path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("locale", ["en", "th"])
def test_everything_our_own_signals_say_is_restored(tmp_path: Path, locale: str) -> None:
    data = load_locale(PROJECT_ROOT / "nlu_data" / locale / "signals.yml", locale)
    prepared = Prepared.of({locale: data})
    compiled.store(tmp_path, "key", {locale: data}, prepared)
    restored = compiled.restore(tmp_path, "key")
    assert restored is not None
    again = restored[0][locale]
    assert restored[1] == prepared
    assert (again.masked, again.safe_words) == (data.masked, data.safe_words)
    for entry, same in zip([*data.rules, *data.guards], [*again.rules, *again.guards], strict=True):
        assert (entry.id, entry.tests) == (same.id, same.tests)
        for pattern, stored in zip(entry.patterns, same.patterns, strict=True):
            for name in ("source", "view", "wide", "exact", "anchors", "reach", "whole"):
                assert getattr(pattern, name) == getattr(stored, name)
            assert pattern.expression() == stored.expression()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes().replace(b"beats", b"waves")),
        lambda path: path.write_bytes(b"\x80\x05." + path.read_bytes()),
        lambda path: path.chmod(0o666),
        lambda path: path.parent.chmod(0o777),
        lambda path: (path.rename(path.with_name("elsewhere")), path.symlink_to(path.with_name("elsewhere"))),
    ],
    ids=["cut short", "empty", "changed", "garbage", "writable by all", "in a folder writable by all", "a link"],
)
def test_a_file_that_cannot_be_trusted_is_made_anew(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: object
) -> None:
    first = _signals(content)
    spoil(kept(tmp_path))  # type: ignore[operator]
    parsed = parses(monkeypatch)
    assert hits(*_signals(content)) == hits(*first)
    assert parsed == [content]


def test_changed_signals_are_parsed(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _signals(content)
    path = content / "nlu_data" / "en" / "signals.yml"
    path.write_text(SIGNALS.replace("en-hit", "en-hurt"), "utf-8")
    parsed = parses(monkeypatch)
    assert _signals(content)[0]["en"].rules[0].id == "en-hurt"
    assert parsed == [content]


def test_faulty_signals_are_not_kept(content: Path, tmp_path: Path) -> None:
    (content / "nlu_data" / "en" / "signals.yml").write_text(SIGNALS.replace("abuse, level: high", "x, level: high"))
    assert _signals(content)[0]["en"].problems
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("prepare", ["file", "read-only"])
def test_a_data_folder_that_takes_no_files_stops_nothing(content: Path, tmp_path: Path, prepare: str) -> None:
    if prepare == "file":
        (tmp_path / "var").write_text("in the way")
    else:
        (tmp_path / "var").mkdir(mode=0o500)
    assert _signals(content)[0]["en"].rules


def test_another_folder_and_an_unusable_setting_are_parsed_without_keeping(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IROIRO_CONTENT_DIR", str(PROJECT_ROOT))
    assert _signals(content)[0]["en"].rules
    monkeypatch.setenv("IROIRO_NO_SUCH_SETTING", "1")
    assert _signals(content)[0]["en"].rules
    assert not (tmp_path / "var").exists()


def test_old_files_go(content: Path, tmp_path: Path) -> None:
    locales, prepared = _signals(content)
    for number in range(6):
        compiled.store(tmp_path / "var" / "cache", f"key{number}", locales, prepared)
        os.utime(tmp_path / "var" / "cache" / f"signals-key{number}.json", (number, number))
    assert len(list((tmp_path / "var" / "cache").iterdir())) == 4


def test_two_starts_at_once_leave_one_whole_file(content: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bot.safety.gate import Gate;"
        "print(Gate.load(Path(sys.argv[1])).assess('dad beats me').level.name)"
    )
    command = [sys.executable, "-c", code, str(content)]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT) for _ in range(3)]
    assert {start.communicate(timeout=60)[0].strip() for start in starts} == {"high"}
    assert compiled.restore(tmp_path / "var" / "cache", kept(tmp_path).stem.removeprefix("signals-")) is not None


def test_a_file_of_another_owner_is_not_read(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _signals(content)
    path = kept(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    monkeypatch.setattr("bot.safety.compiled._TRUSTED_ROOT", -1)
    caplog.set_level(logging.INFO)
    assert compiled.restore(path.parent, path.stem.removeprefix("signals-")) is None
    assert "others may write" in caplog.text
