"""Families, their cards and who may see them, inside the caller's transaction. Bodies are sealed with the family's own key.

A share shows its owner only what the owner wrote (a label and the role) and its reader never the owner's ward, choices or
language. Leaving and removing write nothing that anybody else is told of.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.family.choices import Choices
from bot.records.crypto import Box, Vault
from bot.records.family_models import CardShare, Family, FamilyCard, SentReminder
from bot.records.models import Conversation
from bot.records.talk import clean_resume_code, new_id, new_resume_code

CARDS_LIMIT = 12
SHARES_LIMIT = 10
CODE_DAYS = 7
OWNER, WRITER, READER = "owner", "write", "read"
ROLES = (READER, WRITER)


class CardError(Exception):
    """Refused. `code` is stable: no_consent, no_card, not_allowed, changed, too_many, bad_code, own_card."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class OpenCard:
    """A card as one conversation may use it. `body` is the whole content; what a reader is shown of it is the view's affair."""

    card: FamilyCard
    body: dict[str, Any]
    role: str

    @property
    def may_write(self) -> bool:
        return self.role in (OWNER, WRITER)


class Families:
    """Reads and writes families. `now` stands on everything written."""

    def __init__(self, session: Session, vault: Vault, now: datetime) -> None:
        self.session = session
        self.vault = vault
        self.now = now

    def get(self, conversation_id: str) -> Family | None:
        return self.session.get(Family, conversation_id, populate_existing=True)

    def need(self, conversation_id: str) -> Family:
        """The family of a conversation. CardError no_consent when it has not agreed yet."""
        found = self.get(conversation_id)
        if found is None:
            raise CardError("no_consent", "Agree first to keeping a card.")
        return found

    def agree(self, conversation_id: str) -> Family:
        """The resident agreed: make the family and its key. Does nothing the second time."""
        found = self.get(conversation_id)
        if found is not None:
            return found
        wrapped, key_id = self.vault.new_data_key()
        family = Family(
            conversation_id=conversation_id,
            wrapped_key=wrapped,
            key_id=key_id,
            reminders_on=False,
            notices_on=False,
            sent_in_month=0,
            agreed_at=self.now,
        )
        self.session.add(family)
        self.session.flush()
        return family

    def forget(self, conversation_id: str) -> None:
        """Delete everything: cards, shares in both directions, choices, subscriptions to the calendar, and the key."""
        self.session.execute(delete(CardShare).where(CardShare.conversation_id == conversation_id))
        self.session.execute(delete(Family).where(Family.conversation_id == conversation_id))

    def box(self, family: Family) -> Box:
        return self.vault.box(family.wrapped_key, family.key_id)

    # ── choices ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def choices(self, family: Family) -> Choices:
        return Choices.read(self.box(family).open(family.choices_enc) if family.choices_enc else None)

    def set_choices(self, family: Family, choices: Choices) -> None:
        stored = choices.stored()
        if family.choices_enc is not None and "calendar" in (kept := self.box(family).open(family.choices_enc)):
            stored["calendar"] = kept["calendar"]
        family.choices_enc = self.box(family).seal(stored)
        self.look_again(family)

    def locale(self, family: Family, choices: Choices) -> str:
        """The language of the family: its own choice, else that of the talk."""
        return choices.locale or self.session.get_one(Conversation, family.conversation_id).locale

    def look_again(self, family: Family) -> None:
        """Something that reminders depend on has changed."""
        family.next_reminder_at = self.now if family.reminders_on else None

    def calendar_token(self, family: Family) -> str | None:
        stored = self.box(family).open(family.choices_enc) if family.choices_enc else {}
        return stored.get("calendar") if family.calendar_hash else None

    def new_calendar(self, family: Family) -> str:
        """A fresh secret for the calendar's address; the old address stops working."""
        token = secrets.token_urlsafe(32)
        family.calendar_hash = self.vault.keyed_hash("calendar", token)
        family.choices_enc = self.box(family).seal({**self.choices(family).stored(), "calendar": token})
        return token

    def end_calendar(self, family: Family) -> None:
        family.calendar_hash = None
        family.choices_enc = self.box(family).seal(self.choices(family).stored())

    def by_calendar(self, token: str) -> Family | None:
        digest = self.vault.keyed_hash("calendar", token)
        return self.session.scalars(select(Family).where(Family.calendar_hash == digest)).first()

    # ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def cards(self, conversation_id: str) -> list[OpenCard]:
        """The conversation's own cards, then those shared with it, each in order of making."""
        own = select(FamilyCard).where(FamilyCard.family_id == conversation_id).order_by(FamilyCard.created_at)
        shared = (
            select(FamilyCard, CardShare.role)
            .join(CardShare, CardShare.card_id == FamilyCard.id)
            .where(CardShare.conversation_id == conversation_id)
            .order_by(FamilyCard.created_at)
        )
        found = [self._open(card, OWNER) for card in self.session.scalars(own)]
        return found + [self._open(card, role) for card, role in self.session.execute(shared)]

    def card(self, conversation_id: str, card_id: str, *, write: bool = False, own: bool = False) -> OpenCard:
        """One card, if this conversation may use it so. CardError no_card or not_allowed."""
        card = self.session.get(FamilyCard, card_id, populate_existing=True)
        role = None if card is None else self._role(conversation_id, card)
        if card is None or role is None:
            raise CardError("no_card", "There is no such card here.")
        opened = self._open(card, role)
        if (own and role != OWNER) or (write and not opened.may_write):
            raise CardError("not_allowed", "This card was shared for looking at only.")
        return opened

    def add(self, family: Family, body: dict[str, Any]) -> OpenCard:
        query = select(func.count()).select_from(FamilyCard).where(FamilyCard.family_id == family.conversation_id)
        if int(self.session.scalar(query) or 0) >= CARDS_LIMIT:
            raise CardError("too_many", f"A family keeps at most {CARDS_LIMIT} cards.")
        card = FamilyCard(
            id=new_id(),
            family_id=family.conversation_id,
            body_enc=self.box(family).seal(body),
            version=1,
            created_at=self.now,
            changed_at=self.now,
        )
        self.session.add(card)
        self.session.flush()
        self._readers_look_again(card)
        return OpenCard(card, body, OWNER)

    def save(self, opened: OpenCard) -> None:
        """Write the body back. CardError changed when somebody else has written since it was opened."""
        family = self.session.get_one(Family, opened.card.family_id)
        changed = self.session.execute(
            update(FamilyCard)
            .where(FamilyCard.id == opened.card.id, FamilyCard.version == opened.card.version)
            .values(body_enc=self.box(family).seal(opened.body), version=opened.card.version + 1, changed_at=self.now)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise CardError("changed", "The card was changed meanwhile. Look again, then repeat.")
        self.session.refresh(opened.card)
        self._readers_look_again(opened.card)

    def delete_card(self, opened: OpenCard) -> None:
        self._readers_look_again(opened.card)
        self.session.execute(delete(FamilyCard).where(FamilyCard.id == opened.card.id))

    # ── sharing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def share(self, opened: OpenCard, role: str, label: str) -> tuple[CardShare, str]:
        """Leave for one more person, and the code that person enters within CODE_DAYS."""
        if role not in ROLES:
            raise CardError("not_allowed", "Give read or write.")
        if len(list(self.shares(opened))) >= SHARES_LIMIT:
            raise CardError("too_many", f"A card is shared with at most {SHARES_LIMIT}. Remove somebody first.")
        family = self.session.get_one(Family, opened.card.family_id)
        code = new_resume_code()
        share = CardShare(
            id=new_id(),
            card_id=opened.card.id,
            code_hash=self.vault.keyed_hash("share", clean_resume_code(code)),
            role=role,
            label_enc=self.box(family).seal(label) if label else None,
            created_at=self.now,
            expires_at=self.now + timedelta(days=CODE_DAYS),
        )
        self.session.add(share)
        self.session.flush()
        return share, code

    def shares(self, opened: OpenCard) -> Iterator[dict[str, Any]]:
        """What the owner sees of each share: own label, role, and whether the code was used. Nothing of the other person."""
        family = self.session.get_one(Family, opened.card.family_id)
        query = select(CardShare).where(CardShare.card_id == opened.card.id).order_by(CardShare.created_at)
        for share in self.session.scalars(query):
            if share.joined_at is None and share.expires_at < self.now:
                continue
            label = self.box(family).open(share.label_enc) if share.label_enc else ""
            yield {"id": share.id, "label": label, "role": share.role, "joined": share.joined_at is not None}

    def join(self, conversation_id: str, code: str) -> OpenCard:
        """Use a code once. CardError bad_code for a wrong, used or old one, whatever the reason: nothing to be guessed from."""
        self.need(conversation_id)
        digest = self.vault.keyed_hash("share", clean_resume_code(code))
        share = self.session.scalars(
            select(CardShare).where(CardShare.code_hash == digest, CardShare.expires_at >= self.now)
        ).first()
        if share is None:
            raise CardError("bad_code", "This code opens no card. Ask for a new one.")
        card = self.session.get_one(FamilyCard, share.card_id)
        if self._role(conversation_id, card) is not None:
            raise CardError("own_card", "This card is already here.")
        claimed = self.session.execute(
            update(CardShare)
            .where(CardShare.id == share.id, CardShare.conversation_id.is_(None))
            .values(conversation_id=conversation_id, code_hash=None, joined_at=self.now)
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            raise CardError("bad_code", "This code opens no card. Ask for a new one.")
        self.look_again(self.need(conversation_id))
        return self._open(card, share.role)

    def end_share(self, opened: OpenCard, share_id: str) -> None:
        """The owner takes a share back. Silent."""
        self.session.execute(delete(CardShare).where(CardShare.id == share_id, CardShare.card_id == opened.card.id))

    def leave(self, conversation_id: str, card_id: str) -> None:
        """The reader goes. Silent."""
        self.session.execute(
            delete(CardShare).where(CardShare.conversation_id == conversation_id, CardShare.card_id == card_id)
        )

    # ── reminders already sent ──────────────────────────────────────────────────────────────────────────────────────

    def key_hash(self, key: str) -> str:
        """Keys name vaccines, so only a keyed hash of them is stored."""
        return self.vault.keyed_hash("reminder", key)

    def sent_hashes(self, family: Family) -> set[str]:
        query = select(SentReminder.key_hash).where(SentReminder.family_id == family.conversation_id)
        return set(self.session.scalars(query))

    # ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, card: FamilyCard, role: str) -> OpenCard:
        family = self.session.get_one(Family, card.family_id)
        body = self.box(family).open(card.body_enc)
        return OpenCard(card, body, role)

    def _role(self, conversation_id: str, card: FamilyCard) -> str | None:
        if card.family_id == conversation_id:
            return OWNER
        query = select(CardShare.role).where(CardShare.card_id == card.id, CardShare.conversation_id == conversation_id)
        return self.session.scalars(query).first()

    def _readers_look_again(self, card: FamilyCard) -> None:
        """Everybody whose reminders this card belongs to."""
        readers = select(CardShare.conversation_id).where(CardShare.card_id == card.id)
        self.session.execute(
            update(Family)
            .where(
                Family.reminders_on.is_(True),
                or_(Family.conversation_id == card.family_id, Family.conversation_id.in_(readers)),
            )
            .values(next_reminder_at=self.now)
            .execution_options(synchronize_session=False)
        )
