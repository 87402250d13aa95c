"""What is said when the gate has flagged a message: which guarded texts, in which order, and which hotlines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.reply.parts import Part, hotlines_part, text_part
from bot.reply.words import Words
from bot.safety.hotlines import Hotlines
from bot.vocabulary import Category, RiskLevel

CHILD_AGE = 13
"""Below this age the texts written for a child are used."""

PERSON_CHOICE = ("/want_person", "crisis.choice_person")
NOT_NOW_CHOICE = ("/deny", "crisis.choice_not_now")


def crisis_parts(
    words: Words,
    hotlines: Hotlines,
    locale: str,
    level: RiskLevel,
    category: Category | None,
    *,
    now: datetime,
    age: int | None,
    waiting_sentence: str,
    repeated: bool,
) -> list[Part]:
    """Hotlines first when life is in danger, comfort first otherwise; then who has been told, and what is kept."""
    said = _opening(words, locale, level, category, age, repeated)
    card = hotlines_part(hotlines.pick(category, level, locale, now), words, locale)
    parts: list[Part] = [card, text_part(said)] if level is RiskLevel.imminent else [text_part(said), card]
    if category is Category.third_party_report and not repeated:
        parts.append(text_part(words.text(locale, "crisis.report_path")))
    after = [waiting_sentence]
    if not repeated:
        kept = "crisis.kept_child" if _is_child(age) else "crisis.kept"
        after += [words.text(locale, kept), words.text(locale, "crisis.skip")]
    parts.append(text_part("\n".join(line for line in after if line)))
    return [part for part in parts if part.get("text") != ""]


def gate_error_parts(
    words: Words, hotlines: Hotlines, locale: str, *, now: datetime, waiting_sentence: str
) -> list[Part]:
    """The screening itself failed: treat it as an SOS."""
    card = hotlines_part(hotlines.pick(None, RiskLevel.high, locale, now), words, locale)
    return [text_part(words.text(locale, "crisis.gate_error")), card, text_part(waiting_sentence)]


def concern_text(words: Words, locale: str, category: Category | None, age: int | None) -> str:
    """Warm words for distress without a disclosure, and the offer of a person."""
    if category is Category.caregiver_crisis:
        opening = words.text(locale, "crisis.concern_parent")
    elif _is_child(age):
        opening = words.text(locale, "crisis.concern_child")
    else:
        opening = words.text(locale, "crisis.concern_open")
    return f"{opening}\n{words.text(locale, 'crisis.concern_offer')}"


def _opening(
    words: Words, locale: str, level: RiskLevel, category: Category | None, age: int | None, repeated: bool
) -> str:
    name = (category or Category.distress).value
    if level is RiskLevel.imminent:
        lines = [words.text(locale, "crisis.imminent_open")]
        key = "crisis.imminent_child" if _is_child(age) else f"crisis.imminent_{name}"
        return "\n".join([*lines, words.text(locale, key)]).strip()
    if repeated:
        return words.text(locale, "crisis.again")
    if _is_child(age) and words.has(locale, f"crisis.high_{name}_child"):
        return words.text(locale, f"crisis.high_{name}_child")
    return words.text(locale, f"crisis.high_{name}") or words.text(locale, "crisis.high_open")


def _is_child(age: int | None) -> bool:
    return age is not None and age < CHILD_AGE


def duty_phrase(words: Words, locale: str, when: datetime, now: datetime, *, time_text: str, date_text: str) -> str:
    """The ready-made phrase for {until}: today, tomorrow or on a date. `when` and `now` are Japan time."""
    days = (when.date() - now.date()).days
    key = {0: "crisis.until_time", 1: "crisis.until_tomorrow"}.get(days, "crisis.until_date")
    return words.text(locale, key, time=time_text, date=date_text)


def choice(words: Words, locale: str, payload: str, key: str) -> dict[str, Any]:
    return {"payload": payload, "label": words.text(locale, key)}
