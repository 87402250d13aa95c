"""A simple map of the wards with numbered places, as PNG or SVG. No map server: outlines of our own. Python 3.11 only.

A place without coordinates stands inside its ward, where there is room, and the picture says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path
from typing import Any

from bot.family.drawing import BLUE, INK, LINE, ORANGE, PALE_BLUE, PALE_INK, SMALL, TITLE, WIDTH, Canvas
from bot.knowledge.places import Corner, ward_outlines
from bot.settings import PROJECT_ROOT

MARGIN = 14
MIDDLE_LATITUDE = 35.57
PIN = 17.0
"""Distance of two pins in pixels."""


@dataclass(frozen=True)
class Place:
    """One pin. `ward` is None for places that are for the whole city and stand nowhere on the map."""

    number: int
    ward: str | None
    lat: float | None = None
    lon: float | None = None


def ward_map(
    places: Sequence[Place],
    names: Mapping[str, str],
    texts: Mapping[str, str],
    locale: str,
    *,
    kind: str = "png",
    content_dir: Path = PROJECT_ROOT,
) -> bytes:
    """Draw the wards (`names` by id) and the places. `texts`: title, note, description."""
    wards = ward_outlines(content_dir)
    corners = [corner for outline in wards.values() for corner in outline]
    west, east = min(lon for lon, _ in corners), max(lon for lon, _ in corners)
    south, north = min(lat for _, lat in corners), max(lat for _, lat in corners)
    width = WIDTH - 2 * MARGIN
    per_degree = width / (east - west)
    height = (north - south) * per_degree / cos(radians(MIDDLE_LATITUDE))
    canvas = Canvas(600, locale)
    notes = canvas.wrap(texts["note"], SMALL, width)
    top = 46
    canvas = Canvas(top + height + len(notes) * SMALL * 1.5 + 26, locale)
    canvas.text(MARGIN, 22, texts["title"], TITLE)
    area = canvas.plot_area(MARGIN, top, WIDTH - MARGIN, top + height)
    area.set_xlim(0, width)
    area.set_ylim(height, 0)
    area.axis("off")

    def at(lon: float, lat: float) -> Corner:
        return (lon - west) * per_degree, (north - lat) * height / (north - south)

    used = {place.ward for place in places}
    for ward, outline in wards.items():
        shape = [at(*corner) for corner in outline]
        area.fill(*zip(*shape, strict=True), facecolor=PALE_BLUE if ward in used else "#f4f4f6", edgecolor=LINE)
        x, y = middle(shape)
        canvas.text(MARGIN + x, top + y - 12, names[ward], 11.0, ha="center", color=INK if ward in used else PALE_INK)
    for ward, outline in wards.items():
        inside = [place for place in places if place.ward == ward]
        x, y = middle([at(*corner) for corner in outline])
        unplaced = [place for place in inside if place.lat is None or place.lon is None]
        for index, place in enumerate(unplaced):
            row = min(4, len(unplaced) - index // 4 * 4)
            _pin(
                canvas, area, top, x + (index % 4 - (row - 1) / 2) * PIN, y + 6 + index // 4 * PIN, place.number, ORANGE
            )
        for place in inside:
            if place.lat is not None and place.lon is not None:
                _pin(canvas, area, top, *at(place.lon, place.lat), place.number, BLUE)
    canvas.paragraph(MARGIN, top + height + 10, notes, SMALL, color=PALE_INK)
    return canvas.save(kind, texts["title"], texts["description"])


def middle(shape: Sequence[Corner]) -> Corner:
    """The centre of gravity of an outline (shoelace formula)."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(shape, [*shape[1:], shape[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        area += cross
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return x / (3 * area), y / (3 * area)


def _pin(canvas: Canvas, area: Any, top: float, x: float, y: float, number: int, color: str) -> None:
    area.plot([x], [y], marker="o", markersize=11.5, color=color, linestyle="none", zorder=3, clip_on=False)
    canvas.text(MARGIN + x, top + y, str(number), 9.5, ha="center", color="white", weight="bold", zorder=4)
