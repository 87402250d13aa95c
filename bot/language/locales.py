"""What each locale is: its own name, script, direction and fallbacks, from nlu_data/<locale>/locale.yml."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES
from bot.yaml_files import read_yaml


class LocaleError(ValueError):
    """A locale's description is missing or wrong. The message names the file and what to do."""


@dataclass(frozen=True)
class Locale:
    """One locale. `fallbacks` are tried in order for a word that is missing; the last is always `ja` or `en`."""

    tag: str
    native_name: str
    english_name: str
    japanese_name: str
    html_lang: str
    """BCP 47 tag for the `lang` attribute: `ja` for ja-easy."""
    direction: str
    scripts: tuple[str, ...]
    """ISO 15924 codes, the main script first."""
    fallbacks: tuple[str, ...]
    register_of: str
    """The locale this one is a plainer way of writing; empty for the others."""
    names: tuple[str, ...]
    """What residents call this language in any language, for "in English please"."""
    courtesies: tuple[str, ...]
    """Words everybody knows: a message of nothing else says nothing about the writer's language."""
    examples: tuple[str, ...]
    """Sentences as residents write them; each must be detected as this locale."""


_LISTS = ("scripts", "fallbacks", "names", "courtesies", "examples")
_KEYS = tuple(field.name for field in fields(Locale) if field.name != "tag")


def read_locale(path: Path, tag: str) -> Locale:
    """Read one locale.yml. Raises LocaleError."""
    try:
        held = read_yaml(path)
    except FileNotFoundError:
        raise LocaleError(f"{path} is missing: `iroiro add language {tag} NAME` writes it") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LocaleError(f"{path} cannot be read: {error}") from error
    data = held.get("locale") if isinstance(held, dict) and set(held) == {"locale"} else None
    if not isinstance(data, dict):
        raise LocaleError(f"{path} must have the one top key `locale:`")
    if wrong := sorted(set(_KEYS) ^ set(data)):
        raise LocaleError(f"{path}: {', '.join(wrong)} missing or unknown; the keys are {', '.join(_KEYS)}")
    values: dict[str, Any] = {}
    for key in _KEYS:
        wanted, kind = ("a list of strings", list) if key in _LISTS else ("a string", str)
        if not isinstance(data[key], kind) or (kind is list and not all(isinstance(item, str) for item in data[key])):
            raise LocaleError(f"{path}: `{key}` must be {wanted}")
        values[key] = tuple(data[key]) if kind is list else data[key]
    if values["direction"] not in ("ltr", "rtl"):
        raise LocaleError(f"{path}: `direction` must be ltr or rtl")
    return Locale(tag=tag, **values)


@lru_cache(maxsize=8)
def load_locales(content_dir: Path = PROJECT_ROOT) -> dict[str, Locale]:
    """Every locale in the order residents see them. Raises LocaleError."""
    found = {tag: read_locale(content_dir / "nlu_data" / tag / "locale.yml", tag) for tag in LOCALES}
    for tag, locale in found.items():
        for other in (*locale.fallbacks, *filter(None, [locale.register_of])):
            if other not in found or other == tag:
                raise LocaleError(
                    f"nlu_data/{tag}/locale.yml: `{other}` is no other locale; choose from {', '.join(LOCALES)}"
                )
    return found
