"""Trains and writes every file in bot/language/weights: about three minutes on one core."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wordfreq import word_frequency

from bot.language.ngrams import NgramModel
from bot.language.script import scripts
from bot.language.training.catalogues import own_sentences
from bot.language.training.fit import fit, targets
from bot.language.training.han import HAN_CLASSES, han_vocabulary, shared_glyphs, variants
from bot.language.training.sources import fetch
from bot.language.training.vocabulary import LATIN_CLASSES, RARE_CLASSES, latin_vocabulary
from bot.language.words import latin_words
from bot.yaml_files import read_yaml

# Chosen by measurement, docs/adr/0011.
LATIN = {"power": 0.7, "bits": 18, "longest": 5, "rare": 0.1}
HAN = {"power": 0.65, "bits": 18, "longest": 3, "japanese": 0.3, "traditional": 0.8}


def train_latin(sources: dict[str, Path], content: Path, target: Path, report: Callable[[str], None]) -> None:
    """Write latin.npz, the model of words in Latin letters."""
    vocabulary = latin_vocabulary(sources, content)
    report("Latin: " + ", ".join(f"{name} {len(words)}" for name, words in vocabulary.items()) + " words")
    words, mass = targets(vocabulary, LATIN_CLASSES, LATIN["power"], dict.fromkeys(RARE_CLASSES, LATIN["rare"]))
    bits, longest = int(LATIN["bits"]), int(LATIN["longest"])
    weights, bias = fit(words, mass, bits, longest, report=report)
    NgramModel.save(target / "latin.npz", LATIN_CLASSES, weights, bias.tolist(), longest)


def train_han(sources: dict[str, Path], content: Path, target: Path, report: Callable[[str], None]) -> None:
    """Write han.npz and han_variants.txt: the model of Han words, and which characters tell the scripts apart."""
    opencc = sources["opencc-python-reimplemented"]
    write_variants(opencc, target)
    vocabulary = han_vocabulary(sources, content)
    report("Han: " + ", ".join(f"{name} {len(words)}" for name, words in vocabulary.items()) + " runs")
    words, mass = targets(vocabulary, HAN_CLASSES, HAN["power"], {"ja": HAN["japanese"], "zh-Hant": HAN["traditional"]})
    weights, bias = fit(words, mass, int(HAN["bits"]), int(HAN["longest"]), rounds=60, report=report)
    NgramModel.save(target / "han.npz", HAN_CLASSES, weights, bias.tolist(), int(HAN["longest"]))


def write_variants(opencc: Path, target: Path) -> None:
    """Three lines: traditional characters, their simplified forms in the same order, glyphs both scripts use."""
    pairs = sorted(variants(opencc).items())
    lines = ("".join(one for one, _ in pairs), "".join(other for _, other in pairs), shared_glyphs(opencc))
    (target / "han_variants.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_familiar(content: Path, target: Path) -> int:
    """Write familiar.txt, words of our own texts in Latin letters: the detector scores them when it loads."""
    words = {
        word
        for name in LATIN_CLASSES
        if name not in RARE_CLASSES
        for line in own_sentences(content, name)
        for word in latin_words(line)
    }
    (target / "familiar.txt").write_text("\n".join(sorted(words)) + "\n", encoding="utf-8")
    return len(words)


def write_places(content: Path, target: Path) -> int:
    """Write places.txt, names of the city's places: residents of every language write them alike.

    Names in Latin letters that are words of some language too ("tama", "arima") are left out.
    """
    names: set[str] = set()
    for locale in ("en", "ja"):
        held = read_yaml(content / "nlu_data" / locale / "entities.yml")["entities"]
        listed = [name for names_of in held["ward"].values() for name in names_of] + held.get("elsewhere", [])
        for name in listed:
            if locale == "ja":
                names.update(run for run in scripts(name.lstrip("=")).han if run == name.lstrip("=") and len(run) > 1)
            else:
                names.update(word for word in latin_words(name) if len(word) > 3 and _rare_everywhere(word))
    (target / "places.txt").write_text("\n".join(sorted(names)) + "\n", encoding="utf-8")
    return len(names)


def _rare_everywhere(word: str) -> bool:
    return max(word_frequency(word, language) for language in ("en", "es", "pt", "id", "vi", "fil")) < 2e-5


def train(content: Path, sources: Path, target: Path, report: Callable[[str], None]) -> None:
    """Fetch the sources into `sources`, fit both models, write them to `target`. Raises SourceError."""
    found = fetch(sources)
    train_han(found, content, target, report)
    train_latin(found, content, target, report)
    report(f"{write_familiar(content, target)} familiar words")
    report(f"{write_places(content, target)} names of places")
