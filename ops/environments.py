"""Make both Python environments from the pinned requirement files. Standard library only: this runs before anything exists.

    python3 -m ops.environments [--dev]

`.venv` (Python 3.11 or newer) holds what faces the internet, `.venv-rasa` (3.10) what Rasa needs. Each is brought up to
date only when its requirement file or interpreter changed.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ops.progress import StepFailedError, step

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / ".venv"
RASA = ROOT / ".venv-rasa"
OWN_UV = ROOT / ".uv"
UV_REQUIREMENT = "uv>=0.9"

RASA_PYTHON = (
    "Rasa needs Python 3.10: install it with `uv python install 3.10`, pyenv (`pyenv install 3.10`) or your system."
)
SERVICE_PYTHON = "Install Python 3.11 or newer, e.g. with `uv python install 3.12` or from your system's packages."


def find_uv() -> str:
    """The uv on PATH, beside this Python, or one installed into .uv/."""
    beside = Path(sys.executable).with_name("uv")
    for candidate in (shutil.which("uv"), str(beside), str(Path.home() / ".local/bin/uv"), str(OWN_UV / "bin/uv")):
        if candidate and _works(candidate, "--version"):
            return candidate
    with step("Install uv"):
        made = _run([sys.executable, "-m", "venv", str(OWN_UV)])
        if made is None:
            made = _run([str(OWN_UV / "bin/python"), "-m", "pip", "install", "--quiet", UV_REQUIREMENT])
        if made is not None:
            remedy = "Install uv by hand (pip install uv), then start again."
            raise StepFailedError(f"uv could not be installed: {made}", remedy)
    return str(OWN_UV / "bin/uv")


def find_python(uv: str, minor: int, *, or_newer: bool, remedy: str) -> str:
    """A Python 3.`minor` that really runs: on PATH, under pyenv (whose shims may not), known to uv, or fetched by uv."""
    minors = range(minor, minor + 5) if or_newer else range(minor, minor + 1)
    candidates = [sys.executable] if sys.version_info[1] in minors else []
    for version in minors:
        candidates += [found for found in [shutil.which(f"python3.{version}")] if found]
        candidates += sorted(glob.glob(str(Path.home() / f".pyenv/versions/3.{version}.*/bin/python")), reverse=True)
    for candidate in candidates:
        if _minor_of(candidate) in minors:
            return candidate
    wanted = f">=3.{minor}" if or_newer else f"3.{minor}"
    found = subprocess.run([uv, "python", "find", wanted], capture_output=True, text=True, check=False)
    if found.returncode == 0 and _minor_of(found.stdout.strip()) in minors:
        return found.stdout.strip()
    with step(f"Fetch Python 3.{minor}"):
        failed = _run([uv, "python", "install", f"3.{minor}"])
    found = subprocess.run([uv, "python", "find", wanted], capture_output=True, text=True, check=False)
    if failed is not None or found.returncode != 0:
        raise StepFailedError(f"no Python {wanted} was found or could be fetched", remedy)
    return found.stdout.strip()


def sync(uv: str, folder: Path, python: str, requirements: Path) -> None:
    """Make `folder` hold exactly the pinned packages and the project itself."""
    stamp = folder / "iroiro.stamp"
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    project = (ROOT / "pyproject.toml").read_bytes()
    fingerprint = hashlib.sha256(requirements.read_bytes() + project + version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    with step(f"Install {requirements.stem} packages into {folder.name}"):
        environment = {**os.environ, "VIRTUAL_ENV": str(folder)}
        commands = (
            [uv, "venv", "--quiet", "--allow-existing", "--python", python, str(folder)],
            [uv, "pip", "sync", "--quiet", "--require-hashes", str(requirements)],
            [uv, "pip", "install", "--quiet", "--no-deps", "--editable", str(ROOT)],
        )
        for command in commands:
            failed = _run(command, environment)
            if failed is not None:
                remedy = "Check the network and the disk, then start again; delete the folder if it is broken."
                raise StepFailedError(f"{folder.name}: {failed}", remedy)
        stamp.write_text(fingerprint)


def prepare() -> None:
    """Both environments, ready."""
    uv = find_uv()
    python = find_python(uv, 11, or_newer=True, remedy=SERVICE_PYTHON)
    sync(uv, SERVICE, python, ROOT / "requirements/service.txt")
    rasa_python = find_python(uv, 10, or_newer=False, remedy=RASA_PYTHON)
    sync(uv, RASA, rasa_python, ROOT / "requirements/rasa.txt")


def _minor_of(python: str) -> int | None:
    try:
        found = subprocess.run([python, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"Python 3\.(\d+)\.", found.stdout)
    return int(match[1]) if match and found.returncode == 0 else None


def _works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: list[str], environment: dict[str, str] | None = None) -> str | None:
    """None when it went well, else the end of what it said."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip()[-1500:]


if __name__ == "__main__":
    prepare()
