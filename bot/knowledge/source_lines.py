"""Reads YAML so that a fault can be reported with its line: a plain load, and a map of paths to lines on demand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import yaml

from bot.yaml_files import LOADER

Path_ = tuple[Any, ...]


class YamlFault(ValueError):
    """The text is not YAML we can use. `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def load_yaml(text: str) -> Any:
    """The data in `text`, dates as ISO strings. Raises YamlFault with the line of the fault."""
    try:
        return _plain(yaml.load(text, Loader=LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise YamlFault(str(reason), mark.line + 1 if mark else 1) from None
    except ValueError as error:
        raise YamlFault(str(error), 1) from None


def line_map(text: str) -> dict[Path_, int]:
    """Line (from 1) of every key and list entry, by its path from the root: `("facts", 0, "values", "copay")`."""
    lines: dict[Path_, int] = {}

    def walk(node: Any, path: Path_) -> None:
        lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                step = (*path, key.value)
                lines.setdefault(step, key.start_mark.line + 1)
                walk(value, step)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                walk(value, (*path, index))

    root = yaml.compose(text, Loader=LOADER)
    if root is not None:
        walk(root, ())
    return lines


def duplicate_keys(text: str) -> list[tuple[Path_, int]]:
    """Keys written twice in one mapping: YAML silently keeps the last, so a fact would vanish unseen."""
    found: list[tuple[Path_, int]] = []

    def walk(node: Any, path: Path_) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    found.append(((*path, key.value), key.start_mark.line + 1))
                seen.add(key.value)
                walk(value, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                walk(value, (*path, index))

    root = yaml.compose(text, Loader=LOADER)
    if root is not None:
        walk(root, ())
    return found


def nearest_line(lines: dict[Path_, int], path: Path_) -> int:
    """The line of `path`, or of the closest parent that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value
