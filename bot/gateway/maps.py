"""The map picture beside a list of places, and its public address: it shows public places only."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.family.drawing import words_that_can_be_drawn
from bot.family.ward_map import Place, ward_map
from bot.family.words import FamilyWords
from bot.gateway.chat import Here
from bot.gateway.context import Gateway
from bot.gateway.offers import MAPPED_AT_MOST
from bot.http.errors import ApiError
from bot.knowledge.facilities import Facilities
from bot.vocabulary import LOCALES, WARDS

REMEMBERED = 128

router = APIRouter(tags=["family"])

_drawn: dict[tuple[Path, str, tuple[str, ...]], bytes] = {}


@router.get("/maps/{locale}/{ids}.png")
async def map_picture(locale: str, ids: str, request: Request, here: Here) -> Response:
    wanted = ids.split(".")
    if locale not in LOCALES or not 0 < len(wanted) <= MAPPED_AT_MOST:
        raise ApiError(404, "no_picture", "There is no such map.")
    wait = request.app.state.new_conversations.wait_s(f"map:{request.client.host if request.client else ''}")
    if wait:
        raise ApiError(429, "slow_down", "Too many maps were asked for from here.", retry_after=int(wait) + 1)
    drawn = await here.database.run(_draw, here, locale, tuple(wanted))
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "public, max-age=3600"})


def _draw(gateway: Gateway, locale: str, ids: tuple[str, ...]) -> bytes:
    """One map, from memory if it was drawn before: residents of one ward ask for the same few."""
    key = (gateway.settings.content_dir, locale, ids)
    if key not in _drawn:
        if len(_drawn) >= REMEMBERED:
            _drawn.clear()
        _drawn[key] = _draw_anew(gateway, locale, ids)
    return _drawn[key]


def _draw_anew(gateway: Gateway, locale: str, ids: tuple[str, ...]) -> bytes:
    content = gateway.settings.content_dir
    known = Facilities.load(content)
    found = [known.get(one) for one in ids]
    if None in found:
        raise ApiError(404, "no_picture", "There is no such place.")
    places = [Place(number, place.ward, place.lat, place.lon) for number, place in enumerate(found, start=1) if place]
    # Where no installed font has the script, everything is English, as in the other pictures.
    drawn = words_that_can_be_drawn(FamilyWords.load(locale, content)).locale
    say = gateway.words.text
    names = {ward: say(drawn, f"widget.ward_{ward}") for ward in WARDS}
    texts = {
        "title": say(drawn, "myfamily.map_title"),
        "note": say(drawn, "myfamily.map_note"),
        "description": say(drawn, "myfamily.map_description", count=len(places)),
    }
    return ward_map(places, names, texts, drawn, content_dir=content)
