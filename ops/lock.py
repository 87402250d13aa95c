"""Pin both environments: requirement files with hashes and no index or file addresses.

.venv/bin/python -m ops.lock            pin the newest allowed releases
.venv/bin/python -m ops.lock --check    do the pins still satisfy pyproject.toml? (offline)
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import tomllib
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops.environments import find_uv
from ops.progress import StepFailedError, step

ROOT = Path(__file__).resolve().parents[1]
FILES = {"service": ("3.11", ("service", "dev", "bench")), "rasa": ("3.10", ("rasa",))}


def pin() -> None:
    uv = find_uv()
    for name, (python, groups) in FILES.items():
        with step(f"Pin requirements/{name}.txt"):
            command = [uv, "pip", "compile", "pyproject.toml", "--python-version", python, "--upgrade", "--quiet"]
            for group in groups:
                command += ["--group", group]
            command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
            command += ["--custom-compile-command", "make lock", "--output-file", f"requirements/{name}.txt"]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise StepFailedError(done.stderr.strip()[-1500:], "Loosen the requirement it names in pyproject.toml.")


def unsatisfied() -> list[str]:
    """Requirements of pyproject.toml that a pinned file does not meet, and addresses that must not be there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    problems = []
    for name, (python, groups) in FILES.items():
        text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
        pins = {
            canonicalize_name(m[1]): m[2]
            for m in re.finditer(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^ ;\\]+)", text, re.MULTILINE)
        }
        wanted = list(project["project"]["dependencies"])
        for group in groups:
            wanted += project["dependency-groups"][group]
        for line in wanted:
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate({"python_version": python}):
                continue
            version = pins.get(canonicalize_name(requirement.name))
            if version is None or version not in requirement.specifier:
                problems.append(f"requirements/{name}.txt: {line} is not met (pinned: {version})")
        if re.search(r"https?://|file:|--index-url|--find-links", re.sub(r"(?m)^\s*#.*$", "", text)):
            problems.append(f"requirements/{name}.txt: holds an address; run make lock")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        pin()
        return 0
    problems = unsatisfied()
    print("\n".join(problems) or "pins satisfy pyproject.toml")
    return 1 if problems else 0


if __name__ == "__main__":
    os.environ.pop("VIRTUAL_ENV", None)
    sys.exit(main())
