"""Flex cards for articles, places, hotlines and timetables. Limits from LINE's reference of Flex Messages.

A bubble may have 30 kB of JSON, a carousel 50 kB and 12 bubbles; a button's label 20 characters fit on one line of a small phone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

ALT_LIMIT = 400
FLEX_TEXT = 2000
LABEL_LIMIT = 20
BUBBLE_BYTES = 28_000
CAROUSEL = 10
SHOWN_LINES = 6
PHONE = re.compile(r"[^0-9#*+]")
WEB = re.compile(r"^https?://[\x21-\x7e]{1,980}$")
GREY = "#595959"

Message = dict[str, Any]
Box = dict[str, Any]


@dataclass(frozen=True)
class Labels:
    """Words on the cards, in one locale. `as_of` and `source` keep their placeholder."""

    as_of: str = "{date}"
    source: str = "{source}"
    map: str = "Map"
    website: str = "Web"
    by_number: str = ""
    pick_date: str = ""
    share_location: str = ""

    @classmethod
    def of(cls, words: Any, locale: str) -> Labels:
        """From a `Words` (bot.reply); empty ones keep their default."""
        keys = {
            "as_of": "article_as_of",
            "source": "article_source",
            "map": "line.map",
            "website": "line.website",
            "by_number": "line.by_number",
            "pick_date": "line.pick_date",
            "share_location": "line.share_location",
        }
        return cls(**{name: text for name, key in keys.items() if (text := words.text(locale, key))})


def units(text: str) -> int:
    """LINE counts text in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` UTF-16 units, with an ellipsis where something is cut off."""
    if units(text) <= limit:
        return text
    while units(text) > limit - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def article(part: Box, labels: Labels, split: Callable[[str, int], list[str]]) -> list[Message]:
    """One card; what does not fit on it follows as text, cut at sentences by `split`."""
    contents: list[Box] = [_text(part["title"], weight="bold", size="lg"), _text(part["summary"])]
    for block in part["blocks"]:
        contents += _block(block, split)
    foot: list[Box] = []
    if part.get("as_of"):
        foot.append(_text(labels.as_of.replace("{date}", str(part["as_of"])), size="xs", color=GREY))
    for source in part["sources"][:3]:
        foot.append(_text(labels.source.replace("{source}", str(source["label"])), size="xs", color=GREY))
    if part.get("to_confirm"):
        foot.append(_text(part["to_confirm"], size="sm", weight="bold"))
    buttons = [call(office["phone"]) for office in part["offices"][:3] if office.get("phone")]
    page = next((source["url"] for source in part["sources"] if WEB.match(str(source.get("url") or ""))), None)
    if page:
        buttons.append(_link(labels.website, page))
    rest: list[str] = []
    while _size(_bubble([*contents, *foot], buttons, "giga")) > BUBBLE_BYTES and len(contents) > 2:
        rest.insert(0, str(contents.pop()["text"]))
    card = _flex(f"{part['title']} — {part['summary']}", _bubble([*contents, *foot], buttons, "giga"))
    return [card, *({"type": "text", "text": piece} for piece in (split("\n".join(rest), 5000) if rest else []))]


def hotlines(part: Box) -> Message:
    """Telephone and chat lines, those for emergencies first and with the strongest buttons."""
    contents: list[Box] = []
    for title, lines in ((part.get("urgent_title"), part["urgent"]), (part.get("title"), part["items"])):
        if lines and title:
            contents.append(_text(title, weight="bold", margin="lg"))
        for line in lines[:SHOWN_LINES]:
            said = [line["name"], f"{line['phone'] or ''}  {line['hours'] or ''}".strip(), line.get("note") or ""]
            contents.append(_text("\n".join(item for item in said if item), size="sm"))
            if line.get("tel"):
                contents.append(call(line["phone"], primary=line in part["urgent"]))
            elif WEB.match(str(line.get("url") or "")):
                contents.append(_link(line["name"], line["url"]))
    alternative = " / ".join(f"{line['name']} {line['phone']}" for line in [*part["urgent"], *part["items"]])
    return _flex(alternative, _bubble(contents or [_text("110 / 119")], []))


def facilities(part: Box, labels: Labels) -> Message:
    """Places side by side, each with its telephone and map."""
    bubbles = []
    for item in part["items"][:CAROUSEL]:
        lines = [item.get("address"), item.get("hours"), item.get("phone")]
        distance = item.get("distance_m")
        if isinstance(distance, int | float):
            lines.append(f"{distance / 1000:.1f} km" if distance >= 1000 else f"{distance:.0f} m")
        contents = [_text(item["name"], weight="bold"), *(_text(str(line), size="sm") for line in lines if line)]
        buttons = [call(item["phone"])] if item.get("phone") else []
        if WEB.match(str(item.get("map_url") or "")):
            buttons.append(_link(labels.map, item["map_url"]))
        bubbles.append(_bubble(contents, buttons, "kilo"))
    said = " / ".join(f"{item['name']} {item.get('phone') or ''}".strip() for item in part["items"])
    return _flex(said, {"type": "carousel", "contents": bubbles})


def timetable(part: Box) -> Message:
    """A plan: its title and one line an entry."""
    lines = [line for line in str(part["text"]).split("\n") if line.strip()]
    contents = [_text(str(part.get("title") or "📅"), weight="bold", size="lg")]
    for line in lines:
        contents += [{"type": "separator"}, _text(line, size="sm")]
    return _flex(" / ".join(lines), _bubble(contents, [], "giga"))


def call(phone: str, *, primary: bool = False) -> Box:
    """A button that dials. `#` must be written as %23, or it would end the address."""
    number = quote(PHONE.sub("", phone), safe="+*")
    action = {"type": "uri", "label": shortened(f"☎ {phone}", LABEL_LIMIT), "uri": f"tel:{number}"}
    return {"type": "button", "style": "primary" if primary else "secondary", "height": "sm", "action": action}


def _link(label: str, url: str) -> Box:
    action = {"type": "uri", "label": shortened(label, LABEL_LIMIT), "uri": url}
    return {"type": "button", "style": "link", "height": "sm", "action": action}


def _block(block: Box, split: Callable[[str, int], list[str]]) -> list[Box]:
    if block["type"] == "list":
        items = ["・" + "".join(run["text"] for run in item) for item in block["items"]]
        return [_text(piece, size="sm") for item in items for piece in split(item, FLEX_TEXT)]
    said = "".join(run["text"] for run in block.get("runs", []))
    style = {"weight": "bold", "margin": "lg"} if block["type"] == "heading" else {"size": "sm"}
    return [_text(piece, **style) for piece in split(said, FLEX_TEXT)]


def _bubble(contents: list[Box], buttons: list[Box], size: str = "mega") -> Box:
    body = {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents}
    bubble: Box = {"type": "bubble", "size": size, "body": body}
    if buttons:
        bubble["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": buttons}
    return bubble


def _size(container: Box) -> int:
    return len(json.dumps(container, ensure_ascii=False).encode())


def _flex(alternative: str, contents: Box) -> Message:
    return {"type": "flex", "altText": shortened(alternative.strip() or "…", ALT_LIMIT), "contents": contents}


def _text(text: str, **style: str) -> Box:
    return {"type": "text", "text": shortened(text, FLEX_TEXT) or " ", "wrap": True, **style}
