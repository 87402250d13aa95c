"""Sign-in through an OpenID Connect provider (authorization code with PKCE), for those who set one.

The provider says who somebody is; which role they have, and whether they may come in at all, stays with this service's own
accounts. An account is bound at the first sign-in by its login being the verified e-mail address, afterwards by the
provider's subject alone.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select

from bot.console.access import Access
from bot.records.audit import record_audit
from bot.records.crypto import UnreadableError, Vault
from bot.records.models import Staff
from bot.settings import Settings

log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Never "none", and no shared-secret ones: the client secret is no signing key."""
ATTEMPT_S = 600
LEEWAY_S = 60
TIMEOUT_S = 10.0
METADATA_S = 3600
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class OidcError(Exception):
    """Sign-in there did not work. `code` is shown by the page: failed (nobody's fault) or refused (no such account)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is."""

    subject: str
    """`issuer|sub`: never given to anybody else by that issuer."""
    email: str | None
    """Only where the provider says it has verified it."""


@dataclass
class Provider:
    """One provider as its discovery document describes it; asked for again every hour."""

    settings: Settings
    vault: Vault
    _metadata: dict[str, Any] = field(default_factory=dict)
    _fetched_at: float = 0.0

    @property
    def redirect_uri(self) -> str:
        return f"{self.settings.public_url}/api/console/oidc/callback"

    async def begin(self, now: float) -> tuple[str, str]:
        """(address to send the browser to, sealed cookie that remembers the attempt)."""
        metadata = await self.metadata()
        attempt = {
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "verifier": secrets.token_urlsafe(48),
            "at": now,
        }
        address = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self.settings.oidc_client_id,
            "code",
            redirect_uri=self.redirect_uri,
            scope="openid email",
            state=attempt["state"],
            nonce=attempt["nonce"],
            code_challenge=create_s256_code_challenge(attempt["verifier"]),
            code_challenge_method="S256",
        )
        sealed = self.vault.own_box().seal(attempt)
        return str(address), base64.urlsafe_b64encode(sealed).decode()

    async def finish(self, cookie: str, state: str, code: str, now: float) -> Identity:
        """Exchange the code and check the ID token. Raises OidcError("failed")."""
        attempt = self._attempt(cookie)
        if not hmac.compare_digest(attempt["state"].encode(), state.encode()) or now - attempt["at"] > ATTEMPT_S:
            raise OidcError("failed", "the answer is not of this browser's attempt, or too old")
        metadata = await self.metadata()
        answer = await self._call(
            "POST",
            metadata["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect_uri,
                "client_id": self.settings.oidc_client_id,
                "code_verifier": attempt["verifier"],
                **({"client_secret": self.settings.oidc_client_secret} if self.settings.oidc_client_secret else {}),
            },
        )
        keys = await self._call("GET", metadata["jwks_uri"])
        try:
            token = jwt.decode(str(answer["id_token"]), KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": self.settings.oidc_client_id},
                    "nonce": {"essential": True, "value": attempt["nonce"]},
                },
                params={"client_id": self.settings.oidc_client_id, "nonce": attempt["nonce"]},
            )
            claims.validate(now=int(now), leeway=LEEWAY_S)
        except (JoseError, AuthlibBaseError, KeyError, ValueError) as error:
            raise OidcError("failed", f"the ID token does not hold: {type(error).__name__}") from error
        verified = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(f"{metadata['issuer']}|{claims['sub']}", str(verified).lower() if verified else None)

    async def metadata(self) -> dict[str, Any]:
        if not self._metadata or time.monotonic() - self._fetched_at > METADATA_S:
            issuer = self.settings.oidc_issuer
            found = await self._call("GET", get_well_known_url(issuer, external=True))
            if str(found.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
                raise OidcError("failed", "the discovery document names another issuer than IROIRO_OIDC_ISSUER")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if name not in found:
                    raise OidcError("failed", f"the discovery document has no {name}")
            self._metadata, self._fetched_at = found, time.monotonic()
        return self._metadata

    def _attempt(self, cookie: str) -> dict[str, Any]:
        try:
            attempt: dict[str, Any] = self.vault.own_box().open(base64.urlsafe_b64decode(cookie))
        except (UnreadableError, ValueError) as error:
            raise OidcError("failed", "this browser has begun no sign-in") from error
        return attempt

    async def _call(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise OidcError("failed", f"{parts.hostname} is not asked without encryption")
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                answer = await client.request(method, url, **options)
            answer.raise_for_status()
            body: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise OidcError("failed", f"{parts.hostname} did not answer: {type(error).__name__}") from error
        return body


def staff_of(access: Access, identity: Identity) -> Staff:
    """The account of an identity, bound at the first time. Raises OidcError("refused"); never makes an account."""
    session = access.session
    staff = session.scalars(select(Staff).where(Staff.oidc_subject == identity.subject)).first()
    if staff is None and identity.email:
        staff = session.scalars(
            select(Staff).where(Staff.login == identity.email, Staff.oidc_subject.is_(None))
        ).first()
        if staff is not None and staff.disabled_at is None:
            staff.oidc_subject = identity.subject
            record_audit(session, "staff.oidc_bound", now=access.now, actor_id=staff.id, object_id=staff.id)
    if staff is None or staff.disabled_at is not None:
        raise OidcError("refused", "nobody here has this account")
    return staff
