"""Changing one value of a data file and nothing else: comments, order and quotes of all other lines stay as they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from bot.knowledge.source_lines import load_yaml

_ENDLESS = 1_000_000
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class EditError(ValueError):
    """The value cannot be put there. The message says why and what to do."""


def set_yaml(text: str, path: Sequence[str | int], value: Any) -> str:
    """`text` with the value at `path` (keys and list places from the root) replaced. Raises EditError, YamlFault."""
    load_yaml(text)
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in path:
        node = _child(node, step)
    if node is None:
        raise EditError(f"There is no {'.'.join(map(str, path))}. Reload the file.")
    start, end = node.start_mark.index, node.end_mark.index
    before, old = text[:start], text[start:end]
    # A block value's end mark lies after its last line break, which belongs to the text around it.
    kept = old[len(old.rstrip()) :]
    written = _flow(value)
    if not old:
        written = f" {written}"
    changed = f"{before}{written}{kept}{text[end:]}"
    if _at(load_yaml(changed), path) != load_yaml(_flow(value)):
        raise EditError("The value cannot be written there. Change it in the file's text instead.")
    return changed


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step]
    return None


def _at(data: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            raise EditError(f"There is no {'.'.join(map(str, path))}. Reload the file.") from None
    return data


def _flow(value: Any) -> str:
    """`value` on one line, as it may stand anywhere in a file. Dates stay bare; other texts are quoted."""
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return value
    written = yaml.safe_dump(
        value,
        default_flow_style=True,
        allow_unicode=True,
        width=_ENDLESS,
        default_style='"' if isinstance(value, str) else None,
    )
    return written.removesuffix("\n").removesuffix("\n...")


def csv_rows(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of a CSV text."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    columns = list(reader.fieldnames or [])
    return columns, [{column: row.get(column) or "" for column in columns} for row in reader]


def set_row(text: str, key: str, identity: str, values: Mapping[str, str] | None) -> str:
    """`text` with the row whose column `key` is `identity` replaced; added when there is none, removed for None.

    All other rows keep every byte. Raises EditError for a column the file does not have.
    """
    columns, rows = csv_rows(text)
    if key not in columns:
        raise EditError(f"The file has no column {key}. Reload it.")
    unknown = sorted(set(values or {}) - set(columns))
    if unknown:
        raise EditError(f"The file has no column {', '.join(unknown)}. Reload it.")
    if values is not None:
        values = {**values, key: values.get(key) or identity}
    header, *records = _records(text)
    places = [place for place, row in enumerate(rows) if row[key] == identity]
    if values is None and not places:
        raise EditError(f"There is no row {identity}. Reload the file.")
    ends = "\r\n" if header.endswith("\r\n") else "\n"
    if values is None:
        del records[places[0]]
    elif places:
        merged = {**rows[places[0]], **values}
        if merged != rows[places[0]]:
            records[places[0]] = _record([merged[column] for column in columns], ends)
    else:
        if records and not records[-1].endswith("\n"):
            records[-1] += ends
        records.append(_record([values.get(column, "") for column in columns], ends))
    return header + "".join(records)


def _records(text: str) -> list[str]:
    """The header and each row as they stand in the text, line ends included; a cell may hold line breaks."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(iter(lines))
    found, last = [], 0
    for _ in reader:
        found.append("".join(lines[last : reader.line_num]))
        last = reader.line_num
    return [record for record in found if record.strip()]


def _record(cells: Sequence[str], ends: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator=ends).writerow(cells)
    return stream.getvalue()
