"""Words of the family services: everything the plan can say has words, with the same placeholders everywhere."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest
import yaml

from bot.family.checkups import CheckupRules
from bot.family.rules import RuleSet
from bot.family.words import FamilyWords, WordsError
from bot.settings import PROJECT_ROOT

FOLDERS = sorted(path.parent.name for path in (PROJECT_ROOT / "nlu_data").glob("*/family.yml"))


def texts(folder: str) -> dict[str, str]:
    data = yaml.safe_load((PROJECT_ROOT / "nlu_data" / folder / "family.yml").read_text(encoding="utf-8"))
    assert list(data) == ["family"]
    found: dict[str, str] = data["family"]
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder != "_template"])
def test_a_locale_has_the_keys_of_the_template_and_the_placeholders_of_japanese(folder: str) -> None:
    found, japanese = texts(folder), texts("ja")
    assert sorted(found) == sorted(texts("_template"))
    assert {key for key in found if placeholders(found[key]) != placeholders(japanese[key])} == set()


def test_every_vaccine_dose_and_checkup_has_a_name() -> None:
    words, rules, checkups = FamilyWords.load("ja"), RuleSet.load(), CheckupRules.load().data
    for name in [*rules.products, *(series.id for series in rules.series), rules.maternal["id"]]:
        assert words.vaccine(name)
    for series in rules.series:
        for course in series.courses:
            assert all(words.dose(step.key) for step in course.steps)
    for item in [*checkups["child"], *checkups["mother"], *checkups["pregnancy"]["interviews"]]:
        assert words.checkup(item["id"])


def strings(module: str) -> set[str]:
    tree = ast.parse((PROJECT_ROOT / "bot" / "family" / f"{module}.py").read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize(
    ("prefix", "modules"),
    [
        ("reason", ("proposals", "visits", "immunisation")),
        ("status", ("proposals", "immunisation")),
        ("judged", ("history", "immunisation")),
        ("note", ("proposals", "immunisation", "history")),
    ],
)
def test_every_word_of_the_template_is_one_the_code_can_say(prefix: str, modules: tuple[str, ...]) -> None:
    said = set().union(*(strings(module) for module in modules))
    keys = {key.removeprefix(f"{prefix}_") for key in texts("_template") if key.startswith(f"{prefix}_")}
    # `overdue` is a field of an entry, shown as a status.
    assert keys - said - {"overdue"} == set()


def test_an_unknown_locale_and_a_broken_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="Known"):
        FamilyWords.load("xx")
    (tmp_path / "nlu_data" / "ja").mkdir(parents=True)
    (tmp_path / "nlu_data" / "ja" / "family.yml").write_text("replies: {}\n", encoding="utf-8")
    with pytest.raises(WordsError, match="top key"):
        FamilyWords.load("ja", tmp_path)
