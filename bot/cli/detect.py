"""`iroiro detect`: {"text", "prior"?} → {"locale", "confidence", "others"}, in JSON Lines."""

from __future__ import annotations

from typing import Any

import click

from bot.cli import jsonl
from bot.language.detect import Detector


@click.command("detect")
def command() -> None:
    """Name the locale of each text of the JSON Lines on standard input; `prior` is the conversation's locale."""
    detector = Detector.load()

    def work(document: dict[str, Any]) -> dict[str, Any]:
        prior = document.get("prior")
        found = detector.detect(jsonl.text_of(document), prior if isinstance(prior, str) else None)
        return {"locale": found.locale, "confidence": round(found.confidence, 4), "others": list(found.others)}

    jsonl.run(work)
