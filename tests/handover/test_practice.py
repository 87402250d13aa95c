"""Synthetic residents for practice: complete in every locale, and they answer what the trainee does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.handover.practice import STEPS, PracticeError, Progress, Script
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES

SCRIPT = Script.load(PROJECT_ROOT)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_resident_speaks_in_every_locale(locale: str) -> None:
    assert len(SCRIPT.scenarios) == 5
    for scenario in SCRIPT.scenarios:
        said = [SCRIPT.line(locale, scenario, key) for key in ("start", *STEPS, "other", "unsure")]
        assert all(said)
        assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("こんにちは。相談員の佐藤です。", {"opening"}),
        ("話してくれてありがとう。いま安全ですか。", {"listening", "safety"}),
        ("189に電話できます。", {"referral"}),
        ("命が危ないときは、ほかの人に伝えることがあります。", {"confidentiality"}),
        ("また書いてくださいね。", {"closing"}),
        ("Are you safe right now?", {"safety"}),
        ("なるほど。", set()),
    ],
)
def test_what_a_trainee_writes_is_noticed(text: str, steps: set[str]) -> None:
    assert SCRIPT.notice(text, None, {}) == (steps, set())


def test_a_text_in_another_language_counts_by_its_likeness_to_a_phrase() -> None:
    alike = {"Chỗ bạn đang ở bây giờ có an toàn không?": "safety", "Cảm ơn bạn đã viết.": "opening"}
    assert SCRIPT.notice("chỗ bạn ở bây giờ an toàn không?", None, alike)[0] == {"safety"}
    assert SCRIPT.notice("hôm nay trời đẹp quá", None, alike)[0] == set()


def test_a_promise_of_secrecy_and_blame_are_mistakes_and_no_steps() -> None:
    assert SCRIPT.notice("秘密にします。だれにも言わないよ。", None, {}) == (set(), {"promised_secrecy"})
    assert SCRIPT.notice("大変ですね。でも、あなたも悪いよ。", None, {}) == (set(), {"blamed"})


def test_the_resident_answers_the_gravest_first_and_each_step_once() -> None:
    progress = Progress("suicidal_teen", "ja")
    assert SCRIPT.answer(progress, {"opening", "safety"}, set()) == "safety"
    assert SCRIPT.answer(progress, {"safety"}, set()) == "other"
    assert SCRIPT.answer(progress, {"listening"}, {"blamed"}) == "listening"
    assert SCRIPT.answer(progress, set(), {"blamed"}) == "other"
    found = SCRIPT.checklist(progress)
    assert {item["id"]: item["said"] for item in found["steps"]} == {
        "opening": True,
        "listening": True,
        "safety": True,
        "confidentiality": False,
        "referral": False,
        "closing": False,
    }
    assert [item["id"] for item in found["mistakes"]] == ["blamed"]


def test_a_missing_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "knowledge_base").mkdir()
    shutil.copy(PROJECT_ROOT / "knowledge_base" / "practice.yml", tmp_path / "knowledge_base")
    for locale in LOCALES:
        (tmp_path / "nlu_data" / locale).mkdir(parents=True)
        shutil.copy(PROJECT_ROOT / "nlu_data" / locale / "practice.yml", tmp_path / "nlu_data" / locale)
    path = tmp_path / "nlu_data" / "th" / "practice.yml"
    path.write_text(path.read_text("utf-8").replace("    closing:", "    closed:", 1), "utf-8")
    with pytest.raises(PracticeError, match=r"th/practice.yml: `common.closing` is missing"):
        Script.load(tmp_path)
    path.unlink()  # a language that is only being added has no residents yet
    assert set(Script.load(tmp_path).lines) == set(LOCALES) - {"th"}
