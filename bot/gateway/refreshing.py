"""Takes what the content desk published into a running gateway, on whichever machine it runs."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.gateway.context import Gateway
from bot.records.content import ContentFolderError, apply_published, last_number
from bot.reply.live import take_in

log = structlog.get_logger(__name__)

LOOK_S = 3.0


class Refreshing:
    """Looks for new publications, writes their files into this machine's content folder and reads them anew."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        # The first look takes everything in once more: something may have been published between loading and now.
        self._seen = 0

    async def run(self) -> None:
        while True:
            try:
                await self._gateway.database.run(self.look)
            except (SQLAlchemyError, ContentFolderError):
                log.exception("content_not_refreshed")
            await asyncio.sleep(LOOK_S)

    def look(self) -> int:
        """The number of the newest publication in use. Raises ContentFolderError; what is not written is tried again."""
        gateway = self._gateway
        folder = gateway.services.kb.content_dir
        with gateway.database.read() as session:
            if last_number(session) <= self._seen:
                return self._seen
            applied = apply_published(session, folder, after=self._seen)
        faults = take_in(applied.touched, folder, gateway.services.kb, gateway.hotlines, gateway.words)
        for fault in faults:
            log.error("content_not_taken_in", fault=fault)
        if applied.diverged:
            log.warning("content_diverged", files=list(applied.diverged))
        self._seen = applied.number
        log.info("content_taken_in", number=applied.number, files=list(applied.touched))
        return self._seen
