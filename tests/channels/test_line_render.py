"""What leaves for LINE keeps LINE's limits and validates against the official SDK's models."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.messaging import PushMessageRequest

from bot.channels.line_render import ALT_LIMIT, CALL_LIMIT, LABEL_LIMIT, QUICK_REPLIES, TEXT_LIMIT, render, split_text

ARTICLE = {
    "type": "article",
    "id": "a",
    "title": "小児医療費助成",
    "summary": "かかりません。",
    "blocks": [
        {"type": "heading", "runs": [{"text": "対象"}]},
        {"type": "list", "items": [[{"text": "区役所"}]]},
        {"type": "paragraph", "runs": [{"text": "一部"}, {"text": "電話", "href": "tel:0441234567"}]},
    ],
    "sources": [{"label": "川崎市", "url": "https://example.jp/", "date": "2026"}],
    "as_of": "2026年11月",
    "to_confirm": "窓口に確認してください。",
    "offices": [{"name": "区役所", "phone": "044-123-4567", "tel": "tel:0441234567"}],
}
HOTLINE = {
    "name": "いのち",
    "phone": "0120-061-338",
    "tel": "tel:0120061338",
    "hours": "24時間",
    "open_now": True,
    "languages": ["ja"],
    "note": "",
    "url": "",
}
HOTLINES = {
    "type": "hotlines",
    "title": "相談",
    "urgent_title": "危ないとき",
    "urgent": [{**HOTLINE, "name": "警察", "phone": "110"}],
    "items": [HOTLINE] * 8,
}
FACILITIES = {
    "type": "facilities",
    "items": [{"name": "A", "address": "x", "phone": "044-1", "hours": "9-17", "map_url": "https://example.jp"}] * 12,
}


def valid(messages: list[dict[str, Any]]) -> None:
    """The official models accept it, and it means the same afterwards."""
    assert 1 <= len(messages) <= CALL_LIMIT
    PushMessageRequest.from_dict({"to": "U1", "messages": messages})
    for message in messages:
        assert len(message.get("altText", "")) <= ALT_LIMIT


@pytest.mark.parametrize(
    "part", [ARTICLE, HOTLINES, FACILITIES, {"type": "text", "text": "はい"}], ids=lambda part: part["type"]
)
def test_every_part_becomes_valid_messages(part: dict[str, Any]) -> None:
    valid(render({"parts": [part], "choices": []}, "自動の回答"))


def test_a_person_and_a_machine_are_told_apart() -> None:
    (message,) = render({"parts": [{"type": "text", "text": "a"}]}, "とても長い名前の相談員さんですからね 人の相談員")
    assert len(message["sender"]["name"]) <= 20


def test_choices_become_at_most_thirteen_quick_replies_on_the_last_message() -> None:
    choices = [{"payload": f"/p{n}", "label": "とても長いボタンの文字がここに入ります長い"} for n in range(20)]
    messages = render({"parts": [ARTICLE, {"type": "text", "text": "どれですか"}], "choices": choices})
    valid(messages)
    items = messages[-1]["quickReply"]["items"]
    assert len(items) == QUICK_REPLIES
    assert all(len(item["action"]["label"]) <= LABEL_LIMIT for item in items)
    assert "quickReply" not in messages[0]


def test_many_parts_are_merged_into_five_messages() -> None:
    messages = render({"parts": [{"type": "text", "text": f"文{n}。"} for n in range(9)]})
    valid(messages)
    assert all(f"文{n}。" in "".join(message["text"] for message in messages) for n in range(9))


@given(st.text(alphabet="あいう。abc.!?\n 😀", max_size=400), st.integers(min_value=4, max_value=60))
def test_splitting_loses_no_character_and_keeps_the_limit(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece.encode("utf-16-le")) // 2 <= limit for piece in pieces)


def test_a_long_answer_is_cut_at_sentences() -> None:
    pieces = split_text("これは文です。" * 1000)
    assert all(piece.endswith("。") for piece in pieces)
    assert all(len(piece) <= TEXT_LIMIT for piece in pieces)
