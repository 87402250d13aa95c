"""Clock times and dates in a resident's language, from CLDR (the babel library)."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_time

CLDR = {"ja-easy": "ja", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "tl": "fil", "pt": "pt_BR", "es": "es_419"}
CLOCK = {"en": "h:mm a", "ja": "H:mm", "ja-easy": "H:mm"}


def clock(moment: datetime, locale: str) -> str:
    """The time of day, e.g. 9:00 or 9:00 AM."""
    return format_time(moment, CLOCK.get(locale, "short"), tzinfo=moment.tzinfo, locale=CLDR.get(locale, locale))


def long_date(day: date, locale: str) -> str:
    """Day and month with the weekday, e.g. 11月24日(火)."""
    pattern = "M月d日(E)" if locale.startswith("ja") else "full"
    return format_date(day, pattern, locale=CLDR.get(locale, locale))
