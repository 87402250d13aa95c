"""Opening hours: weekdays, Japanese holidays, dated exceptions."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.handover.hours import Duty, DutyError

TOKYO = ZoneInfo("Asia/Tokyo")
DUTY = """
duty:
  hours: {mon: ["09:00", "17:00"], tue: ["09:00", "17:00"], wed: null, thu: null, fri: ["09:00", "17:00"], sat: null, sun: null}
  holidays: null
  exceptions:
    - {from: 2026-12-01, to: 2026-12-01, hours: ["13:00", "14:00"]}
"""


def duty(tmp_path: Path, text: str = DUTY) -> Duty:
    folder = tmp_path / "knowledge_base"
    folder.mkdir()
    (folder / "duty.yml").write_text(text, "utf-8")
    return Duty.load(tmp_path)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=TOKYO)


def test_open_from_the_first_minute_to_before_the_last(tmp_path: Path) -> None:
    hours = duty(tmp_path)
    assert hours.status(at(24, 9)).on_duty
    assert hours.status(at(24, 16, 59)).on_duty
    assert not hours.status(at(24, 17)).on_duty


def test_a_public_holiday_is_closed_and_the_next_opening_is_named(tmp_path: Path) -> None:
    # 23 November 2026 is 勤労感謝の日, a Monday.
    status = duty(tmp_path).status(at(23, 10))
    assert not status.on_duty
    assert status.next_open == at(24, 9)


def test_an_exception_wins_over_the_week(tmp_path: Path) -> None:
    hours = duty(tmp_path)
    assert hours.status(at(1, 9, month=12)).next_open == at(1, 13, month=12)
    assert hours.status(at(1, 13, 30, month=12)).on_duty
    assert hours.span_on(date(2026, 12, 2)) is None


def test_broken_hours_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(DutyError, match=r"duty\.yml"):
        duty(tmp_path, DUTY.replace('["09:00", "17:00"]', '["17:00", "09:00"]', 1))
