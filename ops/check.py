"""What must hold before the tests: lint, format, types, import rules, data, pins.

.venv/bin/python -m ops.check
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv/bin"

CHECKS: tuple[tuple[str, list[str], str], ...] = (
    ("ruff", [str(BIN / "ruff"), "check", "."], "Run `.venv/bin/ruff check --fix .` and mend the rest."),
    ("format", [str(BIN / "ruff"), "format", "--check", "."], "Run `.venv/bin/ruff format .`"),
    ("types", [str(BIN / "mypy"), "bot", "ops", "actions"], "Read the lines above; bot/ is checked strictly."),
    (
        "imports",
        [str(BIN / "lint-imports")],
        "A module imports something above or beside it: see docs/architecture.md.",
    ),
    ("data", [str(BIN / "iroiro"), "check", "--complete"], "Each line names file, field and remedy."),
    ("pins", [sys.executable, "-m", "ops.lock", "--check"], "Run `make lock` after changing pyproject.toml."),
)


def main() -> int:
    failed = []
    for name, command, remedy in CHECKS:
        print(f"── {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            print(f"   ✗ {name}. {remedy}", flush=True)
            failed.append(name)
    print(f"── checks failed: {', '.join(failed)}" if failed else "── all checks passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
