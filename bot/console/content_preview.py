"""What residents of every locale would read if a change were published, made by the same code that answers them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.console.content_items import CRISIS, FACILITIES, FACILITIES_FILE, HOTLINES, HOTLINES_FILE, article_of
from bot.knowledge.articles import KnowledgeBase, load_article
from bot.knowledge.editing import csv_rows
from bot.knowledge.facilities import parse_facilities
from bot.knowledge.places import place_view
from bot.knowledge.problems import Problem
from bot.knowledge.render import render_article
from bot.knowledge.source_lines import YamlFault, load_yaml
from bot.records.content import read_content
from bot.reply.parts import Part, article_part, hotlines_part, text_part
from bot.reply.words import Words, WordsError, read_words
from bot.safety.hotlines import Hotlines, HotlinesError
from bot.vocabulary import LOCALES

_FEW = 5
Previews = dict[str, list[Part]]


def preview(
    folder: Path, item: str, texts: Mapping[str, str], kb: KnowledgeBase, words: Words, on: date, at: datetime
) -> Previews:
    """Locale → the parts a resident sees; [] where a fault keeps it from being shown. `folder` already holds `texts`."""
    article = article_of(item)
    if article is not None:
        return _article(folder, article, kb, on)
    if item == HOTLINES:
        return _hotlines(folder, texts, kb, words, at)
    if item == FACILITIES:
        return _facilities(texts, kb, at)
    return _crisis(folder, texts, kb) if item == CRISIS else {}


def outline(path: str, text: str, folder: Path) -> dict[str, Any]:
    """What a form can show of a file: `facts`, `rows` with `columns`, or `words`; {} when only its text can be edited."""
    if path.endswith("/article.yml"):
        return {"facts": _facts(text)}
    if path.endswith(".csv"):
        columns, rows = csv_rows(text)
        return {"columns": columns, "rows": rows}
    if path.startswith("nlu_data/"):
        return {"words": _words(folder, path)}
    return {}


def _article(folder: Path, article_id: str, kb: KnowledgeBase, on: date) -> Previews:
    problems: list[Problem] = []
    article = load_article(folder / "knowledge_base" / "articles" / article_id, kb.formats, problems)
    if article is None:
        return {locale: [] for locale in LOCALES}
    return {
        locale: [article_part(render_article(article, locale, on, kb.formats, kb.facilities))]
        if locale in article.texts
        else []
        for locale in LOCALES
    }


def _changed(path: str, texts: Mapping[str, str], kb: KnowledgeBase, key: str) -> list[str]:
    """Ids of the rows that differ from the file in use; the first few when none does."""
    rows = csv_rows(texts.get(path) or read_content(kb.content_dir, path))[1]
    held = {row[key]: row for row in csv_rows(read_content(kb.content_dir, path))[1]}
    changed = [row[key] for row in rows if held.get(row[key]) != row]
    return changed or [row[key] for row in rows[:_FEW]]


def _hotlines(folder: Path, texts: Mapping[str, str], kb: KnowledgeBase, words: Words, at: datetime) -> Previews:
    try:
        hotlines = Hotlines.load(folder)
    except HotlinesError:
        return {locale: [] for locale in LOCALES}
    wanted = _changed(HOTLINES_FILE, texts, kb, "id")
    lines = [line for line in hotlines.lines if line.id in wanted]
    return {
        locale: [hotlines_part((hotlines.view(line, locale, at) for line in lines), words, locale)]
        for locale in LOCALES
    }


def _facilities(texts: Mapping[str, str], kb: KnowledgeBase, at: datetime) -> Previews:
    text = texts.get(FACILITIES_FILE) or read_content(kb.content_dir, FACILITIES_FILE)
    wanted = _changed(FACILITIES_FILE, texts, kb, "ID")
    places = [place for place in parse_facilities(text.removeprefix("\ufeff"), "")[0] if place.id in wanted]
    return {
        locale: [{"type": "facilities", "items": [place_view(place, locale, at) for place in places]}]
        for locale in LOCALES
    }


def _crisis(folder: Path, texts: Mapping[str, str], kb: KnowledgeBase) -> Previews:
    shown: Previews = {}
    for locale in LOCALES:
        path = f"nlu_data/{locale}/crisis.yml"
        try:
            fresh, held = read_words(folder / path), read_words(kb.content_dir / path)
        except WordsError:
            shown[locale] = []
            continue
        changed = [said for key, said in fresh.items() if held.get(key) != said] if path in texts else []
        shown[locale] = [text_part(said) for said in changed]
    return shown


def _words(folder: Path, path: str) -> list[dict[str, str]]:
    """Each key with what it must say, the Japanese words and the locale's own."""
    try:
        template = read_words(folder / "nlu_data" / "_template" / Path(path).name)
        japanese = read_words(folder / "nlu_data" / "ja" / Path(path).name)
        own = read_words(folder / path)
    except WordsError:
        return []
    return [
        {"key": key, "says": says, "ja": japanese.get(key, ""), "text": own.get(key, "")}
        for key, says in template.items()
    ]


def _facts(text: str) -> list[dict[str, Any]]:
    """Every fact with the fields a form may set: `path` leads to the field in the file, `value` is as written there."""
    try:
        data = load_yaml(text)
    except YamlFault:
        return []
    facts = data.get("facts") if isinstance(data, dict) else None
    found = []
    for index, fact in enumerate(facts if isinstance(facts, list) else []):
        if not isinstance(fact, dict):
            continue
        fields = [
            {"path": ["facts", index, key], "label": key, "type": kind, "value": fact.get(key)}
            for key, kind in _FACT_FIELDS.items()
            if key in fact
        ]
        values = fact.get("values")
        for name, value in (values if isinstance(values, dict) else {}).items():
            if not isinstance(value, dict):
                continue
            fields += [
                {"path": ["facts", index, "values", name, key], "label": name, "type": value.get("type"), "value": held}
                for key, held in value.items()
                if key != "type"
            ]
        found.append({"id": str(fact.get("id")), "slot": fact.get("slot"), "fields": fields})
    return found


_FACT_FIELDS = {
    "states": "note",
    "source": "note",
    "source_date": "note",
    "valid_from": "date",
    "valid_to": "date",
    "verified": "verified",
    "confirm": "flag",
}
