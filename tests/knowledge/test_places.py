"""Which ward a point lies in, and what "near" means while no place has coordinates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.knowledge.facilities import Facilities
from bot.knowledge.places import find_places, place_view, ward_at
from bot.settings import PROJECT_ROOT

STATIONS = {
    (35.5767, 139.6594): "nakahara",
    (35.5524, 139.6763): "saiwai",
    (35.5996, 139.6106): "takatsu",
    (35.5796, 139.5731): "miyamae",
    (35.6209, 139.5703): "tama",
    (35.6033, 139.5075): "asao",
}
TOKYO_STATION = (35.6812, 139.7671)


@pytest.mark.parametrize(("point", "ward"), STATIONS.items())
def test_a_point_in_the_city_has_its_ward(point: tuple[float, float], ward: str) -> None:
    assert ward_at(*point) == ward


def test_a_point_a_little_outside_has_the_nearest_ward_and_one_far_away_none() -> None:
    assert ward_at(35.4850, 139.7600) == "kawasaki"
    assert ward_at(*TOKYO_STATION) is None


def test_near_means_the_own_ward_while_no_place_has_coordinates() -> None:
    known = Facilities.load(PROJECT_ROOT)
    found = find_places(known, kind="children_culture_center", near=(35.6209, 139.5703))
    assert (found.ward, found.by_distance) == ("tama", False)
    assert {place.ward for place in found.places} == {"tama"}
    assert find_places(known, near=TOKYO_STATION).outside


def test_near_means_the_distance_where_places_have_coordinates() -> None:
    far, close, unknown = list(Facilities.load(PROJECT_ROOT))[:3]
    placed = [replace(far, lat=35.60, lon=139.50), replace(close, lat=35.53, lon=139.70), unknown]
    found = find_places(Facilities(placed), near=(35.53, 139.70))
    assert found.by_distance
    assert [place.id for place in found.places] == [close.id, far.id, unknown.id]


def test_what_is_shown_of_a_place_links_to_a_map_by_name_and_address() -> None:
    place = Facilities.load(PROJECT_ROOT).get("asao-ward-office")
    assert place is not None
    shown = place_view(place, "en", datetime(2026, 11, 24, 10))
    assert shown["name"] == "Asao Ward Office (麻生区役所)"
    assert " " not in shown["map_url"]
    assert shown["distance_m"] is None
