"""The only module that knows Rasa is reached over HTTP: its REST channel, with a time limit and a circuit breaker."""

from __future__ import annotations

import time
import zlib
from typing import Any

import httpx
import structlog

from bot.turn import Reply, Turn
from bot.vocabulary import Outcome

log = structlog.get_logger(__name__)


INPUTS = ("ward", "age", "date", "location")


class RasaUnavailableError(RuntimeError):
    """Rasa did not answer usefully: unreachable, too slow, an error status, or an empty answer."""


class CircuitBreaker:
    """After `limit` failures in a row, calls are refused for `pause_s`; then one trial decides.

    Without it every resident would wait for the full time limit while Rasa is down.
    """

    def __init__(self, limit: int = 3, pause_s: float = 5.0) -> None:
        self._limit = limit
        self._pause_s = pause_s
        self._failures = 0
        self._closed_again_at = 0.0

    @property
    def open(self) -> bool:
        return self._failures >= self._limit and time.monotonic() < self._closed_again_at

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._closed_again_at = time.monotonic() + self._pause_s


class RasaClient:
    """Sends one message of one conversation and returns reply keys. Callers keep a conversation's messages in order."""

    def __init__(self, urls: str, timeout_s: float) -> None:
        self._urls = [url.strip().rstrip("/") for url in urls.split(",") if url.strip()]
        self._breakers = {url: CircuitBreaker() for url in self._urls}
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_s, connect=1.0),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
            trust_env=False,
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def ask(self, turn: Turn) -> list[dict[str, Any]]:
        """The `custom` objects of Rasa's answer. Raises RasaUnavailableError."""
        failure = "no address is configured"
        for url in self._order(turn.conversation_id):
            breaker = self._breakers[url]
            if breaker.open:
                failure = "paused after repeated failures"
                continue
            try:
                answer = await self._post(url, turn)
            except (httpx.HTTPError, ValueError) as error:
                breaker.failed()
                failure = type(error).__name__
                log.warning("rasa_failed", error=failure)
                continue
            breaker.succeeded()
            if not answer:
                raise RasaUnavailableError("an empty answer: the model is not loaded or an action failed")
            return answer
        raise RasaUnavailableError(failure)

    async def _post(self, url: str, turn: Turn) -> list[dict[str, Any]]:
        response = await self._http.post(
            f"{url}/webhooks/rest/webhook",
            json={
                "sender": turn.conversation_id,
                "message": turn.text or ("/find_facility" if turn.location else ""),
                "metadata": {
                    "locale": turn.locale,
                    "locale_chosen": turn.locale_chosen,
                    **({"location": turn.location} if turn.location else {}),
                },
            },
        )
        response.raise_for_status()
        body = response.json()
        return [item["custom"] for item in body if isinstance(item, dict) and isinstance(item.get("custom"), dict)]

    def _order(self, conversation_id: str) -> list[str]:
        # The same worker for the same conversation, while it is up: its tracker cache and lock stay warm.
        start = zlib.crc32(conversation_id.encode()) % len(self._urls) if self._urls else 0
        return self._urls[start:] + self._urls[:start]


def apply_customs(turn: Turn, customs: list[dict[str, Any]]) -> None:
    """Turn Rasa's `custom` objects into replies, outcome and handover on the turn. Malformed ones are left out."""
    outcome: Outcome | None = None
    for custom in customs:
        key = custom.get("reply")
        if isinstance(key, str):
            raw_data, raw_choices = custom.get("data"), custom.get("choices")
            data = raw_data if isinstance(raw_data, dict) else {}
            choices = raw_choices if isinstance(raw_choices, list) else []
            if isinstance(custom.get("article"), str):
                data.setdefault("id", custom["article"])
            asked = custom.get("input")
            turn.replies.append(
                Reply(
                    key,
                    data,
                    tuple(_choice(item) for item in choices if isinstance(item, dict)),
                    asked if asked in INPUTS else None,
                )
            )
        if isinstance(custom.get("article"), str):
            turn.article = custom["article"]
        if isinstance(custom.get("intent"), str):
            turn.intent = custom["intent"]
        if isinstance(custom.get("handover"), str):
            turn.handover = custom["handover"]
        if isinstance(custom.get("locale"), str):
            turn.trace.append({"set_locale": custom["locale"]})
        word = custom.get("outcome")
        if isinstance(word, str) and word in Outcome.__members__:
            outcome = Outcome(word)
    if turn.replies or turn.handover:
        turn.outcome = outcome or (Outcome.handed_over if turn.handover else Outcome.answered)


def _choice(item: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    data = item.get("data")
    return str(item.get("payload", "")), str(item.get("label", "")), data if isinstance(data, dict) else {}
