"""Which of the locales a text is written in: script rules first, then n-gram models for Latin letters and Han."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bot.language.han import HanModel
from bot.language.locales import load_locales
from bot.language.ngrams import NgramModel, Scores, WordScores
from bot.language.normalise import courtesy_key
from bot.language.script import Scripts, scripts
from bot.language.words import fold
from bot.settings import PROJECT_ROOT
from bot.turn import Detection
from bot.vocabulary import DEFAULT_LOCALE, LOCALES

WEIGHTS = Path(__file__).with_name("weights")

# How many characters make about one word, so that scripts can be compared.
_PER_WORD = {"han": 1.7, "kana": 2.5, "hangul": 2.5, "thai": 4.0, "devanagari": 4.5, "bopomofo": 3.0}
_WORDS_READ = 200
_WORDS_ENOUGH = 12
"""Words in Latin letters that are looked at: at most, and first. Most languages are clear after a dozen words."""

# The evidence of n words is not n times the evidence of one; measured on held-out phrases (docs/language.md).
_DEPENDENCE = 0.12
_PRIOR_NATS = 2.5
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_CLAUSES = re.compile(r"[\s,.!?，。、！？「」()（）]+")
_JAPANESE_GRAMMAR = re.compile(
    r"です|ます|ません|ました|たい|ない|ください|する|した|して|けど|を|どこ|いつ|どう|なに|だれ|いくら"
    r"|[はにが](?=[どな何い])|の[？?]|[たるいだよねなうくすつぬむぶぐか][\s。！？!?…〜～ー]*$"
)
"""What makes Japanese a sentence. A term copied from a letter has none of it."""
_PLACE_ENDINGS = frozenset({"ku", "shi", "eki", "cho", "machi", "ken"})
_DRAWN_OUT = re.compile(r"([a-z])\1\1+")
_COURTESY_NATS = 3.0
_COURTESY_WORDS = 4
"""A greeting of up to this many words leans to the one language it belongs to: "xin chao" also fits pinyin."""
_CERTAIN_SCRIPT = 0.995


class Detector:
    """Decides the locale of one text. Safe to share between threads; never raises for any text."""

    def __init__(
        self,
        latin: NgramModel,
        han: HanModel,
        courtesies: Mapping[str, str] | None = None,
        places: frozenset[str] = frozenset(),
    ) -> None:
        """`courtesies` maps the key of each courtesy to the one locale that has it, or to "" where several do.

        `places` are names that people write alike in every language.
        """
        self._places = places
        self._latin = latin
        self._han = han
        self._courtesies = courtesies or {}
        self._english = latin.classes.index("en")
        self._filipino = latin.classes.index("tl")
        self._words = WordScores(latin)

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Detector:
        """The detector, loaded once a process. Raises OSError when a weights file is missing."""
        courtesies: dict[str, str] = {}
        for tag, locale in load_locales(PROJECT_ROOT).items():
            for word in locale.courtesies if not locale.register_of else ():
                key = courtesy_key(word)
                courtesies[key] = tag if courtesies.get(key, tag) == tag else ""
        places = (WEIGHTS / "places.txt").read_text(encoding="utf-8").split()
        latin, han = NgramModel.load(WEIGHTS / "latin.npz"), HanModel.load(WEIGHTS, [*filter(_HAN.match, places)])
        detector = cls(latin, han, courtesies, frozenset(places))
        detector._words.learn((WEIGHTS / "familiar.txt").read_text(encoding="utf-8").split())
        return detector

    def detect(self, text: str, prior: str | None = None) -> Detection:
        """Locale of `text`, with calibrated confidence 0..1 and the other locales seen in it.

        `prior` is the locale the conversation is held in: it settles what is ambiguous, and a short message does not
        leave it. Without letters the answer is the prior, or the default locale, with confidence 0.
        """
        if prior not in LOCALES:
            prior = None
        seen = scripts(text)
        found, words = self._decide(text, seen, prior)
        if found is None:
            return Detection(prior or DEFAULT_LOCALE, 0.0)
        if prior is None or found.locale == prior:
            return found
        if prior == "ja-easy" and found.locale == "ja":
            return Detection(prior, found.confidence, found.others)
        if self._leaves(text, seen, found, words):
            return found
        others = (found.locale, *(other for other in found.others if other != prior))
        return Detection(prior, max(0.55, 1.0 - found.confidence), others)

    def _leaves(self, text: str, seen: Scripts, found: Detection, words: float) -> bool:
        """Whether a text in another locale than the conversation's is long and clear enough to change it."""
        if courtesy_key(text) in self._courtesies:
            return False
        if found.locale == "ja" and not (seen.kana and _JAPANESE_GRAMMAR.search(text)):
            return False  # official terms are copied from letters and signs; a sentence is not
        if seen.latin and words <= len(seen.latin) + 0.01:
            return words >= 3 and found.confidence >= 0.85
        return words >= 2 and found.confidence >= 0.7

    def _decide(self, text: str, seen: Scripts, prior: str | None) -> tuple[Detection | None, float]:
        """The locale and how many words speak for it; None when there are no letters of ours."""
        native = _native_words(seen)
        if not native:
            if not seen.latin:
                return None, 0.0
            return self._read_latin(seen.latin, prior), float(len(seen.latin))
        script = max(native, key=lambda name: native[name])
        words = native[script]
        quoted = script in ("kana", "han") and not _JAPANESE_GRAMMAR.search(text)
        if quoted and script == "kana" and seen.han and (chinese := self._chinese_around(text, prior)):
            return chinese, words
        # Names and titles in Latin letters stand in any text; grammar in the native script makes it the frame.
        size = len(seen.latin) - sum(0.6 for word in seen.latin if not word.islower())
        if size > words * (1.3 if quoted else 2.0) or (quoted and self._quotes_japanese(seen, size, prior)):
            found = self._read_latin(seen.latin, prior)
            locale = self._name_native(script, seen, prior)[0]
            others = found.others if locale in (found.locale, *found.others) else (*found.others, locale)
            return Detection(found.locale, found.confidence * 0.9, others), float(len(seen.latin))
        locale, confidence = self._name_native(script, seen, prior)
        others = tuple(
            self._name_native(name, seen, prior)[0] for name, size in native.items() if size >= 1 and name != script
        )
        if len(seen.latin) >= 2 and size > 0.2 * words:
            guest = self._read_latin(seen.latin, prior)
            if guest.confidence > 0.7:
                others += (guest.locale,)
        if locale == "ja" and _childlike(seen):
            others += ("ja-easy",)
        others = tuple(dict.fromkeys(other for other in others if other != locale))
        share = words / (words + 0.3 * len(seen.latin) + sum(native.values()) - words)
        return Detection(locale, confidence * (0.5 + 0.5 * share), others), words

    def _quotes_japanese(self, seen: Scripts, size: float, prior: str | None) -> bool:
        """Whether a few words of another language than English stand around a Japanese term: they are the writer's own."""
        if size < 2 and not (size >= 1 and any(not word.isascii() for word in seen.latin)):
            return False
        if not seen.kana and self._han.name(seen.han, 0, None)[0] != "ja":
            return False
        guest = self._read_latin(seen.latin, prior)
        return guest.confidence >= 0.8 and guest.locale not in ("en", "ja", "zh-Hans", "zh-Hant")

    def _chinese_around(self, text: str, prior: str | None) -> Detection | None:
        """Chinese clauses beside a Japanese term ("マイナンバーカード 忘带了行吗")."""
        clauses = [clause for clause in _CLAUSES.split(text) if _HAN.search(clause) and not _KANA.search(clause)]
        runs = [run for clause in clauses for run in scripts(clause).han]
        if sum(map(len, runs)) < 3:
            return None
        locale, confidence = self._han.name(runs, 0, prior)
        return Detection(locale, confidence * 0.9, ("ja",)) if locale != "ja" and confidence >= 0.9 else None

    def _name_native(self, script: str, seen: Scripts, prior: str | None) -> tuple[str, float]:
        if script == "han":
            return self._han.name(seen.han, seen.kana, prior)
        named = {"kana": "ja", "hangul": "ko", "thai": "th", "devanagari": "ne", "bopomofo": "zh-Hant"}
        return named[script], _CERTAIN_SCRIPT

    def _read_latin(self, words: list[str], prior: str | None) -> Detection:
        if len(words) > _WORDS_ENOUGH:
            found = self._judge(words[:_WORDS_ENOUGH], prior)
            if found.confidence > 0.9999 and found.locale not in ("en", "tl"):  # those two are mixed: read them whole
                return found
        return self._judge(words, prior)

    def _judge(self, words: list[str], prior: str | None) -> Detection:
        folded = fold(" ".join(words[:_WORDS_READ]))
        if _DRAWN_OUT.search(folded):
            folded = _DRAWN_OUT.sub(r"\1", folded)
        read = folded.split(" ")
        telling = [word for word in read if word not in self._places]
        if len(telling) < len(read):
            telling = [word for word in telling if word not in _PLACE_ENDINGS]
        rows, table = self._words.look_up(telling or read)
        count = len(rows)
        scores = table[rows[0]].tolist() if count == 1 else table[rows].sum(axis=0).tolist()
        heat = 1.0 / (1.0 + _DEPENDENCE * (count - 1))
        total = [(score + bias) * heat for score, bias in zip(scores, self._latin.bias, strict=True)]
        classes = self._latin.classes
        if prior is not None:
            wanted = {"ja-easy": "ja", "zh-Hant": "zh-Hans"}.get(prior, prior)
            if wanted in classes:
                total[classes.index(wanted)] += _PRIOR_NATS
        if count <= _COURTESY_WORDS and (owner := self._courtesies.get(courtesy_key("".join(words)))) in classes:
            total[classes.index(owner)] += _COURTESY_NATS
        best = max(total)
        place = total.index(best)
        parts = [math.exp(value - best) for value in total]
        whole = sum(parts)
        others: tuple[str, ...] = ()
        if place in (self._english, self._filipino) and count > 2:
            mixed = self._mixed(table[rows])
            if mixed and place == self._english:
                place, others = self._filipino, ("en",)
            elif mixed:
                others = ("en",)
        locale = classes[place]
        if locale == "zh-Hans" and prior == "zh-Hant":
            locale = prior
        for index, part in enumerate(parts):
            if part > 0.2 * whole and classes[index] not in (locale, *others):
                others += (classes[index],)
        confidence = max(parts[place] / whole, 0.5 if "en" in others else 0.0)
        return Detection(locale, confidence if telling else confidence / 2, others)

    def _mixed(self, scores: Scores) -> bool:
        """Taglish: Filipino words hold an English sentence together, or English ones stand in a Filipino frame."""
        lead = scores[:, self._filipino] - scores[:, self._english]
        filipino, english = int((lead > 2.5).sum()), int((lead < -2.5).sum())
        return filipino >= 2 and english >= 2 and 4 * filipino >= len(scores)


def _native_words(seen: Scripts) -> dict[str, float]:
    """About how many words each script holds, Latin left out. Kana claims the Han characters beside it."""
    found = {}
    han = sum(map(len, seen.han))
    if seen.kana and seen.kana * 8 > han:
        found["kana"] = seen.kana / _PER_WORD["kana"] + han / _PER_WORD["han"]
    elif han:
        found["han"] = han / _PER_WORD["han"]
    for name in ("hangul", "thai", "devanagari", "bopomofo"):
        if size := getattr(seen, name):
            found[name] = size / _PER_WORD[name]
    return found


def _childlike(seen: Scripts) -> bool:
    return not seen.han and not seen.latin and seen.hiragana >= 5 and seen.hiragana * 5 > seen.kana * 4
