"""Pictures, voices and files that residents sent: fetched from LINE, sealed, kept for the counsellor who reads the talk."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.line import Fetch, Fetched, LineSender
from bot.gateway import intake
from bot.gateway.context import Gateway
from bot.handover import store
from bot.records.line_models import Media
from bot.records.models import Conversation, Message
from bot.records.talk import Talk

log = structlog.get_logger(__name__)

IDLE_S = 5.0
CLAIM_S = 90.0
"""Longer than one download may take."""
MAX_ATTEMPTS = 10
MAX_PAUSE_S = 600.0
TOGETHER = 4


@dataclass(frozen=True)
class Wanted:
    media_id: str
    source_id: str


class MediaFetcher:
    """Brings home what is pending. A killed download is begun again when its claim has run out."""

    def __init__(self, gateway: Gateway, sender: LineSender) -> None:
        self._gateway = gateway
        self._sender = sender
        self._limit = gateway.settings.line_media_limit_mb * 1_000_000
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        with self._gateway.wakeups.subscribed("media") as subscription:
            while True:
                wanted: list[Wanted] = []
                try:
                    wanted = await self._gateway.database.run(self._claim_due)
                    await asyncio.gather(*(self._fetch(item) for item in wanted))
                except SQLAlchemyError:
                    log.exception("media_failed")
                if not wanted:
                    await subscription.wait(IDLE_S)

    def _claim_due(self) -> list[Wanted]:
        now = self._gateway.clock()
        due = (
            select(Media)
            .where(Media.state == "pending", Media.next_attempt_at <= now)
            .order_by(Media.next_attempt_at)
            .limit(TOGETHER)
        )
        with self._gateway.database.read() as session:
            if session.scalars(due).first() is None:
                return []
        with self._gateway.database.write() as session:
            claimed = []
            for media in session.scalars(due.with_for_update(skip_locked=True)):
                media.attempts += 1
                media.next_attempt_at = now + timedelta(seconds=CLAIM_S)
                claimed.append(Wanted(media.id, media.source_id))
            return claimed

    async def _fetch(self, wanted: Wanted) -> None:
        fetched = await self._sender.fetch_media(wanted.source_id, self._limit)
        if await self._gateway.database.run(self._keep, wanted.media_id, fetched):
            self._gateway.wakeups.publish("staff")

    def _keep(self, media_id: str, fetched: Fetched) -> bool:
        """Seal and store. True when a case's console should look again."""
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.write() as session:
            media = session.get_one(Media, media_id)
            if media.state != "pending":
                # Unsent meanwhile: it must not come back.
                return False
            if fetched.outcome is Fetch.again and media.attempts < MAX_ATTEMPTS:
                pause = min(MAX_PAUSE_S, 2.0**media.attempts)
                media.next_attempt_at = now + timedelta(seconds=pause)
                return False
            if fetched.outcome is not Fetch.stored:
                media.state = Fetch.gone.value if fetched.outcome is Fetch.again else fetched.outcome.value
                log.warning("media_not_kept", why=media.state)
            else:
                box = Talk(session, gateway.vault).box(session.get_one(Conversation, media.conversation_id))
                media.sealed = box.seal(base64.b64encode(fetched.data).decode("ascii"))
                media.size, media.content_type = len(fetched.data), fetched.content_type[:80]
                media.state = "stored"
            case = store.open_case_of(session, media.conversation_id)
            if case is None:
                return False
            intake.note_message(session, case, session.get_one(Message, media.message_id), now=now)
            return True
