"""Han characters: which words are Japanese, simplified or traditional Chinese, and which characters stand for which."""

from __future__ import annotations

import random
import re
from pathlib import Path

from wordfreq import get_frequency_dict

from bot.language.training.catalogues import catalogue_sentences, own_sentences
from bot.language.training.vocabulary import phrases

HAN_CLASSES = ("zh-Hans", "zh-Hant", "ja")
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_CUT = 1e-7
_OWN = 2e-6

# Written Cantonese, which only traditional-script writers type.
_CANTONESE = "嘅 咩 喺 唔 冇 咗 嚟 啲 佢 哋 嘢 瞓 搵 攞 俾 畀 咁 噉 乜 嗰 咪 啱 嗌 睇 仲 鐘 幾多 邊度 點解 唔該 多謝 唔係 係咪 而家 今日 聽日 個鐘 分鐘".split()


def variants(folder: Path) -> dict[str, str]:
    """Traditional → simplified, one character for one, from OpenCC's character table."""
    found = {}
    text = (folder / "opencc" / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0]
        if len(traditional) == len(first) == 1 and traditional != first and ord(traditional) < 0x10000 > ord(first):
            found[traditional] = first
    return found


def shared_glyphs(folder: Path) -> str:
    """Characters that are simplified forms and, in other words, traditional ones too (后, 里, 干): no evidence."""
    text = (folder / "opencc" / "dictionary" / "STCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return "".join(
        sorted(simplified for simplified, forms in pairs if len(simplified) == 1 and simplified in forms.split())
    )


class _Converter:
    """Simplified → traditional by longest phrase, as OpenCC does it, with Taiwan's or Hong Kong's character forms."""

    def __init__(self, folder: Path, region: str) -> None:
        dictionary = folder / "opencc" / "dictionary"
        self._forms: dict[str, str] = {}
        for name in ("STCharacters", "STPhrases"):
            self._forms.update(self._read(dictionary / f"{name}.txt"))
        self._region = self._read(dictionary / f"{region}Variants.txt")
        self._longest = max(map(len, self._forms))

    @staticmethod
    def _read(path: Path) -> dict[str, str]:
        pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
        return {pair[0]: pair[1].split(" ")[0] for pair in pairs}

    def convert(self, text: str) -> str:
        out: list[str] = []
        at = 0
        while at < len(text):
            for size in range(min(self._longest, len(text) - at), 0, -1):
                piece = text[at : at + size]
                if piece in self._forms or size == 1:
                    out.append(self._forms.get(piece, piece))
                    at += size
                    break
        return "".join(self._region.get(character, character) for character in "".join(out))


def han_vocabulary(sources: dict[str, Path], content: Path) -> dict[str, dict[str, float]]:
    """Runs of Han characters and how often they are written, for each of HAN_CLASSES."""
    opencc = sources["opencc-python-reimplemented"]
    taiwan, hong_kong = _Converter(opencc, "TW"), _Converter(opencc, "HK")
    found: dict[str, dict[str, float]] = {name: {} for name in HAN_CLASSES}

    def add(name: str, run: str, worth: float) -> None:
        found[name][run] = found[name].get(run, 0.0) + worth

    def add_chinese(run: str, worth: float) -> None:
        add("zh-Hans", run, worth)
        add("zh-Hant", taiwan.convert(run), worth * 0.7)
        add("zh-Hant", hong_kong.convert(run), worth * 0.3)

    chance = random.Random(3)
    listed = [
        (word, share)
        for word, share in get_frequency_dict("zh", "best").items()
        if _RUN.fullmatch(word) and share >= _CUT
    ]
    for word, share in listed:
        add_chinese(word, share)
    names, shares = [word for word, _ in listed], [share**0.8 for _, share in listed]
    for size in (2, 3, 5):  # Chinese is not spaced: what meets at word borders is seen as well
        drawn = chance.choices(names, shares, k=12000 * size)
        for at in range(0, len(drawn), size):
            add_chinese("".join(drawn[at : at + size]), 3e-6)
    for package in ("django", "wagtail"):
        for line in catalogue_sentences(sources[package], ("zh_Hans",)):
            for run in _RUN.findall(line):
                add_chinese(run, _OWN)
        for line in catalogue_sentences(sources[package], ("zh_Hant",)):
            for run in _RUN.findall(line):
                add("zh-Hant", run, _OWN)
    for run in _CANTONESE:
        add("zh-Hant", run, 2e-4)
    for name, lines in phrases()["han"].items():
        for line in lines:
            for run in line.split():
                add(name, run, 5 * _OWN)
    for name in HAN_CLASSES:
        # The city's Japanese terms are what residents copy from letters and signs, whatever language they speak.
        worth = 5 * _OWN if name == "ja" else _OWN
        for line in own_sentences(content, name):
            for run in _RUN.findall(line):
                add(name, run, worth)

    japanese = [
        (word, share)
        for word, share in get_frequency_dict("ja", "best").items()
        if _RUN.fullmatch(word) and share >= _CUT
    ]
    for word, share in japanese:
        add("ja", word, share)
    several = [(word, share) for word, share in japanese if len(word) > 1]
    names, shares = [word for word, _ in several], [share**0.8 for _, share in several]
    drawn = chance.choices(names, shares, k=60000)
    for at in range(0, len(drawn), 2):
        add("ja", "".join(drawn[at : at + 2]), 2e-6)
    for line in catalogue_sentences(sources["django"], ("ja",)):
        for run in _RUN.findall(line):
            add("ja", run, _OWN)
    return found
