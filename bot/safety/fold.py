"""Folding: many disguises of one sentence become one text, and every position still knows where it came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.safety.characters import ACCENTS, CHARACTERS, MASK

LATIN = "a-zà-öø-ɏḁ-ỿ"
KANA = "ぁ-ゖ"
HAN = "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_THAI = "฀-๿"
_LETTER = rf"[{LATIN}{KANA}{HAN}가-힣ᄀ-ᇿ]"
_TIGHT = rf"[{KANA}{HAN}{_THAI}]"

_COMBINING = re.compile("[\u0300-\u036f\u3099\u309a]")
_CLUSTER = re.compile("[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")
_TAHI = re.compile("(?<![ァ-ヺｦ-ﾝー])(?:[タﾀ夕][ヒﾋ]|歹匕)(?![ァ-ヺｦ-ﾝー])")
_SPACED = re.compile(rf"(?<!{_LETTER})({_LETTER})(?:([ \n.\-_,/|{MASK}]{{1,3}})({_LETTER})(?!{_LETTER})){{2,}}")
_SIGNS = re.compile("[@$!|€013457]")
_LEET = re.compile(
    rf"[@$|€013457](?<=[{LATIN}].)(?=[{LATIN}@$!013457])|!(?<=[{LATIN}].)(?=[{LATIN}])"
    rf"|[@$€1345](?<![\w.].)(?=[{LATIN}]{{3}})|[013](?<=[{LATIN}]{{3}}.)(?!\w)"
)
_LEET_LETTERS = {
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "i",
    "€": "e",
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
}
_SIGNS_LEFT = str.maketrans("@$|€!", "    .")
_REPEAT = re.compile(
    # In kana and kanji a doubled letter is often a word of its own (ママ, 爸爸): only three and more are drawn out.
    rf"([{KANA}{HAN}])\1{{2,}}|([^\W\d{KANA}{HAN}]|[\u0900-\u0963\u0e30-\u0e4e])\2+"
)
_CHANTED = re.compile(r"(?<![^ .])(\w{2,24})(?:[ .]+\1(?![^ .])){2,}")
"""One word said three times and more; twice may be a word of its own (Indonesian and Tagalog double words)."""
_STOPS = re.compile(r" ?[.\n][ .\n]*")
_SPACES = re.compile(" {2,}")
_LOOSE = re.compile(rf"(?<={_TIGHT}) (?={_TIGHT})")
_VIRAMA = "\u094d"
_VIRAMA_END = re.compile("\u094d(?![\u0900-\u0963])")
_DEATH_READINGS = re.compile(
    "(?<![一-鿿])[氏市詩士4](?=(?:に|二)(?:たい|たく|た[いそすみ]|そう|鯛|隊)|ね(?:[. ]|よ|や|$)|んで|のう|ぬ)|(?<=し)鯛"
)

VOWEL_ROWS = {
    "あ": "あかさたなはまやらわがざだばぱぁゃ",
    "い": "いきしちにひみりぎじびぴぃ",
    "う": "うくすつぬふむゆるぐずぶぷぅゅ",
    "え": "えけせてねへめれげぜでべぺぇ",
    "お": "おこそとのほもよろごぞどぼぽぉょ",
}
_DRAWN_OUT = re.compile(
    "|".join(
        f"(?<=[{row}])[{vowel}{small}]+" for (vowel, row), small in zip(VOWEL_ROWS.items(), "ぁぃぅぇぉ", strict=True)
    )
)
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ")
_HAS_KANA = re.compile(f"[{KANA}]")
_HAS_LATIN = re.compile("[a-z]")

_SOUND_STEPS: tuple[tuple[str, str], ...] = (
    ("tsu", "tu"),
    ("x", "c"),
    ("z", "j"),
    ("ty", "c"),
    ("sy", "s"),
    ("jy", "j"),
    ("eo", "o"),
    ("eu", "u"),
    ("ae", "e"),
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "o"),
    ("ph", "p"),
    ("ng", "n"),
)
_SOUND_H = re.compile("(?<=[bcdgjkpst])h+")
_SOUND_TI = re.compile("ti")
_SOUND_LETTERS = str.maketrans("gdbfvwlyjmq", "ktppppricnk")
_SOUND_REPEAT = re.compile(r"([a-z])\1+")

Origin = list[int] | None
"""Where each character came from; None when nobody asks."""


@dataclass
class Folded:
    """A text made comparable.

    `accented` and `plain` have the same length; `plain` has no Latin accents. `trace` gives for each of their characters
    the offset in the original text that it came from.
    """

    original: str
    accented: str
    plain: str
    trace: Callable[[], Sequence[int]]
    _sound: str | None = field(default=None, repr=False)

    @cached_property
    def origin(self) -> Sequence[int]:
        """What `trace` gives. Most texts hold nothing to point at, so it is worked out when it is asked for."""
        return self.trace()

    @property
    def sound(self) -> str:
        """`plain` as romanised words sound, word for word; empty when there is no Latin letter."""
        if self._sound is None:
            self._sound = sound_of(self.plain) if _HAS_LATIN.search(self.plain) else ""
        return self._sound

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of the folded span start..end."""
        if not self.origin or start >= end:
            return (0, 0)
        first = self.origin[start]
        last = self.origin[end - 1]
        return first, min(len(self.original), last + 1)

    def sound_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `plain` of the words that a span of `sound` lies in."""
        first = self.sound.count(" ", 0, start)
        last = self.sound.count(" ", 0, end)
        words = _word_starts(self.plain)
        begin = words[min(first, len(words) - 1)]
        finish = words[last + 1] - 1 if last + 1 < len(words) else len(self.plain)
        return begin, finish


_SHORT = 1000
"""Up to so many characters it costs nothing to note at once where each came from."""

Unmask = Callable[[str], list[tuple[int, int, str]]]


def fold(text: str, unmask: Unmask | None = None) -> Folded:
    """Fold `text`. `unmask` may name spans of the half-folded text and the words that stand behind their masks."""
    folded, origin = _fold(text, unmask, len(text) <= _SHORT)

    def trace() -> Sequence[int]:
        return origin if origin is not None else _fold(text, unmask, True)[1] or []

    return Folded(text, folded, folded.translate(ACCENTS), trace)


def _fold(text: str, unmask: Unmask | None, traced: bool) -> tuple[str, Origin]:
    """The folded text; with `traced` also where each character came from, which takes long texts three times as long."""
    folded, origin = _characters(text, traced)
    if MASK in folded and unmask is not None:
        folded, origin = _replace_spans(folded, origin, unmask(folded))
    folded, origin = _join_spaced(folded, origin)
    if MASK in folded:
        folded = folded.replace(MASK, " ")
    if _SIGNS.search(folded):
        folded = _LEET.sub(lambda match: _LEET_LETTERS[match.group()], folded)
        folded = folded.translate(_SIGNS_LEFT)
    folded, origin = _rewrite(folded, origin, _SPACES, " ")
    folded, origin = _rewrite(folded, origin, _STOPS, ".")
    folded, origin = _rewrite(folded, origin, _LOOSE, "")
    folded, origin = _rewrite(folded, origin, _REPEAT, None)
    if _HAS_KANA.search(folded):
        folded, origin = _rewrite(folded, origin, _DRAWN_OUT, "")
        folded = folded.translate(_SMALL)
        folded, origin = _rewrite(folded, origin, _REPEAT, None)
        folded = _DEATH_READINGS.sub("死", folded)
    if _VIRAMA in folded:
        folded, origin = _rewrite(folded, origin, _VIRAMA_END, "")
    for match in reversed(list(_CHANTED.finditer(folded))):
        end = match.start() + len(match.group(1))
        folded = folded[:end] + folded[match.end() :]
        origin = origin and origin[:end] + origin[match.end() :]
    return folded, origin


def fold_phrase(text: str) -> str:
    """The folded form of a literal in a pattern: accents stay."""
    return fold(text).accented


def sound_of(plain: str) -> str:
    """Romanised text by sound. Keeps every space, so words correspond one to one."""
    sound = plain
    for source, target in _SOUND_STEPS:
        sound = sound.replace(source, target)
    sound = _SOUND_H.sub("", sound)
    sound = _SOUND_TI.sub("ci", sound)
    sound = sound.translate(_SOUND_LETTERS)
    return _SOUND_REPEAT.sub(r"\1", sound)


def _characters(text: str, traced: bool) -> tuple[str, Origin]:
    """Fold character by character, and tell where each came from."""
    if _TAHI.search(text):
        text = _TAHI.sub(lambda match: "死" + "\u200b" * (len(match.group()) - 1), text)
    if _COMBINING.search(text):
        chars, origin = _from_clusters(text)
        return "".join(chars), origin if traced else None
    parts = {char: CHARACTERS[char] for char in set(text)}
    folded = text.translate({ord(char): part for char, part in parts.items() if part != char})
    if not traced:
        return folded, None
    return folded, [index for index, char in enumerate(text) for _ in parts[char]]


def _from_clusters(text: str) -> tuple[list[str], list[int]]:
    chars: list[str] = []
    origin: list[int] = []

    def add(piece: str, index: int) -> None:
        for offset, char in enumerate(piece):
            for part in CHARACTERS[char]:
                chars.append(part)
                origin.append(index + offset)

    done = 0
    for match in _CLUSTER.finditer(text):
        add(text[done : match.start()], done)
        composed = unicodedata.normalize("NFC", match.group()[:8])
        for char in composed:
            for part in CHARACTERS[char]:
                chars.append(part)
                origin.append(match.start())
        done = match.end()
    add(text[done:], done)
    return chars, origin


def _join_spaced(text: str, origin: Origin) -> tuple[str, Origin]:
    spans: list[tuple[int, int, str]] = []
    for match in _SPACED.finditer(text):
        start, end = match.span()
        for index in range(start, end):
            if not re.match(_LETTER, text[index]):
                spans.append((index, index + 1, ""))
    return _replace_spans(text, origin, spans) if spans else (text, origin)


def _rewrite(text: str, origin: Origin, rule: re.Pattern[str], to: str | None) -> tuple[str, Origin]:
    """Replace each match by `to` (at most as long as the match); None keeps the match's first character."""
    if origin is None:
        return rule.sub(_first if to is None else to, text), None
    pieces: list[str] = []
    kept: list[int] = []
    done = 0
    for match in rule.finditer(text):
        start, end = match.span()
        replacement = text[start] if to is None else to
        if end - start == len(replacement) and text[start:end] == replacement:
            continue
        pieces.append(text[done:start])
        kept.extend(origin[done:start])
        pieces.append(replacement)
        kept.extend(origin[start : start + len(replacement)])
        done = end
    if not done:
        return text, origin
    pieces.append(text[done:])
    kept.extend(origin[done:])
    return "".join(pieces), kept


def _first(match: re.Match[str]) -> str:
    return match.group()[0]


def _replace_spans(text: str, origin: Origin, spans: list[tuple[int, int, str]]) -> tuple[str, Origin]:
    pieces: list[str] = []
    kept: list[int] = []
    done = 0
    for start, end, word in spans:
        if start < done:
            continue
        pieces.append(text[done:start])
        pieces.append(word)
        if origin is not None:
            kept.extend(origin[done:start])
            kept.extend(origin[min(start + offset, end - 1)] for offset in range(len(word)))
        done = end
    pieces.append(text[done:])
    if origin is None:
        return "".join(pieces), None
    kept.extend(origin[done:])
    return "".join(pieces), kept


def _word_starts(plain: str) -> list[int]:
    return [0, *(index + 1 for index, char in enumerate(plain) if char == " ")]


def sentence_bounds(plain: str, start: int, end: int) -> tuple[int, int]:
    """The sentence of folded text around start..end."""
    first = plain.rfind(".", 0, start) + 1
    last = plain.find(".", end)
    return first, len(plain) if last < 0 else last
