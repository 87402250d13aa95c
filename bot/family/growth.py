"""Growth: reading measurements kindly, and the percentile curves of the national survey. Pure; never a diagnosis."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.family.dates import months_old
from bot.settings import PROJECT_ROOT
from bot.yaml_files import read_yaml

MEASURES = ("weight", "height", "head")
UNITS = {"weight": "kg", "height": "cm", "head": "cm"}
PERCENTILES = (3, 10, 25, 50, 75, 90, 97)

LIMITS: Mapping[str, tuple[float, float]] = {"weight": (0.2, 200.0), "height": (20.0, 230.0), "head": (15.0, 70.0)}
"""Beyond these a number is a typing mistake (grams for kilograms, a date). Not a medical limit."""

SURPRISE = 0.35
"""How far outside the band of the survey, as a part of its edge, a number is asked about once. Not a medical limit."""

Point = tuple[float, float]


class GrowthDataError(ValueError):
    """The table of curves cannot be used. The message names the file, the line and what to do."""


@dataclass(frozen=True)
class Measurement:
    """One measurement of a child. `value` in kg for weight, in cm for height and head."""

    measure: str
    on: date
    value: float


@dataclass(frozen=True)
class Answer:
    """What to say about a measurement: a reply key of `family.yml` with its data, and whether to keep it."""

    reply: str
    data: dict[str, Any]
    keep: bool


@dataclass(frozen=True)
class GrowthTable:
    """Curves by (measure, sex, percentile): points (age in months, value) in order of age."""

    curves: Mapping[tuple[str, str, int], tuple[Point, ...]]

    @classmethod
    def load(cls, content_dir: Path = PROJECT_ROOT) -> GrowthTable:
        """Read `knowledge_base/growth.csv` under `content_dir` (cached). Raises GrowthDataError."""
        return _load(content_dir.resolve())

    def span(self, measure: str) -> tuple[float, float]:
        """The ages in months between which there are curves."""
        points = self.curves[measure, "female", 50]
        return points[0][0], points[-1][0]

    def at(self, measure: str, sex: str | None, percentile: int, months: float) -> float | None:
        """The curve's value at an age; None outside the span.

        With no sex given, the lower half of the percentiles is the lower of both sexes' curves and the upper half the
        higher, so that the band holds every child.
        """
        if sex is None:
            values = [self.at(measure, one, percentile, months) for one in ("female", "male")]
            known = [value for value in values if value is not None]
            if not known:
                return None
            if percentile == 50:
                return sum(known) / len(known)
            return min(known) if percentile < 50 else max(known)
        points = self.curves[measure, sex, percentile]
        if not points[0][0] <= months <= points[-1][0]:
            return None
        right = min(bisect_right(points, (months, float("inf"))), len(points) - 1)
        (x0, y0), (x1, y1) = points[right - 1], points[right]
        return y0 + (y1 - y0) * (months - x0) / (x1 - x0)

    def curve(self, measure: str, sex: str | None, percentile: int, until: float, since: float = 0) -> list[Point]:
        """Points of a curve between two ages in months, the ends included."""
        low, high = self.span(measure)
        ages = {point[0] for point in self.curves[measure, "female", percentile]}
        wanted = sorted({age for age in ages if since <= age <= until} | {max(low, since), min(high, until)})
        found = [(age, self.at(measure, sex, percentile, age)) for age in wanted]
        return [(age, value) for age, value in found if value is not None]

    def between(
        self, measure: str, sex: str | None, months: float, value: float
    ) -> tuple[int | None, int | None] | None:
        """The percentiles of the survey around a value: (3, 10), (None, 3) below all, (97, None) above all.

        None where there is no curve. For the picture's description only: it is never told as a judgement.
        """
        levels = [(percentile, self.at(measure, sex, percentile, months)) for percentile in PERCENTILES]
        below = above = None
        for percentile, level in levels:
            if level is None:
                return None
            if level <= value:
                below = percentile
            elif above is None:
                above = percentile
        return below, above


@lru_cache(maxsize=4)
def _load(content_dir: Path) -> GrowthTable:
    path = content_dir / "knowledge_base" / "growth.csv"
    curves: dict[tuple[str, str, int], list[Point]] = {}
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        for number, row in enumerate(csv.DictReader(lines), start=1):
            age = (float(row["months_from"]) + float(row["months_to"])) / 2
            values = [float(row[f"p{percentile}"]) for percentile in PERCENTILES]
            if row["measure"] not in MEASURES or row["sex"] not in ("female", "male") or values != sorted(values):
                raise GrowthDataError(f"{path}, data row {number}: {row}. Correct the measure, the sex or the order.")
            for percentile, value in zip(PERCENTILES, values, strict=True):
                curves.setdefault((row["measure"], row["sex"], percentile), []).append((age, value))
    except (OSError, KeyError, TypeError) as error:
        raise GrowthDataError(f"{path} cannot be read: {error!r}. Restore the file.") from error
    return GrowthTable({key: tuple(sorted(points)) for key, points in curves.items()})


def answer(
    table: GrowthTable, birth: date, sex: str | None, measurement: Measurement, today: date, *, confirmed: bool = False
) -> Answer:
    """Whether to keep a measurement and what to say. `confirmed`: the parent was asked and said that it is right."""
    measure, value = measurement.measure, measurement.value
    low, high = LIMITS[measure]
    data = {"measure": measure, "value": value, "unit": UNITS[measure]}
    if not birth <= measurement.on <= today:
        return Answer("growth_wrong_date", data, keep=False)
    # `not` also refuses NaN, which compares false with everything.
    if not low <= value <= high:
        return Answer("growth_refused", {**data, "low": low, "high": high}, keep=False)
    months = months_old(birth, measurement.on)
    least, most = table.at(measure, sex, PERCENTILES[0], months), table.at(measure, sex, PERCENTILES[-1], months)
    if least is None or most is None:
        return Answer("growth_no_curve", data, keep=True)
    if not confirmed and not least * (1 - SURPRISE) <= value <= most * (1 + SURPRISE):
        return Answer("growth_ask_again", data, keep=False)
    return Answer("growth_saved", data, keep=True)


def milestones(content_dir: Path = PROJECT_ROOT) -> tuple[str, ...]:
    """Ids of the first times a family may keep, in the order they are offered."""
    data = read_yaml(content_dir / "knowledge_base" / "milestones.yml")
    return tuple(data["milestones"])
