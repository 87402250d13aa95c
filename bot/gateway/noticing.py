"""Local notices leave here, in portions within the rate limit; a killed process leaves the rest pending."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.family.cards import Families
from bot.family.notices import (
    claim_batch,
    due_deliveries,
    finish_if_done,
    match_some,
    notices_under_way,
    settle,
    texts_for,
)
from bot.family.reminders import CITY_TIME
from bot.gateway.context import Gateway
from bot.gateway.family_messages import is_busy, tell
from bot.records.family_models import Family, Notice, NoticeDelivery

log = structlog.get_logger(__name__)

PORTION_S = 5
MATCHED_AT_ONCE = 500
IDLE_S = 5.0
BUSY_HOURS = 6


class Noticing:
    """Matches and delivers notices that staff have sent."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._portion = max(1, gateway.settings.notices_per_minute * PORTION_S // 60)

    async def run(self) -> None:
        while True:
            try:
                told = await self._gateway.database.run(self.once)
            except SQLAlchemyError:
                log.exception("notices_failed")
                told = []
            for conversation_id in told:
                self._gateway.wakeups.publish(f"conversation:{conversation_id}")
            if told:
                self._gateway.wakeups.publish("outbox")
                self._gateway.wakeups.publish("push")
            await asyncio.sleep(IDLE_S)

    def once(self) -> list[str]:
        """One portion of every notice under way; the conversations that were told something. Blocking."""
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.read() as session:
            under_way = [notice.id for notice in notices_under_way(session, now)]
        told: list[str] = []
        for notice_id in under_way:
            while self._match(notice_id, now):
                pass
            told += self._deliver(notice_id, now)
        return told

    def _match(self, notice_id: str, now: datetime) -> bool:
        with self._gateway.database.write() as session:
            notice = session.get_one(Notice, notice_id)
            looked_at = match_some(session, self._gateway.vault, notice, now, MATCHED_AT_ONCE)
            return looked_at == MATCHED_AT_ONCE

    def _deliver(self, notice_id: str, now: datetime) -> list[str]:
        with self._gateway.database.write() as session:
            notice = session.get_one(Notice, notice_id)
            if not claim_batch(session, notice, now + timedelta(seconds=PORTION_S)):
                return []
            due = due_deliveries(session, notice, now, self._portion)
            told = [item.family_id for item in due if self._deliver_one(session, notice, item, now)]
            finish_if_done(session, notice, now)
            return told

    def _deliver_one(self, session: Session, notice: Notice, item: NoticeDelivery, now: datetime) -> bool:
        families = Families(session, self._gateway.vault, now)
        family = session.get_one(Family, item.family_id)
        choices = families.choices(family)
        ends = datetime.combine(notice.ends_on, time(23, 59), CITY_TIME)
        if now > ends or not family.notices_on or choices.mode == "off":
            settle(session, item, "missed", now)
            return False
        if choices.is_quiet(now):
            item.due_at = choices.after_quiet(now)
            return False
        if is_busy(session, item.family_id):
            item.due_at = choices.after_quiet(now + timedelta(hours=BUSY_HOURS))
            return False
        if not settle(session, item, "sent", now):
            return False
        locale = families.locale(family, choices)
        texts = texts_for(notice, locale)
        neutral = self._gateway.words.text(locale, "family.reminder_neutral")
        tell(
            self._gateway,
            session,
            item.family_id,
            [f"{text['title']}\n\n{text['body']}" for text in texts],
            locale,
            now=now,
            until=min(ends, now + timedelta(days=2)),
            notification=neutral if choices.mode == "neutral" else texts[0]["title"],
            stop=False,
        )
        return True
