"""The state of the simulated platform: residents' screens, reply tokens, retry keys, menus, faults. No network here."""

from __future__ import annotations

import itertools
import random
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

REPLY_TOKEN_S = 60.0
RETRY_KEY_S = 24 * 3600.0

Fault = Literal["drop_before", "drop_after", "hang_after", "429", "500", "503_after", "400"]
"""`…_after`: the message was delivered and only the answer is lost."""

FAULTS: tuple[Fault, ...] = ("drop_before", "drop_after", "429", "500", "503_after")
"""Those from which a careful client recovers; `hang_after` too, when the client's time limit is short."""


@dataclass
class Token:
    user_id: str
    event_id: str
    given_at: float
    used: bool = False


@dataclass
class Bubble:
    """One line on a resident's screen. `way` is how it came: reply, push, or the resident's own event."""

    author: Literal["bot", "resident"]
    way: str
    at: float
    content: dict[str, Any]
    request_id: str = ""
    event_id: str = ""
    """The event a reply token belonged to; empty for pushes."""
    id: str = ""
    unsent: bool = False


@dataclass
class Content:
    data: bytes
    kind: str


@dataclass
class Refusal(Exception):
    """An answer other than 200, as LINE words it."""

    status: int
    message: str
    details: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class Platform:
    """Everything LINE knows. Times come from `clock` (seconds)."""

    def __init__(self, access_token: str, channel_secret: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.access_token = access_token
        self.channel_secret = channel_secret
        self.clock = clock
        self.webhook_url = ""
        self.reply_token_s = REPLY_TOKEN_S
        self.screens: dict[str, list[Bubble]] = {}
        self.tokens: dict[str, Token] = {}
        self.accepted_keys: dict[str, tuple[str, float]] = {}
        self.contents: dict[str, Content] = {}
        self.blocked: set[str] = set()
        self.left: list[str] = []
        self.loading: dict[str, int] = {}
        self.menus: dict[str, dict[str, Any]] = {}
        self.menu_images: dict[str, Content] = {}
        self.aliases: dict[str, str] = {}
        self.default_menu: str | None = None
        self.linked_menus: dict[str, str] = {}
        self.refused: list[str] = []
        """Every request that LINE would have refused as malformed. A healthy client leaves this empty."""
        self.duplicate_keys = 0
        self.faults_done: dict[str, int] = {}
        self._planned: deque[Fault] = deque()
        self._fault_rate = 0.0
        self._dice = random.Random(7)
        self._numbers = itertools.count(500_000_000_000_000_000)

    # ── failing on demand ──

    def plan_faults(self, *faults: Fault) -> None:
        """The next sends fail in this way, one after another."""
        self._planned.extend(faults)

    def fail_at_random(self, rate: float, seed: int = 7) -> None:
        """From now on this share of all sends fails, in one of FAULTS."""
        self._fault_rate = rate
        self._dice = random.Random(seed)

    def next_fault(self) -> Fault | None:
        fault: Fault | None = None
        if self._planned:
            fault = self._planned.popleft()
        elif self._fault_rate and self._dice.random() < self._fault_rate:
            fault = self._dice.choice(FAULTS)
        if fault:
            self.faults_done[fault] = self.faults_done.get(fault, 0) + 1
        return fault

    # ── what a resident does ──

    def new_id(self) -> str:
        return str(next(self._numbers))

    def event(self, user_id: str, kind: str, **content: Any) -> dict[str, Any]:
        """One webhook event of a resident, with a fresh reply token where LINE gives one."""
        made: dict[str, Any] = {
            "type": kind,
            "mode": "active",
            "timestamp": int(time.time() * 1000),
            "webhookEventId": uuid.uuid4().hex[:26].upper(),
            "deliveryContext": {"isRedelivery": False},
            "source": {"type": "user", "userId": user_id},
            **content,
        }
        if kind not in ("unsend", "unfollow", "leave"):
            token = uuid.uuid4().hex
            self.tokens[token] = Token(user_id, made["webhookEventId"], self.clock())
            made["replyToken"] = token
        screen = self.screens.setdefault(user_id, [])
        if kind == "message":
            screen.append(Bubble("resident", kind, self.clock(), content["message"], id=content["message"]["id"]))
        elif kind == "postback" and content["postback"].get("shown"):
            screen.append(
                Bubble("resident", kind, self.clock(), {"type": "text", "text": content["postback"].pop("shown")})
            )
        elif kind == "unsend":
            for bubble in screen:
                bubble.unsent = bubble.unsent or bubble.id == content["unsend"]["messageId"]
        if kind == "unfollow":
            self.blocked.add(user_id)
        elif kind == "follow":
            self.blocked.discard(user_id)
        return made

    def text(self, user_id: str, text: str) -> dict[str, Any]:
        message = {"type": "text", "id": self.new_id(), "quoteToken": uuid.uuid4().hex, "text": text}
        return self.event(user_id, "message", message=message)

    def media(self, user_id: str, kind: str, data: bytes, content_type: str) -> dict[str, Any]:
        message_id = self.new_id()
        self.contents[message_id] = Content(data, content_type)
        message = {"type": kind, "id": message_id, "contentProvider": {"type": "line"}}
        return self.event(user_id, "message", message=message)

    def postback(self, user_id: str, data: str, shown: str = "", **params: str) -> dict[str, Any]:
        content: dict[str, Any] = {"data": data, "shown": shown}
        if params:
            content["params"] = params
        return self.event(user_id, "postback", postback=content)

    # ── what a channel sends ──

    def reply(self, token: str, messages: list[dict[str, Any]]) -> str:
        """Show messages by reply token. Raises Refusal for a token that is unknown, used or too old."""
        known = self.tokens.get(token)
        if known is None or known.used or self.clock() - known.given_at > self.reply_token_s:
            raise Refusal(400, "Invalid reply token")
        known.used = True
        return self._show(known.user_id, "reply", messages, known.event_id)

    def push(self, user_id: str, messages: list[dict[str, Any]], retry_key: str | None) -> str:
        """Show messages. Raises Refusal(409) for a retry key that was accepted before."""
        if retry_key:
            try:
                uuid.UUID(retry_key)
            except ValueError:
                raise Refusal(400, "The retry key must be a UUID") from None
            accepted = self.accepted_keys.get(retry_key)
            if accepted and self.clock() - accepted[1] < RETRY_KEY_S:
                self.duplicate_keys += 1
                headers = {"x-line-accepted-request-id": accepted[0]}
                raise Refusal(409, "The retry key is already accepted", headers=headers)
        if user_id not in self.screens:
            raise Refusal(400, "Failed to send messages")
        request_id = self._show(user_id, "push", messages, "")
        if retry_key:
            self.accepted_keys[retry_key] = (request_id, self.clock())
        return request_id

    def _show(self, user_id: str, way: str, messages: list[dict[str, Any]], event_id: str) -> str:
        request_id = str(uuid.uuid4())
        self.loading.pop(user_id, None)
        if user_id not in self.blocked:
            screen = self.screens.setdefault(user_id, [])
            for message in messages:
                screen.append(Bubble("bot", way, self.clock(), message, request_id, event_id, self.new_id()))
        return request_id

    # ── what a test asks ──

    def said(self, user_id: str) -> list[Bubble]:
        """The channel's bubbles on a resident's screen, oldest first."""
        return [bubble for bubble in self.screens.get(user_id, []) if bubble.author == "bot"]

    def answers(self, user_id: str) -> list[list[Bubble]]:
        """The same, grouped by the request that brought them."""
        return [list(group) for _, group in itertools.groupby(self.said(user_id), key=lambda bubble: bubble.request_id)]

    def menu_of(self, user_id: str) -> str | None:
        return self.linked_menus.get(user_id) or self.default_menu
