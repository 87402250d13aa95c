"""Checks the texts of one article against its facts: every number from a placeholder, the same ones in every locale."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.knowledge.formats import Formats
from bot.knowledge.markup import ArticleText, Piece
from bot.knowledge.problems import Problem

if TYPE_CHECKING:
    from bot.knowledge.articles import Article

_FORBIDDEN = re.compile(r"<[/a-zA-Z!]|&[a-z]+;|https?://|www\.|\[[^\]]*\]\(")
_HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_QUESTIONS = range(3, 11)
_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "ja": re.compile(r"[ぁ-ヿ]"),
    "ja-easy": re.compile(r"[ぁ-ヿ]"),
    "en": re.compile(r"[A-Za-z]"),
    "zh-Hans": re.compile(r"[一-鿿]"),
    "zh-Hant": re.compile(r"[一-鿿]"),
    "ko": re.compile(r"[가-힣]"),
    "ne": re.compile(r"[ऀ-ॿ]"),
    "th": re.compile(r"[ก-๛]"),
}
"""A character every text of the locale has; locales in Latin letters share `en`'s."""


def check_texts(article: Article, formats: Mapping[str, Formats], days: Sequence[date]) -> list[Problem]:
    """Problems of an article's texts. `days` begins with today and holds each later day on which a fact changes."""
    problems: list[Problem] = []
    for locale, text in article.texts.items():
        problems += _TextCheck(article, locale, text, formats[locale], days).problems()
    problems += _same_in_all_locales(article)
    return problems


class _TextCheck:
    def __init__(self, article: Article, locale: str, text: ArticleText, words: Formats, days: Sequence[date]) -> None:
        self._article = article
        self._locale = locale
        self._text = text
        self._words = words
        self._days = days
        self._file = str(article.path / f"{locale}.md")
        self._names = sorted(article.names, key=len, reverse=True)

    def problems(self) -> Iterator[Problem]:
        yield from self._front_matter()
        for field, line, fact, pieces in self._passages():
            yield from self._numbers(field, line, pieces)
            yield from self._placeholders(field, line, fact, pieces)
            yield from self._doubled_units(field, line, pieces)
        for block in self._text.blocks:
            if block.fact and not self._article.versions(block.fact):
                yield self._problem(
                    block.line,
                    "body",
                    f"the block is for `{block.fact}`, which is no fact of this article.",
                    "Use the id or slot of a fact in article.yml.",
                )

    def _passages(self) -> Iterator[tuple[str, int, str, Sequence[Piece]]]:
        yield "title", 2, "", [Piece(text=self._text.title)]
        yield "summary", self._line_of("summary"), "", self._text.summary
        for block in self._text.blocks:
            for item in block.items:
                yield "body", block.line, block.fact, item

    def _front_matter(self) -> Iterator[Problem]:
        if len(self._text.questions) not in _QUESTIONS:
            yield self._problem(
                self._line_of("questions"),
                "questions",
                f"there are {len(self._text.questions)} questions.",
                "Give four to six, as residents would really ask, short and long.",
            )
        if not self._text.keywords:
            yield self._problem(self._line_of("keywords"), "keywords", "there are none.", "Give synonyms and names.")
        if not any(block.type == "paragraph" for block in self._text.blocks):
            yield self._problem(self._text.body_line, "body", "there is no paragraph.", "Write the answer.")
        script = _SCRIPTS.get(self._locale, _SCRIPTS["en"])
        body = "".join(piece.text for block in self._text.blocks for piece in block.pieces())
        # A Japanese title may be all Han characters, and BCG is a title in Nepali: only Latin titles can be judged.
        written = {"body": body} if script is not _SCRIPTS["en"] else {"title": self._text.title, "body": body}
        for field, value in written.items():
            if value and not script.search(value):
                yield self._problem(
                    self._text.body_line if field == "body" else 2,
                    field,
                    f"it is not written in the script of {self._locale}.",
                    "Translate it.",
                )
        everything = "\n".join((self._text.title, body, *self._text.questions, *self._text.keywords))
        if _HIDDEN.search(everything):
            yield self._problem(0, "", "it holds a control or direction character.", "Remove the invisible character.")

    def _numbers(self, field: str, line: int, pieces: Sequence[Piece]) -> Iterator[Problem]:
        for piece in pieces:
            if piece.fact:
                continue
            text = piece.text
            for name in self._names:
                text = text.replace(name, " ")
            digit = next((char for char in text if unicodedata.category(char) in ("Nd", "Nl", "No")), None)
            if digit:
                yield self._problem(
                    line,
                    field,
                    f"a number stands outside a placeholder: …{_around(text, digit)}….",
                    "Put the value into a fact and write {fact.value}; proper names go into `names:` of article.yml.",
                )
            for pattern in self._words.number_words:
                match = pattern.search(text)
                if match:
                    yield self._problem(
                        line,
                        field,
                        f"a quantity is spelled out: “{match.group(0)}”.",
                        "Put the value into a fact and write {fact.value}; proper names go into `names:`.",
                    )
                    break
            forbidden = _FORBIDDEN.search(text)
            if forbidden:
                yield self._problem(
                    line,
                    field,
                    f"`{forbidden.group(0)}` is markup or an address.",
                    "Write plain text; addresses are values of type url.",
                )

    def _placeholders(self, field: str, line: int, block_fact: str, pieces: Sequence[Piece]) -> Iterator[Problem]:
        for piece in pieces:
            if not piece.fact:
                continue
            shown = f"{{{piece.fact}.{piece.value}}}"
            versions = self._article.versions(piece.fact)
            if not versions:
                known = ", ".join(sorted({fact.slot or fact.id for fact in self._article.facts if fact.values}))
                yield self._problem(
                    line, field, f"{shown} names no fact of this article.", f"Facts with values: {known}."
                )
                continue
            if not any(piece.value in fact.values for fact in versions):
                known = ", ".join(sorted({key for fact in versions for key in fact.values})) or "none"
                yield self._problem(line, field, f"{shown} names no value of that fact.", f"It has: {known}.")
                continue
            if block_fact:
                continue
            for day in self._days:
                fact = self._article.fact_on(piece.fact, day)
                if fact is None or piece.value not in fact.values:
                    when = "today" if day == self._days[0] else f"on {day}"
                    yield self._problem(
                        line,
                        field,
                        f"{shown} has no value {when}, so the sentence would vanish.",
                        f"Put it into a block `::: fact {piece.fact}`, or use a slot whose versions all have the value.",
                    )
                    break

    def _doubled_units(self, field: str, line: int, pieces: Sequence[Piece]) -> Iterator[Problem]:
        """Finds `{fact.years}歳` where the value itself is already written `18歳`."""
        for index, piece in enumerate(pieces):
            if not piece.fact:
                continue
            fact = next((f for f in self._article.versions(piece.fact) if piece.value in f.values), None)
            if fact is None or fact.values[piece.value].type == "text":
                continue
            written = self._words.format(fact.values[piece.value]).text
            if not any(char.isdigit() for char in written):
                continue
            before = pieces[index - 1].text.rstrip() if index else ""
            after = pieces[index + 1].text.lstrip() if index + 1 < len(pieces) else ""
            head = re.match(r"[^\d]*", written)
            tail = re.search(r"[^\d]*$", written)
            for unit, doubled in (
                (head.group(0).strip() if head else "", before.endswith),
                (tail.group(0).strip() if tail else "", after.startswith),
            ):
                if unit and unit not in "().,%" and doubled(unit) and not _continues_word(unit, after, doubled):
                    yield self._problem(
                        line,
                        field,
                        f"{{{piece.fact}.{piece.value}}} is written “{written}”, so “{unit}” stands twice.",
                        "Leave the unit out of the text: the placeholder brings it.",
                    )

    def _line_of(self, key: str) -> int:
        path = self._article.path / f"{self._locale}.md"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith(f"{key}:"):
                return number
        return 1

    def _problem(self, line: int, field: str, message: str, remedy: str) -> Problem:
        return Problem(self._file, line, field, message, remedy)


