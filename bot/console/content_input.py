"""What a browser sends as the text of a content file: refused before a parser could choke on it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, Field

from bot.knowledge.markup import MarkupFault, split_front_matter
from bot.yaml_files import LOADER

_DEEPEST = 30
"""Our files nest six deep. The C parser's recursion has no bound of its own and would take the process down."""


class UnreadableTextError(ValueError):
    """The text can be no content file. The message says why and what to do."""


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a NUL character; remove it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character; type it anew") from None
    return text


Text = Annotated[str, Field(max_length=600_000), AfterValidator(_storable)]
Line = Annotated[str, Field(max_length=300), AfterValidator(_storable)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class NewDraft(BaseModel):
    item: str = Field(max_length=80)
    summary: Line = ""


class Saved(BaseModel):
    version: Version
    summary: Line | None = None
    texts: dict[str, Text] = {}
    was: dict[str, Text] = {}
    """The texts the editor began with; with them the answer to a conflict can bring both people's work together."""


class Stepped(BaseModel):
    version: Version
    reason: Line = ""


class Tried(BaseModel):
    item: str = Field(max_length=80)
    texts: dict[str, Text] = {}
    path: str = Field(default="", max_length=200)
    on: date | None = Field(default=None, ge=date(2000, 1, 1), le=date(2100, 1, 1))


class Edited(BaseModel):
    """A field of YAML (`field`, `value`), or a row of CSV (`row` by its `key`; `values` null removes it)."""

    text: Text
    field: list[str | int] | None = Field(default=None, max_length=12)
    value: Text | bool | int | float | list[Line | int] | None = None
    row: Line | None = None
    key: Line = "id"
    values: dict[str, Text] | None = None


def refuse_unreadable(texts: Mapping[str, str]) -> None:
    """Raises UnreadableTextError for a text whose parsing would not end well; ordinary faults are the loaders' to tell."""
    for path, text in texts.items():
        if path.endswith(".csv"):
            refuse_broken_csv(text, path)
        elif path.endswith(".md"):
            try:
                refuse_deep_yaml(split_front_matter(text)[0], path)
            except MarkupFault:
                continue
        else:
            refuse_deep_yaml(text, path)


def refuse_deep_yaml(text: str, path: str = "") -> None:
    """Nesting beyond any file of ours, and aliases, which can stand for more than fits into memory."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise UnreadableTextError(
                    f"{path}:{_line(event)}: anchors and aliases (& and *) are not used. Quote the text."
                )
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise UnreadableTextError(f"{path}:{_line(event)}: nested more than {_DEEPEST} deep. Remove brackets.")
    except yaml.YAMLError:
        return


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def refuse_broken_csv(text: str, path: str = "") -> None:
    """Rows that Python's reader gives up on."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        raise UnreadableTextError(f"{path}:{reader.line_num}: no CSV ({error}). Check the quotes.") from None
