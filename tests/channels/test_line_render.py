"""What leaves for LINE keeps LINE's limits and validates against the official SDK's models."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.line_cards import LABEL_LIMIT, Labels
from bot.channels.line_render import QUICK_REPLIES, TEXT_LIMIT, Speaker, choice_typed, render, split_text
from bot.reply.words import Words
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES
from ops.line_simulator.limits import problems

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


LABELS = Labels(by_number="By number:", pick_date="Date", share_location="Place")


def valid(messages: list[dict[str, Any]]) -> None:
    """LINE would take it: the official models, and the limits of its reference."""
    assert problems("PushMessageRequest", {"to": "U1", "messages": messages}) == []


@pytest.mark.parametrize(
    "part", [ARTICLE, HOTLINES, FACILITIES, {"type": "text", "text": "はい"}], ids=lambda part: part["type"]
)
def test_every_part_becomes_valid_messages(part: dict[str, Any]) -> None:
    valid(render({"parts": [part], "choices": []}, Speaker(label="自動の回答", icon="https://a.jp/i.png"), LABELS))


def test_a_person_and_a_machine_are_told_apart() -> None:
    speaker = Speaker("とても長い名前の相談員さんですからね", "人の相談員", "https://a.jp/person.png")
    (message,) = render({"parts": [{"type": "text", "text": "a"}]}, speaker)
    assert len(message["sender"]["name"]) <= 20
    assert message["sender"]["name"].endswith("人の相談員")
    assert message["sender"]["iconUrl"] == "https://a.jp/person.png"


def test_a_name_that_line_would_refuse_is_mended() -> None:
    (message,) = render({"parts": [{"type": "text", "text": "a"}]}, Speaker("Line Caroline", "Person"))
    assert "line" not in message["sender"]["name"].lower()
    valid([message])


@pytest.mark.parametrize("locale", LOCALES)
def test_the_labels_of_every_locale_fit(locale: str) -> None:
    words = Words.load(PROJECT_ROOT)
    labels = Labels.of(words, locale)
    for key in ("handover.machine_label", "handover.staff_label"):
        for asked in ("date", "location"):
            body = {"parts": [ARTICLE, FACILITIES], "choices": [], "input": asked}
            valid(render(body, Speaker(label=words.text(locale, key)), labels))
    assert len(words.text(locale, "line.menu_bar")) <= 14


def test_a_plan_is_a_card_with_its_lines_as_alternative() -> None:
    part = {"type": "text", "text": "BCG: 4月\nMR: 5月", "layout": "plan", "title": "予防接種"}
    (message,) = render({"parts": [part]})
    valid([message])
    assert message["altText"] == "BCG: 4月 / MR: 5月"


def test_a_number_with_a_hash_can_be_dialled() -> None:
    part = {**HOTLINES, "urgent": [{**HOTLINE, "phone": "#8000", "tel": "tel:%238000"}]}
    messages = render({"parts": [part]})
    valid(messages)
    assert "tel:%238000" in str(messages)


def test_a_very_long_article_goes_on_as_text_cut_at_sentences() -> None:
    long = {"type": "paragraph", "runs": [{"text": "これは文です。" * 2000}]}
    messages = render({"parts": [{**ARTICLE, "blocks": [long, long]}]})
    valid(messages)
    assert messages[0]["type"] == "flex"
    assert messages[1]["type"] == "text"
    said = str(messages).count("これは文です。")
    assert said >= 2800


CHOICES = [{"payload": "/a", "label": "はい"}, {"payload": "/b", "label": "いいえ"}]


@pytest.mark.parametrize(
    ("typed", "asked", "payload"),
    [
        ("はい", None, "/a"),
        (" いいえ ", None, "/b"),
        ("2", None, "/b"),
        ("２．", None, "/b"),
        ("3", None, None),
        ("0", None, None),
        ("2", "age", None),
        ("はいはい", None, None),
        ("", None, None),
    ],
)
def test_choices_can_be_typed(typed: str, asked: str | None, payload: str | None) -> None:
    found = choice_typed(typed, {"choices": CHOICES, "input": asked})
    assert (found or {}).get("payload") == payload


def test_choices_stand_in_the_text_as_well() -> None:
    (message,) = render({"parts": [{"type": "text", "text": "どちら"}], "choices": CHOICES}, None, LABELS)
    assert message["text"] == "どちら\n\nBy number:\n1. はい\n2. いいえ"


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
