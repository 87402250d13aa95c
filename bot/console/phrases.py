"""The phrasebook: staff pick a Japanese phrase, the resident reads it in their language, both are stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.reply.words import PLACEHOLDER, fallbacks
from bot.vocabulary import LOCALES
from bot.yaml_files import read_yaml


@dataclass(frozen=True)
class Phrasebook:
    """`texts[locale][id]`; `groups[id]` is the heading a phrase stands under."""

    texts: dict[str, dict[str, str]]
    groups: dict[str, str]

    @classmethod
    def load(cls, content_dir: Path) -> Phrasebook:
        """nlu_data/<locale>/phrasebook.yml: `phrasebook: {group: {id: text}}`. Locales without one fall back."""
        return _load(content_dir)

    def listing(self) -> list[dict[str, Any]]:
        """Every phrase for the console's panel: id, group, Japanese text, slot names."""
        return [
            {"id": key, "group": self.groups[key], "ja": text, "slots": sorted(set(PLACEHOLDER.findall(text)))}
            for key, text in self.texts["ja"].items()
        ]

    def body(self, phrase_id: str, slots: dict[str, str], locale: str) -> dict[str, Any]:
        """The message body in the resident's locale with the Japanese original beside it. KeyError: unknown id."""
        japanese = self.texts["ja"][phrase_id]
        for candidate in fallbacks(locale):
            template = self.texts.get(candidate, {}).get(phrase_id)
            if template:
                break
        else:
            candidate, template = "ja", japanese
        return {
            "parts": [{"type": "text", "text": _filled(template, slots)}],
            "choices": [],
            "phrase": phrase_id,
            "original": {"locale": "ja", "text": _filled(japanese, slots)} if candidate != "ja" else None,
        }


def _filled(template: str, slots: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: str(slots.get(match[1], match[0])), template)


@lru_cache(maxsize=4)
def _load(content_dir: Path) -> Phrasebook:
    texts: dict[str, dict[str, str]] = {}
    groups: dict[str, str] = {}
    for locale in LOCALES:
        path = content_dir / "nlu_data" / locale / "phrasebook.yml"
        raw = read_yaml(path)["phrasebook"] if path.exists() else {}
        texts[locale] = {key: text for phrases in raw.values() for key, text in phrases.items()}
        if locale == "ja":
            groups = {key: group for group, phrases in raw.items() for key in phrases}
    return Phrasebook(texts, groups)
