from __future__ import annotations

import pytest

from bot.knowledge.markup import MarkupFault, parse_text

FRONT = '---\ntitle: T\nquestions: [a, b, c]\nkeywords: [k]\nsummary: "s"\n---\n'


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        ("text {fact}", 7, "not a placeholder"),
        ("one\n\ntext {Fact.x}", 9, "not a placeholder"),
        ("a lone } brace", 7, "brace"),
        ("**bold", 7, "not closed"),
        ("# too big", 7, "headings"),
        ("::: fact a\ntext", 7, "not closed"),
        (":::\ntext", 7, "out of place"),
        ("::: fact a\n::: fact b\n:::\n:::", 8, "out of place"),
    ],
)
def test_a_fault_names_its_line(body: str, line: int, told: str) -> None:
    with pytest.raises(MarkupFault, match=told) as caught:
        parse_text(FRONT + body, spaces=True)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: T", "does not begin"),
        ("---\ntitle: T\n", "no closing"),
        ("---\ntitle: [\n---\nx", "not YAML"),
        ("---\nquestions: [a]\nkeywords: []\nsummary: s\n---\nx", "`title`"),
        ("---\ntitle: T\nquestions: a\nkeywords: []\nsummary: s\n---\nx", "`questions`"),
        ("---\ntitle: T\nquestions: [a]\nkeywords: []\nsummary: s\nnote: n\n---\nx", "unknown front matter: note"),
    ],
)
def test_front_matter_is_checked(text: str, told: str) -> None:
    with pytest.raises(MarkupFault, match=told):
        parse_text(text, spaces=True)


def test_lines_of_a_paragraph_join_as_the_script_does() -> None:
    assert parse_text(FRONT + "one\ntwo", spaces=True).blocks[0].items[0][0].text == "one two"
    assert parse_text(FRONT + "一\n二", spaces=False).blocks[0].items[0][0].text == "一二"


def test_blocks_lists_and_bold_are_read() -> None:
    text = parse_text(FRONT + "## H\n- a **b**\n- {f.v}\n\n::: fact f\nin it\n:::\nafter", spaces=True)
    assert [(block.type, block.fact, block.line) for block in text.blocks] == [
        ("heading", "", 7),
        ("list", "", 8),
        ("paragraph", "f", 12),
        ("paragraph", "", 14),
    ]
    assert [(piece.text, piece.bold) for piece in text.blocks[1].items[0]] == [("a ", False), ("b", True)]
    assert list(text.placeholders()) == [("f", "v")]
