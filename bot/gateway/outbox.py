"""Carrying messages to channels that have servers of their own. Effectively once, in order within a conversation.

Before each attempt the attempt and its way are committed, so that after a kill we know that LINE may have it already. A push
carries the row's id as retry key, and LINE answers 409 to a key it has accepted. A reply has no such key, but its token
works once: while the token must still be alive, "invalid token" after an unclear attempt means that the first one arrived.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from bot.channels.delivery import Sender, Sent, Verdict
from bot.channels.line_render import Labels, Speaker, render
from bot.gateway.context import Clock
from bot.handover import store
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.events import append_case_event
from bot.records.line_models import LineResident
from bot.records.models import Conversation, Message, OutboxItem, Staff
from bot.records.talk import Talk
from bot.records.wakeups import Wakeups
from bot.reply.words import Words
from bot.settings import Settings
from bot.vocabulary import Author, CaseState

log = structlog.get_logger(__name__)

REPLY_TOKEN_S = 60
"""LINE says that a reply token must be used within one minute."""

FIRST_REPLY_S = 15
"""A reply is begun only this early, so that after an unclear attempt, and a restart, the token can still tell us."""

IDLE_S = 1.0
CLAIM_S = 20.0
"""Longer than one attempt may take (a reply and a push, with their time limits)."""
UNDER_WAY = 48
MAX_ATTEMPTS = 12
MAX_PAUSE_S = 300.0
NO_MENU_S = 600.0
UNDER_WAY_MARK = "under way"
CLEAR = "429"
"""The one temporary refusal after which we know that nothing was sent."""
STILL_UNCLEAR = "429 after an unclear attempt"


@dataclass(frozen=True)
class Claim:
    """One item whose attempt is committed. `unclear`: an earlier attempt by reply may have arrived."""

    item_id: str
    reply_token: str | None
    unclear: bool
    token_alive: bool


@dataclass(frozen=True)
class Parcel:
    """One message ready to go."""

    user_id: str
    messages: list[dict[str, Any]]
    home_id: str
    """The LINE talk whose resident gets it."""
    menu_locale: str | None
    """Language whose rich menu the resident should see from now on; None when they do."""


class Sending(Protocol):
    """What sending needs of a gateway; less than all of it, so that it can begin before the rest is loaded."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def vault(self) -> Vault: ...

    @property
    def wakeups(self) -> Wakeups: ...

    @property
    def words(self) -> Words: ...

    @property
    def clock(self) -> Clock: ...


