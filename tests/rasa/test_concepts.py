"""Words for shared ideas: files of one shape, ideas that the shared locales know, finds across scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.nlu.concepts import ConceptDataError, Concepts

DATA = Path(__file__).resolve().parents[2] / "nlu_data"


def test_every_idea_has_words_in_the_shared_locales() -> None:
    shared = yaml.safe_load((DATA / "en/concepts.yml").read_text("utf-8"))["concepts"]
    for path in sorted(DATA.glob("*/concepts.yml")):
        found = yaml.safe_load(path.read_text("utf-8"))["concepts"]
        assert set(found) <= set(shared), f"{path}: {sorted(set(found) - set(shared))}"


@pytest.mark.parametrize(
    ("text", "locale", "idea"),
    [
        ("con toi bi lo mui tiem", "vi", "vaccine"),
        ("खोप छुट्यो", "ne", "vaccine"),
        ("magkano po", "tl", "amount"),
        ("gui con vao hoikuen", "vi", "daycare"),
        ("予防接種の予定", "ja", "schedule"),
        ("保育园怎么申请", "zh-Hans", "daycare"),
    ],
)
def test_an_idea_is_found(text: str, locale: str, idea: str) -> None:
    assert idea in Concepts.load().find(text, locale)


@pytest.mark.parametrize("text", ["concepts: [a]", "concepts: {vaccine: jab}", "[]"])
def test_a_wrong_file_is_named(text: str, tmp_path: Path) -> None:
    folder = tmp_path / "nlu_data" / "en"
    folder.mkdir(parents=True)
    (folder / "concepts.yml").write_text(text, "utf-8")
    with pytest.raises(ConceptDataError, match=r"concepts\.yml"):
        Concepts.load(tmp_path)
