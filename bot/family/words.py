"""The words of the family services: `nlu_data/<locale>/family.yml`, English then Japanese where a text is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES
from bot.yaml_files import read_yaml


class WordsError(ValueError):
    """A file of words cannot be used. The message names the file and what to do."""


@dataclass(frozen=True)
class FamilyWords:
    """Texts of one locale by key."""

    locale: str
    texts: dict[str, str]

    @classmethod
    def load(cls, locale: str, content_dir: Path = PROJECT_ROOT) -> FamilyWords:
        """Words of a locale (cached). Raises WordsError for a locale that does not exist or a broken file."""
        if locale not in LOCALES:
            raise WordsError(f"{locale!r} is not a locale. Known: {', '.join(LOCALES)}.")
        return _load(locale, content_dir.resolve())

    def text(self, key: str, **data: object) -> str:
        """The text of a key with its placeholders filled. Raises KeyError for a key that no locale has."""
        return self.texts[key].format(**data)

    def vaccine(self, vaccine: str) -> str:
        """The name of a vaccine or product of the schedule."""
        return self.texts["vaccine_" + vaccine.replace("-", "_")]

    def dose(self, dose: str) -> str:
        """Which dose: `1`, `booster`, `period1`, …"""
        return self.text("dose_number", number=dose) if dose.isdigit() else self.texts[f"dose_{dose}"]

    def checkup(self, checkup: str) -> str:
        """The name of a checkup."""
        return self.texts["checkup_" + checkup.replace("-", "_")]

    def listing(self, items: list[dict[str, Any]]) -> str:
        """Doses of a plan (`vaccine`, `dose`) in one line."""
        return " / ".join(f"{self.vaccine(item['vaccine'])} {self.dose(item['dose'])}" for item in items)


@lru_cache(maxsize=64)
def _load(locale: str, content_dir: Path) -> FamilyWords:
    texts: dict[str, str] = {}
    for source in ("ja", "en", locale):
        path = content_dir / "nlu_data" / source / "family.yml"
        if source == locale and not path.is_file():
            continue
        try:
            texts.update(read_yaml(path)["family"])
        except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
            raise WordsError(f"{path} cannot be read: {error!r}. It needs the one top key `family`.") from error
    return FamilyWords(locale, texts)
