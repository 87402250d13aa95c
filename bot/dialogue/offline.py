"""An answer without Rasa: buttons by their payload, everything else by searching the knowledge base."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.search import Searcher, SearchResult
from bot.turn import Reply, Turn
from bot.vocabulary import Outcome

PAYLOAD = re.compile(r"^/(?P<intent>\w+)(?P<data>\{.*\})?$", re.DOTALL)

PERSON_CHOICE: tuple[str, str, dict[str, Any]] = ("/want_person", "choice_person", {})


class SearchesArticles(Protocol):
    """The knowledge search, or something that stands for it."""

    def search(self, text: str, locale: str, on: date) -> SearchResult: ...


class SearchOnDemand:
    """Builds the search when it is first needed.

    Its dictionaries and sentence encoder take several hundred megabytes, and while Rasa is up only Rasa's process needs
    them. The first question after Rasa has gone waits a few seconds for it.
    """

    def __init__(self, build: Callable[[], Searcher]) -> None:
        self._build = build
        self._searcher: Searcher | None = None
        self._building = threading.Lock()

    def search(self, text: str, locale: str, on: date) -> SearchResult:
        with self._building:
            if self._searcher is None:
                self._searcher = self._build()
        return self._searcher.search(text, locale, on)


def parse_payload(payload: str | None) -> tuple[str, dict[str, Any]] | None:
    """(intent, entities) of a button's payload, or None when it is not one."""
    found = PAYLOAD.match(payload or "")
    if found is None:
        return None
    try:
        data = json.loads(found["data"]) if found["data"] else {}
    except ValueError:
        return None
    return found["intent"], data if isinstance(data, dict) else {}


def answer(turn: Turn, kb: KnowledgeBase, searcher: SearchesArticles, on: date) -> None:
    """Set replies and outcome on the turn. Answers are only ever our articles' text."""
    if person_wanted(turn):
        return
    parsed = parse_payload(turn.payload)
    if parsed is not None and _answer_payload(turn, *parsed, kb):
        return
    if not turn.text.strip():
        turn.replies.append(Reply("message_empty"))
        turn.outcome = Outcome.clarified
        return
    result = searcher.search(turn.text, turn.locale, on)
    if result.outcome is Outcome.answered and result.show:
        for article_id in result.show:
            _show(turn, article_id)
        if result.missing_part:
            turn.replies.append(Reply("answer_partial", {"missing": result.missing_part}))
    elif result.outcome is Outcome.clarified and result.show:
        choices = [
            (f'/article{{"article": "{article_id}"}}', "choice_article", {"id": article_id})
            for article_id in result.show
        ]
        turn.replies.append(Reply("clarify_articles", {}, (*choices, PERSON_CHOICE)))
        turn.outcome = Outcome.clarified
    else:
        not_found(turn)


def not_found(turn: Turn) -> None:
    """Say so plainly, and offer a person and the city's call centre."""
    turn.replies.append(Reply("not_found", {}, (PERSON_CHOICE,)))
    turn.outcome = Outcome.not_found


def person_wanted(turn: Turn) -> bool:
    """Whether the button for a person was tapped; the turn then asks for one."""
    parsed = parse_payload(turn.payload)
    if parsed is None or parsed[0] != "want_person":
        return False
    turn.replies.append(Reply("person_requested"))
    turn.handover = "requested"
    turn.outcome = Outcome.handed_over
    return True


def _answer_payload(turn: Turn, intent: str, data: dict[str, Any], kb: KnowledgeBase) -> bool:
    article_id = data.get("article") or data.get("id")
    if intent == "article" and article_id in kb.ids:
        _show(turn, str(article_id))
        return True
    return False


def _show(turn: Turn, article_id: str) -> None:
    turn.replies.append(Reply("article", {"id": article_id}))
    turn.article = article_id
    turn.outcome = Outcome.answered
