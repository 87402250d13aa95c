"""Setting up: pins fit, hold no addresses, and a Python that does not run is not chosen."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT
from ops.environments import find_python, find_uv
from ops.lock import unsatisfied
from ops.progress import StepFailedError


def test_pins_satisfy_the_project_and_hold_no_address() -> None:
    assert unsatisfied() == []


def test_the_web_lock_file_holds_no_address() -> None:
    lock = json.loads((PROJECT_ROOT / "web/package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_a_shim_that_does_not_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(shim.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin", prepend=":")
    found = find_python(find_uv(), 10, or_newer=False, remedy="install it")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    assert found != str(shim)
    assert version.startswith("Python 3.10.")


def test_a_missing_python_ends_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tmp_path / "uv"
    silent.write_text("#!/bin/sh\nexit 1\n")
    silent.chmod(silent.stat().st_mode | stat.S_IEXEC)
    with pytest.raises(StepFailedError, match="do this"):
        find_python(str(silent), 3, or_newer=False, remedy="do this")


def test_make_explains_every_target() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text("utf-8")
    shown = subprocess.run(["make", "help"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE):
        assert f"make {target}" in shown


def test_ci_runs_the_readmes_test_command() -> None:
    assert "make test" in (PROJECT_ROOT / ".ci/run").read_text("utf-8")
    assert "make test" in (PROJECT_ROOT / "README.md").read_text("utf-8")
