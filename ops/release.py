"""What a release consists of, in dist/: the wheel, a bill of materials of each environment, and everybody's licences.

.venv/bin/python -m ops.release
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ops import webapp
from ops.environments import find_uv
from ops.progress import StepFailedError, step

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
BILLS_REQUIREMENT = "cyclonedx-bom==7.5.0"
"""Run in an environment of its own: it is no part of what it counts."""
ENVIRONMENTS = {"service": ROOT / ".venv/bin/python", "rasa": ROOT / ".venv-rasa/bin/python"}
OWN_MODELS = (
    ("bot/language/weights", "language detection", "ours, made by `iroiro train language`"),
    ("bot/safety/weights", "second voice of the safety gate", "ours, made by `iroiro train safety`"),
)


def main() -> int:
    webapp.build()
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    with step("Build the wheel"):
        _run([find_uv(), "build", "--wheel", "--quiet", "--out-dir", str(DIST)], "Is the package registry reachable?")
    bills = []
    for name, python in ENVIRONMENTS.items():
        bill = DIST / f"sbom-{name}.cdx.json"
        with step(f"Count what the {name} environment is made of"):
            count = [find_uv(), "tool", "run", "--from", BILLS_REQUIREMENT, "cyclonedx-py", "environment"]
            _run([*count, str(python), "--output-reproducible", "--output-file", str(bill)], "Run `make check` first.")
        bills.append(bill)
    with step("Count what the web pages are made of"):
        bill = DIST / "sbom-web.cdx.json"
        npm = ["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]
        bill.write_text(_run(npm, "npm 10 or newer is needed.", ROOT / "web"), encoding="utf-8")
        bills.append(bill)
    with step("List the licences"):
        write_licences(bills, DIST / "licences.csv")
    print(f"\n  {DIST}: {', '.join(sorted(path.name for path in DIST.iterdir()))}")
    return 0


def write_licences(bills: Iterable[Path], path: Path) -> None:
    """One row a component: part, name, version, licences. Raises StepFailedError when a bill cannot be read."""
    rows = []
    for bill in bills:
        try:
            components = json.loads(bill.read_text("utf-8"))["components"]
        except (OSError, ValueError, KeyError) as error:
            raise StepFailedError(f"{bill.name}: {error}", "Run the release again.") from None
        part = bill.name.removeprefix("sbom-").removesuffix(".cdx.json")
        rows += [(part, each["name"], each.get("version", ""), licences_of(each)) for each in components]
    rows += [("model", *model) for model in OWN_MODELS]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["part", "name", "version", "licences"])
        writer.writerows(sorted(set(rows)))


def licences_of(component: dict[str, Any]) -> str:
    """Names or SPDX expressions, as CycloneDX 1.6 gives them; `unknown` where its package says none."""
    found = []
    for each in component.get("licenses", ()):
        licence = each.get("license", {})
        found.append(each.get("expression") or licence.get("id") or licence.get("name") or "")
    return "; ".join(dict.fromkeys(item for item in found if item)) or "unknown"


def _run(command: list[str], remedy: str, folder: Path = ROOT) -> str:
    environment = {**os.environ, "PATH": webapp.node_path()}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StepFailedError(f"{command[0]}: {done.stderr.strip()[-800:]}", remedy)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
