"""Our message bodies as LINE messages. Limits from LINE's Messaging API reference.

Text ≤ 5,000 UTF-16 code units, ≤ 5 messages a call, ≤ 13 quick replies with labels ≤ 20 characters, sender names ≤ 20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.channels import line_cards as cards
from bot.channels.line_cards import LABEL_LIMIT, Labels, shortened, units

__all__ = ["Labels", "Speaker", "choice_typed", "render", "split_text"]

TEXT_LIMIT = 5000
CALL_LIMIT = 5
QUICK_REPLIES = 13
POSTBACK_LIMIT = 300
DISPLAY_LIMIT = 300
SENDER_LIMIT = 20
DATE_PAYLOAD = "date"
SENTENCE = re.compile(r"(?<=[。．.!?！？।॥\n])")
TYPED_NUMBER = re.compile(r"^\(?([0-9０-９]{1,2})\)?[.．、)）]?$")
FORBIDDEN_NAME = re.compile(r"line", re.IGNORECASE)
NUMBERLESS = ("age", "date")
"""Pickers to which a number is an answer of its own."""

Message = dict[str, Any]


@dataclass(frozen=True)
class Speaker:
    """Who speaks in a bubble: a person's name (empty for the machine), what they are, and their icon's https address."""

    name: str = ""
    label: str = ""
    icon: str | None = None

    def as_line(self) -> Message | None:
        """LINE's `sender`. The label is never cut off: it says whether a person or a machine wrote."""
        label = shortened(self.label, SENDER_LIMIT)
        room = SENDER_LIMIT - units(label) - 1
        # LINE refuses its own name in a sender's name.
        name = FORBIDDEN_NAME.sub("", self.name).strip()
        shown = f"{shortened(name, room)} {label}" if name and room > 1 else label
        if not shown:
            return None
        return {"name": shown, "iconUrl": self.icon} if self.icon else {"name": shown}


def render(body: dict[str, Any], speaker: Speaker | None = None, labels: Labels | None = None) -> list[Message]:
    """LINE messages for a body of parts, choices and input, at most five; [] when it has nothing to say."""
    labels = labels or Labels()
    messages: list[Message] = []
    for part in body.get("parts", []):
        messages += _part(part, labels)
    choices, asked = body.get("choices") or [], body.get("input")
    if messages and choices:
        messages = _with_text_way(messages, choices, asked, labels)
    messages = _within_one_call(messages)
    items = _pickers(asked, labels)
    items += [_quick(choice) for choice in choices[: QUICK_REPLIES - len(items)]]
    if messages and items:
        messages[-1]["quickReply"] = {"items": items}
    sender = speaker.as_line() if speaker else None
    if sender:
        for message in messages:
            message["sender"] = dict(sender)
    return messages


def choice_typed(text: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The choice of `body` that a resident typed instead of tapped: by its words or by its number."""
    choices = body.get("choices") or []
    said = text.strip().casefold()
    for choice in choices:
        if said and said == str(choice["label"]).strip().casefold():
            return dict(choice)
    number = TYPED_NUMBER.match(text.strip())
    if number is None or body.get("input") in NUMBERLESS:
        return None
    index = int(number[1]) - 1
    return dict(choices[index]) if 0 <= index < len(choices) and len(choices) > 1 else None


def split_text(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """`text` in pieces of at most `limit` UTF-16 units, cut at sentence ends where there are any."""
    pieces, current = [], ""
    for sentence in SENTENCE.split(text):
        for chunk in _hard_cut(sentence, limit):
            if units(current) + units(chunk) > limit and current:
                pieces.append(current.strip())
                current = ""
            current += chunk
    pieces.append(current.strip())
    return [piece for piece in pieces if piece]


def _hard_cut(text: str, limit: int) -> list[str]:
    if units(text) <= limit:
        return [text]
    half = limit // 2
    return [text[start : start + half] for start in range(0, len(text), half)]


def _with_text_way(
    messages: list[Message], choices: list[dict[str, Any]], asked: str | None, labels: Labels
) -> list[Message]:
    """The choices in words as well: LINE on a computer shows no quick replies, and some phones hide them."""
    if len(choices) < 2:
        return messages
    numbered = asked not in NUMBERLESS and labels.by_number
    lines = [f"{n}. {choice['label']}" if numbered else f"・{choice['label']}" for n, choice in enumerate(choices, 1)]
    said = "\n".join([labels.by_number, *lines] if numbered else lines)
    last = messages[-1]
    if last["type"] == "text" and units(last["text"]) + units(said) + 2 <= TEXT_LIMIT:
        return [*messages[:-1], {**last, "text": f"{last['text']}\n\n{said}"}]
    return [*messages, {"type": "text", "text": shortened(said, TEXT_LIMIT)}]


def _within_one_call(messages: list[Message]) -> list[Message]:
    """Merge neighbouring texts until five messages are enough; what is still too much is cut with an ellipsis."""
    while len(messages) > CALL_LIMIT:
        for index in range(len(messages) - 1):
            first, second = messages[index], messages[index + 1]
            if first["type"] == second["type"] == "text" and units(first["text"] + second["text"]) < TEXT_LIMIT - 2:
                first["text"] += "\n\n" + second["text"]
                del messages[index + 1]
                break
        else:
            kept = messages[:CALL_LIMIT]
            if kept[-1]["type"] == "text":
                kept[-1]["text"] = shortened(kept[-1]["text"], TEXT_LIMIT - 1) + "…"
            return kept
    return messages


def _part(part: dict[str, Any], labels: Labels) -> list[Message]:
    kind = part.get("type")
    if kind == "text" and part.get("layout") == "plan":
        return [cards.timetable(part)]
    if kind == "text":
        return [{"type": "text", "text": piece} for piece in split_text(part["text"])]
    if kind == "article":
        return cards.article(part, labels, split_text)
    if kind == "hotlines":
        return [cards.hotlines(part)]
    if kind == "facilities" and part["items"]:
        return [cards.facilities(part, labels)]
    if kind == "image" and str(part.get("url", "")).startswith("https://"):
        return [{"type": "image", "originalContentUrl": part["url"], "previewImageUrl": part["url"]}]
    if kind == "image" and part.get("alt"):
        return [{"type": "text", "text": piece} for piece in split_text(str(part["alt"]))]
    return []


def _pickers(asked: str | None, labels: Labels) -> list[Message]:
    """LINE's own ways to enter a date or a place."""
    if asked == "date" and labels.pick_date:
        label = shortened(labels.pick_date, LABEL_LIMIT)
        action = {"type": "datetimepicker", "label": label, "data": DATE_PAYLOAD, "mode": "date"}
        return [{"type": "action", "action": action}]
    if asked == "location" and labels.share_location:
        label = shortened(labels.share_location, LABEL_LIMIT)
        return [{"type": "action", "action": {"type": "location", "label": label}}]
    return []


def _quick(choice: dict[str, Any]) -> Message:
    label = str(choice["label"])
    action = {
        "type": "postback",
        "label": shortened(label, LABEL_LIMIT),
        "data": str(choice["payload"])[:POSTBACK_LIMIT],
        "displayText": shortened(label, DISPLAY_LIMIT),
    }
    return {"type": "action", "action": action}