class Outbox:
    """Sends what is due, one message of a conversation after another, several conversations at a time."""

    def __init__(self, gateway: Sending, sender: Sender) -> None:
        self._gateway = gateway
        self._sender = sender
        self._task: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._no_menus_until = 0.0

    async def start(self) -> None:
        if self._gateway.database.is_sqlite:
            await self._gateway.database.run(self._take_over)
        self._task = asyncio.create_task(self._run())

    async def finish_interrupted(self) -> None:
        """Try again, once, what a kill interrupted. Later the reply tokens could no longer tell what had arrived."""
        if self._gateway.database.is_sqlite:
            await self._gateway.database.run(self._take_over)
        claims = await self._gateway.database.run(self._claim_due, None, True)
        await asyncio.gather(*(self._send(claim) for claim in claims))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._sender.aclose()

    async def _run(self) -> None:
        with self._gateway.wakeups.subscribed("outbox") as subscription:
            while True:
                claims: list[Claim] = []
                try:
                    if room := UNDER_WAY - len(self._under_way):
                        claims = await self._gateway.database.run(self._claim_due, room)
                except SQLAlchemyError:
                    log.exception("outbox_failed")
                for claim in claims:
                    task = asyncio.create_task(self._send(claim))
                    self._under_way.add(task)
                    task.add_done_callback(self._under_way.discard)
                if not claims:
                    await subscription.wait(IDLE_S)

    def _take_over(self) -> None:
        """SQLite means that no other gateway runs: what is under way died with the one before, and its tokens grow old."""
        with self._gateway.database.write() as session:
            session.execute(
                update(OutboxItem)
                .where(OutboxItem.state == "pending", OutboxItem.last_error == UNDER_WAY_MARK)
                .values(next_attempt_at=self._gateway.clock())
            )

    def _claim_due(self, limit: int | None, interrupted: bool = False) -> list[Claim]:
        """The oldest message of each conversation that is due, marked as tried; only what was tried before if so asked."""
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.read() as session:
            # Most looks find nothing; they should not queue for the writer.
            if not session.execute(_due(now, 1, interrupted)).first():
                return []
        with gateway.database.write() as session:
            talk = Talk(session, gateway.vault)
            claims = []
            for item, message in session.execute(
                _due(now, limit, interrupted).with_for_update(skip_locked=True, of=OutboxItem)
            ):
                claims.append(self._claim(session, talk, item, message, now))
                item.attempts += 1
                item.last_error = UNDER_WAY_MARK
                # Nobody else may try it while this attempt is under way.
                item.next_attempt_at = now + timedelta(seconds=CLAIM_S)
            return claims

    def _claim(self, session: Session, talk: Talk, item: OutboxItem, message: Message, now: datetime) -> Claim:
        asked = session.get(Message, message.in_reply_to) if message.in_reply_to else None
        conversation = session.get_one(Conversation, item.conversation_id)
        age = _token_age(asked, talk.body(conversation, asked), now) if asked else REPLY_TOKEN_S
        token: str | None = None
        if item.attempts == 0:
            token = self._fresh_token(session, talk, conversation, asked, message) if age < FIRST_REPLY_S else None
            item.reply_token_enc = talk.box(conversation).seal(token) if token else None
        elif item.reply_token_enc is not None:
            token = str(talk.box(conversation).open(item.reply_token_enc))
        unclear = item.attempts > 0 and token is not None and item.last_error != CLEAR
        return Claim(item.id, token, unclear, age < REPLY_TOKEN_S)

    def _fresh_token(
        self, session: Session, talk: Talk, conversation: Conversation, asked: Message | None, message: Message
    ) -> str | None:
        """The token of the message this one answers, unless an earlier answer has it."""
        if asked is None:
            return None
        earlier = session.scalars(
            select(Message.id).where(Message.in_reply_to == asked.id, Message.seq < message.seq).limit(1)
        ).first()
        return None if earlier else talk.body(conversation, asked).get("reply_token")

    async def _send(self, claim: Claim) -> None:
        try:
            parcel = await self._gateway.database.run(self._parcel, claim.item_id)
            sent = await self._deliver(claim, parcel) if isinstance(parcel, Parcel) else Sent(Verdict.refused, parcel)
            if sent.verdict is Verdict.sent and isinstance(parcel, Parcel):
                await self._switch_menu(parcel)
            if claim.unclear and sent == Sent(Verdict.again, CLEAR):
                # What this attempt knows says nothing about the one before it.
                sent = Sent(Verdict.again, STILL_UNCLEAR)
            staff_told, pause = await self._gateway.database.run(self._note, claim.item_id, sent)
        except SQLAlchemyError:
            # The claim runs out and the item is tried again, knowing that this attempt may have arrived.
            log.exception("outbox_failed")
            return
        if staff_told:
            self._gateway.wakeups.publish("staff")
        if pause is not None:
            asyncio.get_running_loop().call_later(pause, self._gateway.wakeups.publish, "outbox")

    async def _deliver(self, claim: Claim, parcel: Parcel) -> Sent:
        sent = Sent(Verdict.token_gone)
        if claim.reply_token:
            sent = await self._sender.reply(claim.reply_token, parcel.messages)
            if sent.verdict is Verdict.token_gone and claim.unclear and claim.token_alive:
                return Sent(Verdict.sent, "the first attempt had arrived")
            if sent.verdict is Verdict.token_gone:
                await self._gateway.database.run(self._turn_to_push, claim.item_id)
        if sent.verdict is Verdict.token_gone:
            sent = await self._sender.push(parcel.user_id, parcel.messages, claim.item_id)
        return sent

    def _turn_to_push(self, item_id: str) -> None:
        """From here on only the retry key tells whether it arrived; the token's silence must not."""
        with self._gateway.database.write() as session:
            session.get_one(OutboxItem, item_id).reply_token_enc = None

    def _parcel(self, item_id: str) -> Parcel | str:
        """The rendered message and where it goes, or why it cannot go."""
        gateway = self._gateway
        with gateway.database.read() as session:
            talk = Talk(session, gateway.vault)
            item = session.get_one(OutboxItem, item_id)
            conversation = session.get_one(Conversation, item.conversation_id)
            message = session.get_one(Message, item.message_id)
            home = conversation
            if conversation.address_enc is None:
                query = select(Conversation).join(LineResident, LineResident.conversation_id == Conversation.id)
                found = session.scalars(query.where(LineResident.shared_with == conversation.id)).first()
                if found is None:
                    return "no address"
                home = found
            resident = session.get(LineResident, home.id)
            if resident is not None and resident.blocked_at is not None:
                return "blocked"
            body = talk.body(conversation, message)
            rendered = render(body, self._speaker(session, message), Labels.of(gateway.words, message.locale))
            if not rendered or home.address_enc is None:
                return "nothing to say"
            known = resident.menu_locale if resident is not None else None
            wanted = conversation.locale if conversation.locale != known else None
            return Parcel(str(talk.box(home).open(home.address_enc)), rendered, home.id, wanted)

    def _speaker(self, session: Session, message: Message) -> Speaker:
        """Every bubble says whether a machine or a person wrote it."""
        words, public = self._gateway.words, self._gateway.settings.public_url
        # LINE fetches icons itself and takes only https addresses.
        icons = f"{public}/line/icons" if public.startswith("https:") else None
        if message.author == Author.staff.value:
            name = session.scalars(select(Staff.name).where(Staff.id == message.author_id)).first() or ""
            label = words.text(message.locale, "handover.staff_label")
            return Speaker(name, label, f"{icons}/person.png" if icons else None)
        label = words.text(message.locale, "handover.machine_label")
        return Speaker("", label, f"{icons}/machine.png" if icons else None)

    async def _switch_menu(self, parcel: Parcel) -> None:
        """The rich menu follows the talk's language. Where none is set up, look again only now and then."""
        now = asyncio.get_running_loop().time()
        if parcel.menu_locale is None or now < self._no_menus_until:
            return
        if not await self._sender.link_menu(parcel.user_id, parcel.menu_locale):
            self._no_menus_until = now + NO_MENU_S
            return
        await self._gateway.database.run(self._note_menu, parcel.home_id, parcel.menu_locale)

    def _note_menu(self, home_id: str, locale: str) -> None:
        with self._gateway.database.write() as session:
            resident = session.get(LineResident, home_id)
            if resident is None:
                session.add(LineResident(conversation_id=home_id, menu_locale=locale))
            else:
                resident.menu_locale = locale

    def _note(self, item_id: str, sent: Sent) -> tuple[bool, float | None]:
        """Write down what happened: must staff be told that a resident was not reached, and when to look again."""
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.write() as session:
            item = session.get_one(OutboxItem, item_id)
            item.last_error = sent.detail[:200] or None
            if sent.verdict is Verdict.sent:
                item.state, item.sent_at, item.reply_token_enc = "sent", now, None
                return False, 0.0 if _has_more(session, item) else None
            if sent.verdict is Verdict.again and item.attempts < MAX_ATTEMPTS:
                pause = min(MAX_PAUSE_S, 0.5 * 2 ** (item.attempts - 1)) * random.uniform(0.8, 1.2)
                item.next_attempt_at = now + timedelta(seconds=pause)
                return False, pause
            if sent.detail == "nothing to say":
                item.state = "dropped"
                return False, 0.0
            item.state = "failed"
            log.error("delivery_failed", item=item.id, channel=item.channel, attempts=item.attempts, why=sent.detail)
            return _tell_staff(session, item, now=now), 0.0


