"""A simple map of the wards with numbered places, as PNG or SVG. No map server: outlines of our own. Python 3.11 only.

A place without coordinates stands inside its ward, where there is room, and the picture says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from bot.family.drawing import BLUE, INK, LINE, ORANGE, PALE_BLUE, PALE_INK, SMALL, TITLE, WIDTH, Canvas
from bot.knowledge.places import Corner, is_inside, ward_outlines
from bot.settings import PROJECT_ROOT

MARGIN = 14
MIDDLE_LATITUDE = 35.57
PIN = 17.0
"""Distance of two pins in pixels."""

NAME = 11.0
"""Font size of the wards' names."""

NUDGES = (-8, 8, -16, 16, 24, 34, 46)
"""Where a name goes in pixels when its place is taken. The name of a ward without places may be left out."""

BESIDE, HIGHEST = 0.35, 300.0
"""How much is shown beside the wards that matter, as a part of their size; the map's height in pixels."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


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
    used = {place.ward for place in places if place.ward in wards}
    city = list(wards.values())
    view = View.of([wards[ward] for ward in wards if ward in used] or city, city)
    canvas = Canvas(600, locale)
    notes = canvas.wrap(texts["note"], SMALL, view.width)
    top = 46
    canvas = Canvas(top + view.height + len(notes) * SMALL * 1.5 + 26, locale)
    canvas.text(MARGIN, 22, texts["title"], TITLE)
    area = canvas.plot_area(MARGIN, top, WIDTH - MARGIN, top + view.height)
    area.set_xlim(0, view.width)
    area.set_ylim(view.height, 0)
    area.axis("off")
    shapes = {ward: [view.at(*corner) for corner in outline] for ward, outline in wards.items()}
    for ward, shape in shapes.items():
        area.fill(*zip(*shape, strict=True), facecolor=PALE_BLUE if ward in used else "#f4f4f6", edgecolor=LINE)
    taken: list[Box] = []
    tops = {}
    for ward, shape in shapes.items():
        inside = [place for place in places if place.ward == ward]
        unplaced = [place for place in inside if place.lat is None or place.lon is None]
        free = spots(shape, len(unplaced))
        pins = [(*spot, place.number, ORANGE) for place, spot in zip(unplaced, free, strict=True)]
        for place in inside:
            if place.lat is not None and place.lon is not None:
                pins.append((*view.at(place.lon, place.lat), place.number, BLUE))
        for x, y, number, color in pins:
            _pin(canvas, area, top, x, y, number, color)
            taken.append((x - PIN / 2, y - PIN / 2, x + PIN / 2, y + PIN / 2))
        if free:
            tops[ward] = min(y for _, y in free) - PIN / 2
    for ward in sorted(shapes, key=lambda ward: ward not in used):
        x, y = middle(shapes[ward])
        width, height = canvas.size_of(names[ward], NAME)
        wanted = tops.get(ward, y + height / 2) - height / 2 - 3
        for shift in (0, *NUDGES):
            box = (x - width / 2, wanted + shift - height / 2, x + width / 2, wanted + shift + height / 2)
            if view.holds(box) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                color = INK if ward in used else PALE_INK
                canvas.text(MARGIN + x, top + wanted + shift, names[ward], NAME, ha="center", color=color, zorder=5)
                break
    canvas.paragraph(MARGIN, top + view.height + 10, notes, SMALL, color=PALE_INK)
    return canvas.save(kind, texts["title"], texts["description"])


@dataclass(frozen=True)
class View:
    """The part of the city that is shown, as wide as the picture."""

    west: float
    north: float
    per_degree: float
    width: float
    height: float

    @classmethod
    def of(cls, shown: Sequence[Sequence[Corner]], city: Sequence[Sequence[Corner]]) -> View:
        """Around the outlines `shown`, with as much of their neighbours in the city as BESIDE says."""
        west, south, east, north = _bounds(shown)
        beside_lon, beside_lat = (east - west) * BESIDE, (north - south) * BESIDE
        limits = _bounds(city)
        west, south = max(west - beside_lon, limits[0]), max(south - beside_lat, limits[1])
        east, north = min(east + beside_lon, limits[2]), min(north + beside_lat, limits[3])
        width = float(WIDTH - 2 * MARGIN)
        high = (north - south) / cos(radians(MIDDLE_LATITUDE))
        per_degree = min(width / (east - west), HIGHEST / high)
        # Where the height decides, the map stands in the middle.
        west = (west + east) / 2 - width / 2 / per_degree
        return cls(west, north, per_degree, width, high * per_degree)

    def at(self, lon: float, lat: float) -> Corner:
        """Pixels from the top left of the map."""
        return (lon - self.west) * self.per_degree, (self.north - lat) * self.per_degree / cos(radians(MIDDLE_LATITUDE))

    def holds(self, box: Box) -> bool:
        return box[0] >= -MARGIN and box[2] <= self.width + MARGIN and box[1] >= 0 and box[3] <= self.height


def spots(shape: Sequence[Corner], count: int) -> list[Corner]:
    """Where so many pins stand inside an outline: the places of a grid nearest to its middle, in reading order."""
    x, y = middle(shape)
    steps = range(-count, count + 1)
    grid = [(x + column * PIN, y + NAME / 2 + row * PIN) for row in steps for column in steps]
    grid.sort(key=lambda spot: (hypot(spot[0] - x, spot[1] - y), spot[1], spot[0]))
    for margin in (9, 6, 3, 0):
        inside = [spot for spot in grid if _within(shape, spot, margin)]
        if len(inside) >= count:
            break
    chosen = inside[:count] if len(inside) >= count else grid[:count]
    return sorted(chosen, key=lambda spot: (spot[1], spot[0]))


def _within(shape: Sequence[Corner], spot: Corner, margin: float) -> bool:
    corners = [(spot[0] + dx, spot[1] + dy) for dx in (-margin, margin) for dy in (-margin, margin)]
    return all(is_inside(*corner, shape) for corner in corners)


def _bounds(outlines: Sequence[Sequence[Corner]]) -> Box:
    corners = [corner for outline in outlines for corner in outline]
    return (
        min(lon for lon, _ in corners),
        min(lat for _, lat in corners),
        max(lon for lon, _ in corners),
        max(lat for _, lat in corners),
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
