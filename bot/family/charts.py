"""Pictures of growth and of pregnancy weight, as PNG for LINE and SVG for the web. Python 3.11 only.

They show measurements beside the survey's curves and say nothing about them: never a diagnosis.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.family.dates import months_old
from bot.family.drawing import (
    BLUE,
    INK,
    LINE,
    PALE_BLUE,
    PALE_INK,
    PURPLE,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    Canvas,
    words_that_can_be_drawn,
)
from bot.family.growth import MEASURES, UNITS, GrowthTable, Measurement
from bot.family.words import FamilyWords

LEFT, RIGHT = 44, WIDTH - 44
PLOT_TOP, PLOT_HEIGHT = 92, 300
DRAWN_PERCENTILES = (3, 10, 25, 50, 75, 90, 97)


def growth_chart(
    table: GrowthTable,
    measure: str,
    birth: date,
    sex: str | None,
    measurements: Sequence[Measurement],
    words: FamilyWords,
    *,
    kind: str = "png",
    today: date,
) -> bytes:
    """The child's measurements of one kind over the curves of the survey, up to a little after today.

    Measurements of other kinds are left out. Raises ValueError for an unknown measure or kind.
    """
    if measure not in MEASURES:
        raise ValueError(f"{measure!r} is not measured. Give one of {', '.join(MEASURES)}.")
    words = words_that_can_be_drawn(words)
    own = sorted((months_old(birth, item.on), item.value) for item in measurements if item.measure == measure)
    last = table.span(measure)[1]
    until = _until(max([months_old(birth, max(birth, today)), *(age for age, _ in own)]), last)
    title = words.text("growth_chart_title", measure=words.texts[f"growth_{measure}"])

    canvas = Canvas(560, words.locale)
    notes = canvas.wrap(words.texts["growth_note"], SMALL, WIDTH - 32)
    canvas = Canvas(PLOT_TOP + PLOT_HEIGHT + 66 + (len(notes) + 1) * SMALL * 1.5 + 14, words.locale)
    canvas.paragraph(16, 12, canvas.wrap(title, TITLE, WIDTH - 32), TITLE)
    _legend(canvas, 16, 46, [(PALE_BLUE, "s", words.texts["growth_legend_band"])])
    _legend(canvas, 16, 66, [(PURPLE, "o", words.texts["growth_legend_child"])])
    axes = canvas.plot_area(LEFT, PLOT_TOP, RIGHT, PLOT_TOP + PLOT_HEIGHT)
    low = table.curve(measure, sex, 3, until)
    high = table.curve(measure, sex, 97, until)
    ages = [age for age, _ in low]
    axes.fill_between(ages, [value for _, value in low], [value for _, value in high], color=PALE_BLUE, linewidth=0)
    labels = []
    for percentile in DRAWN_PERCENTILES:
        points = table.curve(measure, sex, percentile, until)
        strong = percentile == 50
        axes.plot(*zip(*points, strict=True), color=BLUE, linewidth=1.6 if strong else 0.7, alpha=1 if strong else 0.7)
        labels.append((points[-1][1], words.text("growth_percentile", number=percentile)))
    if own:
        axes.plot(*zip(*own, strict=True), color=PURPLE, linewidth=1.4, marker="o", markersize=5.5, clip_on=False)
    values = [value for _, value in low + high + own]
    margin = (max(values) - min(values)) * 0.06
    axes.set_xlim(0, max([until, *(age for age, _ in own)]))
    axes.set_ylim(min(values) - margin, max(values) + margin)
    _curve_labels(canvas, axes, labels)
    _dress(canvas, axes)
    canvas.text(8, PLOT_TOP - 6, UNITS[measure], SMALL, color=PALE_INK)
    _age_axis(canvas, axes, words, axes.get_xlim()[1])
    y = canvas.paragraph(16, PLOT_TOP + PLOT_HEIGHT + 52, notes, SMALL, color=INK)
    canvas.paragraph(16, y, [words.texts["growth_source"]], SMALL, color=PALE_INK)
    return canvas.save(kind, title, words.texts["growth_note"])


def pregnancy_chart(
    gains: Sequence[tuple[float, float]],
    band: tuple[float | None, float],
    words: FamilyWords,
    *,
    kind: str = "png",
    weeks: int = 40,
) -> bytes:
    """Weight gained (week, kg) beside the recommended gain over the whole pregnancy, (low or None, high) in kg."""
    words = words_that_can_be_drawn(words)
    canvas = Canvas(560, words.locale)
    notes = canvas.wrap(words.texts["pregnancy_weight_note"], SMALL, WIDTH - 32)
    canvas = Canvas(PLOT_TOP + PLOT_HEIGHT + 58 + len(notes) * SMALL * 1.5 + 14, words.locale)
    canvas.paragraph(16, 12, canvas.wrap(words.texts["pregnancy_weight_title"], TITLE, WIDTH - 32), TITLE)
    _legend(canvas, 16, 46, [(PALE_BLUE, "s", words.texts["pregnancy_legend_band"])])
    _legend(canvas, 16, 66, [(PURPLE, "o", words.texts["pregnancy_legend_record"])])
    axes = canvas.plot_area(LEFT, PLOT_TOP, WIDTH - 16, PLOT_TOP + PLOT_HEIGHT)
    low, high = band
    axes.axhspan(
        high - 0.15 if low is None else low, high + 0.15 if low is None else high, color=PALE_BLUE, linewidth=0
    )
    if gains:
        axes.plot(*zip(*sorted(gains), strict=True), color=PURPLE, linewidth=1.4, marker="o", markersize=5.5, zorder=3)
    values = [gain for _, gain in gains]
    axes.set_xlim(0, max([weeks, *(week for week, _ in gains)]))
    axes.set_ylim(min([0, *values]) - 1, max([high, *values]) + 1.5)
    axes.axhline(0, color=LINE, linewidth=0.8)
    _dress(canvas, axes)
    axes.set_xticks(range(0, weeks + 1, 4))
    canvas.text((LEFT + WIDTH - 16) / 2, PLOT_TOP + PLOT_HEIGHT + 36, words.texts["pregnancy_axis_weeks"], ha="center")
    canvas.text(8, PLOT_TOP - 6, words.texts["pregnancy_axis_gain"], SMALL, color=PALE_INK)
    canvas.paragraph(16, PLOT_TOP + PLOT_HEIGHT + 52, notes, SMALL)
    return canvas.save(kind, words.texts["pregnancy_weight_title"], words.texts["pregnancy_weight_note"])


def _until(age: float, last: float) -> float:
    """The age in months up to which curves are drawn: a step after the newest, so that curves do not jump each week."""
    return next((float(step) for step in (6, 12, 24, 36, 48, 60) if age <= step - 0.5 and step <= last), last)


def _legend(canvas: Canvas, x: float, y: float, items: Sequence[tuple[str, str, str]]) -> None:
    area = canvas.plot_area(x, y - 7, x + 14, y + 7)
    area.axis("off")
    for color, marker, label in items:
        area.plot([0], [0], color=color, marker=marker, markersize=9 if marker == "s" else 6, clip_on=False)
        canvas.text(x + 20, y, label, SMALL, color=PALE_INK)


def _curve_labels(canvas: Canvas, axes: Any, labels: Sequence[tuple[float, str]]) -> None:
    """Names of the curves beside their ends, kept a line apart; fewer when there is no room."""
    low, high = axes.get_ylim()
    place = {text: PLOT_TOP + PLOT_HEIGHT * (high - value) / (high - low) for value, text in labels}
    names = [text for _, text in labels]
    middle = len(names) // 2
    for ordered in (names, [names[0], names[middle], names[-1]], [names[middle]]):
        if all(place[one] - place[other] >= SMALL * 1.4 for one, other in zip(ordered, ordered[1:], strict=False)):
            break
    for text in ordered:
        canvas.text(RIGHT + 5, place[text], text, SMALL, color=BLUE)


def _dress(canvas: Canvas, axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.grid(color="#e6e6ea", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=INK)
    axes.locator_params(axis="y", nbins=7)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(canvas.font(SMALL))


def _age_axis(canvas: Canvas, axes: Any, words: FamilyWords, until: float) -> None:
    """Months up to two years, years beyond."""
    by_years = until > 24
    step = 12 if by_years else 3 if until > 6 else 1
    ticks = range(0, int(until) + 1, step)
    axes.set_xticks(list(ticks))
    axes.set_xticklabels([str(tick // 12 if by_years else tick) for tick in ticks], fontproperties=canvas.font(SMALL))
    name = words.texts["growth_axis_years" if by_years else "growth_axis_months"]
    canvas.text((LEFT + RIGHT) / 2, PLOT_TOP + PLOT_HEIGHT + 36, name, TEXT, ha="center")
