"""Subscriptions of browsers to web push."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import delete, select

from bot.gateway.chat import Here, Mine, Strict, read_body
from bot.gateway.context import Gateway
from bot.http.errors import ApiError
from bot.http.webpush import allowed
from bot.records.family_models import PushSubscription
from bot.records.talk import new_id

SUBSCRIPTIONS_LIMIT = 10

router = APIRouter(prefix="/api/chat/family/push", tags=["family"])


class Keys(Strict):
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class SubscriptionBody(Strict):
    endpoint: str = Field(max_length=1000)
    keys: Keys


class EndpointBody(Strict):
    endpoint: str = Field(max_length=1000)


@router.post("", status_code=204)
async def subscribe(request: Request, here: Here, conversation_id: Mine) -> Response:
    body: SubscriptionBody = await read_body(request, SubscriptionBody)
    if not allowed(body.endpoint, here.settings.push_hosts):
        raise ApiError(422, "invalid", "This push service is not known here.", field="endpoint")
    await here.database.run(_subscribe, here, conversation_id, body.model_dump())
    return Response(status_code=204)


@router.post("/remove", status_code=204)
async def unsubscribe(request: Request, here: Here, conversation_id: Mine) -> Response:
    body: EndpointBody = await read_body(request, EndpointBody)
    await here.database.run(_unsubscribe, here, conversation_id, body.endpoint)
    return Response(status_code=204)


def _subscribe(here: Gateway, conversation_id: str, subscription: dict[str, Any]) -> None:
    digest = here.vault.keyed_hash("push", subscription["endpoint"])
    with here.database.write() as session:
        # A browser belongs to the talk that asked last.
        session.execute(delete(PushSubscription).where(PushSubscription.endpoint_hash == digest))
        mine = select(PushSubscription).where(PushSubscription.conversation_id == conversation_id)
        for old in list(session.scalars(mine.order_by(PushSubscription.created_at.desc())))[SUBSCRIPTIONS_LIMIT - 1 :]:
            session.delete(old)
        session.add(
            PushSubscription(
                id=new_id(),
                conversation_id=conversation_id,
                endpoint_hash=digest,
                subscription_enc=here.vault.own_box().seal(subscription),
                created_at=here.clock(),
            )
        )


def _unsubscribe(here: Gateway, conversation_id: str, endpoint: str) -> None:
    with here.database.write() as session:
        session.execute(
            delete(PushSubscription).where(
                PushSubscription.conversation_id == conversation_id,
                PushSubscription.endpoint_hash == here.vault.keyed_hash("push", endpoint),
            )
        )
