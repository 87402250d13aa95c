"""The map of the wards: outlines that can be drawn, pins where they belong."""

from __future__ import annotations

from itertools import combinations
from math import hypot

import pytest

from bot.family.ward_map import PIN, Place, View, middle, spots, ward_map
from bot.knowledge.places import is_inside, ward_outlines
from bot.vocabulary import WARDS


def test_every_ward_has_an_outline_around_its_own_middle() -> None:
    wards = ward_outlines()
    assert set(wards) == set(WARDS)
    for outline in wards.values():
        x, y = middle(outline)
        assert min(lon for lon, _ in outline) < x < max(lon for lon, _ in outline)
        assert min(lat for _, lat in outline) < y < max(lat for _, lat in outline)


def test_the_wards_lie_as_they_do_along_the_river() -> None:
    middles = {ward: middle(outline) for ward, outline in ward_outlines().items()}
    from_the_sea = [middles[ward][0] for ward in ("kawasaki", "saiwai", "nakahara", "takatsu", "miyamae", "asao")]
    assert from_the_sea == sorted(from_the_sea, reverse=True)
    assert middles["tama"][1] > middles["miyamae"][1]


@pytest.mark.parametrize("locale", ["ja", "ne", "th", "zh-Hant"])
def test_the_picture_differs_by_place_and_language(locale: str) -> None:
    texts = {"title": "t", "note": "n", "description": "4 < 5"}
    names = {ward: ward for ward in WARDS}
    one = ward_map([Place(1, "asao")], names, texts, locale)
    other = ward_map([Place(1, "tama", 35.62, 139.55)], names, texts, locale)
    assert one.startswith(b"\x89PNG")
    assert one != other
    svg = ward_map([Place(1, None)], names, texts, locale, kind="svg")
    assert b"4 &lt; 5" in svg


@pytest.mark.parametrize("ward", WARDS)
def test_pins_of_one_ward_stand_inside_it_apart_from_one_another(ward: str) -> None:
    outlines = ward_outlines()
    view = View.of([outlines[ward]], list(outlines.values()))
    shape = [view.at(*corner) for corner in outlines[ward]]
    pins = spots(shape, 12)
    assert all(is_inside(x, y, shape) for x, y in pins)
    assert min(hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(pins, 2)) >= PIN - 0.01
    assert pins == sorted(pins, key=lambda pin: (pin[1], pin[0]))


def test_the_whole_city_is_shown_where_the_whole_city_matters() -> None:
    outlines = list(ward_outlines().values())
    view = View.of(outlines, outlines)
    corners = [view.at(*corner) for outline in outlines for corner in outline]
    assert all(-0.01 <= x <= view.width + 0.01 and -0.01 <= y <= view.height + 0.01 for x, y in corners)
