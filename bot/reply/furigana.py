"""Readings above kanji, for the furigana switch. Readings come from SudachiPy's dictionary."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sudachipy import Dictionary, SplitMode, Tokenizer

from bot.reply.parts import Part

KANJI = re.compile(r"[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
TOKENIZED_LIMIT = 8_000

# Words whose dictionary reading is not how the city says them.
OWN_READINGS = {
    "川崎": "かわさき",
    "幸区": "さいわいく",
    "麻生区": "あさおく",
    "宮前区": "みやまえく",
    "高津区": "たかつく",
}

Run = dict[str, Any]


def with_readings(parts: list[Part]) -> list[Part]:
    """The same parts with `ruby` on runs that have kanji. Text parts become parts of type `ruby`."""
    return [_part(part) for part in parts]


def _part(part: Part) -> Part:
    if part["type"] == "text":
        return {"type": "ruby", "text": part["text"], "runs": [dict(run) for run in runs_of(part["text"])]}
    if part["type"] == "article":
        return {**part, "blocks": [_block(block) for block in part["blocks"]]}
    return part


def _block(block: Run) -> Run:
    if "items" in block:
        return {**block, "items": [_annotated(item) for item in block["items"]]}
    return {**block, "runs": _annotated(block.get("runs", []))}


def _annotated(runs: list[Run]) -> list[Run]:
    """Each run split where readings begin and end; bold and links stay on every piece."""
    return [{**run, **piece} for run in runs for piece in map(dict, runs_of(run["text"]))]


@lru_cache(maxsize=2048)
def runs_of(text: str) -> tuple[Run, ...]:
    """`text` as runs {"text", "ruby"?}; joined, their texts are `text` again. Long texts stay one run."""
    if len(text) > TOKENIZED_LIMIT or not KANJI.search(text):
        return ({"text": text},)
    runs: list[Run] = []
    for surface, reading in _words(text):
        for piece in _aligned(surface, reading):
            if "ruby" not in piece and runs and "ruby" not in runs[-1]:
                runs[-1]["text"] += piece["text"]
            else:
                runs.append(piece)
    return tuple(runs)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return Dictionary(dict="core").tokenizer()


def _words(text: str) -> list[tuple[str, str]]:
    return [
        (surface, OWN_READINGS.get(surface) or morpheme.reading_form().translate(KATAKANA_TO_HIRAGANA))
        for morpheme in _tokenizer().tokenize(text, SplitMode.C)
        if (surface := morpheme.surface())
    ]


def _aligned(surface: str, reading: str) -> list[Run]:
    """Kana at both ends of a word are written already: 届け / とどけ → 届(とど)け."""
    if not KANJI.search(surface) or not reading or reading == surface:
        return [{"text": surface}]
    plain = surface.translate(KATAKANA_TO_HIRAGANA)
    start, end = 0, 0
    while (
        start < len(plain) and start < len(reading) and plain[start] == reading[start] and not KANJI.match(plain[start])
    ):
        start += 1
    while (
        end < len(plain) - start
        and end < len(reading) - start
        and plain[-1 - end] == reading[-1 - end]
        and not KANJI.match(plain[-1 - end])
    ):
        end += 1
    pieces: list[Run] = []
    if start:
        pieces.append({"text": surface[:start]})
    pieces.append({"text": surface[start : len(surface) - end], "ruby": reading[start : len(reading) - end]})
    if end:
        pieces.append({"text": surface[len(surface) - end :]})
    return pieces
