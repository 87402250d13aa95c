"""Folding: many disguises of one sentence become one text, and every position still knows where it came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.safety.characters import ACCENTS, CHARACTERS, MASK

LATIN = "a-zà-öø-ɏḁ-ỿ"
_KANA = "ぁ-ゖ"
_HAN = "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_THAI = "฀-๿"
_LETTER = rf"[{LATIN}{_KANA}{_HAN}가-힣ᄀ-ᇿ]"
_TIGHT = rf"[{_KANA}{_HAN}{_THAI}]"

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
    rf"([{_KANA}{_HAN}])\1{{2,}}|([^\W\d{_KANA}{_HAN}]|[\u0900-\u0963\u0e30-\u0e4e])\2+"
)
_CHANTED = re.compile(r"(?<![^ .])(\w{2,24})(?:[ .]+\1(?![^ .])){2,}")
"""One word said three times and more; twice may be a word of its own (Indonesian and Tagalog double words)."""
_STOPS = re.compile(r" ?[.\n][ .\n]*")
_SPACES = re.compile(" {2,}")
_LOOSE = re.compile(rf"(?<={_TIGHT}) (?={_TIGHT})")
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
_HAS_KANA = re.compile(f"[{_KANA}]")
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


@dataclass
class Folded:
    """A text made comparable.

    `accented` and `plain` have the same length; `plain` has no Latin accents. `origin[i]` is the offset in the original
    text that character i came from; `length` is the original's length.
    """

    original: str
    accented: str
    plain: str
    origin: list[int]
    _sound: str | None = field(default=None, repr=False)

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


def fold(text: str, unmask: Callable[[str], list[tuple[int, int, str]]] | None = None) -> Folded:
    """Fold `text`. `unmask` may name spans of the half-folded text and the words that stand behind their masks."""
    chars, origin = _characters(text)
    folded = "".join(chars)
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
    folded, origin = _rewrite(folded, origin, _VIRAMA_END, "")
    for match in reversed(list(_CHANTED.finditer(folded))):
        end = match.start() + len(match.group(1))
        folded, origin = folded[:end] + folded[match.end() :], origin[:end] + origin[match.end() :]
    return Folded(text, folded, folded.translate(ACCENTS), origin)


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


def _characters(text: str) -> tuple[Sequence[str], list[int]]:
    """Fold character by character. Returns single characters and where each came from."""
    if _TAHI.search(text):
        text = _TAHI.sub(lambda match: "死" + "\u200b" * (len(match.group()) - 1), text)
    if _COMBINING.search(text):
        return _from_clusters(text)
    parts = {char: CHARACTERS[char] for char in set(text)}
    if all(len(part) <= 1 for part in parts.values()):
        folded = text.translate({ord(char): part for char, part in parts.items() if part != char})
        if len(folded) == len(text):
            return folded, list(range(len(text)))
        return folded, [index for index, char in enumerate(text) if parts[char]]
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for part in parts[char]:
            chars.append(part)
            origin.append(index)
    return chars, origin


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


def _join_spaced(text: str, origin: list[int]) -> tuple[str, list[int]]:
    spans: list[tuple[int, int, str]] = []
    for match in _SPACED.finditer(text):
        start, end = match.span()
        for index in range(start, end):
            if not re.match(_LETTER, text[index]):
                spans.append((index, index + 1, ""))
    return _replace_spans(text, origin, spans) if spans else (text, origin)


def _rewrite(text: str, origin: list[int], rule: re.Pattern[str], to: str | None) -> tuple[str, list[int]]:
    """Replace each match by `to` (at most as long as the match); None keeps the match's first character."""
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


def _replace_spans(text: str, origin: list[int], spans: list[tuple[int, int, str]]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    kept: list[int] = []
    done = 0
    for start, end, word in spans:
        if start < done:
            continue
        pieces.append(text[done:start])
        kept.extend(origin[done:start])
        pieces.append(word)
        kept.extend(origin[min(start + offset, end - 1)] for offset in range(len(word)))
        done = end
    pieces.append(text[done:])
    kept.extend(origin[done:])
    return "".join(pieces), kept


def _word_starts(plain: str) -> list[int]:
    return [0, *(index + 1 for index, char in enumerate(plain) if char == " ")]


def sentence_bounds(plain: str, start: int, end: int) -> tuple[int, int]:
    """The sentence of folded text around start..end."""
    first = plain.rfind(".", 0, start) + 1
    last = plain.find(".", end)
    return first, len(plain) if last < 0 else last