def _same_in_all_locales(article: Article) -> Iterator[Problem]:
    """Every translation states what the Japanese text states: the same placeholders, the same fact blocks."""
    original = article.texts.get("ja")
    if original is None:
        return
    wanted, blocks = set(original.placeholders()), {block.fact for block in original.blocks}
    bodies = {"ja": _body(original)}
    for locale, text in article.texts.items():
        if locale == "ja":
            continue
        file = str(article.path / f"{locale}.md")
        found = set(text.placeholders())
        for names, what, remedy in (
            (_shown(wanted - found), "lacks what ja.md states", "Say the same in this language."),
            (_shown(found - wanted), "states what ja.md does not", "Remove it, or add it to every locale."),
            (sorted(filter(None, blocks - {b.fact for b in text.blocks})), "lacks fact blocks of ja.md", "Add them."),
            (
                sorted(filter(None, {b.fact for b in text.blocks} - blocks)),
                "has fact blocks ja.md lacks",
                "Remove them.",
            ),
        ):
            if names:
                yield Problem(file, text.body_line, "body", f"{what}: {', '.join(names)}.", remedy)
        same = next((other for other, body in bodies.items() if body == _body(text)), None)
        if same:
            yield Problem(file, text.body_line, "body", f"the body is the same as {same}.md.", "Translate it.")
        bodies[locale] = _body(text)


def _body(text: ArticleText) -> str:
    return "\n".join(piece.text for block in text.blocks for piece in block.pieces())


def _shown(placeholders: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(f"{{{fact}.{value}}}" for fact, value in placeholders)


def _around(text: str, char: str) -> str:
    at = text.index(char)
    return text[max(0, at - 12) : at + 12].strip()


def _continues_word(unit: str, after: str, doubled: object) -> bool:
    """In `{n} days` + `dayspring` the unit is only the beginning of another word: Latin letters must end there."""
    if doubled != after.startswith or not unit[-1:].isascii():
        return False
    following = after[len(unit) : len(unit) + 1]
    return following.isascii() and following.isalpha()
