from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.knowledge.check import check_knowledge, main
from bot.knowledge.problems import Problem
from bot.settings import PROJECT_ROOT
from tests.knowledge.conftest import SMALL_LOCALES, TODAY, edit

ARTICLE = "knowledge_base/articles/swim-lessons/article.yml"
TEXTS = [
    f"knowledge_base/articles/{article}/{locale}.md"
    for article in ("swim-lessons", "lost-property")
    for locale in SMALL_LOCALES
]


def check(content: Path) -> list[Problem]:
    return check_knowledge(content, on=TODAY, locales=SMALL_LOCALES)


def test_the_small_base_is_sound(content: Path) -> None:
    assert check(content) == []


def test_the_city_base_is_sound() -> None:
    assert check_knowledge(PROJECT_ROOT, on=TODAY, allow_missing_locales=True) == []


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("number", ["5", "５", "५", "๕", "⑤", "Ⅴ"])
def test_a_number_written_into_any_text_is_found(content: Path, text: str, number: str) -> None:
    path = content / text
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[6] = f"{lines[6]} {number}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems = check(content)
    assert any(problem.file == text and problem.line == 7 and "number" in problem.message for problem in problems)


@pytest.mark.parametrize("text", TEXTS)
def test_altering_any_placeholder_of_a_translation_is_found(content: Path, text: str) -> None:
    path = content / text
    original = path.read_text(encoding="utf-8")
    for match in re.finditer(r"\{[a-z0-9.-]+\}", original):
        for changed in ("", "{swim-time.tel}" if "lost" in text else "{lost-desk.kept}", "9", "{swim-2026.nothing}"):
            mutated = original[: match.start()] + changed + original[match.end() :]
            path.write_text(mutated, encoding="utf-8")
            still_there = changed == "" and match.group(0) in mutated
            assert check(content) or still_there, (match.group(0), changed)


@pytest.mark.parametrize(
    ("old", "new", "field", "told"),
    [
        ("id: swim-lessons", "id: swimming", "id", "folder"),
        ("category: after_school", "category: After School", "category", "form"),
        ("related: [lost-property]", "related: [nothing-here]", "related.0", "no other article"),
        ("offices: [pool-desk]", "offices: [no-desk]", "offices.0", "no facility"),
        ("required_documents: [receipt]", "required_documents: [ticket]", "required_documents.0", "no document"),
        ("amount: swim-fee.fee", "amount: swim-fee.price", "eligibility.amount", "no value"),
        ("household: [low_income]", "household: [rich]", "eligibility.household.0", "not allowed"),
        ("wards: [tama, asao]", "wards: [shibuya]", "eligibility.wards", "valid"),
        ("verified: memory", "verified: maybe", "facts.2.verified", "not allowed"),
        ("    confirm: false\n    values:\n      hours", "    values:\n      hours", "facts.2.confirm", "missing"),
        ("valid_to: 2026-11-30", "valid_to: 2026-12-15", "facts.0.valid_to", "overlap"),
        ("valid_to: 2026-11-30", "valid_to: 2024-01-01", "facts.0.valid_to", "before valid_from"),
        ("slot: swim-fee", "slot: swim-time", "facts.0.slot", "id of another fact"),
        ("id: swim-2026", "id: swim-2024", "facts.1.id", "stands twice"),
        ("en: Pool 2", "en: Pool 3", "facts.2.values.place.value.en", "differ from the Japanese"),
        ('open: "09:00"', "open: 17:00", "facts.2.values.hours", "time of day"),
        ("source: staff notice", "source: staff notice\n    source: again", "facts.2.source", "twice"),
    ],
)
def test_a_fault_in_the_facts_is_named(content: Path, old: str, new: str, field: str, told: str) -> None:
    edit(content / ARTICLE, old, new)
    problems = check(content)
    assert any(p.field == field and told in p.message and p.line > 0 and p.remedy for p in problems), problems


@pytest.mark.parametrize(
    ("locale", "old", "new", "told"),
    [
        ("en", "up to {swim-fee.until}", "up to {swim-fees.until}", "names no fact"),
        ("en", "up to {swim-fee.until}", "up to {swim-fee.age}", "names no value"),
        ("en", "up to {swim-fee.until}", "up to {swim-2024.until}", "so the sentence would vanish"),
        ("en", "{swim-time.hours}", "at the weekend", "lacks what ja.md states"),
        ("en", "::: fact swim-2024", "::: fact swim-2020", "no fact of this article"),
        ("en", "for **{swim-fee.fee}**", "for **{swim-fee.fee}** yen", "stands twice"),
        ("en", "can learn", "can learn in three weeks", "spelled out"),
        ("vi", "có thể học", "có thể học hai tuần", "spelled out"),
        ("ja", "習えます", "三回習えます", "spelled out"),
        ("en", "can learn", "can <b>learn</b>", "markup or an address"),
        ("en", "can learn", "can learn at https://example.jp", "markup or an address"),
        ("en", "can learn", "can\u202e learn", "direction character"),
        ("en", "title: Swimming lessons", "title: 水泳", "script of en"),
        ("en", "keywords: [swim, pool]", "keywords: []", "none"),
        ("en", "questions: [Can my child learn to swim, ", "questions: [", "2 questions"),
    ],
)
def test_a_fault_in_a_text_is_named(content: Path, locale: str, old: str, new: str, told: str) -> None:
    path = content / "knowledge_base/articles/swim-lessons" / f"{locale}.md"
    edit(path, old, new)
    problems = check(content)
    assert any(p.file.endswith(f"{locale}.md") and told in p.message and p.remedy for p in problems), problems


def test_a_change_that_would_empty_a_sentence_later_is_found_today(content: Path) -> None:
    edit(content / ARTICLE, "valid_to: null\n    verified: seen", "valid_to: 2027-03-31\n    verified: seen")
    problems = check(content)
    assert any("2027-04-01" in problem.message for problem in problems)


def test_proper_names_may_hold_digits(content: Path) -> None:
    edit(content / ARTICLE, "names: [Splash 21]", "names: []")
    assert any("Splash 21" in problem.message for problem in check(content))


def test_missing_translations_are_told_apart(content: Path) -> None:
    (content / TEXTS[2]).unlink()
    assert [problem.message for problem in check(content)] == ["the text is missing."]
    assert check_knowledge(content, on=TODAY, locales=SMALL_LOCALES, allow_missing_locales=True) == []
    (content / TEXTS[0]).unlink()
    left = check_knowledge(content, on=TODAY, locales=SMALL_LOCALES, allow_missing_locales=True)
    assert [problem.file for problem in left] == [TEXTS[0]]


def test_an_untranslated_text_is_found(content: Path) -> None:
    english = (content / TEXTS[4]).read_text(encoding="utf-8")
    (content / TEXTS[5]).write_text(english, encoding="utf-8")
    assert any("same as en.md" in problem.message for problem in check(content))


def test_only_the_named_articles_are_checked(content: Path) -> None:
    (content / TEXTS[5]).unlink()
    assert check_knowledge(content, ["swim-lessons"], on=TODAY, locales=SMALL_LOCALES) == []
    assert "no such article" in check_knowledge(content, ["none"], on=TODAY, locales=SMALL_LOCALES)[0].message


def test_the_command_prints_and_fails(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(content / TEXTS[0], "習えます", "5回習えます")
    assert main(["swim-lessons", "--content", str(content), "--on", "2026-11-23"]) == 1
    printed = capsys.readouterr().out
    assert "ja.md:7 [body]: a number stands outside a placeholder" in printed
