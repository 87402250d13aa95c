from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.knowledge.values import ValueFault, parse_days, parse_value


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"type": "yen", "value": "500"}, "whole number"),
        ({"type": "yen", "value": 1.5}, "whole number"),
        ({"type": "yen", "value": True}, "whole number"),
        ({"type": "yen"}, "needs `value`"),
        ({"type": "count", "value": 2, "unit": "dogs"}, "not a unit"),
        ({"type": "age", "years": -1}, "whole years"),
        ({"type": "age", "year": 3}, "whole years"),
        ({"type": "age"}, "whole years"),
        ({"type": "grade", "value": "e7"}, "not a school year"),
        ({"type": "date", "value": "2026-02-30"}, "not a date"),
        ({"type": "month", "value": "2026-13"}, "not a month"),
        ({"type": "months", "value": [0]}, "list of months"),
        ({"type": "time", "value": 1020}, "not a time"),
        ({"type": "time", "value": "8:30"}, "not a time"),
        ({"type": "time", "value": "24:30"}, "not a time"),
        ({"type": "hours", "days": "weekdays", "open": "17:00", "close": "08:30"}, "not after"),
        ({"type": "hours", "days": "someday", "open": "08:30", "close": "17:00"}, "not a day"),
        ({"type": "phone", "value": 442001111}, "not a phone"),
        ({"type": "phone", "value": "044 200 1111"}, "not a phone"),
        ({"type": "url", "value": "city.kawasaki.jp"}, "not a url"),
        ({"type": "email", "value": "office"}, "not an email"),
        ({"type": "text", "value": {"en": "Office"}}, "Japanese"),
        ({"type": "range", "from": {"type": "yen", "value": 5}, "to": {"type": "yen", "value": 4}}, "backwards"),
        ({"type": "money", "value": 5}, "not a type"),
        (500, "needs a `type`"),
    ],
)
def test_a_wrong_value_is_refused_with_its_reason_and_a_remedy(raw: Any, told: str) -> None:
    with pytest.raises(ValueFault, match=told) as caught:
        parse_value(raw)
    assert caught.value.remedy


def test_good_values_keep_what_they_say() -> None:
    assert parse_value({"type": "yen", "value": 0}).data == 0
    assert parse_value({"type": "date", "value": "2026-09-01"}).data == date(2026, 9, 1)
    assert parse_value({"type": "age", "years": 1, "months": 6}).data == {"years": 1, "months": 6}
    assert parse_value({"type": "phone", "value": "#8000"}).data == "#8000"
    assert parse_value({"type": "text", "value": "市役所"}).data == {"ja": "市役所"}


def test_days_are_words_ranges_and_lists() -> None:
    assert parse_days("weekdays") == ["weekdays"]
    assert parse_days("mon-sat") == [("mon", "sat")]
    assert parse_days("mon,wed, sun,holidays") == ["mon", "wed", "sun", "holidays"]
