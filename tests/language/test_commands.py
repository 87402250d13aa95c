"""The commands about language: JSON Lines in and out, tables that name what is wrong, a report with its pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import bench_language, detect, eval_language
from bot.cli.bench_language import Item, right

ROWS = [
    ("1", "words", "vi", "", "trường học"),
    ("2", "words", "zh", "", "孩子"),
    ("3", "sentences", "zh-Hant", "", "小孩三歲了，什麼時候打疫苗"),
    ("4", "sentences", "ne", "", "बाल भत्ता कसरी पाउन सकिन्छ?"),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "items.tsv"
    lines = ["id\tset\tlang\tsource\ttext", *("\t".join(row) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_detect_answers_line_by_line() -> None:
    lines = [
        '{"text": "Làm thế nào để xin trợ cấp?", "id": 7}',
        "garbage",
        '{"text": "はい", "prior": "vi"}',
        '{"no": 1}',
    ]
    result = CliRunner().invoke(detect.command, input="\n".join(lines) + "\n")
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert answers[0]["locale"] == "vi"
    assert answers[0]["id"] == 7
    assert 0.9 < answers[0]["confidence"] <= 1
    assert answers[1]["line"] == 2
    assert answers[2]["locale"] == "vi"
    assert answers[2]["others"] == ["ja"]
    assert "text" in answers[3]["error"]


def test_bench_measures_ours_on_a_table(table: Path) -> None:
    result = CliRunner().invoke(bench_language.command, ["--data", str(table), "--only", "iroiro", "--json"])
    assert result.exit_code == 0, result.output
    held = json.loads(result.output)
    assert held["all"] == 100
    assert held["texts"] == 4
    assert held["accuracy"]["Nepali in Devanagari"] == 100
    assert held["texts_per_second"] > 0


def test_a_wrong_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "items.tsv"
    path.write_text("id\tset\tlang\tsource\ttext\n1\tvi\n", encoding="utf-8")
    result = CliRunner().invoke(bench_language.command, ["--data", str(path), "--only", "iroiro"])
    assert result.exit_code == 1
    assert "items.tsv:2" in result.output


def test_scripts_count_only_where_the_set_tells_them_apart() -> None:
    assert right("zh", "zh-Hant")
    assert right("zh-Hans", "zh")
    assert not right("zh-Hans", "zh-Hant")
    assert not right("ja", "zh-Hans")


def test_eval_prints_and_reports(table: Path, tmp_path: Path) -> None:
    report = tmp_path / "out" / "report.html"
    result = CliRunner().invoke(eval_language.command, ["--data", str(table), "--report", str(report)])
    assert result.exit_code == 0, result.output
    assert "all 4 texts: 100.00 % right" in result.output
    text = report.read_text(encoding="utf-8")
    assert text.count("data:image/png;base64,") == 3
    assert "<script" not in text


def test_eval_groups_by_length_and_language() -> None:
    answers = eval_language.evaluate(
        [Item("s", "th", "ก"), Item("s", "th", "ขอเงินช่วยเหลือเด็กได้อย่างไร"), Item("s", "ko", "ありがとう")]
    )
    assert [(name, count) for name, count, _ in eval_language.by_length(answers)] == [
        ("1–1", 1),
        ("4–6", 1),
        ("26–50", 1),
    ]
    assert eval_language.by_locale(answers) == [("ko", 1, 0.0, "ja 1"), ("th", 2, 100.0, "")]
