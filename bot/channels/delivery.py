"""What the outbox needs of a channel that carries messages to servers of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class Verdict(Enum):
    """What became of a send."""

    sent = "sent"
    again = "again"
    """Unknown or temporary (time-out, 429, 5xx): try again with the same retry key."""
    refused = "refused"
    """The channel will never take it (4xx): staff must be told."""
    token_gone = "token_gone"
    """The reply token is used up or too old: push instead."""


@dataclass(frozen=True)
class Sent:
    """Outcome of one call; `detail` is the channel's own short words, never ours to the resident."""

    verdict: Verdict
    detail: str = ""


class Sender(Protocol):
    """Carries rendered messages."""

    async def push(self, user_id: str, messages: list[dict[str, Any]], retry_key: str) -> Sent: ...

    async def reply(self, token: str, messages: list[dict[str, Any]]) -> Sent: ...

    async def link_menu(self, user_id: str, locale: str) -> bool: ...

    async def aclose(self) -> None: ...
