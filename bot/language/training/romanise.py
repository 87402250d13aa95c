"""Korean and Nepali in Latin letters, as residents type them: rules of our own, several spellings a word."""

from __future__ import annotations

_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_VOWELS = (
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()  # in the order of Unicode's syllables
)
_FINALS = (
    "",
    *"g kk gs n nj nh d l lg lm lb ls lt lp lh m b bs s ss ng j ch k t p h".split(),
)
_CLOSED = {
    "g": "k", "kk": "k", "gs": "k", "nj": "n", "nh": "n", "d": "t", "lg": "k", "lm": "m", "lb": "l", "ls": "l",
    "lt": "l", "lp": "p", "lh": "l", "b": "p", "bs": "p", "s": "t", "ss": "t", "j": "t", "ch": "t", "h": "",
}  # fmt: skip
_LINKED = {
    "gs": ("k", "s"), "nj": ("n", "j"), "nh": ("", "n"), "lg": ("l", "g"), "lm": ("l", "m"), "lb": ("l", "b"),
    "ls": ("l", "s"), "lt": ("l", "t"), "lp": ("l", "p"), "lh": ("", "r"), "bs": ("p", "s"), "l": ("", "r"),
    "h": ("", ""), "ng": ("ng", ""),
}  # fmt: skip
_NASAL = {"k": "ng", "t": "n", "p": "m"}
_ASPIRATED = {"g": "k", "d": "t", "b": "p", "j": "ch"}


def korean(text: str) -> str:
    """Revised Romanisation of hangul, with the sound changes between syllables; other characters stay."""
    out: list[str] = []
    syllables = [ord(character) - 0xAC00 for character in text]
    carried: str | None = None
    for index, code in enumerate(syllables):
        if not 0 <= code < 11172:
            out.append(text[index])
            carried = None
            continue
        initial = _INITIALS[code // 588] if carried is None else carried
        carried = None
        final = _FINALS[code % 28]
        following = syllables[index + 1] if index + 1 < len(syllables) else -1
        if 0 <= following < 11172:
            final, carried = _meet(final, _INITIALS[following // 588])
        else:
            final = _CLOSED.get(final, final)
        out.append(initial + _VOWELS[code % 588 // 28] + final)
    return "".join(out)


def _meet(final: str, initial: str) -> tuple[str, str]:
    """What a final and the next initial become together."""
    if not initial and final:
        return _LINKED.get(final, ("", final))
    if final in ("h", "nh", "lh") and initial in _ASPIRATED:
        return final[:-1], _ASPIRATED[initial]
    closed = _CLOSED.get(final, final)
    if initial in ("n", "m") and closed in _NASAL:
        return _NASAL[closed], initial
    if initial == "r":
        if closed in ("l", "n"):
            return "l", "l"
        if closed in _NASAL:
            return _NASAL[closed], "n"
        if closed in ("m", "ng"):
            return closed, "n"
    if initial == "n" and closed == "l":
        return "l", "l"
    return closed, initial


_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
        "k kh g gh ng ch chh j jh ny t th d dh n t th d dh n p ph b bh m y r l w sh sh s h".split(),
        strict=True,
    )
)
_INDEPENDENT = dict(zip("अआइईउऊऋएऐओऔ", "a aa i i u u ri e ai o au".split(), strict=True))
_SIGNS = dict(zip("ािीुूृेैोौ", "aa i i u u ri e ai o au".split(), strict=True))
_VIRAMA, _NUKTA = "\u094d", "\u093c"
_MARKS = {"ं": "n", "ँ": "n", "ः": "h"}


def nepali(word: str) -> set[str]:
    """Spellings of a Devanagari word in Latin letters: learned (`chha`, `taapakram`) and everyday (`cha`, `tapkram`)."""
    pieces: list[str] = []
    bare = 0
    for index, character in enumerate(word):
        following = word[index + 1] if index + 1 < len(word) else ""
        if character in _CONSONANTS:
            pieces.append(_CONSONANTS[character])
            if following != _VIRAMA and following not in _SIGNS and following != _NUKTA:
                pieces.append("A")
                bare += 1
        elif character in _SIGNS or character in _INDEPENDENT:
            pieces.append(_SIGNS.get(character) or _INDEPENDENT[character])
        elif character in _MARKS:
            pieces.append(_MARKS[character])
    if not pieces:
        return set()
    spelled = "".join(pieces)
    forms = {spelled}
    conjunct = len(word) > 2 and word[-2] == _VIRAMA
    if pieces[-1] == "A" and len(pieces) > 3 and not conjunct:
        forms = {spelled[:-1], spelled} if spelled.endswith("chhA") else {spelled[:-1]}
    found = set()
    for form in forms:
        learned = form.replace("A", "a")
        short = learned.replace("aa", "a")
        found |= {
            learned,
            short,
            short.replace("chh", "x") if short.startswith("chh") else short.replace("chh", "ch"),
            short.replace("n", "m") if "ं" in word else short,
            short.replace("w", "v"),
            short.replace("sh", "s"),
            short.replace("ph", "f"),
        }
    return found