def interrupted_replies(database: Database) -> bool:
    """Whether a kill left replies of which nobody knows if they arrived."""
    query = select(OutboxItem.id).where(
        OutboxItem.state == "pending", OutboxItem.last_error == UNDER_WAY_MARK, OutboxItem.reply_token_enc.is_not(None)
    )
    with database.read() as session:
        return session.scalars(query.limit(1)).first() is not None


def _token_age(asked: Message, body: dict[str, Any], now: datetime) -> float:
    """Seconds since LINE gave the reply token, by LINE's clock or by ours, whichever says older."""
    ages = [(now - asked.created_at).total_seconds()]
    if happened := body.get("happened_ms"):
        ages.append(now.timestamp() - happened / 1000)
    return max(ages)


def _due(now: datetime, limit: int | None, interrupted: bool = False) -> Any:
    """Items whose time has come and that no earlier unsent message of their conversation must precede."""
    earlier, before = aliased(OutboxItem), aliased(Message)
    waits = exists().where(
        earlier.conversation_id == OutboxItem.conversation_id,
        earlier.state == "pending",
        before.id == earlier.message_id,
        before.seq < Message.seq,
    )
    due = [OutboxItem.state == "pending", OutboxItem.next_attempt_at <= now, ~waits]
    if interrupted:
        due.append(OutboxItem.last_error == UNDER_WAY_MARK)
    return (
        select(OutboxItem, Message)
        .join(Message, Message.id == OutboxItem.message_id)
        .where(*due)
        .order_by(OutboxItem.next_attempt_at)
        .limit(limit)
    )


def _has_more(session: Session, item: OutboxItem) -> bool:
    query = select(OutboxItem.id).where(
        OutboxItem.conversation_id == item.conversation_id, OutboxItem.state == "pending", OutboxItem.id != item.id
    )
    return session.scalars(query.limit(1)).first() is not None


def _tell_staff(session: Session, item: OutboxItem, *, now: datetime) -> bool:
    case = store.open_case_of(session, item.conversation_id)
    if case is None or case.state == CaseState.resolved.value:
        return False
    data = {"message_id": item.message_id, "error": item.last_error}
    append_case_event(session, case.id, "undelivered", now=now, data=data)
    return True
