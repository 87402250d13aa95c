"""Delivering events to the service: signed over the raw bytes, again when it was not taken."""

from __future__ import annotations

import asyncio
import base64
import copy
import hashlib
import hmac
import json
import time
from typing import Any

import httpx

from ops.line_simulator.platform import Platform

TIME_LIMIT_S = 30.0


def signature(secret: str, body: bytes) -> str:
    """The X-Line-Signature header for these bytes."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def body_of(events: list[dict[str, Any]]) -> bytes:
    return json.dumps({"destination": "U" + "0" * 32, "events": events}, ensure_ascii=False).encode()


def as_redelivery(event: dict[str, Any]) -> dict[str, Any]:
    again = copy.deepcopy(event)
    again["deliveryContext"]["isRedelivery"] = True
    return again


class Deliverer:
    """Posts webhooks to the platform's `webhook_url` and keeps how long each took."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.seconds: list[float] = []
        """Time to the 200 of every delivery that was taken."""
        self._http = httpx.AsyncClient(timeout=TIME_LIMIT_S, trust_env=False)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def once(self, *events: dict[str, Any], signed_with: str | None = None) -> int:
        """One delivery; the HTTP status, or 0 when nothing answered."""
        body = body_of(list(events))
        secret = self.platform.channel_secret if signed_with is None else signed_with
        headers = {"x-line-signature": signature(secret, body), "content-type": "application/json"}
        started = time.perf_counter()
        try:
            answer = await self._http.post(self.platform.webhook_url, content=body, headers=headers)
        except httpx.HTTPError:
            return 0
        if answer.status_code == 200:
            self.seconds.append(time.perf_counter() - started)
        return answer.status_code

    async def until_taken(self, *events: dict[str, Any], pause_s: float = 0.25, tries: int = 400) -> None:
        """Deliver, and again marked as redelivery until the service says 200. Raises ConnectionError in the end."""
        sent = list(events)
        for _ in range(tries):
            if await self.once(*sent) == 200:
                return
            sent = [as_redelivery(event) for event in events]
            await asyncio.sleep(pause_s)
        raise ConnectionError(f"{self.platform.webhook_url} took no delivery in {tries} tries")
