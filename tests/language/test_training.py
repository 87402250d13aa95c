"""The parts of training that are rules: romanising, reading catalogues, targets, and a fit that learns."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("wordfreq", reason="training needs the group `bench`")

from bot.language.training.catalogues import clean, own_sentences, translations
from bot.language.training.fit import fit, targets
from bot.language.training.romanise import korean, nepali
from bot.language.training.sources import SOURCES, fetch
from bot.language.training.vocabulary import LATIN_CLASSES, phrases
from bot.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [
        ("감사합니다", "gamsahamnida"),
        ("안녕하세요", "annyeonghaseyo"),
        ("독립문", "dongnimmun"),
        ("한라산", "hallasan"),
        ("좋은", "joeun"),
        ("따뜻한", "ttatteuthan"),
        ("읽어요", "ilgeoyo"),
        ("값이", "gapsi"),
        ("놓고", "noko"),
        ("3살", "3sal"),
    ],
)
def test_korean_by_the_revised_romanisation(hangul: str, latin: str) -> None:
    assert korean(hangul) == latin


@pytest.mark.parametrize(
    ("written", "typed"),
    [("नेपाल", "nepal"), ("छ", "chha"), ("गर्नु", "garnu"), ("बन्द", "banda"), ("पंखा", "pankha"), ("कति", "kati")],
)
def test_nepali_as_people_type_it(written: str, typed: str) -> None:
    assert typed in nepali(written)


def test_nepali_of_nothing_is_nothing() -> None:
    assert nepali("") == set()
    assert nepali("abc") == set()


def test_catalogues_are_read_without_header_and_placeholders(tmp_path: Path) -> None:
    pairs = [(b"", b"Language: xx\n"), (b"a", b"Guardar %(name)s <b>todo</b>"), (b"b", b"uno\0varios")]
    ids = b"".join(source + b"\0" for source, _ in pairs)
    strings = b"".join(target + b"\0" for _, target in pairs)
    start = 28 + 16 * len(pairs)
    sources, targets_at, at, to = b"", b"", start, start + len(ids)
    for source, target in pairs:
        sources += struct.pack("<2I", len(source), at)
        targets_at += struct.pack("<2I", len(target), to)
        at, to = at + len(source) + 1, to + len(target) + 1
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    path = tmp_path / "x.mo"
    path.write_bytes(header + sources + targets_at + ids + strings)
    assert list(translations(path)) == ["Guardar todo", "uno", "varios"]


def test_cleaning_leaves_words() -> None:
    assert clean("Hola {name}, ver [aquí](https://x.y) ahora") == "Hola , ver ahora"


def test_own_sentences_hold_no_test_sentences() -> None:
    sentences = set(own_sentences(PROJECT_ROOT, "vi"))
    assert "toi can gap nguoi tu van" not in sentences


def test_every_class_has_phrases_of_its_own() -> None:
    held = phrases()
    assert set(held) == {*LATIN_CLASSES, "han"}
    assert all(isinstance(line, str) for name in LATIN_CLASSES for line in held[name])


def test_a_fit_tells_classes_apart_and_follows_shares() -> None:
    vocabulary = {"a": {"kato": 3.0, "kati": 1.0, "both": 1.0}, "b": {"zumu": 1.0, "zuma": 1.0, "both": 1.0}}
    words, mass = targets(vocabulary, ("a", "b"), 0.5, {"b": 0.5})
    assert mass.sum(axis=0) == pytest.approx([1.0, 0.5])
    weights, bias = fit(words, mass, bits=10, longest=3, rounds=40)
    again, _ = fit(words, mass, bits=10, longest=3, rounds=40)
    assert np.array_equal(weights, again)
    from bot.language.ngrams import buckets

    def lead(word: str) -> float:
        score = weights[buckets(word, 10, 3)].sum(axis=0) + bias
        return float(score[0] - score[1])

    assert lead("katu") > 1 > -1 > lead("zumi")


def test_sources_are_pinned_and_licensed(tmp_path: Path) -> None:
    assert all(source.version and source.licence and source.takes for source in SOURCES)
    for source in SOURCES:
        (tmp_path / f"{source.package}-{source.version}").mkdir()
    assert set(fetch(tmp_path)) == {source.package for source in SOURCES}
