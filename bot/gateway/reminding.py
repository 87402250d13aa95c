"""Reminders leave here: each once, none in quiet hours, though the gateway restarts or two of them run.

`families.next_reminder_at` says when to look at a family. Moving it from the value that was read is the claim; it happens in the
transaction that writes message, outbox row and the keys of what was said, so that either all of it is there or nothing. Whoever
comes second moves nothing and says nothing; the primary key of `sent_reminders` stands behind that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.family.card import plan_of
from bot.family.cards import Families
from bot.family.choices import Choices
from bot.family.reminders import CITY_TIME, Reminder, schedule
from bot.gateway.context import Gateway
from bot.gateway.family_messages import is_busy, reminder_text, tell
from bot.records.family_models import Family, SentReminder

log = structlog.get_logger(__name__)

BATCH = 50
IDLE_S = 20.0
LOOK_AGAIN_DAYS = 7
"""A plan changes by mere time (a dose becomes late), so each family is looked at this often though nothing is due."""

Planner = Callable[[dict[str, Any], date, Path], dict[str, Any]]


class _Sent(Collection[str]):
    """Keys already sent, of which only keyed hashes are known."""

    def __init__(self, families: Families, hashes: set[str]) -> None:
        self._families, self._hashes = families, hashes

    def __contains__(self, key: object) -> bool:
        return self._families.key_hash(str(key)) in self._hashes

    def __iter__(self) -> Iterator[str]:
        return iter(self._hashes)

    def __len__(self) -> int:
        return len(self._hashes)


class Reminding:
    """Looks at families whose time has come."""

    def __init__(self, gateway: Gateway, planner: Planner = plan_of) -> None:
        self._gateway = gateway
        self._plan = planner

    async def run(self) -> None:
        while True:
            try:
                told = await self._gateway.database.run(self.once)
            except SQLAlchemyError:
                log.exception("reminders_failed")
                told = None
            for conversation_id in told or ():
                self._gateway.wakeups.publish(f"conversation:{conversation_id}")
            if told:
                self._gateway.wakeups.publish("outbox")
                self._gateway.wakeups.publish("push")
            else:
                await asyncio.sleep(IDLE_S)

    def once(self) -> list[str]:
        """Look at one batch; the conversations that were told something. Blocking."""
        gateway, now = self._gateway, self._gateway.clock()
        told = []
        with gateway.database.write() as session:
            query = (
                select(Family)
                .where(Family.reminders_on.is_(True), Family.next_reminder_at <= now)
                .order_by(Family.next_reminder_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            for family in list(session.scalars(query)):
                if self._look(session, family, now):
                    told.append(family.conversation_id)
        return told

    def _look(self, session: Session, family: Family, now: datetime) -> bool:
        """Say what is due to one family and set when to look again. True when something was said."""
        families = Families(session, self._gateway.vault, now)
        was = family.next_reminder_at
        assert was is not None
        choices = families.choices(family)
        if choices.is_quiet(now):
            self._move(session, family, was, choices.after_quiet(now))
            return False
        if is_busy(session, family.conversation_id):
            self._move(session, family, was, now + timedelta(days=1))
            return False
        local = now.astimezone(CITY_TIME)
        month = f"{local:%Y-%m}"
        already = family.sent_in_month if family.month == month else 0
        # What was planned for an hour of today and is a little late is still said today; for older ones the plan decides anew.
        since = max(datetime.combine(local.date(), time(), CITY_TIME), min(now, was) - timedelta(seconds=1))
        bodies = {opened.card.id: opened.body for opened in families.cards(family.conversation_id)}
        plans = {
            card: self._plan(body, local.date(), self._gateway.settings.content_dir) for card, body in bodies.items()
        }
        sent = _Sent(families, families.sent_hashes(family))
        found = schedule(plans, since, choices.preferences, sent, already)
        due = [reminder for reminder in found if reminder.send_at <= now]
        ahead = [reminder.send_at for reminder in found if reminder.send_at > now]
        again = datetime.combine(local.date() + timedelta(days=LOOK_AGAIN_DAYS), time(choices.send_hour), CITY_TIME)
        if not self._move(session, family, was, min([*ahead, again])):
            return False
        if not due:
            return False
        self._say(session, families, family, choices, due, {card: body["name"] for card, body in bodies.items()})
        family.month, family.sent_in_month = month, already + len(due)
        return True

    def _move(self, session: Session, family: Family, was: datetime, to: datetime) -> bool:
        moved = session.execute(
            update(Family)
            .where(Family.conversation_id == family.conversation_id, Family.next_reminder_at == was)
            .values(next_reminder_at=to)
            .execution_options(synchronize_session=False)
        )
        return bool(moved.rowcount == 1)  # type: ignore[attr-defined]

    def _say(
        self,
        session: Session,
        families: Families,
        family: Family,
        choices: Choices,
        due: list[Reminder],
        names: dict[str, str],
    ) -> None:
        gateway, now = self._gateway, families.now
        locale = families.locale(family, choices)
        for reminder in due:
            text = reminder_text(gateway, reminder, locale, names[reminder.card])
            until = datetime.combine(reminder.until, time(23, 59), CITY_TIME)
            tell(
                gateway,
                session,
                family.conversation_id,
                [text],
                locale,
                now=now,
                until=min(until, now + timedelta(days=2)),
                notification=text,
                stop=True,
            )
            hashes = {families.key_hash(key) for key in reminder.keys}
            session.add_all(
                SentReminder(family_id=family.conversation_id, key_hash=digest, sent_at=now) for digest in hashes
            )
        session.flush()
