"""The resident's family API under /api/chat/family: cards, records, sharing, choices. Contract: docs/family.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from bot.family.card import add_record, change, new_card, remove_record
from bot.family.cards import CardError, Families
from bot.family.dates import FamilyInputError
from bot.gateway.chat import Here, Mine, Strict, read_body
from bot.gateway.context import Gateway
from bot.gateway.family_views import card_view, family_view, options_view, settings_view
from bot.gateway.push import push_key
from bot.http.errors import ApiError
from bot.http.limits import SlidingLimit
from bot.vocabulary import DEFAULT_LOCALE, LOCALES

T = TypeVar("T")

STATUS = {"no_consent": 409, "no_card": 404, "not_allowed": 403, "changed": 409, "too_many": 409, "bad_code": 404}
CALENDAR_PATH = "/calendar/{token}.ics"

router = APIRouter(prefix="/api/chat/family", tags=["family"])


class Consent(Strict):
    agree: bool


class CardBody(Strict):
    name: str | None = Field(default=None, max_length=100)
    birthdate: str | None = None
    due_date: str | None = None
    sex: str | None = None
    ward: str | None = None
    height_cm: float | None = None
    weight_kg: float | None = None


class RecordBody(Strict):
    kind: str
    on: str | None = None
    vaccine: str | None = None
    checkup: str | None = None
    measure: str | None = None
    milestone: str | None = None
    note: str | None = Field(default=None, max_length=400)
    value: float | None = None
    confirmed: bool = False


class SettingsBody(Strict):
    reminders: bool | None = None
    notices: bool | None = None
    hour: int | None = None
    per_month: int | None = None
    mode: str | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None
    locale: str | None = None
    wards: list[str] | None = None


class ShareBody(Strict):
    role: str
    label: str = Field(default="", max_length=30)


class JoinBody(Strict):
    code: str = Field(max_length=40)


async def in_family(here: Gateway, work: Callable[[Families], T]) -> T:
    """Run `work` in one transaction; refusals become answers a page can act on."""

    def run() -> T:
        with here.database.write() as session:
            return work(Families(session, here.vault, here.clock()))

    try:
        return await here.database.run(run)
    except CardError as error:
        raise ApiError(STATUS.get(error.code, 409), error.code, str(error)) from None
    except FamilyInputError as error:
        raise ApiError(422, "invalid", str(error), field=error.field) from None


def _given(body: Strict) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True)


@router.get("")
async def show(here: Here, conversation_id: Mine) -> Any:
    key = await here.database.run(push_key, here)
    return await in_family(here, lambda families: family_view(here, families, conversation_id, key))


@router.get("/options/{locale}")
async def options(locale: str, here: Here) -> Any:
    """Words and choices of the screen; public, the same for everybody."""
    return options_view(here, locale if locale in LOCALES else DEFAULT_LOCALE)


@router.post("/agree", status_code=204)
async def agree(request: Request, here: Here, conversation_id: Mine) -> Response:
    body: Consent = await read_body(request, Consent)
    if not body.agree:
        raise ApiError(422, "invalid", "Without agreement nothing is kept.", field="agree")
    await in_family(here, lambda families: families.agree(conversation_id) and None)
    return Response(status_code=204)


@router.post("/forget", status_code=204)
async def forget(here: Here, conversation_id: Mine) -> Response:
    """Delete everything of this family, at once and for good."""
    await in_family(here, lambda families: families.forget(conversation_id))
    return Response(status_code=204)


@router.post("/cards", status_code=201)
async def add_card(request: Request, here: Here, conversation_id: Mine) -> Any:
    body: CardBody = await read_body(request, CardBody)

    def work(families: Families) -> dict[str, Any]:
        family = families.need(conversation_id)
        opened = families.add(family, new_card(_given(body), here.today(), here.settings.content_dir))
        return card_view(here, families, opened, here.today())

    return await in_family(here, work)


@router.get("/cards/{card_id}")
async def show_card(card_id: str, here: Here, conversation_id: Mine) -> Any:
    return await in_family(
        here, lambda families: card_view(here, families, families.card(conversation_id, card_id), here.today())
    )


@router.post("/cards/{card_id}")
async def change_card(card_id: str, request: Request, here: Here, conversation_id: Mine) -> Any:
    body: CardBody = await read_body(request, CardBody)

    def work(families: Families) -> dict[str, Any]:
        opened = families.card(conversation_id, card_id, own=True)
        change(opened.body, _given(body), here.today())
        families.save(opened)
        return card_view(here, families, opened, here.today())

    return await in_family(here, work)


@router.post("/cards/{card_id}/delete", status_code=204)
async def delete_card(card_id: str, here: Here, conversation_id: Mine) -> Response:
    await in_family(here, lambda families: families.delete_card(families.card(conversation_id, card_id, own=True)))
    return Response(status_code=204)


@router.post("/cards/{card_id}/records")
async def write_record(card_id: str, request: Request, here: Here, conversation_id: Mine) -> JSONResponse:
    """201 with the card when it was kept; 200 without, when the value cannot be (`ask`: unless it is confirmed)."""
    body: RecordBody = await read_body(request, RecordBody)

    def work(families: Families) -> JSONResponse:
        opened = families.card(conversation_id, card_id, write=True)
        written = add_record(opened.body, _given(body), here.today(), here.settings.content_dir)
        said = {"reply": written.reply, "data": written.data, "kept": written.keep, "ask": written.ask}
        if not written.keep:
            return JSONResponse(said)
        families.save(opened)
        return JSONResponse({**said, "card": card_view(here, families, opened, here.today())}, 201)

    return await in_family(here, work)


@router.post("/cards/{card_id}/records/{key}/remove")
async def take_back(card_id: str, key: str, here: Here, conversation_id: Mine) -> Any:
    def work(families: Families) -> dict[str, Any]:
        opened = families.card(conversation_id, card_id, write=True)
        if remove_record(opened.body, key):
            families.save(opened)
        return card_view(here, families, opened, here.today())

    return await in_family(here, work)


@router.post("/settings")
async def choose(request: Request, here: Here, conversation_id: Mine) -> Any:
    body: SettingsBody = await read_body(request, SettingsBody)
    given = {key: value for key, value in _given(body).items() if value is not None}

    def work(families: Families) -> dict[str, Any]:
        family = families.need(conversation_id)
        family.reminders_on = given.pop("reminders", family.reminders_on)
        family.notices_on = given.pop("notices", family.notices_on)
        families.set_choices(family, families.choices(family).changed(given))
        return settings_view(families, family, here.settings.public_url)

    return await in_family(here, work)


@router.post("/calendar")
async def new_calendar(here: Here, conversation_id: Mine) -> Any:
    """A new secret address for the calendar; an earlier one stops working."""

    def work(families: Families) -> dict[str, Any]:
        family = families.need(conversation_id)
        families.new_calendar(family)
        return settings_view(families, family, here.settings.public_url)

    return await in_family(here, work)


@router.post("/calendar/end")
async def end_calendar(here: Here, conversation_id: Mine) -> Any:
    def work(families: Families) -> dict[str, Any]:
        family = families.need(conversation_id)
        families.end_calendar(family)
        return settings_view(families, family, here.settings.public_url)

    return await in_family(here, work)


@router.post("/cards/{card_id}/shares", status_code=201)
async def share(card_id: str, request: Request, here: Here, conversation_id: Mine) -> Any:
    body: ShareBody = await read_body(request, ShareBody)

    def work(families: Families) -> dict[str, Any]:
        opened = families.card(conversation_id, card_id, own=True)
        _, code = families.share(opened, body.role, body.label.strip())
        return {"code": code, "card": card_view(here, families, opened, here.today())}

    return await in_family(here, work)


@router.post("/cards/{card_id}/shares/{share_id}/end")
async def end_share(card_id: str, share_id: str, here: Here, conversation_id: Mine) -> Any:
    def work(families: Families) -> dict[str, Any]:
        opened = families.card(conversation_id, card_id, own=True)
        families.end_share(opened, share_id)
        return card_view(here, families, opened, here.today())

    return await in_family(here, work)


@router.post("/cards/{card_id}/leave", status_code=204)
async def leave(card_id: str, here: Here, conversation_id: Mine) -> Response:
    await in_family(here, lambda families: families.leave(conversation_id, card_id))
    return Response(status_code=204)


@router.post("/join")
async def join(request: Request, here: Here, conversation_id: Mine) -> Any:
    limit: SlidingLimit = request.app.state.resume_attempts
    wait = limit.wait_s(f"join:{conversation_id}")
    if wait:
        raise ApiError(429, "slow_down", "Too many codes were tried from here.", retry_after=int(wait) + 1)
    body: JoinBody = await read_body(request, JoinBody)
    return await in_family(
        here, lambda families: card_view(here, families, families.join(conversation_id, body.code), here.today())
    )
