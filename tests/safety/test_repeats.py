from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.safety.gate import Gate
from bot.safety.repeats import LONG, condense
from bot.vocabulary import RiskLevel

SENTENCES = [
    "i want to know the hours. ",
    "今日は保育園の申し込みについて。",
    "d\n",
    "e\n",
    "ขอถามเรื่องวัคซีน\n",
    "die. ",
    "!! ",
    "x",
]


@given(st.lists(st.sampled_from(SENTENCES), min_size=200, max_size=400))
def test_every_place_is_traced_back(parts: list[str]) -> None:
    text = "".join(parts)
    condensed = condense(text)
    assert all(text[condensed.span(i, i + 1)[0]] == char for i, char in enumerate(condensed.text))
    places = [condensed.span(i, i + 1)[0] for i in range(len(condensed.text))]
    assert places == sorted(set(places))
    assert set(condensed.text.split("。")) == set(text.split("。")) or len(text) > LONG


def test_short_texts_and_lone_letters_stay_whole() -> None:
    assert condense("bye bye now. " * 9).text == "bye bye now. " * 9
    spelt = "hello d\ni\ne\n" * 400
    assert condense(spelt).text == spelt


def test_a_repeated_sentence_is_judged_once() -> None:
    assert len(condense("where is the ward office today? " * 3000).text) < 100


def test_an_sos_anywhere_in_a_long_mixed_text_is_heard_and_pointed_at(phrases_only: Gate) -> None:
    """In 100 kB of ordinary sentences of all scripts, at any place, with and without repetitions."""
    ordinary = [
        "where can i pick up the mother and child handbook",
        "今日は保育園の申し込みについて聞きたいです",
        "请问区役所几点开门",
        "어린이집 신청은 어떻게 하나요",
        "làm sao để đăng ký nhà trẻ cho con",
        "ขอถามเรื่องวัคซีนของลูกค่ะ",
        "बच्चाको खोप कहाँ लगाउने होला",
        "quais documentos preciso levar",
    ]
    pleas = {"もう死にたい": "死", "i want to kill myself": "kill", "我不想活了": "不想活", "em muốn chết": "chết"}
    chance = random.Random(7)
    for plea, told in pleas.items():
        for numbered in (False, True):
            lines = [f"{chance.choice(ordinary)} {n if numbered else ''}".strip() for n in range(2600)]
            lines.insert(chance.randrange(len(lines)), plea)
            text = chance.choice(["\n", ". "]).join(lines)
            assert len(text.encode()) >= 100_000
            found = phrases_only.assess(text)
            assert found.level >= RiskLevel.high, plea
            assert found.signals[0].span == text[found.signals[0].start : found.signals[0].end]
            assert told in found.signals[0].span
