"""Our message bodies as LINE messages. Limits from LINE's Messaging API reference.

Text ≤ 5,000 UTF-16 code units, ≤ 5 messages a call, ≤ 13 quick replies with labels ≤ 20 characters, alternative text ≤ 400.
"""

from __future__ import annotations

import re
from typing import Any

TEXT_LIMIT = 5000
CALL_LIMIT = 5
QUICK_REPLIES = 13
LABEL_LIMIT = 20
ALT_LIMIT = 400
POSTBACK_LIMIT = 300
FLEX_TEXT = 2000
SENTENCE = re.compile(r"(?<=[。．.!?！？\n])")
PHONE = re.compile(r"[^0-9#*+]")

Message = dict[str, Any]
Box = dict[str, Any]


def render(body: dict[str, Any], sender_name: str | None = None, words: dict[str, str] | None = None) -> list[Message]:
    """LINE messages for a body of parts and choices, at most five. `words` holds labels: source, as_of, call."""
    labels = words or {}
    messages: list[Message] = []
    for part in body.get("parts", []):
        messages += _part(part, labels)
    messages = _within_one_call(messages)
    if messages and body.get("choices"):
        messages[-1]["quickReply"] = {"items": [_quick(choice) for choice in body["choices"][:QUICK_REPLIES]]}
    if sender_name:
        for message in messages:
            message["sender"] = {"name": sender_name[:20]}
    return messages


def split_text(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """`text` in pieces of at most `limit` UTF-16 units, cut at sentence ends where there are any."""
    pieces, current = [], ""
    for sentence in SENTENCE.split(text):
        for chunk in _hard_cut(sentence, limit):
            if _units(current) + _units(chunk) > limit and current:
                pieces.append(current.strip())
                current = ""
            current += chunk
    if current.strip():
        pieces.append(current.strip())
    return pieces


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _hard_cut(text: str, limit: int) -> list[str]:
    if _units(text) <= limit:
        return [text]
    half = limit // 2
    return [text[start : start + half] for start in range(0, len(text), half)]


def _within_one_call(messages: list[Message]) -> list[Message]:
    """Merge neighbouring texts until five messages are enough; what is still too much is cut with an ellipsis."""
    while len(messages) > CALL_LIMIT:
        for index in range(len(messages) - 1):
            first, second = messages[index], messages[index + 1]
            if first["type"] == second["type"] == "text" and _units(first["text"] + second["text"]) < TEXT_LIMIT - 2:
                first["text"] += "\n\n" + second["text"]
                del messages[index + 1]
                break
        else:
            return messages[:CALL_LIMIT]
    return messages


def _part(part: dict[str, Any], words: dict[str, str]) -> list[Message]:
    kind = part.get("type")
    if kind == "text":
        return [{"type": "text", "text": piece} for piece in split_text(part["text"])]
    if kind == "article":
        return _article(part, words)
    if kind == "hotlines":
        return [_hotlines(part)]
    if kind == "facilities" and part["items"]:
        return [_facilities(part)]
    if kind == "image":
        return [{"type": "image", "originalContentUrl": part["url"], "previewImageUrl": part["url"]}]
    return []


def _article(part: dict[str, Any], words: dict[str, str]) -> list[Message]:
    contents: list[Box] = [_text(part["title"], weight="bold", size="lg"), _text(part["summary"])]
    for block in part["blocks"]:
        contents += _block(block)
    footer = []
    if part.get("as_of"):
        footer.append(_text(f"{words.get('as_of', '')} {part['as_of']}".strip(), size="xs", color="#595959"))
    for source in part["sources"][:3]:
        footer.append(_text(f"{words.get('source', '')} {source['label']}".strip(), size="xs", color="#595959"))
    if part.get("to_confirm"):
        footer.append(_text(part["to_confirm"], size="sm", weight="bold"))
    buttons = [_call(office["name"], office["phone"]) for office in part["offices"][:3] if office.get("phone")]
    bubble = {
        "type": "bubble",
        "size": "giga",
        "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents[:40] + footer},
    }
    if buttons:
        bubble["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": buttons}
    return [_flex(f"{part['title']} — {part['summary']}", bubble)]


def _block(block: dict[str, Any]) -> list[Box]:
    if block["type"] == "list":
        return [_text("・" + "".join(run["text"] for run in item), size="sm") for item in block["items"]]
    said = "".join(run["text"] for run in block.get("runs", []))
    if not said.strip():
        return []
    return [_text(said, weight="bold", margin="lg") if block["type"] == "heading" else _text(said, size="sm")]


def _hotlines(part: dict[str, Any]) -> Message:
    contents: list[Box] = []
    for title, lines in ((part.get("urgent_title"), part["urgent"]), (part.get("title"), part["items"])):
        if lines and title:
            contents.append(_text(title, weight="bold", margin="lg"))
        for line in lines[:6]:
            contents.append(_text(f"{line['name']}\n{line['phone']}  {line['hours']}", size="sm"))
            if line.get("tel"):
                contents.append(_call(line["name"], line["phone"], primary=line in part["urgent"]))
    bubble = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": contents or [_text("110 / 119")]},
    }
    alternative = " / ".join(f"{line['name']} {line['phone']}" for line in [*part["urgent"], *part["items"]])
    return _flex(alternative, bubble)


def _facilities(part: dict[str, Any]) -> Message:
    bubbles = []
    for item in part["items"][:10]:
        contents = [_text(item["name"], weight="bold"), _text(item["address"] or "-", size="sm")]
        if item.get("hours"):
            contents.append(_text(item["hours"], size="sm"))
        footer = [_call(item["name"], item["phone"])] if item.get("phone") else []
        if item.get("map_url"):
            footer.append(
                {"type": "button", "style": "link", "action": {"type": "uri", "label": "Map", "uri": item["map_url"]}}
            )
        bubble: Box = {
            "type": "bubble",
            "size": "kilo",
            "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": contents},
        }
        if footer:
            bubble["footer"] = {"type": "box", "layout": "vertical", "contents": footer}
        bubbles.append(bubble)
    names = " / ".join(item["name"] for item in part["items"])
    return _flex(names, {"type": "carousel", "contents": bubbles})


def _flex(alternative: str, contents: Box) -> Message:
    return {"type": "flex", "altText": (alternative.strip() or "…")[:ALT_LIMIT], "contents": contents}


def _text(text: str, **style: str) -> Box:
    return {"type": "text", "text": text[:FLEX_TEXT] or " ", "wrap": True, **style}


def _call(name: str, phone: str, *, primary: bool = False) -> Box:
    number = PHONE.sub("", phone)
    label = f"☎ {phone}"[:LABEL_LIMIT]
    style = "primary" if primary else "secondary"
    return {
        "type": "button",
        "style": style,
        "height": "sm",
        "action": {"type": "uri", "label": label, "uri": f"tel:{number}"},
    }


def _quick(choice: dict[str, Any]) -> dict[str, Any]:
    label = str(choice["label"])
    shown = label if len(label) <= LABEL_LIMIT else label[: LABEL_LIMIT - 1] + "…"
    action = {
        "type": "postback",
        "label": shown,
        "data": str(choice["payload"])[:POSTBACK_LIMIT],
        "displayText": label[:300],
    }
    return {"type": "action", "action": action}
