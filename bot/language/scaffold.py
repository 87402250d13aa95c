"""A new locale's folder: every file it needs with every value marked to be written, and what is still missing of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.language.locales import LocaleError, read_locale
from bot.vocabulary import LOCALES
from bot.yaml_files import read_yaml

MARK = "TO WRITE: "
"""Begins every value that nobody has written yet; `check_language` finds it."""

MODEL = "en"
"""The locale whose files show the shape of those that have no template."""

# The C loader also takes patterns such as "(a|b)?" in a flow list, as the safety gate does.
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[a-z]{4,8})?")
_WORDS = ("crisis", "replies", "handover", "widget", "family", "line", "myfamily")
_SHAPED = ("formats", "entities")
_KEPT_KEYS = frozenset({"date_order", "kind", "scope", "to", "category", "level", "id", "categories"})
_URGENT = ("high", "imminent")


class ScaffoldError(ValueError):
    """The locale cannot be added. The message says why and what to do."""


def add_language(content_dir: Path, tag: str, native_name: str) -> list[Path]:
    """Write nlu_data/<tag>/ and return its files in the order to write them. Raises ScaffoldError."""
    if not _TAG.fullmatch(tag):
        raise ScaffoldError(f"{tag!r} is no locale tag: use a form such as my, uk or az-Cyrl")
    folder = content_dir / "nlu_data" / tag
    if folder.exists():
        raise ScaffoldError(f"nlu_data/{tag} exists already: edit it, or remove it first")
    if not native_name.strip():
        raise ScaffoldError("give the language's name in the language itself")
    texts = _texts(content_dir, tag, native_name.strip())
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _texts(content_dir: Path, tag: str, native_name: str) -> dict[str, str]:
    """File name → content, in the order to write them."""
    template, model = content_dir / "nlu_data" / "_template", content_dir / "nlu_data" / MODEL
    locale = _marked(_read(template / "locale.yml"))
    locale["locale"] |= {"native_name": native_name, "direction": "ltr", "fallbacks": ["en", "ja"]}
    locale["locale"] |= {"html_lang": tag, "register_of": ""}
    texts = {
        "locale.yml": _dump(locale),
        "crisis.yml": _dump(_marked(_read(template / "crisis.yml"))),
        "signals.yml": _dump(_signals(_read(model / "signals.yml"), tag)),
    }
    for name in _WORDS:
        texts.setdefault(f"{name}.yml", _dump(_marked(_read(template / f"{name}.yml"))))
    for name in _SHAPED:
        texts[f"{name}.yml"] = _dump(_marked(_read(model / f"{name}.yml")))
    for intent, described in _read(template / "intents.yml")["intents"].items():
        texts[f"intents/{intent}.yml"] = _intent(intent, described, tag)
    return texts


def check_language(content_dir: Path, tag: str) -> list[str]:
    """What keeps a locale from being offered, one line each: file, fault, remedy. Empty when it is ready."""
    return list(_problems(content_dir, tag))


def _problems(content_dir: Path, tag: str) -> Iterator[str]:
    folder, shown = content_dir / "nlu_data" / tag, f"nlu_data/{tag}"
    if not folder.is_dir():
        yield f"{shown}: there is no such folder; `iroiro add language {tag} NAME` writes it"
        return
    try:
        read_locale(folder / "locale.yml", tag)
    except LocaleError as error:
        yield str(error)
    for path in sorted(folder.rglob("*.yml")):
        if count := path.read_text(encoding="utf-8").count(MARK):
            yield f"{path.relative_to(content_dir)}: {count} value(s) still begin with {MARK!r}; write them"
    for name in _WORDS:
        yield from _missing(_missing_words, content_dir, tag, name)
    yield from _missing(_missing_signals, content_dir, tag)
    if tag not in LOCALES:
        yield f"bot/vocabulary.py: {tag!r} is not in LOCALES; add it as the last step, when the files above are written"


def _missing(check: Callable[..., Iterator[str]], *arguments: Any) -> Iterator[str]:
    try:
        yield from check(*arguments)
    except ScaffoldError as error:
        yield str(error)


def _missing_words(content_dir: Path, tag: str, name: str) -> Iterator[str]:
    template = content_dir / "nlu_data" / "_template" / f"{name}.yml"
    shown = f"nlu_data/{tag}/{name}.yml"
    said = _read(content_dir / shown).get(name) or {}
    for key, described in _read(template)[name].items():
        if not said.get(key):
            yield f"{shown} [{key}]: is missing; it must say: {described}"


def _missing_signals(content_dir: Path, tag: str) -> Iterator[str]:
    """Every kind of urgent disclosure that the model locale hears must be heard in the new one too."""
    shown = f"nlu_data/{tag}/signals.yml"
    own = _read(content_dir / shown).get("signals") or {}
    heard = {
        (phrase.get("category"), phrase.get("level"))
        for phrase in own.get("phrases") or []
        if _written(phrase.get("match")) and _written(phrase.get("tests"))
    }
    model = _read(content_dir / "nlu_data" / MODEL / "signals.yml")["signals"]["phrases"]
    wanted = sorted({(phrase["category"], phrase["level"]) for phrase in model if phrase["level"] in _URGENT})
    for category, level in wanted:
        if (category, level) not in heard:
            yield f"{shown}: no signal for {category}, {level}; write one as docs/signals.md describes"
    if not _written(own.get("safe_words")):
        yield f"{shown} [safe_words]: is missing; two expressions nobody says by chance, to ask for help unnoticed"


def _written(values: Any) -> bool:
    return isinstance(values, list) and any(isinstance(value, str) and MARK not in value for value in values)


def _read(path: Path) -> dict[str, Any]:
    try:
        held = read_yaml(path)
    except OSError as error:
        raise ScaffoldError(f"{path} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ScaffoldError(f"{path} is no YAML: {error}") from error
    if not isinstance(held, dict):
        raise ScaffoldError(f"{path} must hold one top key")
    return held


def _marked(value: Any, key: str = "") -> Any:
    """The same structure, each text to be written; numbers, switches and names that programs read stay."""
    if isinstance(value, dict):
        return {name: _marked(held, str(name)) for name, held in value.items()}
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return [_marked(item, key) for item in value]
        return [MARK + ", ".join(map(str, value))]
    if isinstance(value, str) and key not in _KEPT_KEYS:
        return MARK + value
    return value


def _signals(model: dict[str, Any], tag: str) -> dict[str, Any]:
    """One signal to write for each category and level of the model locale, with its reason."""
    phrases = []
    seen: set[tuple[str, str]] = set()
    for phrase in model["signals"]["phrases"]:
        kind = (phrase["category"], phrase["level"])
        if kind in seen:
            continue
        seen.add(kind)
        phrases.append(
            {
                "id": f"{tag}-{kind[0].replace('_', '-')}-{kind[1]}",
                "category": kind[0],
                "level": kind[1],
                "match": [f"{MARK}patterns, as docs/signals.md describes"],
                "why": f"{MARK}{phrase.get('why', '')}",
                "tests": [f"{MARK}at least three sentences that must fire it"],
            }
        )
    safe = [f"{MARK}two expressions nobody says by chance"]
    return {"signals": {"slots": {}, "phrases": phrases, "guards": [], "safe_words": safe}}


def _intent(intent: str, described: dict[str, Any], tag: str) -> str:
    about = " ".join(str(described.get("about", "")).split())
    return (
        f'version: "3.1"\nnlu:\n- intent: {intent}\n  metadata:\n    locale: {tag}\n  examples: |\n'
        f"    - {MARK}at least {described.get('minimum', 15)}: {about}\n"
    )


class _Dumper(yaml.SafeDumper):
    pass


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if MARK in text else None)


_Dumper.add_representer(str, _quoted)


def _dump(value: dict[str, Any]) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)
