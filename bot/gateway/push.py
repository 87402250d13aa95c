"""Web push to families: what waits, and sending.

A notification waits in a table until the push service has taken it. Each attempt is committed before it is made, so that a
killed process leaves at most one that may have arrived; the repetition carries the same topic and tag and replaces the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.gateway.context import Gateway
from bot.http import webpush
from bot.records.family_models import PushItem, PushSubscription
from bot.records.talk import new_id

log = structlog.get_logger(__name__)

BATCH = 40
IDLE_S = 5.0
CLAIM_S = 60.0
MAX_ATTEMPTS = 8


def push_key(gateway: Gateway) -> str:
    """The public half of this service's key, as browsers want it."""
    return webpush.push_key(gateway.settings)


def queue_push(
    session: Session, gateway: Gateway, conversation_id: str, title: str, text: str, *, now: datetime, until: datetime
) -> None:
    """Put a notification on its way to every browser of a conversation, in the caller's transaction."""
    wanted = select(PushSubscription.id).where(PushSubscription.conversation_id == conversation_id)
    for subscription_id in session.scalars(wanted):
        item_id = new_id()
        payload = {"title": title, "body": text, "tag": item_id}
        session.add(
            PushItem(
                id=item_id,
                subscription_id=subscription_id,
                payload_enc=gateway.vault.own_box().seal(payload),
                attempts=0,
                next_attempt_at=now,
                until=until,
            )
        )


@dataclass(frozen=True)
class Parcel:
    """One notification ready to go."""

    item_id: str
    subscription: dict[str, Any]
    payload: dict[str, Any]
    seconds: int


Post = Callable[[Gateway, Parcel], int]
"""Sends one parcel and returns the push service's HTTP status; 0 where there was no answer. Blocking."""


def post_parcel(gateway: Gateway, parcel: Parcel) -> int:
    return webpush.post_push(
        gateway.settings, parcel.subscription, parcel.payload, topic=parcel.item_id, seconds=parcel.seconds
    )


class PushSender:
    """Sends what is due, and forgets browsers that are gone."""

    def __init__(self, gateway: Gateway, post: Post = post_parcel) -> None:
        self._gateway = gateway
        self._post = post

    async def run(self) -> None:
        with self._gateway.wakeups.subscribed("push") as subscription:
            while True:
                try:
                    sent = await self.once()
                except SQLAlchemyError:
                    log.exception("push_failed")
                    sent = 0
                if not sent:
                    await subscription.wait(IDLE_S)

    async def once(self) -> int:
        """Try everything due once; how many were tried."""
        parcels = await self._gateway.database.run(self._claim)
        await asyncio.gather(*(self._send(parcel) for parcel in parcels))
        return len(parcels)

    def _claim(self) -> list[Parcel]:
        gateway, now = self._gateway, self._gateway.clock()
        parcels = []
        with gateway.database.write() as session:
            session.execute(delete(PushItem).where(PushItem.until < now))
            due = (
                select(PushItem).where(PushItem.next_attempt_at <= now).order_by(PushItem.next_attempt_at).limit(BATCH)
            )
            for item in list(session.scalars(due)):
                claimed = session.execute(
                    update(PushItem)
                    .where(PushItem.id == item.id, PushItem.next_attempt_at == item.next_attempt_at)
                    .values(next_attempt_at=now + timedelta(seconds=CLAIM_S), attempts=item.attempts + 1)
                    .execution_options(synchronize_session=False)
                )
                if claimed.rowcount != 1:  # type: ignore[attr-defined]
                    continue
                subscription = session.get_one(PushSubscription, item.subscription_id)
                box = gateway.vault.own_box()
                left = max(60, int((item.until - now).total_seconds()))
                parcels.append(
                    Parcel(item.id, box.open(subscription.subscription_enc), box.open(item.payload_enc), left)
                )
        return parcels

    async def _send(self, parcel: Parcel) -> None:
        status = await self._gateway.database.run(self._post, self._gateway, parcel)
        await self._gateway.database.run(self._note, parcel.item_id, status)

    def _note(self, item_id: str, status: int) -> None:
        with self._gateway.database.write() as session:
            item = session.get(PushItem, item_id)
            if item is None:
                return
            if status in (404, 410):
                # The browser's owner has taken the permission back.
                session.execute(delete(PushSubscription).where(PushSubscription.id == item.subscription_id))
            elif 200 <= status < 300 or 400 <= status < 429 or item.attempts >= MAX_ATTEMPTS:
                if status >= 300 or not status:
                    log.warning("push_refused", status=status, attempts=item.attempts)
                session.delete(item)
            else:
                pause = min(3600.0, CLAIM_S * 2**item.attempts)
                item.next_attempt_at = self._gateway.clock() + timedelta(seconds=pause)
