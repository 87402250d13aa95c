"""Validates article.yml against its JSON Schema, with remedies an editor of content understands."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

_SCHEMA = Path(__file__).resolve().parents[2] / "knowledge_base" / "schema" / "article.schema.json"


def article_faults(data: Any) -> list[tuple[tuple[Any, ...], str, str]]:
    """`(path, message, remedy)` for each place where an article.yml does not fit its schema."""
    return [_explained(error) for error in _validator().iter_errors(data)]


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _explained(error: Any) -> tuple[tuple[Any, ...], str, str]:
    path = tuple(error.absolute_path)
    rule, value = error.validator, error.instance
    if rule == "required":
        missing = error.message.split("'")[1]
        return (*path, missing), "the key is missing.", f'Add `{missing}:`; write null or "" when nothing is known.'
    if rule == "additionalProperties":
        known = ", ".join(sorted(error.schema.get("properties", {})))
        return path, f"{error.message}.", f"Known keys: {known}."
    if rule == "enum":
        return path, f"{value!r} is not allowed.", f"Use one of: {', '.join(map(str, error.validator_value))}."
    if rule == "pattern":
        return path, f"{value!r} does not have the right form.", f"It must match {error.validator_value}."
    if rule == "type":
        return path, f"{value!r} is not a {error.validator_value}.", "Check the quotes and the indentation."
    return path, f"{error.message}.", "See knowledge_base/schema/article.schema.json."
