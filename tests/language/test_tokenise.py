"""Words and search terms per locale: true offsets, spellings that meet, no crash for any text."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.tokenise import search_terms, tokenise
from bot.vocabulary import LOCALES

SENTENCES = {
    "ja": "3歳の子の児童手当は、どこで申請できますか？😀 PTAの予定",
    "ja-easy": "こどもの おかねは どこで もらえますか",
    "en": "My child's allowance: how do I re-apply in 2026?",
    "zh-Hans": "三岁小孩的儿童津贴要怎么申请？",
    "zh-Hant": "三歲小孩的兒童津貼要怎麼申請？LINE可以嗎",
    "ko": "아동수당은 어떻게 신청해요? 3살입니다.",
    "vi": "Làm thế nào để xin trợ cấp trẻ em 児童手当?",
    "tl": "Nag-register na po ako, kailan ang bakuna ng baby?",
    "ne": "मेरो बच्चाहरूलाई खोप कहिले लगाउने? वडा कार्यालय",
    "pt": "Como faço a vacinação das crianças de 3 anos?",
    "es": "¿Dónde están las guarderías? Mi niño tiene 3 años",
    "id": "Bagaimana pendaftaran anak-anak? Tunjangannya berapa",
    "th": "ขอเงินช่วยเหลือเด็กได้อย่างไร รอ5นาที",
}


@pytest.mark.parametrize("locale", LOCALES)
def test_tokens_point_into_the_text(locale: str) -> None:
    text = SENTENCES[locale]
    tokens = tokenise(text, locale)
    assert len(tokens) >= 4
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(one.end <= two.start for one, two in zip(tokens, tokens[1:], strict=False))
    assert all(token.normal for token in tokens)
    covered = "".join(token.text for token in tokens)
    assert {character for character in text if character.isalnum()} <= set(covered)


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("ja", "問合せ", "問い合わせ"),
        ("ja", "ﾎｲｸｴﾝ", "ホイクエン"),
        ("ja-easy", "こども", "子供"),
        ("zh-Hant", "兒童津貼", "儿童津贴"),
        ("zh-Hans", "怎么申请", "怎麼申請"),
        ("ko", "신청해요", "신청은"),
        ("ko", "어린이집에서", "어린이집"),
        ("es", "guarderías", "guarderias"),
        ("pt", "creches", "creche"),
        ("en", "allowances", "Allowance"),
        ("id", "pendaftaran", "mendaftarkan"),
        ("ne", "बच्चाको", "बच्चालाई"),
        ("ne", "नीति", "निति"),
        ("tl", "mag-apply", "nag-apply"),
        ("tl", "bakunang", "bakuna"),
        ("vi", "trợ cấp", "tro cap"),
        ("th", "เงินช่วยเหลือ", "เงินช่วยเหลือ"),
    ],
)
def test_spellings_of_one_thing_meet(locale: str, one: str, other: str) -> None:
    assert set(search_terms(one, locale)) & set(search_terms(other, locale))


def test_particles_are_no_search_terms() -> None:
    assert search_terms("児童手当の申請はどこでできますか", "ja") == ["児童", "手当", "申請", "どこ"]


def test_parts_of_compounds_are_found() -> None:
    assert {"아동", "수당"} <= set(search_terms("아동수당", "ko"))
    assert "tro_cap" in search_terms("xin trợ cấp", "vi")


def test_numbers_stand_alone_beside_unspaced_scripts() -> None:
    assert [token.text for token in tokenise("รอ5นาที", "th")] == ["รอ", "5", "นาที"]
    assert tokenise("3歳", "vi")[0].text == "3"


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60), locale=st.sampled_from([*LOCALES, "xx"]))
def test_any_text_is_cut(text: str, locale: str) -> None:
    tokens = tokenise(text, locale)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(term == term.strip() and term for term in search_terms(text, locale))


def test_long_runs_are_cut_into_pieces() -> None:
    assert len(tokenise("児童手当" * 20_000, "ja")) == 40_000


def test_threads_may_share_the_segmenters() -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                for locale, text in SENTENCES.items():
                    search_terms(text, locale)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
