"""Every test there is: checks, web unit tests, the service's tests, Rasa's tests. Ends with one line that counts them.

.venv/bin/python -m ops.test
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops.progress import StepFailedError, step
from ops.webapp import node_path

ROOT = Path(__file__).resolve().parents[1]
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
SIDE_BY_SIDE = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
"""Files of tests run beside one another, a process a core; the tests of a file stay together and share their servers."""
SYSTEM_PACKAGES = {"chromium": "chromium", "postgresql": "/usr/lib/postgresql"}


def main() -> int:
    _require_system_packages()
    environment = {**os.environ, **QUIET, "PATH": node_path()}
    python, rasa = str(ROOT / ".venv/bin/python"), str(ROOT / ".venv-rasa/bin/python")
    stages = (
        ("checks", [python, "-m", "ops.check"], ROOT),
        ("web", ["npm", "test", "--silent"], ROOT / "web"),
        ("Rasa model", [rasa, "-m", "bot.nlu.train"], ROOT),
        ("Rasa side", [rasa, "-m", "pytest", "-q", "tests/rasa"], ROOT),
        ("service", [python, "-m", "pytest", "-q", "-m", "not long", *SIDE_BY_SIDE], ROOT),
    )
    failed = []
    for name, command, folder in stages:
        print(f"\n━━ {name}", flush=True)
        if subprocess.run(command, cwd=folder, env=environment, check=False).returncode != 0:
            failed.append(name)
    print(f"\n━━ failed: {', '.join(failed)}" if failed else "\n━━ every stage passed", flush=True)
    return 1 if failed else 0


def _require_system_packages() -> None:
    """The browser and the database server that tests use come from the system; as root they are fetched here."""
    missing = [
        package
        for package, found in SYSTEM_PACKAGES.items()
        if not (Path(found).exists() if found.startswith("/") else shutil.which(found))
    ]
    if not missing:
        return
    remedy = f"Install them with your system's package manager, e.g. sudo apt-get install {' '.join(missing)}"
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepFailedError(f"the tests need {', '.join(missing)}", remedy)
    with step(f"Install {', '.join(missing)} with apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *missing]):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise StepFailedError(f"{' '.join(command)}: {done.stderr.strip()[-800:]}", remedy)


if __name__ == "__main__":
    sys.exit(main())
