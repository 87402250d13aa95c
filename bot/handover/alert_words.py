"""What an alert says to staff, in Japanese and English. Made of level, category, language and minutes alone."""

from __future__ import annotations

from dataclasses import dataclass

from bot.handover.alerts import Round


@dataclass(frozen=True)
class AlertWords:
    title: str
    body: str
    footer: str


LEVELS = {
    "ja": {"none": "相談", "concern": "気がかり", "high": "危険度：高い", "imminent": "緊急"},
    "en": {"none": "Talk wanted", "concern": "Concern", "high": "High risk", "imminent": "Imminent danger"},
}
CATEGORIES = {
    "ja": {
        "suicide_self_harm": "自殺・自傷",
        "abuse": "虐待",
        "sexual_violence": "性暴力",
        "bullying": "いじめ",
        "domestic_violence": "DV",
        "no_safe_place": "居場所がない",
        "caregiver_crisis": "養育者の危機",
        "third_party_report": "通告（第三者）",
        "violence_threat": "加害のおそれ",
        "pregnancy_crisis": "妊娠の悩み",
        "distress": "つらさ",
        "abusive_language": "暴言",
        "requested": "相談の希望",
    },
    "en": {
        "suicide_self_harm": "suicide, self-harm",
        "abuse": "abuse",
        "sexual_violence": "sexual violence",
        "bullying": "bullying",
        "domestic_violence": "domestic violence",
        "no_safe_place": "no safe place",
        "caregiver_crisis": "caregiver in crisis",
        "third_party_report": "report by a third party",
        "violence_threat": "threat of violence",
        "pregnancy_crisis": "pregnancy in distress",
        "distress": "distress",
        "abusive_language": "abusive language",
        "requested": "a person was asked for",
    },
}
LANGUAGES = {
    "ja": "日本語",
    "ja-easy": "やさしい日本語",
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "ko": "한국어",
    "vi": "Tiếng Việt",
    "tl": "Filipino",
    "ne": "नेपाली",
    "pt": "Português",
    "es": "Español",
    "id": "Bahasa Indonesia",
    "th": "ไทย",
}


def of(one: Round, language: str) -> AlertWords:
    """The words of one round; English for any language but Japanese."""
    return _japanese(one) if language == "ja" else _english(one)


def _japanese(one: Round) -> AlertWords:
    if one.is_test:
        return AlertWords(
            "【試験】いろいろの通知", "通知の試験です。対応は必要ありません。", "いろいろ 相談員コンソール"
        )
    escalated = "【責任者へ】" if one.escalated else ""
    category = CATEGORIES["ja"].get(one.category, "相談")
    return AlertWords(
        f"{escalated}{LEVELS['ja'][one.level]}：相談が待っています",
        f"{category}・{LANGUAGES.get(one.locale, one.locale)}・待ち{one.waiting_minutes}分・{one.number}回目の通知",
        "相談の内容は通知には書かれません。コンソールで担当するか確認すると、通知は止まります。",
    )


def _english(one: Round) -> AlertWords:
    if one.is_test:
        return AlertWords("[Test] iroiro alert", "This is a test. Nothing needs to be done.", "iroiro staff console")
    escalated = "[To supervisors] " if one.escalated else ""
    category = CATEGORIES["en"].get(one.category, "a talk")
    return AlertWords(
        f"{escalated}{LEVELS['en'][one.level]}: somebody is waiting",
        f"{category}; {LANGUAGES.get(one.locale, one.locale)}; waiting {one.waiting_minutes} min; alert no. {one.number}",
        "Alerts never carry what was written. They stop when somebody claims or acknowledges the case in the console.",
    )
