"""Pictures and the calendar of a family. On the page they come with its token; on LINE by an address that is its own secret.

Such an address is a sealed value: it names conversation, card and picture, ends after a month, and shows nothing once the card is
gone or no longer shared with that conversation.
"""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.family.calendar_file import calendar, merged
from bot.family.card import band_of, gains_of, measurements_of, plan_of
from bot.family.cards import CardError, Families
from bot.family.charts import growth_chart, pregnancy_chart
from bot.family.growth import MEASURES, GrowthTable
from bot.family.timeline import timeline
from bot.family.words import FamilyWords
from bot.gateway.chat import Here, Mine
from bot.gateway.context import Gateway
from bot.http.errors import ApiError
from bot.records.crypto import UnreadableError
from bot.vocabulary import DEFAULT_LOCALE, LOCALES

PICTURES = ("timeline", "pregnancy", *MEASURES)
TYPES = {"svg": "image/svg+xml", "png": "image/png"}
PRIVATE = {"Cache-Control": "private, no-store"}

router = APIRouter(tags=["family"])


@router.get("/api/chat/family/cards/{card_id}/pictures/{name}.{kind}")
async def picture(
    card_id: str, name: str, kind: str, here: Here, conversation_id: Mine, locale: str = DEFAULT_LOCALE
) -> Response:
    return await _answer(here, conversation_id, card_id, name, kind, locale)


@router.get("/pictures/{sealed}.png")
async def picture_by_link(sealed: str, here: Here) -> Response:
    conversation_id, card_id, name, locale = await here.database.run(_opened, here, sealed)
    return await _answer(here, conversation_id, card_id, name, "png", locale)


@router.get("/calendar/{token}.ics")
async def calendar_feed(token: str, request: Request, here: Here) -> Response:
    wait = request.app.state.resume_attempts.wait_s(f"calendar:{request.client.host if request.client else ''}")
    file = await here.database.run(_calendar, here, token)
    if file is None:
        if wait:
            raise ApiError(429, "slow_down", "Too many addresses were tried from here.", retry_after=int(wait) + 1)
        raise ApiError(404, "no_calendar", "There is no calendar here.")
    return Response(file, media_type="text/calendar; charset=utf-8", headers=PRIVATE)


def draw(gateway: Gateway, body: dict[str, Any], name: str, kind: str, locale: str, today: date) -> bytes:
    """One picture of a card. ApiError no_picture where the card has nothing of the kind. Takes a processor 0.2 s."""
    content = gateway.settings.content_dir
    words = FamilyWords.load(locale, content)
    if body["kind"] == "pregnancy":
        band = band_of(body, content)
        if name != "pregnancy" or band is None:
            raise ApiError(404, "no_picture", "Height and weight before the pregnancy are needed for this picture.")
        return pregnancy_chart(gains_of(body), (band["low_kg"], band["high_kg"]), words, kind=kind)
    if name == "timeline":
        return timeline(plan_of(body, today, content), words, name=body["name"], kind=kind)
    if name in MEASURES:
        table, birth = GrowthTable.load(content), date.fromisoformat(body["birthdate"])
        return growth_chart(table, name, birth, body["sex"], measurements_of(body), words, kind=kind, today=today)
    raise ApiError(404, "no_picture", f"There are pictures {', '.join(PICTURES)}.")


async def _answer(here: Gateway, conversation_id: str, card_id: str, name: str, kind: str, locale: str) -> Response:
    if kind not in TYPES:
        raise ApiError(404, "no_picture", "There are svg and png.")
    tag = locale if locale in LOCALES else DEFAULT_LOCALE
    body = await here.database.run(_body, here, conversation_id, card_id)
    drawn = await here.database.run(draw, here, body, name, kind, tag, here.today())
    return Response(drawn, media_type=TYPES[kind], headers=PRIVATE)


def _body(here: Gateway, conversation_id: str, card_id: str) -> dict[str, Any]:
    try:
        with here.database.read() as session:
            return Families(session, here.vault, here.clock()).card(conversation_id, card_id).body
    except CardError as error:
        raise ApiError(404, error.code, str(error)) from None


def _opened(here: Gateway, sealed: str) -> tuple[str, str, str, str]:
    try:
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        purpose, conversation_id, card_id, name, locale, ends = here.vault.own_box().open(raw)
        valid = purpose == "picture" and datetime.fromisoformat(ends) > here.clock()
    except (binascii.Error, UnreadableError, ValueError, TypeError):
        valid = False
    if not valid:
        raise ApiError(404, "no_picture", "This address is not valid any more.")
    return conversation_id, card_id, name, locale


def _calendar(here: Gateway, token: str) -> bytes | None:
    with here.database.read() as session:
        families = Families(session, here.vault, here.clock())
        family = families.by_calendar(token)
        if family is None:
            return None
        choices = families.choices(family)
        words = FamilyWords.load(families.locale(family, choices), here.settings.content_dir)
        neutral = choices.mode == "neutral"
        files = [
            calendar(
                plan_of(opened.body, here.today(), here.settings.content_dir),
                words,
                card=opened.card.id,
                changed_at=opened.card.changed_at,
                name=opened.body["name"],
                neutral=neutral,
            )
            for opened in families.cards(family.conversation_id)
        ]
        return merged(files, words, neutral=neutral)
