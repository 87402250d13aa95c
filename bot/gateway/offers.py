"""What the gateway adds to the dialogue's answers: a map to a list of places, a card to a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.gateway.context import Gateway
from bot.turn import Reply, Turn

MAPPED_AT_MOST = 12


def offer_card(turn: Turn) -> None:
    """Below a plan: the way to keep it."""
    for reply in turn.replies:
        if reply.key == "plan":
            plan = reply.data.get("plan", {})
            born = plan.get("birthdate") or plan.get("pregnancy", {}).get("due_date") or ""
            offer: tuple[str, str, dict[str, Any]] = (f"/family_keep {born}".strip(), "myfamily.keep_plan", {})
            last = turn.replies[-1]
            turn.replies[-1] = Reply(last.key, last.data, (offer, *last.choices), last.input)
            return


def offer_map(gateway: Gateway, turn: Turn) -> None:
    """Before a list of places their map, and their numbers in the list."""
    for index, reply in enumerate(turn.replies):
        items = reply.data.get("items", []) if reply.key == "facilities" else []
        if not any(item.get("ward") for item in items):
            continue
        items = items[:MAPPED_AT_MOST]
        numbered = [{**item, "name": f"{number}. {item['name']}"} for number, item in enumerate(items, start=1)]
        link = f"/maps/{turn.locale}/{'.'.join(item['id'] for item in items)}.png"
        if turn.channel != "web":
            link = gateway.settings.public_url + link
        alt = gateway.words.text(turn.locale, "myfamily.map_description", count=len(items))
        turn.replies[index] = replace(reply, data={**reply.data, "items": numbered})
        turn.replies.insert(index, Reply("image", {"url": link, "alt": alt}))
        return
