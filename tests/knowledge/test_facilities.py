from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.knowledge.facilities import WARD_NAMES, Facilities, parse_facilities
from bot.knowledge.hours import OpeningHours, is_holiday
from bot.knowledge.values import ValueFault
from bot.settings import PROJECT_ROOT
from bot.vocabulary import WARDS


@pytest.fixture
def few(content: Path) -> Facilities:
    return Facilities.load(content)


@pytest.mark.parametrize("name", ["多摩プール", "たまぷーる", "ﾀﾏﾌﾟｰﾙ", "tama pool", "TAMA", "プール"])
def test_a_name_is_found_in_any_script(few: Facilities, name: str) -> None:
    assert few.find(name=name)[0].id == "pool-desk"


def test_an_unknown_name_finds_nothing(few: Facilities) -> None:
    assert few.find(name="図書館") == []


def test_wards_count_where_it_stands_and_whom_it_serves(few: Facilities) -> None:
    assert {facility.id for facility in few.find(ward="asao")} == {"pool-desk", "north-hall"}
    assert [facility.id for facility in few.find(ward="saiwai")] == ["old-house"]


def test_the_nearest_comes_first_and_unknown_places_last(few: Facilities) -> None:
    near = few.find(near=(35.60, 139.50))
    assert [facility.id for facility in near] == ["north-hall", "pool-desk", "old-house"]
    assert near[0].distance_m(35.60, 139.50) == 0
    assert 5_500 < (near[1].distance_m(35.60, 139.50) or 0) < 6_500
    assert near[2].distance_m(35.60, 139.50) is None


def test_open_now_leaves_out_the_closed_and_keeps_the_unknown_after(few: Facilities) -> None:
    sunday = datetime(2026, 11, 22, 12, 0)
    assert [facility.id for facility in few.find(open_at=sunday)] == ["north-hall", "old-house"]


def test_a_language_can_be_asked_for(few: Facilities) -> None:
    assert [facility.id for facility in few.find(language="vi")] == ["pool-desk"]


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        ("mon-fri 08:30-17:00", "2026-11-24T08:30", True),
        ("mon-fri 08:30-17:00", "2026-11-24T17:00", False),
        ("mon-fri 08:30-17:00", "2026-11-23T10:00", False),  # Labour Thanksgiving Day
        ("weekdays 08:30-17:00", "2026-11-28T10:00", False),
        ("mon-sat 09:30-21:00; sun,holidays 09:30-18:00", "2026-11-23T17:59", True),
        ("mon-sat 09:30-21:00; sun,holidays 09:30-18:00", "2026-11-23T19:00", False),
        ("daily 09:00-21:00; closed tue#3", "2026-11-17T10:00", False),
        ("daily 09:00-21:00; closed tue#3; closed 12-29/01-03", "2026-11-24T10:00", True),
        ("daily 09:00-21:00; closed 12-29/01-03", "2027-01-03T10:00", False),
        ("daily 09:00-21:00; closed 12-29/01-03", "2027-01-04T10:00", True),
        ("mon-fri 08:30-17:00", "2026-12-30T10:00", None),
        ("daily 00:00-24:00; all-year", "2027-01-01T23:59", True),
        ("fri-mon 10:00-12:00", "2026-11-29T11:00", True),
        ("fri-mon 10:00-12:00", "2026-11-25T11:00", False),
    ],
)
def test_opening_hours_know_holidays_and_the_turn_of_the_year(hours: str, at: str, is_open: bool | None) -> None:
    parsed = OpeningHours.parse(hours)
    assert parsed is not None
    assert parsed.is_open(datetime.fromisoformat(at)) is is_open


@pytest.mark.parametrize("hours", ["mon-fri", "monday 08:30-17:00", "mon 8:30-17:00", "closed 1/3", "mon 25:00-26:00"])
def test_hours_that_cannot_be_read_are_refused(hours: str) -> None:
    with pytest.raises(ValueFault):
        OpeningHours.parse(hours)


def test_substitute_holidays_count() -> None:
    assert is_holiday(datetime(2026, 5, 6).date())  # for Constitution Day on a Sunday


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("x,,神奈川県川崎市幸区1,,,", "名称"),
        (",A,神奈川県川崎市幸区1,,,", "ID"),
        ("x,A,神奈川県川崎市幸区1,north,139,", "緯度"),
        ("x,A,神奈川県川崎市幸区1,139.7,35.5,", "緯度"),
        ("x,A,神奈川県川崎市幸区1,,,044(200)1111", "電話番号"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(row: str, column: str) -> None:
    header = "ID,名称,所在地_連結表記,緯度,経度,電話番号"
    good, problems = parse_facilities(f"{header}\nok,B,神奈川県川崎市幸区2,,,\n{row}\n", "f.csv")
    assert [facility.id for facility in good] == ["ok"]
    assert [(problem.line, problem.field) for problem in problems] == [(3, column)]


def test_standard_columns_alone_give_hours_and_ward() -> None:
    text = (
        "ID,名称,所在地_連結表記,利用可能曜日,開始時間,終了時間\n1,館,神奈川県川崎市宮前区平2,月火水木金,9:00,17:00\n"
    )
    (facility,), problems = parse_facilities(text, "f.csv")
    assert not problems
    assert facility.ward == "miyamae"
    assert facility.open_at(datetime(2026, 11, 24, 9, 0)) is True
    assert facility.open_at(datetime(2026, 11, 28, 9, 0)) is False


def test_the_citys_file_has_what_residents_look_for() -> None:
    facilities = Facilities.load(PROJECT_ROOT)
    assert len(facilities.find(kind="children_culture_center", limit=100)) == 54
    for ward in WARDS:
        for kind in ("ward_office", "mimamori_center", "child_guidance_center", "ryoiku_center"):
            assert facilities.find(ward=ward, kind=kind), (ward, kind)
    for facility in facilities:
        assert facility.source, facility.id
        if facility.address and facility.ward:
            assert any(name in facility.address for name, ward in WARD_NAMES.items() if ward == facility.ward), (
                facility.id
            )
    assert facilities.find(name="みやまえだいら")[0].name == "宮前平こども文化センター"
    assert facilities.find(name="Kosugi", kind="children_culture_center")[0].name == "小杉こども文化センター"
