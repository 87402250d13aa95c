"""Turns an article into what one resident reads on one day: only facts that hold, every value from its fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from bot.knowledge.facilities import Facilities
from bot.knowledge.formats import Formats
from bot.knowledge.markup import ArticleText, Block, Piece

if TYPE_CHECKING:
    from bot.knowledge.articles import Article, Fact

Run = dict[str, Any]
_URL = re.compile(r"https?://[^\s;；,、)）」]+")
_FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "ja": ("ja-easy",),
    "ja-easy": ("ja",),
    "en": ("ja-easy", "ja"),
    "zh-Hans": ("zh-Hant", "en", "ja"),
    "zh-Hant": ("zh-Hans", "en", "ja"),
}
_FALLBACK = ("en", "ja-easy", "ja")
_NO_NUMBER = "thank-you-call"
"""The city's call centre: who to ask when an article's own offices have no phone number on record."""


@dataclass(frozen=True)
class RenderedArticle:
    """An article in one locale on one day.

    `blocks` are `{"type": "heading" | "paragraph", "runs": [run]}` or `{"type": "list", "items": [[run]]}`; a run is
    `{"text", "bold"?, "href"?}`. `sources` are `{"label", "url", "date"}`, `offices` `{"id", "name", "phone", "tel"}`.
    `to_confirm` is the sentence asking to confirm with the office, '' when every fact is certain. `as_of` is a date in
    words, '' when unknown. `shown_locale` differs from `locale` when the text does not exist in it; `fallback` is then
    the sentence that says so, else ''. `value_texts` are the exact strings that came from facts.
    """

    id: str
    locale: str
    shown_locale: str
    title: str
    summary: str
    blocks: list[dict[str, Any]]
    text: str
    sources: list[dict[str, str | None]]
    as_of: str
    to_confirm: str
    fallback: str
    offices: list[dict[str, str]]
    facts_used: tuple[str, ...]
    value_texts: tuple[str, ...]


def shown_locale(texts: Mapping[str, ArticleText], locale: str) -> str:
    """The locale whose text a reader of `locale` gets. Raises KeyError when the article has no text at all."""
    for candidate in (locale, *_FALLBACKS.get(locale, _FALLBACK)):
        if candidate in texts:
            return candidate
    for candidate in texts:
        return candidate
    raise KeyError("the article has no text in any locale")


def render_article(
    article: Article, locale: str, on: date, formats: Mapping[str, Formats], facilities: Facilities
) -> RenderedArticle:
    """See KnowledgeBase.render."""
    shown = shown_locale(article.texts, locale)
    text = article.texts[shown]
    page = _Page(article, on, formats[shown])
    summary = page.runs(text.summary) or []
    blocks = _without_empty_headings(list(page.blocks(text.blocks)))
    relied = [fact for fact in article.facts if fact.valid_on(on) and (fact.id in page.used or not fact.values)]
    offices = _offices(article, facilities, shown)
    words = formats[shown]
    to_confirm = _confirm_line(relied, offices, facilities, words)
    sources = _sources(relied, words)
    as_of = _as_of(relied, words)
    fallback = ""
    if shown != locale:
        fallback = formats[locale].label("fallback", language=formats[shown].label("native_name"))
    title = text.title
    summary_text = "".join(run["text"] for run in summary)
    return RenderedArticle(
        id=article.id,
        locale=locale,
        shown_locale=shown,
        title=title,
        summary=summary_text,
        blocks=blocks,
        text=_plain(title, summary_text, blocks, [fallback, to_confirm], as_of, sources, words),
        sources=sources,
        as_of=as_of,
        to_confirm=to_confirm,
        fallback=fallback,
        offices=offices,
        facts_used=tuple(fact.id for fact in relied),
        value_texts=tuple(page.value_texts),
    )


class _Page:
    """Fills placeholders for one day and remembers which facts were stated."""

    def __init__(self, article: Article, on: date, words: Formats) -> None:
        self._article = article
        self._on = on
        self._words = words
        self.used: set[str] = set()
        self.value_texts: list[str] = []

    def runs(self, pieces: Iterable[Piece]) -> list[Run] | None:
        """The pieces as runs, or None when one of their facts does not hold: half a sentence must not be shown."""
        runs: list[Run] = []
        used: set[str] = set()
        written: list[str] = []
        for piece in pieces:
            run: Run = {"text": piece.text}
            if piece.fact:
                fact = self._article.fact_on(piece.fact, self._on)
                value = fact.values.get(piece.value) if fact else None
                if fact is None or value is None:
                    return None
                used.add(fact.id)
                formatted = self._words.format(value)
                written.append(formatted.text)
                run = {"text": formatted.text}
                if formatted.href:
                    run["href"] = formatted.href
            if piece.bold:
                run["bold"] = True
            _append(runs, run)
        self.used |= used
        self.value_texts += written
        return runs

    def blocks(self, blocks: Iterable[Block]) -> Iterable[dict[str, Any]]:
        for block in blocks:
            if block.fact:
                fact = self._article.fact_on(block.fact, self._on)
                if fact is None:
                    continue
                self.used.add(fact.id)
            items = [runs for item in block.items if (runs := self.runs(item)) is not None]
            if not items:
                continue
            if block.type == "list":
                yield {"type": "list", "items": items}
            else:
                yield {"type": block.type, "runs": items[0]}


def _append(runs: list[Run], run: Run) -> None:
    last = runs[-1] if runs else None
    if last is not None and "href" not in last and "href" not in run and last.get("bold") == run.get("bold"):
        last["text"] += run["text"]
    else:
        runs.append(run)


def _without_empty_headings(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        block
        for index, block in enumerate(blocks)
        if block["type"] != "heading" or (index + 1 < len(blocks) and blocks[index + 1]["type"] != "heading")
    ]


def _offices(article: Article, facilities: Facilities, locale: str) -> list[dict[str, str]]:
    found = [facility for office in article.offices if (facility := facilities.get(office)) is not None]
    return [
        {
            "id": facility.id,
            "name": facility.name_for(locale),
            "phone": facility.phone,
            "tel": "tel:" + quote(facility.phone.replace("-", ""), safe="") if facility.phone else "",
        }
        for facility in found
    ]


def _confirm_line(relied: Iterable[Fact], offices: list[dict[str, str]], facilities: Facilities, words: Formats) -> str:
    if not any(fact.to_confirm for fact in relied):
        return ""
    # Seven ward offices cannot stand in one sentence, and any one of them would be wrong for most readers.
    with_phone = [office for office in offices if office["phone"]]
    if len(with_phone) == 1 or (with_phone and not _same_kind(with_phone, facilities)):
        return words.label("confirm", office=with_phone[0]["name"], phone=with_phone[0]["phone"])
    centre = facilities.get(_NO_NUMBER)
    if centre is not None:
        return words.label("confirm", office=centre.name_for(words.locale), phone=centre.phone)
    if offices:
        return words.label("confirm_no_phone", office=offices[0]["name"])
    return ""


def _same_kind(offices: list[dict[str, str]], facilities: Facilities) -> bool:
    kinds = [facility.kind for office in offices[:2] if (facility := facilities.get(office["id"])) is not None]
    return len(kinds) == 2 and kinds[0] == kinds[1]


def _sources(relied: Iterable[Fact], words: Formats) -> list[dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    for fact in relied:
        day = words.date_or_month(fact.source_date)
        urls = _URL.findall(fact.source)
        for url in urls:
            found.setdefault(url, {"label": urlsplit(url).hostname or url, "url": url, "date": day})
        if not urls:
            label = words.label("unchecked") if fact.verified == "memory" else fact.source
            found.setdefault(label, {"label": label, "url": None, "date": day})
    return list(found.values())


def _as_of(relied: Iterable[Fact], words: Formats) -> str:
    """The oldest date the answer rests on. Facts to be confirmed carry their own warning and do not count."""
    dated = [fact for fact in relied if fact.source_date]
    certain = [fact for fact in dated if not fact.to_confirm]
    oldest = min((fact.source_date for fact in certain or dated), default="")
    return words.date_or_month(oldest)


def _plain(
    title: str,
    summary: str,
    blocks: list[dict[str, Any]],
    notes: Iterable[str],
    as_of: str,
    sources: list[dict[str, str | None]],
    words: Formats,
) -> str:
    parts = [title, summary]
    for block in blocks:
        if block["type"] == "list":
            parts.append("\n".join("・" + _joined(item) for item in block["items"]))
        else:
            parts.append(_joined(block["runs"]))
    parts += notes
    if as_of:
        parts.append(words.label("as_of", date=as_of))
    if sources:
        parts.append("\n".join(f"{words.label('source')}: {entry['url'] or entry['label']}" for entry in sources))
    return "\n\n".join(part for part in parts if part)


def _joined(runs: Iterable[Run]) -> str:
    return "".join(str(run["text"]) for run in runs)
