"""Sends alerts to staff who do not look at the console: browser push, e-mail, and a webhook for the city's own systems.

What leaves here says how urgent, what about, which language and how long: nothing of what the resident wrote, and no name.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.gateway.context import Gateway
from bot.handover import alert_words
from bot.handover.alerts import Address, Pace, Round, note_outcome, raise_forgotten, take_rounds, work_waits
from bot.http.webpush import post_push
from bot.settings import Settings

log = structlog.get_logger(__name__)

IDLE_S = 5.0
TIMEOUT_S = 10.0
FORGOTTEN_AFTER = timedelta(seconds=60)
PUSH_KEEPS_S = 600
GONE = (404, 410)

PushPost = Callable[..., int]


@dataclass(frozen=True)
class Ways:
    """How a round leaves; tests replace the push service."""

    push: PushPost = post_push


class AlertSender:
    """Sends the rounds that are due. Any number may run beside one another."""

    def __init__(self, gateway: Gateway, ways: Ways | None = None) -> None:
        self._gateway = gateway
        self._ways = ways or Ways()
        settings = gateway.settings
        self._pace = Pace(settings.alert_repeat_seconds, settings.alert_escalate_seconds)

    async def run(self) -> None:
        with self._gateway.wakeups.subscribed("staff") as subscription:
            while True:
                try:
                    sent = await self.once()
                except SQLAlchemyError:
                    log.exception("alerts_failed")
                    sent = 0
                if not sent:
                    await subscription.wait(IDLE_S)

    async def once(self) -> int:
        """Send what is due; how many rounds that were."""
        rounds = await self._gateway.database.run(self._take)
        await asyncio.gather(*(self._send(one) for one in rounds))
        return len(rounds)

    def _take(self) -> list[Round]:
        gateway, now = self._gateway, self._gateway.clock()
        with gateway.database.read() as session:
            if not work_waits(session, forgotten_after=FORGOTTEN_AFTER, now=now):
                return []
        with gateway.database.write() as session:
            raise_forgotten(session, after=FORGOTTEN_AFTER, now=now)
            return take_rounds(session, gateway.vault, self._pace, now=now)

    async def _send(self, one: Round) -> None:
        settings = self._gateway.settings
        # Not the database's threads: a slow mail server must not hold up residents.
        results = await asyncio.gather(*(asyncio.to_thread(self._deliver, one, to) for to in one.addresses))
        outcome: dict[str, dict[str, int]] = {}
        for to, result in zip(one.addresses, results, strict=True):
            if to.kind == "email" and not settings.smtp_url:
                continue
            way = outcome.setdefault(to.kind, {"sent": 0, "failed": 0})
            way["sent" if result == "sent" else "failed"] += 1
        gone = [to.id for to, result in zip(one.addresses, results, strict=True) if result == "gone"]
        if settings.alert_webhook_url:
            arrived = await self._call_webhook(one)
            outcome["webhook"] = {"sent": int(arrived), "failed": int(not arrived)}
        if outcome:
            await self._gateway.database.run(self._note, one.alert_id, outcome, gone)
        log.info("alert_sent", round=one.number, escalated=one.escalated, level=one.level, outcome=outcome)

    def _deliver(self, one: Round, to: Address) -> str:
        settings = self._gateway.settings
        if to.kind == "push":
            status = self._ways.push(
                settings,
                to.address,
                push_payload(settings, one, to.language),
                topic=one.alert_id,
                seconds=PUSH_KEEPS_S,
                urgency="high",
            )
            if status in GONE:
                return "gone"
            return "sent" if 200 <= status < 300 else "failed"
        if not settings.smtp_url:
            return "failed"
        try:
            send_mail(settings, email_message(settings, one, to))
        except (OSError, smtplib.SMTPException) as error:
            log.warning("alert_mail_failed", error=type(error).__name__)
            return "failed"
        return "sent"

    async def _call_webhook(self, one: Round) -> bool:
        settings = self._gateway.settings
        body = json.dumps(webhook_body(settings, one), separators=(",", ":")).encode()
        at = int(self._gateway.clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "X-Iroiro-Signature": f"t={at},v1={sign(settings.alert_webhook_secret, at, body)}",
        }
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                answer = await client.post(settings.alert_webhook_url, content=body, headers=headers)
        except httpx.HTTPError as error:
            log.warning("alert_webhook_failed", error=type(error).__name__)
            return False
        if not answer.is_success:
            log.warning("alert_webhook_refused", status=answer.status_code)
        return answer.is_success

    def _note(self, alert_id: str, outcome: dict[str, Any], gone: list[str]) -> None:
        with self._gateway.database.write() as session:
            note_outcome(session, alert_id, outcome, gone, now=self._gateway.clock())


def link(settings: Settings, one: Round) -> str:
    return f"{settings.public_url}/console" + (f"#case/{one.case_id}" if one.case_id else "#account")


def sign(secret: str, at: int, body: bytes) -> str:
    """Hex HMAC-SHA256 over `<unix seconds>.<body>`: a receiver can tell who sent it, and that it is not an old one."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def webhook_body(settings: Settings, one: Round) -> dict[str, Any]:
    return {
        "kind": "test" if one.is_test else "alert",
        "id": one.alert_id,
        "round": one.number,
        "escalated": one.escalated,
        "case_id": one.case_id,
        "level": one.level,
        "category": one.category,
        "locale": one.locale,
        "waiting_minutes": one.waiting_minutes,
        "link": link(settings, one),
    }


def push_payload(settings: Settings, one: Round, language: str) -> dict[str, Any]:
    words = alert_words.of(one, language)
    return {
        "title": words.title,
        "body": words.body,
        # One notification per case: a later round replaces the one before and sounds again.
        "tag": one.case_id or one.alert_id,
        "url": link(settings, one).removeprefix(settings.public_url),
        "again": True,
    }


def email_message(settings: Settings, one: Round, to: Address) -> EmailMessage:
    words = alert_words.of(one, to.language)
    message = EmailMessage()
    message["From"] = settings.smtp_from
    message["To"] = to.address
    message["Subject"] = words.title
    # A mail program shows all rounds of one alert as one thread; answering machines stay silent.
    message["Message-ID"] = f"<{one.alert_id}.{one.number}@iroiro>"
    message["References"] = f"<{one.alert_id}@iroiro>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{words.body}\n\n{link(settings, one)}\n\n{words.footer}\n")
    return message


def send_mail(settings: Settings, message: EmailMessage) -> None:
    """Blocking. Raises OSError or SMTPException; nobody's password goes over an unencrypted line to another machine."""
    url = urlsplit(settings.smtp_url)
    host, context = url.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=TIMEOUT_S)
    with server:
        server.ehlo()
        encrypted = url.scheme == "smtps"
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            encrypted = True
        if url.username:
            if not encrypted and host not in ("localhost", "127.0.0.1", "::1"):
                raise smtplib.SMTPNotSupportedError("the mail server offers no encryption, so no password is sent")
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
