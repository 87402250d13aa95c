"""The small markup of article texts: front matter, paragraphs, `##` headings, `-` lists, bold, placeholders, fact blocks.

Anything else is a MarkupFault with its line: a text never carries HTML, links or numbers of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.knowledge.source_lines import YamlFault, load_yaml

PLACEHOLDER = re.compile(r"\{([a-z0-9][a-z0-9-]*)\.([a-z0-9_]+)\}")
_PIECE = re.compile(r"(\*\*|\{[^{}]*\})")
_FENCE = re.compile(r":::\s*fact\s+([a-z0-9][a-z0-9-]*)\s*")


class MarkupFault(ValueError):
    """A text does not follow the markup. `line` counts from 1 in its file; `remedy` says what to write instead."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line = line
        self.remedy = remedy


@dataclass(frozen=True)
class Piece:
    """Plain text, or one placeholder (`fact` and `value` set, `text` empty)."""

    text: str = ""
    fact: str = ""
    value: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Block:
    """One heading, paragraph or list. `items` has one entry for the first two. `fact` names the fact block it is in."""

    type: str
    items: tuple[tuple[Piece, ...], ...]
    fact: str
    line: int

    def pieces(self) -> Iterator[Piece]:
        for item in self.items:
            yield from item


@dataclass(frozen=True)
class ArticleText:
    """One locale's text of an article, parsed."""

    title: str
    questions: tuple[str, ...]
    keywords: tuple[str, ...]
    summary: tuple[Piece, ...]
    blocks: tuple[Block, ...]
    body_line: int
    asked: tuple[str, ...] = ()
    """More ways to ask for it, which only the search reads."""

    def placeholders(self) -> Iterator[tuple[str, str]]:
        """Every `(fact, value)` the summary and body use, repeats included."""
        for piece in self.summary:
            if piece.fact:
                yield piece.fact, piece.value
        for block in self.blocks:
            for piece in block.pieces():
                if piece.fact:
                    yield piece.fact, piece.value


def split_front_matter(text: str) -> tuple[str, str, int]:
    """`(front matter, body, line where the body begins)`. Raises MarkupFault when the two `---` lines are missing."""
    lines = text.lstrip("\ufeff").splitlines()
    if not lines or lines[0].strip() != "---":
        raise MarkupFault(1, "the text does not begin with `---`.", "Begin with the front matter: ---, title, …, ---.")
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise MarkupFault(1, "the front matter has no closing `---`.", "Close it with a line `---` before the body.")


def parse_text(text: str, *, spaces: bool) -> ArticleText:
    """An ArticleText from a `<locale>.md` file. `spaces` says whether the lines of a paragraph join with a space."""
    front, body, body_line = split_front_matter(text)
    try:
        fields = load_yaml(front)
    except YamlFault as fault:
        raise MarkupFault(
            fault.line + 1, f"the front matter is not YAML: {fault}.", "Quote strings that hold `:`, `{` or `#`."
        ) from None
    if not isinstance(fields, dict):
        raise MarkupFault(1, "the front matter is empty.", "Give title, questions, keywords and summary.")
    unknown = sorted(set(map(str, fields)) - {"title", "questions", "keywords", "summary"})
    if unknown:
        raise MarkupFault(
            1, f"unknown front matter: {', '.join(unknown)}.", "Only title, questions, keywords, summary."
        )
    return ArticleText(
        title=_string(fields, "title"),
        questions=_strings(fields, "questions"),
        keywords=_strings(fields, "keywords"),
        summary=parse_pieces(_string(fields, "summary"), 1),
        blocks=tuple(_blocks(body, body_line, spaces)),
        body_line=body_line,
    )


def parse_pieces(text: str, line: int) -> tuple[Piece, ...]:
    """Text with bold and placeholders as pieces. Raises MarkupFault for a broken placeholder or unclosed bold."""
    pieces: list[Piece] = []
    bold = False
    for part in _PIECE.split(text):
        if part == "**":
            bold = not bold
        elif part.startswith("{"):
            match = PLACEHOLDER.fullmatch(part)
            if not match:
                raise MarkupFault(line, f"`{part}` is not a placeholder.", "Write {fact-id.value} or {slot.value}.")
            pieces.append(Piece(fact=match.group(1), value=match.group(2), bold=bold))
        elif part:
            if "{" in part or "}" in part:
                raise MarkupFault(line, "a brace stands alone.", "Write {fact-id.value}, or no braces at all.")
            pieces.append(Piece(text=part, bold=bold))
    if bold:
        raise MarkupFault(line, "`**` is opened and not closed.", "Close the bold text with `**` on the same line.")
    return tuple(pieces)


def _blocks(body: str, first_line: int, spaces: bool) -> Iterator[Block]:
    kind = ""
    held: list[tuple[int, str]] = []
    fact = ""
    fence_line = 0

    def flush() -> Iterator[Block]:
        nonlocal kind, held
        if held:
            line = held[0][0]
            if kind == "list":
                items = tuple(parse_pieces(text, number) for number, text in held)
            else:
                items = (parse_pieces((" " if spaces else "").join(text for _, text in held), line),)
            yield Block(kind, items, fact, line)
        kind, held = "", []

    for number, raw in enumerate(body.splitlines(), start=first_line):
        line = raw.strip()
        if line.startswith(":::"):
            yield from flush()
            opening = _FENCE.fullmatch(line)
            if opening and not fact:
                fact, fence_line = opening.group(1), number
            elif line == ":::" and fact:
                fact = ""
            else:
                raise MarkupFault(number, f"`{line}` is out of place.", "Open with `::: fact <id>`, close with `:::`.")
        elif not line:
            yield from flush()
        elif line.startswith("#"):
            yield from flush()
            if not line.startswith("## "):
                raise MarkupFault(number, "only `## ` headings exist.", "Write `## ` and the heading.")
            kind, held = "heading", [(number, line[3:].strip())]
            yield from flush()
        elif line.startswith(("- ", "* ")):
            if kind != "list":
                yield from flush()
                kind = "list"
            held.append((number, line[2:].strip()))
        elif kind == "list" and raw[:1].isspace():
            last_number, last = held[-1]
            held[-1] = (last_number, last + (" " if spaces else "") + line)
        else:
            if kind == "list":
                yield from flush()
            kind = "paragraph"
            held.append((number, line))
    yield from flush()
    if fact:
        raise MarkupFault(fence_line, f"the block of fact {fact} is not closed.", "Close it with a line `:::`.")


def _string(fields: dict[Any, Any], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value.strip():
        raise MarkupFault(1, f"`{key}` is missing or not a string.", f'Give `{key}: "…"` in the front matter.')
    return value.strip()


def _strings(fields: dict[Any, Any], key: str) -> tuple[str, ...]:
    value = fields.get(key)
    # A bare number such as 189 is a good keyword, and YAML reads it as an integer.
    if isinstance(value, list) and all(isinstance(item, (str, int)) and not isinstance(item, bool) for item in value):
        return tuple(str(item).strip() for item in value)
    raise MarkupFault(1, f"`{key}` is missing or not a list of strings.", f'Give `{key}: ["…", "…"]`.')
