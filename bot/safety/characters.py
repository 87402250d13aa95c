"""What one character means to the safety gate, whatever it is disguised as.

`CHARACTERS[c]` is the text that stands for `c` in folded text: usually one character, the empty string for what nobody
sees, a space for punctuation and pictures, `.` for the end of a sentence, and `MASK` for the rings and stars people put
over a letter. Leet signs (`@ $ ! |`) stay as they are: only the neighbours tell what they mean.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from bot.safety.hanzi import SIMPLIFIED

MASK = "○"
KEPT_PICTURES = frozenset("🔪💊🩸⚰🪦🔫🪢🪒🌉👊🤰😂🤣💀")
"""Pictures that patterns may name. All others count as a space, so that they cannot split a word."""

_MASKS = frozenset("○●◯〇◎⭕×✕✖✗✘❌＊*■□▲△▼▽★☆◆◇♥♡❤█▓▒░¤●")
_ENDERS = frozenset("。！？!?.…\n\r\u2028\u2029;；।॥｡؟")
_LEET = frozenset("@$!|€")
_APOSTROPHES = frozenset("'’‘ʼ`´＇ʻ′")

_FIXED: dict[str, str] = {
    "🆘": " sos ",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "ı": "i",
    "ㅠ": " ",
    "ㅜ": " ",
    "ㅋ": "ㅋ",
    "ㅎ": "ㅎ",
    "ー": "",
    "ｰ": "",
    "〜": "",
    "～": "",
    "~": "",
    "゛": "",
    "゜": "",
    "ぢ": "じ",
    "づ": "ず",
    "ゐ": "い",
    "ゑ": "え",
    "ゎ": "わ",
    "ゔ": "ぶ",
    "ゕ": "か",
    "ゖ": "け",
    # Thai: tone marks, thanthakhat and maitaikhu go missing in quick typing; the two ai vowels are taken for each other.
    "่": "",
    "้": "",
    "๊": "",
    "๋": "",
    "์": "",
    "็": "",
    "ํ": "",
    "ฺ": "",
    "ๆ": "",
    "ใ": "ไ",
    # Devanagari as people type it: long and short vowels, the three s, b and v, nasal marks.
    "ी": "ि",
    "ू": "ु",
    "ई": "इ",
    "ऊ": "उ",
    "श": "स",
    "ष": "स",
    "व": "ब",
    "ँ": "ं",
    "ङ": "ं",
    "़": "",
    "ः": "",
}
_SMALL_KANA = dict(zip("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ", strict=True))

# Enough of Cyrillic and Greek to go on without the homoglyph library.
_LOOKALIKES = dict(
    zip(
        "аеорсухівкмнтгьѕјӏԁѡαβεηικνορτυχωγσѵ",
        "aeopcyxibkmhtrbsjldwabenikvoptuxwyov",
        strict=True,
    )
)

_NATIVE_RANGES = (
    (0x00, 0x24F),
    (0x0E00, 0x0E7F),
    (0x0900, 0x097F),
    (0x1E00, 0x1EFF),
    (0x1100, 0x11FF),
    (0x3005, 0x30FF),
    (0x3400, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)


class _Characters(dict[str, str]):
    """Fills itself: each character is worked out once."""

    def __missing__(self, char: str) -> str:
        folded = _fold(char)
        self[char] = folded
        return folded


def _fold(char: str) -> str:
    if char in KEPT_PICTURES:
        return char
    if char in _MASKS:
        return MASK
    if char in _LEET:
        return char
    if char in _APOSTROPHES:
        return ""
    if char in _ENDERS:
        return "\n" if char in "\n\r\u2028\u2029" else "."
    if char in _FIXED:
        return _FIXED[char]
    if char in SIMPLIFIED:
        return SIMPLIFIED[char]
    if char == "\t":
        return " "
    category = unicodedata.category(char)
    code = ord(char)
    if category in ("Cf", "Cc", "Cs", "Co", "Cn") or 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF:
        return ""
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(ord("a") + code - 0x1F1E6)
    for base in (0x1F130, 0x1F150, 0x1F170):
        if base <= code < base + 26:
            return chr(ord("a") + code - base)
    compatible = unicodedata.normalize("NFKC", char)
    if compatible != char:
        # Width forms, circled and mathematical letters, ligatures; each part may fold further.
        return "".join(part if part == char else CHARACTERS[part] for part in compatible)
    lower = char.lower()
    if lower != char:
        return "".join(CHARACTERS[part] for part in unicodedata.normalize("NFC", lower))
    if 0x30A1 <= code <= 0x30F6:
        return CHARACTERS[chr(code - 0x60)]
    if char in _SMALL_KANA:
        # Kept small here: what was drawn out ("たぁい") is seen by its neighbours first.
        return char
    if category.startswith("M"):
        native = any(low <= code <= high for low, high in _NATIVE_RANGES)
        return char if native else ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category[0] in "LN":
        if any(low <= code <= high for low, high in _NATIVE_RANGES):
            return char
        return _lookalike(char)
    return " "


def _lookalike(char: str) -> str:
    known = _LOOKALIKES.get(char)
    if known is not None:
        return known
    name = unicodedata.name(char, "")
    if name.startswith("LATIN LETTER SMALL CAPITAL ") and len(name) == 28:
        return name[-1].lower()
    return _library_lookalikes().get(char, char)


@lru_cache(maxsize=1)
def _library_lookalikes() -> dict[str, str]:
    try:
        from confusable_homoglyphs import confusables
    except ImportError:
        return {}
    found: dict[str, str] = {}
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for source in (letter, letter.upper()):
            for entry in confusables.confusables_data.get(source, ()):
                char = entry["c"]
                if len(char) == 1 and not char.isascii():
                    found.setdefault(char, letter)
    return found


def _accent_table() -> dict[int, str]:
    table: dict[int, str] = {ord("đ"): "d", ord("ħ"): "h", ord("ŧ"): "t"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        char = chr(code)
        base = unicodedata.normalize("NFD", char)
        if len(base) > 1 and base[0].isascii() and base[0].isalpha():
            table[code] = base[0]
    return table


ACCENTS = _accent_table()
"""Translation table from accented Latin letters to their base: one character each."""


def accents_of(char: str) -> frozenset[str]:
    """The marks on a Latin letter; `đ` counts as d with a stroke."""
    if char == "đ":
        return frozenset("-")
    return frozenset(unicodedata.normalize("NFD", char)[1:])


@lru_cache(maxsize=4096)
def weaker_spellings(char: str) -> str:
    """All letters with the same base and a subset of the marks of `char` (itself and the bare base included)."""
    base = char.translate(ACCENTS)
    marks = accents_of(char)
    letters = {base, char}
    for code, target in ACCENTS.items():
        other = chr(code)
        if target == base and accents_of(other) <= marks:
            letters.add(other)
    return "".join(sorted(letters))


CHARACTERS: dict[str, str] = _Characters()
