"""One value of a file changes; every other line, with its comments and quotes, stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.editing import EditError, csv_rows, set_row, set_yaml
from bot.knowledge.overlay import overlaid
from bot.knowledge.source_lines import YamlFault, load_yaml

YAML = """\
# for staff
facts:
  - id: one        # the first
    states: 〜2023: 中3まで
    valid_to: null
    empty:
    values: {copay: {type: yen, value: 500}, months: {type: months, value: [3]}}
"""


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (["facts", 0, "values", "copay", "value"], 300, "    values: {copay: {type: yen, value: 300}, months: {type: months, value: [3]}}"),
        (["facts", 0, "values", "months", "value"], [3, 4], "    values: {copay: {type: yen, value: 500}, months: {type: months, value: [3, 4]}}"),
        (["facts", 0, "valid_to"], "2027-03-31", "    valid_to: 2027-03-31"),
        (["facts", 0, "states"], 'a "b": {c} # d\n', '    states: "a \\"b\\": {c} # d\\n"'),
        (["facts", 0, "empty"], True, "    empty: true"),
    ],
)  # fmt: skip
def test_a_value_changes_and_no_other_line(path: list[Any], value: Any, line: str) -> None:
    source = YAML.replace("〜2023: 中3まで", '"〜2023: 中3まで"')
    after = set_yaml(source, path, value)
    before = source.split("\n")
    changed = [number for number, text in enumerate(after.split("\n")) if text != before[number]]
    assert [after.split("\n")[number] for number in changed] == [line]
    data = load_yaml(after)
    for step in path:
        data = data[step]
    assert data == value


def test_what_is_not_there_or_is_no_yaml_is_refused() -> None:
    with pytest.raises(EditError, match=r"There is no facts\.7\.id"):
        set_yaml("facts: [{id: one}]", ["facts", 7, "id"], "x")
    with pytest.raises(YamlFault):
        set_yaml(YAML, ["facts", 0, "id"], "x")


TABLE = '\ufeffid,name,note\r\na,Aa,"two\r\nlines, and ""quotes"""\r\nb,Bb,\r\n'


def test_a_row_changes_is_added_or_removed_and_others_keep_every_byte() -> None:
    assert set_row(TABLE, "id", "a", {"name": "Aa"}) == TABLE
    assert set_row(TABLE, "id", "b", {"note": "x,y"}) == TABLE.replace("b,Bb,", 'b,Bb,"x,y"')
    assert set_row(TABLE, "id", "c", {"name": "Cc"}) == TABLE + "c,Cc,\r\n"
    assert set_row(TABLE, "id", "b", None) == TABLE.replace("b,Bb,\r\n", "")
    assert csv_rows(TABLE)[1][0]["note"] == 'two\r\nlines, and "quotes"'
    with pytest.raises(EditError, match="no column colour"):
        set_row(TABLE, "id", "a", {"colour": "red"})
    with pytest.raises(EditError, match="There is no row z"):
        set_row(TABLE, "id", "z", None)


def test_an_overlay_shows_the_change_and_leaves_the_folder_alone(tmp_path: Path) -> None:
    held = tmp_path / "knowledge_base" / "articles" / "one"
    held.mkdir(parents=True)
    (held / "ja.md").write_text("old", encoding="utf-8")
    (held / "en.md").write_text("kept", encoding="utf-8")
    with overlaid(tmp_path, {"knowledge_base/articles/one/ja.md": "new"}) as folder:
        shown = folder / "knowledge_base" / "articles" / "one"
        assert (shown / "ja.md").read_text(encoding="utf-8") == "new"
        assert (shown / "en.md").read_text(encoding="utf-8") == "kept"
    assert (held / "ja.md").read_text(encoding="utf-8") == "old"
    assert not folder.exists()
