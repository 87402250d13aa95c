"""What a page is told of a family and its cards, as JSON values."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from bot.family.card import band_of, gains_of, plan_of
from bot.family.cards import OWNER, Families, OpenCard
from bot.family.choices import Choices
from bot.family.growth import MEASURES, UNITS, milestones
from bot.family.rules import RuleSet
from bot.gateway.context import Gateway
from bot.records.family_models import Family, PushSubscription

SHOWN_OF_A_CHILD = ("kind", "name", "birthdate", "sex", "doses", "checkups", "measurements", "milestones")
SHOWN_OF_A_PREGNANCY = ("kind", "name", "due_date", "height_cm", "weight_kg", "doses", "weights")
LISTED_STATES = ("due", "upcoming", "ask", "done")


def family_view(gateway: Gateway, families: Families, conversation_id: str, push_key: str) -> dict[str, Any]:
    """Everything the "my family" screen shows at once."""
    family = families.get(conversation_id)
    if family is None:
        return {"agreed": False, "cards": [], "settings": settings_view(families, None), "push_key": push_key}
    today = gateway.today()
    return {
        "agreed": True,
        "cards": [card_view(gateway, families, opened, today) for opened in families.cards(conversation_id)],
        "settings": settings_view(families, family, gateway.settings.public_url),
        "push_key": push_key,
    }


def card_view(gateway: Gateway, families: Families, opened: OpenCard, today: date) -> dict[str, Any]:
    """A card with its plan. Only its owner is shown the ward and with whom it is shared."""
    body, content = opened.body, gateway.settings.content_dir
    shown = SHOWN_OF_A_CHILD if body["kind"] == "child" else SHOWN_OF_A_PREGNANCY
    view: dict[str, Any] = {"id": opened.card.id, "role": opened.role, **{name: body[name] for name in shown}}
    plan = plan_of(body, today, content)
    view["plan"] = plan
    if body["kind"] == "pregnancy":
        view |= {"gains": gains_of(body), "band": band_of(body, content)}
    if opened.role == OWNER:
        view |= {"ward": body["ward"], "shares": list(families.shares(opened))}
    return view


def settings_view(families: Families, family: Family | None, public_url: str = "") -> dict[str, Any]:
    """What the family chose. `calendar` is the secret address of its feed, shown only to itself."""
    if family is None:
        return {"reminders": False, "notices": False, "calendar": None, "devices": 0, **Choices().stored()}
    token = families.calendar_token(family)
    devices = families.session.scalar(
        select(func.count())
        .select_from(PushSubscription)
        .where(PushSubscription.conversation_id == family.conversation_id)
    )
    return {
        "reminders": family.reminders_on,
        "notices": family.notices_on,
        "calendar": f"{public_url}/calendar/{token}.ics" if token else None,
        "devices": int(devices or 0),
        **families.choices(family).stored(),
    }


def options_view(gateway: Gateway, locale: str) -> dict[str, Any]:
    """The words of the screen and what can be chosen on it, in one language."""
    content = gateway.settings.content_dir
    tags = (locale, "en", "ja")
    keys = {key for tag in tags for key in gateway.words.keys(tag) if key.startswith(("family.", "myfamily."))}
    return {
        "locale": locale,
        "words": {key.removeprefix("family."): gateway.words.text(locale, key) for key in sorted(keys)},
        "vaccines": list(RuleSet.load(content).products),
        "milestones": list(milestones(content)),
        "measures": [{"id": measure, "unit": UNITS[measure]} for measure in MEASURES],
    }
