"""The second factor: time-based codes (RFC 6238) from a phone, and recovery codes that each work once."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.records.alert_models import RecoveryCode
from bot.records.crypto import Vault
from bot.records.models import Staff

ISSUER = "iroiro"
STEP_S = 30
DRIFT = (0, -1, 1)
"""Steps by which a phone's clock may be wrong."""
CODES = 10
# Without letters and digits that are mistaken for one another on paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Enrolment:
    """What a phone needs: the secret to type, the same as an address, and as a picture (an SVG data URI)."""

    secret: str
    uri: str
    qr: str


class SecondFactor:
    """Enrolling, checking and removing, inside the caller's transaction."""

    def __init__(self, session: Session, vault: Vault, now: datetime) -> None:
        self.session = session
        self.vault = vault
        self.now = now

    def begin(self, staff: Staff) -> Enrolment:
        """A fresh secret. Nothing changes for sign-in until `confirm` has seen a code of it."""
        secret = pyotp.random_base32()
        staff.totp_pending_enc = self.vault.own_box().seal(secret)
        uri = pyotp.TOTP(secret).provisioning_uri(name=staff.login, issuer_name=ISSUER)
        return Enrolment(secret, uri, segno.make(uri, error="m").svg_data_uri(scale=5, border=3))

    def confirm(self, staff: Staff, code: str) -> list[str] | None:
        """Switch the factor on and return the recovery codes, shown this once; None when the code does not fit."""
        if staff.totp_pending_enc is None:
            return None
        step = self._step(str(self.vault.own_box().open(staff.totp_pending_enc)), code)
        if step is None:
            return None
        staff.totp_enc, staff.totp_pending_enc, staff.totp_step = staff.totp_pending_enc, None, step
        return self.new_codes(staff)

    def fits(self, staff: Staff, code: str | None) -> bool:
        """Is this a code of now that was not used before, or an unused recovery code? Uses it up."""
        if staff.totp_enc is None:
            return True
        given = (code or "").replace(" ", "").lower()
        if not given:
            return False
        step = self._step(str(self.vault.own_box().open(staff.totp_enc)), given)
        if step is not None and (staff.totp_step is None or step > staff.totp_step):
            staff.totp_step = step
            return True
        return self._use_recovery_code(staff, given)

    def new_codes(self, staff: Staff) -> list[str]:
        """Ten recovery codes in place of all earlier ones."""
        self.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
        codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(CODES)]
        for code in codes:
            self.session.add(RecoveryCode(code_hash=self._hash(staff, code), staff_id=staff.id))
        return [f"{code[:5]}-{code[5:]}" for code in codes]

    def codes_left(self, staff: Staff) -> int:
        query = select(func.count()).where(RecoveryCode.staff_id == staff.id, RecoveryCode.used_at.is_(None))
        return int(self.session.scalar(query) or 0)

    def remove(self, staff: Staff) -> None:
        staff.totp_enc = staff.totp_pending_enc = staff.totp_step = None
        self.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))

    def _step(self, secret: str, code: str) -> int | None:
        totp, now = pyotp.TOTP(secret, interval=STEP_S), int(self.now.timestamp())
        for drift in DRIFT:
            if hmac.compare_digest(totp.at(now + drift * STEP_S).encode(), code.strip().encode()):
                return now // STEP_S + drift
        return None

    def _use_recovery_code(self, staff: Staff, code: str) -> bool:
        used = self.session.execute(
            update(RecoveryCode)
            .where(RecoveryCode.code_hash == self._hash(staff, code.replace("-", "")), RecoveryCode.used_at.is_(None))
            .values(used_at=self.now)
            .execution_options(synchronize_session=False)
        )
        return bool(used.rowcount == 1)  # type: ignore[attr-defined]

    def _hash(self, staff: Staff, code: str) -> str:
        return self.vault.keyed_hash("recovery code", f"{staff.id}\0{code}")
