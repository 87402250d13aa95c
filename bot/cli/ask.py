"""`iroiro ask`: answer questions from the knowledge base, one JSON object per line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.cli import jsonl
from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.embedding import provider_of
from bot.knowledge.problems import KnowledgeError
from bot.knowledge.search import Searcher
from bot.language.detect import Detector
from bot.settings import Settings


class Answerer:
    """Detect, search, render: the path a question takes when the dialogue engine is not there."""

    def __init__(self, settings: Settings) -> None:
        self._kb = KnowledgeBase.load(settings.content_dir)
        self._searcher = Searcher.build(
            self._kb, settings.data_dir / "search-vectors.npz", provider=provider_of(settings)
        )
        self._detector = Detector.load()
        self._today = date.fromisoformat(settings.today) if settings.today else None

    def answer(self, document: dict[str, Any]) -> dict[str, Any]:
        """The answer to one input line. Raises TypeError or ValueError for a line that is no question."""
        text = jsonl.text_of(document)
        locale = document.get("locale") or self._detector.detect(text).locale
        if locale not in self._kb.locales:
            raise ValueError(f"`locale` must be one of {', '.join(self._kb.locales)}")
        on = self._today or datetime.now(ZoneInfo("Asia/Tokyo")).date()
        found = self._searcher.search(text, locale, on)
        shown = [self._kb.render(article_id, locale, on) for article_id in found.show]
        return {
            "outcome": found.outcome.value,
            "article": found.show[0] if found.show else None,
            "articles": [article_id for article_id, _ in found.ranked],
            "intent": None,
            "locale": locale,
            "reply": _reply(found.outcome.value, shown),
            "missing_part": found.missing_part,
        }


def _reply(outcome: str, shown: list[Any]) -> str:
    if outcome == "clarified":
        return "\n".join(f"・{article.title}" for article in shown)
    return "\n\n".join(article.text for article in shown)


@click.command("ask")
def command() -> None:
    """Answer each question of the JSON Lines on standard input: {"text", "locale"?}."""
    try:
        answerer = Answerer(Settings.from_env())
    except KnowledgeError as error:
        raise click.ClickException(str(error)) from error
    jsonl.run(answerer.answer)
