"""Web push (RFC 8030, 8291, 8292): the key of this service, which push services may be called, and one call of one."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization

from bot.settings import Settings


def key_path(settings: Settings) -> Path:
    return Path(settings.vapid_key_file) if settings.vapid_key_file else settings.data_dir / "vapid.pem"


def private_key(settings: Settings) -> Any:
    """This service's key towards push services, made at the first use (mode 0600)."""
    from py_vapid import Vapid02

    path = key_path(settings)
    if not path.exists():
        fresh = Vapid02()
        fresh.generate_keys()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Another process may make it at the same moment: whoever comes second uses the first one's.
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(fresh.private_pem())
    return Vapid02.from_file(str(path))


def push_key(settings: Settings) -> str:
    """The public half, as browsers want it."""
    point = private_key(settings).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def allowed(endpoint: str, hosts: str) -> bool:
    """Only known push services: a page must not make this service call any address it likes.

    `hosts`: names, or endings that begin with a dot, reached by https; or a whole origin with its scheme.
    """
    try:
        parts = urlsplit(endpoint)
        origin, name, port = f"{parts.scheme}://{parts.netloc}", parts.hostname or "", parts.port
    except ValueError:
        return False
    for host in hosts.split():
        if "://" in host:
            if origin == host:
                return True
        elif (
            parts.scheme == "https"
            and port in (None, 443)
            and (name == host or (host.startswith(".") and name.endswith(host)))
        ):
            return True
    return False


def post_push(
    settings: Settings,
    subscription: dict[str, Any],
    payload: dict[str, Any],
    *,
    topic: str,
    seconds: int,
    urgency: Literal["normal", "high"] = "normal",
) -> int:
    """Send one notification; the push service's HTTP status, 0 where there was no answer. Blocking.

    A later one with the same topic replaces it while it waits; after `seconds` the service drops it.
    """
    import requests
    from pywebpush import WebPushException, webpush

    try:
        webpush(
            subscription,
            json.dumps(payload, ensure_ascii=False),
            vapid_private_key=private_key(settings),
            vapid_claims={"sub": settings.vapid_contact},
            ttl=seconds,
            headers={"Topic": topic, "Urgency": urgency},
            timeout=10,
        )
    except WebPushException as error:
        return int(error.response.status_code) if error.response is not None else 0
    except (requests.RequestException, ValueError):
        return 0
    return 201
