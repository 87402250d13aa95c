"""Takes a city's open data: facilities into facilities.csv, questions and answers into drafts of articles."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.facilities import COLUMNS, RowFault, facility_from_row
from bot.knowledge.problems import Problem

_ALIASES: Mapping[str, str] = {
    "NO": "ID",
    "No": "ID",
    "番号": "ID",
    "施設名": "名称",
    "名称_英字": "名称_英語",
    "住所": "所在地_連結表記",
    "所在地": "所在地_連結表記",
    "方書": "建物名等(方書)",
    "質問": "question",
    "回答": "answer",
    "Q": "question",
    "A": "answer",
    "問い": "question",
    "答え": "answer",
}
"""Column names of older editions of the standard, and of cities' own files."""
_NUMBER = re.compile(r"https?://[\x21-\x7e]+|\d(?:[\d,./:\-]*\d)?(?:%)?")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_BRACES = re.compile(r"[{}]|<[/a-zA-Z!]")
_DRAFTS = Path("knowledge_base") / "drafts"


@dataclass(frozen=True)
class ImportReport:
    """What an import did: how many rows it took, which it refused and why, and whether anything was written."""

    taken: int
    refused: list[Problem]
    written: bool


class ImportFault(ValueError):
    """The file as a whole cannot be read. The message says what to do."""


def read_rows(path: Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """`(line, row)` of a CSV file in UTF-8 (with or without byte order mark) or CP932, known column names put right.

    Raises ImportFault for another encoding, or when a needed column is missing.
    """
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # CP932 maps bytes that no text has to private characters instead of refusing them.
        if not _PRIVATE.search(text):
            break
    else:
        raise ImportFault(f"{path}: neither UTF-8 nor CP932 (Shift_JIS). Save it as UTF-8.")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = [unicodedata.normalize("NFKC", name or "").strip() for name in reader.fieldnames or []]
    names = [_ALIASES.get(name, name) for name in header]
    missing = [column for column in needed if column not in names]
    if missing:
        raise ImportFault(f"{path}: the column {', '.join(missing)} is missing. It has: {', '.join(header) or 'none'}.")
    reader.fieldnames = names
    rows = []
    for row in reader:
        cells = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        if any(cells.values()):
            rows.append((reader.line_num, cells))
    return rows


def import_facilities(
    path: Path, content_dir: Path, *, kind: str | None, source: str, source_date: str = "", partial: bool = False
) -> ImportReport:
    """Add or replace rows of facilities.csv by their ID.

    Nothing is written when a row is refused, unless `partial`. `kind` is for rows that name none; `source` and
    `source_date` are kept with every row. Raises ImportFault.
    """
    good: dict[str, dict[str, str]] = {}
    refused: list[Problem] = []
    for line, row in read_rows(path, ("ID", "名称")):
        filled = {**row, "source": row.get("source") or source, "source_date": row.get("source_date") or source_date}
        filled["kind"] = row.get("kind") or kind or ""
        filled["certainty"] = row.get("certainty") or "seen"
        try:
            if not filled["kind"]:
                raise RowFault("kind", "the row has no kind of facility.", "Give --kind, or a column `kind`.")
            facility_from_row(filled)
            if filled["ID"] in good:
                raise RowFault("ID", f"{filled['ID']} stands twice.", "Give each row its own ID.")
        except RowFault as fault:
            refused.append(Problem(str(path), line, fault.column, str(fault), fault.remedy))
            continue
        good[filled["ID"]] = {column: filled.get(column, "") for column in COLUMNS}
    if (refused and not partial) or not good:
        return ImportReport(len(good), refused, False)
    target = content_dir / "knowledge_base" / "facilities.csv"
    kept: dict[str, dict[str, str]] = {}
    if target.exists():
        reader = csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline=""))
        kept = {row["ID"]: {column: row.get(column) or "" for column in COLUMNS} for row in reader}
    kept.update(good)
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept.values())
    _replace(target, written.getvalue())
    return ImportReport(len(good), refused, True)


