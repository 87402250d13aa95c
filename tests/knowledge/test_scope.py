"""What the base covers at all, told by words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.scope import Scope, out_of_scope_examples
from bot.knowledge.search import Searcher
from bot.vocabulary import Outcome

from .conftest import SMALL_LOCALES, TODAY, LetterEncoder

INSIDE = [("swimming for children", ["swim", "child"]), ("lost umbrella", ["lost", "umbrella"])]
OUTSIDE = [("weather tomorrow", ["weather", "tomorrow"]), ("tell me a joke", ["tell", "joke"])]


def test_words_of_either_side_decide() -> None:
    scope = Scope(INSIDE, OUTSIDE)
    assert scope.evidence("swimming", ["swim"]) > 1
    assert scope.evidence("a joke", ["joke"]) < -1
    assert abs(scope.evidence("xylophone", ["xylophone"])) < 1


def test_without_examples_of_one_side_nothing_is_known() -> None:
    assert not Scope(INSIDE, []).known
    assert not Scope([], OUTSIDE).known
    assert Scope(INSIDE, OUTSIDE).known


@pytest.mark.parametrize("written", ["", "nlu: []\n", "nlu: [{intent: out_of_scope}]\n", "nlu: [\n", "- a\n"])
def test_a_broken_file_of_examples_is_done_without(tmp_path: Path, written: str) -> None:
    file = tmp_path / "nlu_data" / "en" / "intents" / "out_of_scope.yml"
    file.parent.mkdir(parents=True)
    file.write_text(written, encoding="utf-8")
    assert out_of_scope_examples(tmp_path, "en") == []


def test_a_question_about_something_else_is_refused_though_it_shares_words(small: KnowledgeBase) -> None:
    folder = small.content_dir / "nlu_data" / "en" / "intents"
    folder.mkdir(parents=True)
    jokes = "\n".join(f"    - tell me a joke about the {place}" for place in ("pool", "swimming pool", "swim lessons"))
    (folder / "out_of_scope.yml").write_text(
        f"nlu:\n- intent: out_of_scope\n  examples: |\n{jokes}\n    - tell me a joke\n", encoding="utf-8"
    )
    searcher = Searcher.build(KnowledgeBase.load(small.content_dir, SMALL_LOCALES), encoder=LetterEncoder())
    assert searcher.search("tell me a joke about the pool", "en", TODAY).outcome is Outcome.not_found
