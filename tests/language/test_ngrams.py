"""The n-gram model: the same rows on every platform, quantising that keeps the order, memory that gives back rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.language.ngrams import NgramModel, WordScores, buckets


def small_model(tmp_path: Path) -> NgramModel:
    random = np.random.default_rng(1)
    weights = random.normal(size=(1 << 10, 3)).astype(np.float32)
    NgramModel.save(tmp_path / "small.npz", ["a", "b", "c"], weights, [0.0, 0.5, -0.5], 4)
    return NgramModel.load(tmp_path / "small.npz")


def test_rows_are_fixed_for_ever() -> None:
    """The weights are committed: a changed hash would make them meaningless."""
    assert buckets("ab", 18, 5).tolist() == [30939, 56761, 53757, 235498, 27370, 117518, 132292, 41581, 148890]
    assert len(buckets("word", 18, 5)) == 4 + 5 + 4 + 3 + 2 + 1
    assert buckets("x", 10, 5).max() < 1 << 10


def test_saved_and_read_again(tmp_path: Path) -> None:
    model = small_model(tmp_path)
    assert model.classes == ("a", "b", "c")
    assert model.bias == (0.0, 0.5, -0.5)
    assert model.score(["hello"]).shape == (1, 3)
    assert model.score(["\ud800", "a"]).shape == (2, 3)


def test_memory_of_words_survives_being_full(tmp_path: Path) -> None:
    model = small_model(tmp_path)
    words = WordScores(model)
    words.CAPACITY = 50
    for number in range(200):
        rows, table = words.look_up([f"w{number}", "kept", f"w{number}"])
        assert rows[0] == rows[2]
        np.testing.assert_allclose(table[rows[0]], model.score([f"w{number}"])[0], rtol=1e-6)
        np.testing.assert_allclose(table[rows[1]], model.score(["kept"])[0], rtol=1e-6)


def test_several_words_score_as_each_alone(tmp_path: Path) -> None:
    model = small_model(tmp_path)
    words = ["a", "of", "the", "word", "trường", "a" * 60, "\U00020000字", "<>", "the"]
    together = model.score(words)
    for row, word in zip(together, words, strict=True):
        np.testing.assert_allclose(row, model.score([word])[0], rtol=1e-5)
