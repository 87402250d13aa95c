"""Packages whose data the training reads, with their licences: fetched by the package client, never committed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


class SourceError(RuntimeError):
    """A package the training needs could not be had. The message names it and what to do."""


@dataclass(frozen=True)
class Source:
    """One package: what is read from it, and under which licence."""

    package: str
    version: str
    licence: str
    takes: str


SOURCES: tuple[Source, ...] = (
    Source(
        "django", "5.2.19", "BSD-3-Clause", "translated strings of nine locales: whole phrases, as interfaces say them"
    ),
    Source("wagtail", "8.0.1", "BSD-3-Clause", "the same, and formal Korean"),
    Source("djangorestframework", "3.18.3", "BSD-3-Clause", "the same; Nepali"),
    Source("holidays", "0.109", "MIT", "names of holidays; Filipino, Nepali"),
    Source("simplemma", "2.0.0", "MIT", "word forms of Filipino and Indonesian beyond the frequency lists"),
    Source("opencc-python-reimplemented", "0.1.7", "Apache-2.0", "simplified and traditional characters and phrases"),
)
"""Beside these, installed with the group `bench`: wordfreq (Apache-2.0; lists CC BY-SA 4.0), pykakasi (GPL-3.0, run as a
tool), pypinyin (MIT). None of the texts the detector is measured on is among them."""


def fetch(folder: Path) -> dict[str, Path]:
    """Folder of each source, by package name; installs what is missing under `folder`. Raises SourceError."""
    found = {}
    for source in SOURCES:
        target = folder / f"{source.package}-{source.version}"
        if not target.is_dir():
            _install(source, target)
        found[source.package] = target
    return found


def _install(source: Source, target: Path) -> None:
    client = [shutil.which("uv") or "", "pip", "install", "--python", sys.executable]
    if not client[0]:
        client = [sys.executable, "-m", "pip", "install"]
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    wanted = f"{source.package}=={source.version}"
    done = subprocess.run(
        [*client, "--quiet", "--no-deps", "--target", str(partial), wanted], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SourceError(f"{wanted} could not be installed: {done.stderr.strip()[-300:]}. Check the package registry.")
    partial.rename(target)
