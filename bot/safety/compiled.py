"""Keeps parsed signals in the data folder, so that only the first start after a change reads and parses them all.

The file is an optimisation and nothing else: whatever is wrong with it, the signals are parsed anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from bot.safety.matcher import Prepared
from bot.safety.patterns import Pattern
from bot.safety.signals import Guard, LocaleSignals, Rule, signal_files
from bot.vocabulary import Category, RiskLevel

_LOG = logging.getLogger(__name__)

_KEPT = 4
"""Files of so many versions stay: two releases or interpreters that take turns do not undo each other's work."""
_PARSERS = (*sorted(Path(__file__).parent.glob("*.py")), *(Path(__file__).parents[1] / name for name in ("vocabulary.py", "yaml_files.py")))  # fmt: skip
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_TRUSTED_ROOT = 0


class _Unusable(Exception):
    """The file is not ours, not whole, or not of this version."""


def key_of(content_dir: Path) -> str:
    """A digest of everything the parsed form depends on: the signals, the code that reads them, the Unicode tables.

    Raises OSError when a file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        lookalikes = metadata.version("confusable_homoglyphs")
    except metadata.PackageNotFoundError:
        lookalikes = "absent"
    digest.update(f"{unicodedata.unidata_version} {lookalikes}\n".encode())
    for path in (*_PARSERS, *signal_files(content_dir).values()):
        body = path.read_bytes()
        digest.update(f"{path.parent.name}/{path.name} {len(body)}\n".encode())
        digest.update(body)
    return digest.hexdigest()


def restore(folder: Path, key: str) -> tuple[dict[str, LocaleSignals], Prepared] | None:
    """What `store` wrote under this key; None when there is nothing that can be trusted."""
    path = folder / f"signals-{key}.json"
    try:
        return _decoded(json.loads(_read(path)))
    except FileNotFoundError:
        return None
    except (OSError, _Unusable, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        _LOG.info("%s is not used, the signals are parsed anew: %s", path, error or type(error).__name__)
        return None


def store(folder: Path, key: str, locales: Mapping[str, LocaleSignals], prepared: Prepared) -> None:
    """Write the parsed signals for the next start, whole or not at all; a folder that takes no files is left alone."""
    body = json.dumps(_encoded(locales, prepared), ensure_ascii=False, separators=(",", ":")).encode()
    target = folder / f"signals-{key}.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".signals-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(name, target)
        except OSError:
            os.unlink(name)
            raise
        _prune(folder)
    except OSError as error:
        _LOG.info("%s is not written, the next start parses the signals again: %s", target, error)


def _prune(folder: Path) -> None:
    files = sorted(folder.glob("signals-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in files[_KEPT:]:
        old.unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    """The body of a file that nobody but ourselves (or root) can have written, and that is whole."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        for about in (os.fstat(file.fileno()), os.stat(path.parent)):
            if about.st_uid not in (os.geteuid(), _TRUSTED_ROOT) or about.st_mode & _OTHERS_WRITE:
                raise _Unusable("others may write to it or its folder")
        digest, _, body = file.read().partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise _Unusable("it is damaged")
    return body


def _encoded(locales: Mapping[str, LocaleSignals], prepared: Prepared) -> dict[str, Any]:
    words: dict[str, int] = {}

    def patterns(items: Iterable[Pattern]) -> list[Any]:
        return [
            [
                item.source,
                item.view,
                item.wide,
                item.exact,
                [[words.setdefault(word, len(words)) for word in sorted(part)] for part in item.anchors],
                item.reach,
                item.whole,
                item.expression(),
            ]
            for item in items
        ]

    return {
        "locales": [
            {
                "locale": data.locale,
                "rules": [
                    [r.id, r.category.value, int(r.level), patterns(r.patterns), _names(r.after), r.weight, r.tests]
                    for r in data.rules
                ],
                "guards": [
                    [g.id, g.kind, g.scope, _names(g.categories), int(g.to), g.imminent]
                    + [patterns(g.patterns), patterns(g.unless), g.tests, g.still]
                    for g in data.guards
                ],
                "clarifications": patterns(data.clarifications),
                "retractions": patterns(data.retractions),
                "masked": data.masked,
                "safe_words": data.safe_words,
            }
            for data in locales.values()
        ],
        "words": list(words),
        "slips": prepared.slips,
        "known": sorted(prepared.known),
        "vocabulary": {locale: sorted(known) for locale, known in prepared.vocabulary.items()},
    }


def _names(categories: Iterable[Category]) -> list[str]:
    return sorted(category.value for category in categories)


def _decoded(stored: Mapping[str, Any]) -> tuple[dict[str, LocaleSignals], Prepared]:
    words: list[str] = stored["words"]

    def patterns(items: Iterable[Any]) -> tuple[Pattern, ...]:
        return tuple(
            Pattern(
                source, view, wide, exact, tuple(frozenset([words[i] for i in p]) for p in parts), reach, whole, text
            )
            for source, view, wide, exact, parts, reach, whole, text in items
        )

    locales = {}
    for data in stored["locales"]:
        locale = data["locale"]
        locales[locale] = LocaleSignals(
            locale,
            tuple(
                Rule(i, locale, Category(c), RiskLevel(n), patterns(p), frozenset(map(Category, a)), w, tuple(t))
                for i, c, n, p, a, w, t in data["rules"]
            ),
            tuple(
                Guard(
                    i,
                    locale,
                    kind,
                    scope,
                    frozenset(map(Category, c)),
                    RiskLevel(to),
                    now,
                    patterns(p),
                    patterns(u),
                    tuple(t),
                    tuple(s),
                )  # fmt: skip
                for i, kind, scope, c, to, now, p, u, t, s in data["guards"]
            ),
            tuple(data["masked"]),
            patterns(data["clarifications"]),
            patterns(data["retractions"]),
            tuple(data["safe_words"]),
        )
    vocabulary = {locale: frozenset(known) for locale, known in stored["vocabulary"].items()}
    return locales, Prepared(stored["slips"], frozenset(stored["known"]), vocabulary)
