from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.import_facilities import command as facilities_command
from bot.cli.import_faq import command as faq_command
from bot.knowledge.articles import load_article
from bot.knowledge.facilities import Facilities
from bot.knowledge.formats import Formats
from bot.knowledge.importing import ImportFault, import_facilities, import_faq
from bot.knowledge.render import render_article
from bot.settings import PROJECT_ROOT

HEADER = "全国地方公共団体コード,ID,名称,名称_カナ,所在地_連結表記,電話番号,利用可能曜日,開始時間,終了時間\n"
GOOD = "141305,A1,さくら広場,サクラヒロバ,神奈川県川崎市幸区戸手1-1,044-111-2222,月火水,9:00,17:00\n"
BAD = "141305,A2,,,神奈川県川崎市幸区戸手1-2,,,,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_facilities_come_in_every_encoding_cities_use(content: Path, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes((HEADER + GOOD).encode(encoding))
    report = import_facilities(file, content, kind="place_to_be", source="open data", source_date="2026-10")
    assert (report.taken, report.refused, report.written) == (1, [], True)
    facilities = Facilities.load(content)
    added = facilities.get("A1")
    assert added is not None
    assert (added.name, added.ward, added.source) == ("さくら広場", "saiwai", "open data")
    assert facilities.get("pool-desk") is not None


def test_one_bad_row_changes_nothing_unless_partial(content: Path, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(HEADER + GOOD + BAD, encoding="utf-8")
    before = (content / "knowledge_base/facilities.csv").read_bytes()
    report = import_facilities(file, content, kind="place_to_be", source="open data")
    assert not report.written
    assert [(p.line, p.field) for p in report.refused] == [(3, "名称")]
    assert (content / "knowledge_base/facilities.csv").read_bytes() == before
    report = import_facilities(file, content, kind="place_to_be", source="open data", partial=True)
    assert report.written
    assert Facilities.load(content).get("A1") is not None


def test_importing_twice_replaces(content: Path, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    for phone in ("044-111-2222", "044-111-3333"):
        file.write_text(HEADER + GOOD.replace("044-111-2222", phone), encoding="utf-8")
        import_facilities(file, content, kind="place_to_be", source="open data")
    facilities = Facilities.load(content)
    assert len(facilities) == 4
    added = facilities.get("A1")
    assert added is not None
    assert added.phone == "044-111-3333"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("名前,電話\nA,1\n".encode(), "column ID, 名称 is missing"),
        (b"\xff\xff\xff", "neither UTF-8 nor CP932"),
        (b"", "missing"),
    ],
)
def test_a_file_that_is_something_else_is_refused_whole(content: Path, tmp_path: Path, raw: bytes, told: str) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(raw)
    with pytest.raises(ImportFault, match=told):
        import_facilities(file, content, kind=None, source="x")


def test_questions_become_drafts_whose_numbers_are_values(content: Path, tmp_path: Path) -> None:
    file = tmp_path / "faq.csv"
    rows = "NO,質問,回答\n12,転入届はいつまでですか,引っ越した日から14日以内です。\n電話は044-200-1111、料金は１，０００円。\n"
    file.write_text(rows.replace("です。\n電", "です。電"), encoding="utf-8")
    assert import_faq(file, content, source="市のFAQ", source_date="2026").written
    folder = content / "knowledge_base/drafts/faq-12"
    problems: list[object] = []
    formats = {"ja": Formats.load(PROJECT_ROOT, "ja")}
    article = load_article(folder, formats, problems)  # type: ignore[arg-type]
    assert article is not None
    assert not problems
    assert [value.data["ja"] for value in article.facts[0].values.values()] == ["14", "044-200-1111", "1,000"]
    shown = render_article(article, "ja", date(2026, 11, 23), formats, Facilities([]))
    assert "引っ越した日から14日以内です。電話は044-200-1111、料金は1,000円。" in shown.text.replace("，", "、")
    assert not any(char.isdigit() for block in article.texts["ja"].blocks for p in block.pieces() for char in p.text)


def test_bad_questions_are_refused_with_reasons(content: Path, tmp_path: Path) -> None:
    file = tmp_path / "faq.csv"
    file.write_text("質問,回答\n,答え\nなに,\nなぜ,<b>x</b>\nいつ,今日\nいつ,明日\n", encoding="utf-8")
    report = import_faq(file, content, source="x")
    assert not report.written
    assert [problem.line for problem in report.refused] == [2, 3, 4, 6]
    assert not (content / "knowledge_base/drafts").exists()
    assert import_faq(file, content, source="x", partial=True).taken == 1
    assert [p.message for p in import_faq(file, content, source="x").refused][3:4] == ["faq-4 exists already."]


def test_the_commands_say_what_happened(content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IROIRO_CONTENT_DIR", str(content))
    file = tmp_path / "in.csv"
    file.write_text(HEADER + GOOD + BAD, encoding="utf-8")
    refused = CliRunner().invoke(facilities_command, [str(file), "--kind", "place_to_be"])
    assert refused.exit_code == 1
    assert "in.csv:3 [名称]" in refused.output
    assert "nothing was changed" in refused.output
    taken = CliRunner().invoke(facilities_command, [str(file), "--kind", "place_to_be", "--partial"])
    assert taken.exit_code == 0
    assert "1 rows good, 1 refused" in taken.output
    questions = tmp_path / "faq.csv"
    questions.write_text("質問,回答\nいつ,今日\n", encoding="utf-8")
    assert CliRunner().invoke(faq_command, [str(questions)]).exit_code == 0
