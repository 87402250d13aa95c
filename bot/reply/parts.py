"""The pieces a message is made of. Plain JSON values; a channel decides how each looks. Never HTML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.knowledge.render import RenderedArticle
from bot.reply.words import Words

Part = dict[str, Any]


def text_part(text: str) -> Part:
    return {"type": "text", "text": text}


def article_part(article: RenderedArticle) -> Part:
    """A rendered article with its sources and date. Field names follow docs/architecture.md."""
    return {
        "type": "article",
        "id": article.id,
        "locale": article.locale,
        "title": article.title,
        "summary": article.summary,
        "blocks": list(article.blocks),
        "sources": list(article.sources),
        "as_of": article.as_of,
        "to_confirm": article.to_confirm,
        "fallback": article.fallback,
        "offices": list(article.offices),
    }


def hotlines_part(lines: Iterable[Any], words: Words, locale: str) -> Part:
    """A card of hotlines: those for emergencies apart, closed ones marked."""
    urgent: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for line in lines:
        view = line.as_dict()
        (urgent if view.pop("urgent", False) else items).append(view)
    return {
        "type": "hotlines",
        "title": words.text(locale, "crisis.hotlines_title"),
        "urgent_title": words.text(locale, "crisis.hotlines_urgent"),
        "urgent": urgent,
        "items": items,
    }


def plain_text(parts: Iterable[Part]) -> str:
    """What a message says without its layout; for transcripts, notes and text-only channels."""
    return "\n".join(line for part in parts for line in _lines(part) if line)


def _lines(part: Part) -> list[str]:
    kind = part.get("type")
    if kind == "text":
        return [str(part["text"])]
    if kind == "article":
        return [part["title"], part["summary"], *(_block_text(block) for block in part["blocks"])]
    if kind == "hotlines":
        return [f"{line['name']} {line['phone']} {line['hours']}" for line in [*part["urgent"], *part["items"]]]
    if kind == "facilities":
        return [f"{item['name']} {item.get('phone') or ''} {item['address']}" for item in part["items"]]
    if kind == "image":
        return [str(part.get("alt", ""))]
    return []


def _block_text(block: dict[str, Any]) -> str:
    if block.get("type") == "list":
        return "\n".join("- " + "".join(run["text"] for run in item) for item in block["items"])
    return "".join(run["text"] for run in block.get("runs", []))
