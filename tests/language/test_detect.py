"""Detection by contract: the right locale for residents' sentences, sane priors, no crash for any text."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.detect import Detector
from bot.language.locales import load_locales
from bot.vocabulary import LOCALES

EXAMPLES = [(tag, text) for tag, locale in load_locales().items() if not locale.register_of for text in locale.examples]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


@pytest.mark.parametrize(("locale", "text"), EXAMPLES)
def test_examples_of_every_locale(detector: Detector, locale: str, text: str) -> None:
    assert detector.detect(text).locale == locale


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("あ", "ja"),
        ("ｶ", "ja"),
        ("ㅎ", "ko"),
        ("ก", "th"),
        ("क", "ne"),
        ("ㄅ", "zh-Hant"),
        ("谢谢", "zh-Hans"),
        ("謝謝", "zh-Hant"),
        ("门", "zh-Hans"),
        ("門診", "zh-Hant"),
        ("唔該晒", "zh-Hant"),
        ("気持ち", "ja"),
        ("児童手当", "ja"),
        ("予防接種", "ja"),
        ("xin chao", "vi"),
        ("ni hao", "zh-Hans"),
        ("di mana buang sampah", "id"),
        ("donde tiro la basura", "es"),
        ("malai bachcha ko khop ko barema sodhnu cha", "ne"),
        ("eotteoke sincheong haeyo", "ko"),
        ("wo de hai zi fa shao le", "zh-Hans"),
        ("wǒ xiǎng wèn yī xià", "zh-Hans"),
        ("byouin ni ikitai desu", "ja"),
        ("pleaseeeee help meeee", "en"),
        ("obrigadaaaaa", "pt"),
        ("ｗｈｅｒｅ ｉｓ ｔｈｅ ｗａｒｄ ｏｆｆｉｃｅ", "en"),
        ("La\u0300m the\u0302\u0301 na\u0300o \u0111e\u0302\u0309 xin", "vi"),
        ("GRACIAS POR SU AYUDA", "es"),
    ],
)
def test_short_romanised_and_unaccented(detector: Detector, text: str, locale: str) -> None:
    assert detector.detect(text).locale == locale


@pytest.mark.parametrize(
    "text",
    ["ok", "OK!!", "はい", "gracias", "thank you", "ありがとうございます", "谢谢", "네", "👍", "110", "児童手当"],
)
def test_a_short_message_never_flips_a_conversation(detector: Detector, text: str) -> None:
    assert detector.detect(text, prior="vi").locale == "vi"


@pytest.mark.parametrize("prior", ["vi", "ja", "ja-easy", "en", "th"])
def test_a_clear_long_message_flips_it(detector: Detector, prior: str) -> None:
    found = detector.detect("¿Cómo puedo solicitar el subsidio para mis dos hijos?", prior=prior)
    assert found.locale == "es"
    assert found.confidence > 0.9


def test_script_alone_flips_when_it_says_enough(detector: Detector) -> None:
    assert detector.detect("保育園に入りたいです", prior="pt").locale == "ja"
    assert detector.detect("请问怎么申请补贴", prior="zh-Hant").locale == "zh-Hans"


def test_a_copied_term_does_not_flip_and_a_sentence_does(detector: Detector) -> None:
    assert detector.detect("かわさき子育てアプリ", prior="zh-Hans").locale == "zh-Hans"
    assert detector.detect("母子健康手帳交付申請書", prior="vi").locale == "vi"
    assert detector.detect("子どもが熱を出した", prior="vi").locale == "ja"
    assert detector.detect("お腹が空いた", prior="ko").locale == "ja"


def test_prior_settles_what_is_open(detector: Detector) -> None:
    assert detector.detect("no", prior="es").locale == "es"
    assert detector.detect("中原区", prior="zh-Hans").locale == "zh-Hans"
    assert detector.detect("中原区", prior="ja").locale == "ja"
    assert detector.detect("你好", prior="zh-Hant").locale == "zh-Hant"
    assert detector.detect("duoc khong", prior="vi").locale == "vi"


def test_easy_japanese_is_chosen_never_forced(detector: Detector) -> None:
    childlike = "おかねは どこで もらえますか"
    assert detector.detect(childlike).locale == "ja"
    assert "ja-easy" in detector.detect(childlike).others
    assert detector.detect(childlike, prior="ja-easy").locale == "ja-easy"
    assert detector.detect("児童手当はどこで申請しますか", prior="ja-easy").locale == "ja-easy"
    assert "ja-easy" not in detector.detect("児童手当はどこで申請しますか").others


@pytest.mark.parametrize(
    ("text", "prior", "locale"),
    [
        ("vivo en Nakahara", None, "es"),
        ("gần ga Musashi Kosugi", None, "vi"),
        ("dekat stasiun Kawasaki", None, "id"),
        ("川崎市的補助", None, "zh-Hant"),
        ("武藏小杉附近", "zh-Hant", "zh-Hant"),
        ("Musashi Kosugi", "ne", "ne"),
        ("新百合丘", "zh-Hans", "zh-Hans"),
    ],
)
def test_names_of_places_say_nothing(detector: Detector, text: str, prior: str | None, locale: str) -> None:
    assert detector.detect(text, prior).locale == locale


def test_a_name_alone_is_uncertain(detector: Detector) -> None:
    assert detector.detect("Musashi Kosugi").confidence <= 0.5


@pytest.mark.parametrize(
    ("text", "main", "other"),
    [
        ("How do I apply for 児童手当?", "en", "ja"),
        ("toi muon hoi ve 保育園 cho con", "vi", "ja"),
        ("paki-explain naman kasi I don't understand the form", "tl", "en"),
        ("播放 Jill Sobule 的专辑", "zh-Hans", None),
        ("区役所 ở đâu", "vi", "ja"),
        ("やさしい日本語 được không", "vi", "ja"),
        ("マイナンバーカード 忘带了行吗", "zh-Hans", "ja"),
        ("Disney Channel を見たい", "ja", None),
        ("子どもの passport はどこで作れますか", "ja", None),
    ],
)
def test_mixed_text_has_a_main_locale(detector: Detector, text: str, main: str, other: str | None) -> None:
    found = detector.detect(text)
    assert found.locale == main
    assert other is None or other in found.others
    assert found.locale not in found.others


@pytest.mark.parametrize("text", ["", " ", "\n", "123", "😀", "Привет", "؟", "\ud800", "...", "\x00"])
def test_without_letters_of_ours_the_prior_stays(detector: Detector, text: str) -> None:
    assert detector.detect(text).locale == "ja"
    assert detector.detect(text).confidence == 0.0
    assert detector.detect(text, prior="ne").locale == "ne"


def test_addresses_and_handles_say_nothing(detector: Detector) -> None:
    text = "https://www.city.kawasaki.jp/450/page/0000181307.html これは何ですか"
    assert detector.detect(text).locale == "ja"


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80), prior=st.sampled_from([None, *LOCALES, "xx"]))
def test_any_text_gets_an_answer(text: str, prior: str | None) -> None:
    found = Detector.load().detect(text, prior)
    assert found.locale in LOCALES
    assert 0.0 <= found.confidence <= 1.0
    assert found.locale not in found.others
    assert set(found.others) <= set(LOCALES)
    assert found.locale != "ja-easy" or prior == "ja-easy"


def test_long_text_is_answered(detector: Detector) -> None:
    assert detector.detect("the quick brown fox asks for help " * 3000).locale == "en"
    assert detector.detect("a" * 200_000).locale in LOCALES
    assert detector.detect("学" * 100_000).locale in LOCALES


def test_threads_agree(detector: Detector) -> None:
    texts = [f"{text} {number}" for number in range(30) for _, text in EXAMPLES]
    expected = [detector.detect(text) for text in texts]
    wrong: list[str] = []

    def check() -> None:
        wrong.extend(text for text, answer in zip(texts, expected, strict=True) if detector.detect(text) != answer)

    threads = [threading.Thread(target=check) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
