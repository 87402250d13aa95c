"""Web push: sent once, tried again when the service is busy, forgotten when the browser is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.gateway.context import Gateway
from bot.gateway.push import Parcel, PushSender, push_key, queue_push
from bot.http.webpush import key_path
from bot.records.family_models import PushItem, PushSubscription
from bot.records.talk import Talk
from tests.conftest import Clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def waiting(gateway: Gateway, clock: Clock) -> Gateway:
    """A gateway with one notification on its way to one browser."""
    with gateway.database.write() as session:
        conversation, _ = Talk(session, gateway.vault).create("web", locale="ja", now=clock())
        sealed = gateway.vault.own_box().seal({"endpoint": "https://fcm.googleapis.com/x", "keys": {}})
        session.add(
            PushSubscription(
                id="s",
                conversation_id=conversation.id,
                endpoint_hash="h",
                subscription_enc=sealed,
                created_at=clock(),
            )
        )
        session.flush()
        until = clock() + timedelta(days=1)
        queue_push(session, gateway, conversation.id, "いろいろ", "BCG", now=clock(), until=until)
    return gateway


def left(gateway: Gateway) -> tuple[int, int]:
    with gateway.database.read() as session:
        items, browsers = (
            int(session.scalar(select(func.count()).select_from(table)) or 0) for table in (PushItem, PushSubscription)
        )
        return items, browsers


async def test_it_is_sent_once_though_two_senders_run(waiting: Gateway) -> None:
    sent: list[Parcel] = []

    def post(_: Gateway, parcel: Parcel) -> int:
        sent.append(parcel)
        return 201

    for sender in (PushSender(waiting, post), PushSender(waiting, post)):
        await sender.once()
    assert [parcel.payload["body"] for parcel in sent] == ["BCG"]
    assert left(waiting) == (0, 1)


async def test_a_busy_service_is_tried_again_later_and_a_gone_browser_is_forgotten(
    waiting: Gateway, clock: Clock
) -> None:
    assert await PushSender(waiting, lambda *_: 503).once() == 1
    assert await PushSender(waiting, lambda *_: 201).once() == 0
    assert left(waiting) == (1, 1)
    clock.tick(minutes=5)
    assert await PushSender(waiting, lambda *_: 410).once() == 1
    assert left(waiting) == (0, 0)


async def test_what_is_of_no_more_use_is_not_sent(waiting: Gateway, clock: Clock) -> None:
    clock.tick(days=2)
    assert await PushSender(waiting, lambda *_: 201).once() == 0
    assert left(waiting) == (0, 1)


async def test_the_key_is_made_once_and_kept_private(gateway: Gateway) -> None:
    assert push_key(gateway) == push_key(gateway)
    assert len(push_key(gateway)) == 87
    assert key_path(gateway.settings).stat().st_mode & 0o777 == 0o600
