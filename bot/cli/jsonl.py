"""JSON Lines in, JSON Lines out: order kept, a garbage line answered with an error object, the rest goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

Work = Callable[[dict[str, Any]], dict[str, Any]]


def answered(lines: Iterable[bytes], work: Work) -> Iterator[dict[str, Any]]:
    """For each line the input's own keys and those `work` adds, or {"error", "line"} in its place."""
    for number, raw in enumerate(lines, start=1):
        text = raw.decode("utf-8", "replace").strip()
        if not text:
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            yield {"error": "not a JSON object: write one object per line", "line": number}
            continue
        if not isinstance(document, dict):
            yield {"error": "not a JSON object: write one object per line", "line": number}
            continue
        try:
            yield {**document, **work(document)}
        except (ValueError, TypeError, KeyError) as error:
            yield {**document, "error": f"{type(error).__name__}: {error}", "line": number}


def run(work: Work, source: BinaryIO | None = None) -> None:
    """Read standard input to its end and print an answer per line."""
    for answer in answered(source or sys.stdin.buffer, work):
        # Lone surrogates from the input cannot be printed as UTF-8; escaped they can.
        line = json.dumps(answer, ensure_ascii=False)
        try:
            print(line, flush=True)
        except UnicodeEncodeError:
            print(json.dumps(answer), flush=True)


def text_of(document: dict[str, Any]) -> str:
    """The object's `text`. TypeError when it is missing or no string."""
    value = document.get("text")
    if not isinstance(value, str):
        raise TypeError('"text" must be a string')
    return value