def import_faq(
    path: Path, content_dir: Path, *, source: str, source_date: str = "", category: str = "faq", partial: bool = False
) -> ImportReport:
    """Turn each question and answer into a draft article under knowledge_base/drafts.

    Numbers become values of a fact, so that translations cannot change them. Drafts are not served: an editor completes
    one and moves it to articles/. A draft or article that exists is never overwritten. Raises ImportFault.
    """
    drafts: dict[str, tuple[str, str]] = {}
    refused: list[Problem] = []
    questions: set[str] = set()
    for number, (line, row) in enumerate(read_rows(path, ("question", "answer")), start=1):
        try:
            folder = f"faq-{_slug(row.get('ID') or str(number))}"
            _refuse_bad_faq(row, questions)
            taken = [content_dir / "knowledge_base" / part / folder for part in ("drafts", "articles")]
            if folder in drafts or any(other.exists() for other in taken):
                raise RowFault("ID", f"{folder} exists already.", "Remove the old one first, or give another ID.")
        except RowFault as fault:
            refused.append(Problem(str(path), line, fault.column, str(fault), fault.remedy))
            continue
        questions.add(row["question"])
        drafts[folder] = _draft(folder, row, source, source_date, category)
    if (refused and not partial) or not drafts:
        return ImportReport(len(drafts), refused, False)
    for folder, (article, text) in drafts.items():
        target = content_dir / _DRAFTS / folder
        target.mkdir(parents=True)
        _replace(target / "article.yml", article)
        _replace(target / "ja.md", text)
    return ImportReport(len(drafts), refused, True)


def _refuse_bad_faq(row: Mapping[str, str], questions: set[str]) -> None:
    for column in ("question", "answer"):
        if not row.get(column):
            raise RowFault(column, "the cell is empty.", f"Fill in the {column}.")
        found = _BRACES.search(row[column])
        if found:
            raise RowFault(column, f"it holds `{found.group(0)}`.", "Give plain text without HTML and braces.")
    if row["question"] in questions:
        raise RowFault("question", "the same question stands above.", "Keep one of the two.")


def _draft(folder: str, row: Mapping[str, str], source: str, source_date: str, category: str) -> tuple[str, str]:
    values: dict[str, dict[str, str]] = {}

    def placeholder(match: re.Match[str]) -> str:
        written = match.group(0)
        is_url = written.startswith("http")
        key = next((k for k, v in values.items() if v["value"] == written), None)
        if key is None:
            key = f"{'page' if is_url else 'n'}{len(values) + 1}"
            values[key] = {"type": "url" if is_url else "text", "value": written}
        return f"{{{folder}.{key}}}"

    answer = unicodedata.normalize("NFKC", row["answer"])
    lines = [piece.strip() for piece in re.split(r"[\r\n]+", answer) if piece.strip()]
    body = "\n\n".join(_NUMBER.sub(placeholder, _as_text(line)) for line in lines)
    title = unicodedata.normalize("NFKC", row["question"])
    article: dict[str, Any] = {
        "id": folder,
        "category": category,
        "situations": [],
        "related": [],
        "offices": [],
        "facts": [
            {
                "id": folder,
                "states": title,
                "source": source,
                "source_date": source_date,
                "valid_from": None,
                "valid_to": None,
                "verified": "seen",
                "confirm": True,
                **({"values": values} if values else {}),
            }
        ],
    }
    summary = body.split("\n\n")[0]
    front = {"title": title, "questions": [title], "keywords": [], "summary": summary}
    dumped = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
    return yaml.safe_dump(article, allow_unicode=True, sort_keys=False, width=1000), f"---\n{dumped}---\n{body}\n"


def _as_text(line: str) -> str:
    """A line that does not begin like markup: cities begin lines with # or * without meaning a heading or a list."""
    return line.lstrip("#*:- ").replace("**", "") or "…"


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKC", text).lower()).strip("-")
    if not slug:
        raise RowFault("ID", f"{text!r} has no letter or digit.", "Give an ID of Latin letters and digits.")
    return slug


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
