"""Who is calling: accounts, passwords (Argon2id, RFC 9106), sessions, lock-out that never shuts everybody out."""

from __future__ import annotations

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.console.totp import SecondFactor
from bot.records.audit import record_audit
from bot.records.crypto import Vault
from bot.records.models import OneTimeToken, Staff, StaffSession
from bot.vocabulary import Role

MIN_PASSWORD = 12
LOCK_AFTER = 8
LOCK_MINUTES = 5
SETUP_HOURS = 24
FIRST_ADMINISTRATOR = "first_administrator"

_hasher = PasswordHasher()
# Verified against when the login is unknown, so that the time taken does not tell which logins exist.
_NOBODY = _hasher.hash(secrets.token_hex(16))


class AccessError(Exception):
    """Refused. `code` is stable: see STATUS in bot/console/accounts.py."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class SignedIn:
    """A valid session and its member of staff."""

    staff: Staff
    csrf: str
    id_hash: str


class Access:
    """Accounts and sessions inside the caller's transaction."""

    def __init__(self, session: Session, vault: Vault, now: datetime) -> None:
        self.session = session
        self.vault = vault
        self.now = now
        self.second = SecondFactor(session, vault, now)

    def create_setup_token(self) -> str | None:
        """A link token for the first administrator, or None when there is one already."""
        if self._administrators():
            return None
        self.session.execute(delete(OneTimeToken).where(OneTimeToken.purpose == FIRST_ADMINISTRATOR))
        token = secrets.token_urlsafe(24)
        self.session.add(
            OneTimeToken(
                token_hash=self.vault.keyed_hash("setup", token),
                purpose=FIRST_ADMINISTRATOR,
                expires_at=self.now + timedelta(hours=SETUP_HOURS),
            )
        )
        return token

    def use_setup_token(self, token: str, login: str, name: str, password: str) -> Staff:
        """Make the first administrator. The token works once and only while there is none."""
        row = self.session.get(OneTimeToken, self.vault.keyed_hash("setup", token))
        if row is None or row.used_at is not None or row.expires_at < self.now or self._administrators():
            raise AccessError("bad_token", "This link is used up or too old. Restart the service for a new one.")
        staff = self.create_staff(login, name, Role.administrator, password)
        row.used_at = self.now
        record_audit(self.session, "staff.setup", now=self.now, actor_id=staff.id, object_id=staff.id)
        return staff

    def create_staff(self, login: str, name: str, role: Role, password: str) -> Staff:
        _require_strong(password)
        if self._by_login(login) is not None:
            raise AccessError("taken", "This login is in use.")
        staff = Staff(
            id=uuid.uuid4().hex,
            login=login.strip().lower(),
            name=name.strip(),
            role=role.value,
            password_hash=_hasher.hash(password),
            failed_logins=0,
            created_at=self.now,
        )
        self.session.add(staff)
        self.session.flush()
        return staff

    def check_password(self, login: str, password: str, totp: str | None) -> Staff:
        """The member of staff, or AccessError. Counts failures; a lock ends by itself, so nobody is locked out for good.

        The last administrator is never locked: whoever guesses could otherwise keep everybody's doors shut. Guessing there
        is slowed down by the limit on attempts from one address.
        """
        staff = self._by_login(login)
        if staff is None or staff.disabled_at is not None:
            _verify(_NOBODY, password)
            raise AccessError("bad_login", "Login or password is not right.")
        if staff.locked_until is not None and staff.locked_until > self.now:
            raise AccessError("locked", f"Too many attempts. Try again in {LOCK_MINUTES} minutes.")
        if not _verify(staff.password_hash, password) or not self.second.fits(staff, totp):
            staff.failed_logins += 1
            if staff.failed_logins >= LOCK_AFTER:
                staff.failed_logins = 0
                last = staff.role == Role.administrator.value and not self._other_administrators(staff)
                if not last:
                    staff.locked_until = self.now + timedelta(minutes=LOCK_MINUTES)
                action = "staff.guessed_at" if last else "staff.locked"
                record_audit(self.session, action, now=self.now, object_id=staff.id)
            raise AccessError("bad_login", "Login or password is not right.")
        staff.failed_logins = 0
        staff.locked_until = None
        return staff

    def check_own_password(self, staff: Staff, password: str) -> None:
        """AccessError("wrong_password") unless it is; asked again before anything that guards the account changes."""
        if not _verify(staff.password_hash, password):
            raise AccessError("wrong_password", "The present password is not right.")

    def set_password(self, staff: Staff, password: str, *, by: str) -> None:
        """A new password. Every session of the account ends."""
        _require_strong(password)
        staff.password_hash = _hasher.hash(password)
        staff.locked_until, staff.failed_logins = None, 0
        self.end_sessions(staff.id)
        record_audit(self.session, "staff.password", now=self.now, actor_id=by, object_id=staff.id)

    def change_staff(
        self, staff: Staff, *, by: str, name: str | None = None, role: Role | None = None, active: bool | None = None
    ) -> None:
        """Rename, give another role, disable or enable. A new role or a disabled account ends its sessions.

        AccessError("last_administrator") when nobody would be left who may do this.
        """
        demoted = role is not None and role is not Role.administrator
        if (
            staff.role == Role.administrator.value
            and (demoted or active is False)
            and not self._other_administrators(staff)
        ):
            raise AccessError("last_administrator", "This is the last administrator. Make another one first.")
        data: dict[str, str] = {}
        if name is not None and name.strip():
            staff.name = name.strip()
            data["name"] = "changed"
        if role is not None and role.value != staff.role:
            data["role"] = f"{staff.role} to {role.value}"
            staff.role = role.value
            self.end_sessions(staff.id)
        if active is False and staff.disabled_at is None:
            data["active"] = "disabled"
            staff.disabled_at = self.now
            self.end_sessions(staff.id)
        elif active and staff.disabled_at is not None:
            data["active"] = "enabled"
            staff.disabled_at = None
        record_audit(self.session, "staff.change", now=self.now, actor_id=by, object_id=staff.id, data=data)

    def start_session(self, staff: Staff, agent: str | None = None) -> tuple[str, str]:
        """(cookie value, CSRF token) of a fresh session."""
        cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        self.session.add(
            StaffSession(
                id_hash=self.vault.keyed_hash("session", cookie),
                staff_id=staff.id,
                csrf=csrf,
                agent=agent[:200] if agent else None,
                created_at=self.now,
                last_seen_at=self.now,
            )
        )
        record_audit(self.session, "staff.sign_in", now=self.now, actor_id=staff.id)
        return cookie, csrf

    def session_of(self, cookie: str, *, idle: timedelta, absolute: timedelta) -> SignedIn | None:
        """The session a cookie names, while it is neither idle nor absolutely too old."""
        row = self.session.get(StaffSession, self.vault.keyed_hash("session", cookie))
        if row is None or self.now - row.created_at > absolute or self.now - row.last_seen_at > idle:
            return None
        staff = self.session.get(Staff, row.staff_id)
        if staff is None or staff.disabled_at is not None:
            return None
        return SignedIn(staff, row.csrf, row.id_hash)

    def live(self, id_hashes: set[str], *, idle: timedelta, absolute: timedelta) -> set[str]:
        """Those of the sessions that are neither too old nor of a disabled account."""
        query = (
            select(StaffSession.id_hash)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(
                StaffSession.id_hash.in_(id_hashes),
                StaffSession.created_at >= self.now - absolute,
                StaffSession.last_seen_at >= self.now - idle,
                Staff.disabled_at.is_(None),
            )
        )
        return set(self.session.scalars(query))

    def touch(self, id_hash: str) -> None:
        row = self.session.get(StaffSession, id_hash)
        if row is not None:
            row.last_seen_at = self.now

    def end_session(self, id_hash: str) -> None:
        self.session.execute(delete(StaffSession).where(StaffSession.id_hash == id_hash))

    def end_sessions(self, staff_id: str, *, keep: str = "") -> None:
        """End every session of an account, but for the one whose hash is `keep`."""
        self.session.execute(
            delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.id_hash != keep)
        )

    def end_cookie(self, cookie: str) -> None:
        """End the session a browser still carries when it signs in again."""
        self.end_session(self.vault.keyed_hash("session", cookie))

    def _by_login(self, login: str) -> Staff | None:
        return self.session.scalars(select(Staff).where(Staff.login == login.strip().lower())).first()

    def _other_administrators(self, staff: Staff) -> bool:
        # Locked, so that of two administrators who disable each other at once one fails.
        query = select(Staff.id).where(Staff.role == Role.administrator.value, Staff.disabled_at.is_(None))
        return any(found != staff.id for found in self.session.scalars(query.with_for_update()))

    def _administrators(self) -> int:
        query = select(func.count()).where(Staff.role == Role.administrator.value, Staff.disabled_at.is_(None))
        return int(self.session.scalar(query) or 0)


def csrf_fits(expected: str, given: str | None) -> bool:
    return given is not None and hmac.compare_digest(expected.encode(), given.encode())


def _require_strong(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise AccessError("weak_password", f"A password needs at least {MIN_PASSWORD} characters.")


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
