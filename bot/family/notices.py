"""Local notices: written by staff, matched with families, delivered in portions. Inside the caller's transaction.

Matching and delivering are apart: matching walks through the families in order of id and writes one row per family that a notice
is for; delivering takes rows that are due. Both go on where they stopped, and the rows' primary key allows one per family.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.family.cards import OWNER, Families, OpenCard
from bot.family.choices import Choices
from bot.family.dates import FamilyInputError, age_on, parse_date
from bot.family.reminders import CITY_TIME
from bot.records.crypto import Vault
from bot.records.family_models import Family, Notice, NoticeDelivery
from bot.records.talk import new_id
from bot.vocabulary import DEFAULT_LOCALE, LOCALES, WARDS

EASY = "ja-easy"
UNBORN = -1
OLDEST_MONTHS = 18 * 12 + 11
TITLE_LENGTH, BODY_LENGTH = 80, 1500
FIRST_HOUR = 9
ALL_LOOKED_AT = "~"
"""Sorts after every id."""


class NoticeError(Exception):
    """Refused. `code`: no_notice, wrong_state."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Notices:
    """Staff's side: drafts, sending, progress."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now

    def all(self, limit: int = 100) -> list[Notice]:
        return list(self.session.scalars(select(Notice).order_by(Notice.created_at.desc()).limit(limit)))

    def get(self, notice_id: str) -> Notice:
        found = self.session.get(Notice, notice_id, populate_existing=True)
        if found is None:
            raise NoticeError("no_notice", "There is no such notice.")
        return found

    def create(self, given: Mapping[str, Any], staff_id: str) -> Notice:
        notice = Notice(id=new_id(), state="draft", created_by=staff_id, created_at=self.now, cursor="")
        write_notice(notice, given)
        self.session.add(notice)
        self.session.flush()
        return notice

    def edit(self, notice_id: str, given: Mapping[str, Any]) -> Notice:
        """Change a draft. What has begun to leave is not changed any more: half the families would read something else."""
        notice = self.get(notice_id)
        if notice.state != "draft":
            raise NoticeError("wrong_state", "Only a draft can be changed. Write a new notice.")
        write_notice(notice, given)
        return notice

    def send(self, notice_id: str) -> Notice:
        """Begin, or go on after a stop."""
        return self._to(notice_id, ("draft", "stopped"), "sending", started_at=self.now, next_batch_at=self.now)

    def stop(self, notice_id: str) -> Notice:
        return self._to(notice_id, ("sending",), "stopped", next_batch_at=None)

    def progress(self, notice: Notice) -> dict[str, Any]:
        """How many families it is for, reached, missed; `looked_at_all` once the first number is final."""
        query = (
            select(NoticeDelivery.state, func.count())
            .where(NoticeDelivery.notice_id == notice.id)
            .group_by(NoticeDelivery.state)
        )
        counts = {state: int(count) for state, count in self.session.execute(query)}
        return {
            "matched": sum(counts.values()),
            "sent": counts.get("sent", 0),
            "missed": counts.get("missed", 0),
            "looked_at_all": notice.cursor == ALL_LOOKED_AT,
        }

    def _to(self, notice_id: str, allowed: tuple[str, ...], state: str, **values: Any) -> Notice:
        moved = self.session.execute(
            update(Notice)
            .where(Notice.id == notice_id, Notice.state.in_(allowed))
            .values(state=state, **values)
            .execution_options(synchronize_session=False)
        )
        notice = self.get(notice_id)
        if moved.rowcount != 1:  # type: ignore[attr-defined]
            raise NoticeError("wrong_state", f"This notice is {notice.state}.")
        return notice


def write_notice(notice: Notice, given: Mapping[str, Any]) -> None:
    """Set all fields from `given`. Raises FamilyInputError naming the field."""
    wards = list(given.get("wards") or [])
    if not set(wards) <= set(WARDS):
        raise FamilyInputError("wards", f"Give a list of {', '.join(WARDS)}.")
    low, high = int(given.get("from_months", 0)), int(given.get("to_months", OLDEST_MONTHS))
    if not UNBORN <= low <= high <= OLDEST_MONTHS:
        raise FamilyInputError("to_months", f"Give ages from {UNBORN} to {OLDEST_MONTHS} months, the lower first.")
    starts, ends = parse_date(given.get("starts_on"), "starts_on"), parse_date(given.get("ends_on"), "ends_on")
    if ends < starts or ends - starts > timedelta(days=366):
        raise FamilyInputError("ends_on", "Give a last day on or after the first, within a year.")
    texts: dict[str, dict[str, str]] = {}
    for locale, text in dict(given.get("texts") or {}).items():
        title, body = str(text.get("title") or "").strip(), str(text.get("body") or "").strip()
        if locale not in LOCALES:
            raise FamilyInputError("texts", f"{locale!r} is not a locale.")
        if len(title) > TITLE_LENGTH or len(body) > BODY_LENGTH:
            raise FamilyInputError("texts", f"At most {TITLE_LENGTH} characters of title, {BODY_LENGTH} of text.")
        if bool(title) != bool(body):
            raise FamilyInputError("texts", f"{locale}: give both a title and a text, or neither.")
        if title:
            texts[locale] = {"title": title, "body": body}
    if DEFAULT_LOCALE not in texts:
        raise FamilyInputError("texts", "The Japanese original is missing.")
    notice.wards, notice.texts = wards, texts
    notice.from_months, notice.to_months = low, high
    notice.starts_on, notice.ends_on = starts, ends


def texts_for(notice: Notice, locale: str) -> list[dict[str, str]]:
    """What a family of this language reads: its own text, else やさしい日本語 and the original. {title, body, locale}."""
    own = [locale] if locale in notice.texts else [EASY, DEFAULT_LOCALE]
    return [{**notice.texts[tag], "locale": tag} for tag in own if tag in notice.texts]


def is_for(notice: Notice, cards: list[OpenCard], choices: Choices, on: date) -> bool:
    """Whether a notice is for a family. A card shared with it tells an age, but never the ward of those who shared it."""
    for opened in cards:
        wards = {*choices.wards, *([opened.body["ward"]] if opened.role == OWNER and opened.body["ward"] else [])}
        if notice.wards and not wards & set(notice.wards):
            continue
        if opened.body["kind"] == "pregnancy":
            months = UNBORN
        else:
            birth = date.fromisoformat(opened.body["birthdate"])
            years, rest, _ = age_on(birth, max(on, birth))
            months = years * 12 + rest
        if notice.from_months <= months <= notice.to_months:
            return True
    return False


def first_moment(notice: Notice, now: datetime) -> datetime:
    """Now, or the morning of the first day."""
    return max(now, datetime.combine(notice.starts_on, time(FIRST_HOUR), CITY_TIME))


def match_some(session: Session, vault: Vault, notice: Notice, now: datetime, limit: int) -> int:
    """Look at up to `limit` further families and write down those it is for. 0 when all have been looked at, or another
    process is at it."""
    seen = notice.cursor
    query = (
        select(Family)
        .where(Family.notices_on.is_(True), Family.conversation_id > seen)
        .order_by(Family.conversation_id)
        .limit(limit)
    )
    found = list(session.scalars(query))
    cursor = found[-1].conversation_id if len(found) == limit else ALL_LOOKED_AT
    moved = session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.cursor == seen, Notice.state == "sending")
        .values(cursor=cursor)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        return 0
    families = Families(session, vault, now)
    moment = first_moment(notice, now)
    on = max(notice.starts_on, now.astimezone(CITY_TIME).date())
    for family in found:
        choices = families.choices(family)
        if choices.mode != "off" and is_for(notice, families.cards(family.conversation_id), choices, on):
            session.add(
                NoticeDelivery(
                    notice_id=notice.id,
                    family_id=family.conversation_id,
                    state="pending",
                    due_at=choices.after_quiet(moment),
                )
            )
    session.flush()
    return len(found)


def due_deliveries(session: Session, notice: Notice, now: datetime, limit: int) -> list[NoticeDelivery]:
    query = (
        select(NoticeDelivery)
        .where(
            NoticeDelivery.notice_id == notice.id,
            NoticeDelivery.state == "pending",
            NoticeDelivery.due_at <= now,
        )
        .order_by(NoticeDelivery.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def settle(session: Session, delivery: NoticeDelivery, state: str, now: datetime) -> bool:
    """pending → sent or missed. False when another process was faster."""
    moved = session.execute(
        update(NoticeDelivery)
        .where(
            NoticeDelivery.notice_id == delivery.notice_id,
            NoticeDelivery.family_id == delivery.family_id,
            NoticeDelivery.state == "pending",
        )
        .values(state=state, sent_at=now if state == "sent" else None)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def finish_if_done(session: Session, notice: Notice, now: datetime) -> bool:
    """sending → done once every family was looked at and nothing is pending."""
    pending = select(NoticeDelivery.family_id).where(
        NoticeDelivery.notice_id == notice.id, NoticeDelivery.state == "pending"
    )
    moved = session.execute(
        update(Notice)
        .where(
            Notice.id == notice.id,
            Notice.state == "sending",
            Notice.cursor == ALL_LOOKED_AT,
            ~pending.exists(),
        )
        .values(state="done", finished_at=now, next_batch_at=None)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def notices_under_way(session: Session, now: datetime) -> list[Notice]:
    return list(
        session.scalars(
            select(Notice).where(
                Notice.state == "sending", or_(Notice.next_batch_at.is_(None), Notice.next_batch_at <= now)
            )
        )
    )


def claim_batch(session: Session, notice: Notice, until: datetime) -> bool:
    """The right to deliver one portion; the next one is allowed at `until`."""
    moved = session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.state == "sending", Notice.next_batch_at == notice.next_batch_at)
        .values(next_batch_at=until)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]
