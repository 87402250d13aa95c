"""Places near a resident: which ward a point lies in, which places to show, and what is shown of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import cos, hypot, radians
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from bot.knowledge.facilities import Facilities, Facility
from bot.settings import PROJECT_ROOT
from bot.yaml_files import read_yaml

Corner = tuple[float, float]

OUTSIDE_KM = 1.5
"""The outlines are drawn by hand: a point this near to one still counts as in the city."""

_KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Found:
    """What a search for places gave. `by_distance`: nearest first; otherwise those of `ward`, None for all wards."""

    places: tuple[Facility, ...]
    ward: str | None
    by_distance: bool = False
    outside: bool = False
    """The point given lies in no ward, and no place has coordinates to measure from it."""


@lru_cache(maxsize=4)
def ward_outlines(content_dir: Path = PROJECT_ROOT) -> Mapping[str, tuple[Corner, ...]]:
    """Corners (longitude, latitude in degrees) of each ward."""
    path = content_dir / "knowledge_base" / "ward_outlines.yml"
    if not path.exists():
        return {}
    data = read_yaml(path)
    return {ward: tuple((float(lon), float(lat)) for lon, lat in corners) for ward, corners in data["wards"].items()}


def ward_at(lat: float, lon: float, content_dir: Path = PROJECT_ROOT) -> str | None:
    """The ward around a point, or the nearest one within OUTSIDE_KM; None further away."""
    wards = ward_outlines(content_dir)
    for ward, outline in wards.items():
        if is_inside(lon, lat, outline):
            return ward
    nearest = min(((_distance_km(lon, lat, outline), ward) for ward, outline in wards.items()), default=None)
    return nearest[1] if nearest and nearest[0] <= OUTSIDE_KM else None


def is_inside(x: float, y: float, outline: Sequence[Corner]) -> bool:
    """Whether a ray from the point to the east crosses the outline an odd number of times."""
    crossings = 0
    for (x0, y0), (x1, y1) in _edges(outline):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossings += 1
    return crossings % 2 == 1


def find_places(
    facilities: Facilities,
    *,
    kind: str | None = None,
    ward: str | None = None,
    near: tuple[float, float] | None = None,
    limit: int = 10,
    content_dir: Path = PROJECT_ROOT,
) -> Found:
    """Places of a kind in a ward, or near a point (lat, lon in degrees), which goes before the ward.

    Where no place of the kind has coordinates, "near" can only mean the point's own ward.
    """
    if near is None:
        return Found(tuple(facilities.find(ward=ward, kind=kind, limit=limit)), ward)
    nearest = facilities.find(kind=kind, near=near, limit=limit)
    if nearest and nearest[0].lat is not None:
        return Found(tuple(nearest), None, by_distance=True)
    here = ward_at(*near, content_dir)
    if here is None:
        return Found((), None, outside=True)
    return Found(tuple(facilities.find(ward=here, kind=kind, limit=limit)), here)


def place_view(place: Facility, locale: str, at: datetime, here: tuple[float, float] | None = None) -> dict[str, Any]:
    """One place as channels show it. `open_now` is null when its hours are not known; distance in metres."""
    where = f"{place.lat},{place.lon}" if place.lat is not None else f"{place.name} {place.address}"
    distance = place.distance_m(*here) if here else None
    return {
        "id": place.id,
        "name": place.name_for(locale),
        "address": place.address,
        "ward": place.ward,
        "phone": place.phone,
        "tel": f"tel:{place.phone.replace('-', '')}" if place.phone else None,
        "hours": place.hours_note,
        "open_now": place.open_at(at.replace(tzinfo=None)),
        "languages": list(place.languages),
        "map_url": f"https://www.google.com/maps/search/?api=1&query={quote_plus(where, safe=',')}",
        "distance_m": round(distance) if distance is not None else None,
    }


def _distance_km(x: float, y: float, outline: Sequence[Corner]) -> float:
    """Distance to the nearest point of the outline, on a plane: exact enough within a city."""
    east = cos(radians(y)) * _KM_PER_DEGREE

    def flat(corner: Corner) -> Corner:
        return (corner[0] - x) * east, (corner[1] - y) * _KM_PER_DEGREE

    distances = []
    for start, end in _edges(outline):
        (ax, ay), (bx, by) = flat(start), flat(end)
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = 0.0 if not length else max(0.0, min(1.0, -(ax * (bx - ax) + ay * (by - ay)) / length))
        distances.append(hypot(ax + along * (bx - ax), ay + along * (by - ay)))
    return min(distances)


def _edges(outline: Sequence[Corner]) -> list[tuple[Corner, Corner]]:
    return list(zip(outline, [*outline[1:], outline[0]], strict=True))
