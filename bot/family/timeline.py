"""The timeline picture of a child's doses and checkups, as PNG for LINE and SVG for the web. Python 3.11 only.

Every row has its name above and its marks below, so that long names in any script keep the whole width of a phone.
Shapes differ as well as colours: a filled circle is done, a diamond the best day, a triangle late, a square a checkup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.family.dates import months_old
from bot.family.drawing import (
    BLUE,
    GREEN,
    INK,
    LINE,
    ORANGE,
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
from bot.family.words import FamilyWords

MARGIN = 18
AXIS_TOP, FIRST_ROW = 28, 34
ROW_MARKS = 24
"""Height of the marks under a row's name, in pixels."""

DAYS_PER_MONTH = 30.44


@dataclass
class Mark:
    """One dose or checkup on the time axis. `kind`: given, best, overdue or checkup."""

    months: float
    kind: str
    label: str = ""


@dataclass
class Row:
    """One vaccine or checkup: its name, the day to show beside it, its marks and the period it is allowed in."""

    name: str
    day: str = ""
    marks: list[Mark] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)


def timeline(plan: Mapping[str, Any], words: FamilyWords, *, name: str = "", kind: str = "png") -> bytes:
    """Draw a child's plan, as `bot.family.plan.plan` gives it, around its `on` date. Raises ValueError for the kind."""
    words = words_that_can_be_drawn(words, name)
    birth, on = date.fromisoformat(plan["birthdate"]), date.fromisoformat(plan["on"])
    title = words.text("timeline_title", name=name) if name else words.texts["timeline_title_unnamed"]
    since, until, step = _period(months_old(birth, on))
    vaccines = _vaccine_rows(plan["immunisation"], words, birth, since, until)
    checkups = _checkup_rows(plan["checkups"], words, birth, on, since, until)

    canvas = Canvas(600, words.locale)
    title_lines = canvas.wrap(title, TITLE, WIDTH - 2 * MARGIN)
    blocks = [(words.texts["timeline_vaccines"], vaccines), (words.texts["timeline_checkups"], checkups)]
    blocks = [block for block in blocks if block[1]]
    names = {id(row): _name_lines(canvas, row) for _, rows in blocks for row in rows}
    top = 12 + len(title_lines) * TITLE * 1.5 + 4 * 20 + 8
    nothing = [] if blocks else canvas.wrap(words.texts["plan_nothing_now"], TEXT, WIDTH - 2 * MARGIN)
    body = len(nothing) * TEXT * 1.5 + sum(34 + sum(_height(names[id(row)]) for row in rows) for _, rows in blocks)
    canvas = Canvas(top + AXIS_TOP + body + 14, words.locale)
    y = canvas.paragraph(MARGIN, 12, title_lines, TITLE)
    _legend(canvas, words, y + 12)
    drawing = _Rows(canvas, (since, until, step), months_old(birth, on), top + AXIS_TOP, top + AXIS_TOP + body)
    drawing.axis(words, top)
    y = canvas.paragraph(MARGIN, top + AXIS_TOP, nothing, TEXT)
    for heading, rows in blocks:
        canvas.text(MARGIN, y + 20, heading, TEXT, weight="bold", color=PALE_INK)
        y += 34
        for row in rows:
            drawing.row(row, names[id(row)], y)
            y += _height(names[id(row)])
    count = len(vaccines) + len(checkups)
    told = words.text("timeline_description", name=name or words.texts["child_unnamed"], count=count)
    return canvas.save(kind, title, told)


def _period(age: float) -> tuple[float, float, int]:
    """(first month, last month, months between ticks) shown for a child of this age in months."""
    if age < 10:
        return 0, 18, 6
    if age < 24:
        return max(0, age - 9), age + 18, 6
    return age - 12, age + 36, 12


def _vaccine_rows(
    entries: list[dict[str, Any]], words: FamilyWords, birth: date, since: float, until: float
) -> list[Row]:
    rows: dict[str, Row] = {}
    for entry in entries:
        vaccine = entry["vaccine"]
        row = rows.setdefault(vaccine, Row(words.vaccine(vaccine)))
        label = str(entry["number"] or "")
        if entry["given"]:
            row.marks.append(Mark(_at(birth, entry["given"]), "given", label))
        elif entry["best"]:
            row.marks.append(Mark(_at(birth, entry["best"]), "overdue" if entry["overdue"] else "best", label))
            row.day = row.day or entry["best"]
            row.spans.append((_at(birth, entry["earliest"]), _at(birth, entry["latest"])))
    # A row that has nothing to show in this period would only push the others off a small screen.
    return [row for row in rows.values() if any(since <= mark.months <= until for mark in row.marks)]


def _checkup_rows(
    checkups: list[dict[str, Any]], words: FamilyWords, birth: date, on: date, since: float, until: float
) -> list[Row]:
    rows = []
    for checkup in checkups:
        start, end = _at(birth, checkup["from"]), _at(birth, checkup["about_until"])
        if end < months_old(birth, on) or start > until or checkup["status"] == "closed":
            continue
        kind = "given" if checkup["status"] == "done" else "checkup"
        row = Row(words.checkup(checkup["id"]), "" if kind == "given" else checkup["from"][:7])
        row.marks.append(Mark(max(start, since), kind))
        row.spans.append((start, end))
        rows.append(row)
    return rows


def _at(birth: date, day: str) -> float:
    """Months from birth, also before it (a checkup of the mother may be planned from the day of birth)."""
    return (date.fromisoformat(day) - birth).days / DAYS_PER_MONTH


def _name_lines(canvas: Canvas, row: Row) -> list[str]:
    taken = canvas.size_of(row.day, SMALL)[0] + 14 if row.day else 0
    return canvas.wrap(row.name, TEXT, WIDTH - 2 * MARGIN - taken)


def _height(lines: list[str]) -> float:
    return len(lines) * TEXT * 1.5 + ROW_MARKS + 6


def _legend(canvas: Canvas, words: FamilyWords, y: float) -> None:
    items = [("given", "timeline_given"), ("best", "timeline_best"), ("overdue", "timeline_overdue")]
    for number, (kind, key) in enumerate([*items, ("span", "timeline_window")]):
        area = canvas.plot_area(MARGIN, y + number * 20 - 8, MARGIN + 18, y + number * 20 + 8)
        area.axis("off")
        area.set_xlim(-1, 1)
        area.set_ylim(-1, 1)
        if kind == "span":
            area.plot([-0.8, 0.8], [0, 0], color=PALE_BLUE, linewidth=7, solid_capstyle="round")
        else:
            _mark(area, 0, 0, kind)
        canvas.text(MARGIN + 24, y + number * 20, words.texts[key], SMALL, color=PALE_INK)


def _mark(area: Any, x: float, y: float, kind: str) -> None:
    shape, color = {"given": ("o", GREEN), "best": ("D", BLUE), "overdue": ("^", ORANGE), "checkup": ("s", PURPLE)}[
        kind
    ]
    size = {"o": 11.5, "D": 9.5, "^": 13.0, "s": 9.5}[shape]
    area.plot([x], [y], marker=shape, color=color, markersize=size, linestyle="none", zorder=3, clip_on=False)


class _Rows:
    """Draws rows on one time axis that spans the picture."""

    def __init__(self, canvas: Canvas, period: tuple[float, float, int], now: float, top: float, bottom: float) -> None:
        self.canvas, self.now = canvas, now
        self.since, self.until, step = period
        self.step = step
        self.ticks = range(int(-(-self.since // step) * step), int(self.until) + 1, step)
        self.area = canvas.plot_area(MARGIN, top, WIDTH - MARGIN, bottom)
        self.area.set_xlim(self.since, self.until)
        self.area.set_ylim(bottom, top)
        self.area.axis("off")

    def axis(self, words: FamilyWords, top: float) -> None:
        for tick in self.ticks:
            key, number = ("age_years", tick // 12) if self.step == 12 else ("age_months", tick)
            self._label(tick, top + 20, words.text(key, number=number), PALE_INK)
        self._label(self.now, top + 4, words.texts["timeline_today"], INK)

    def _label(self, months: float, y: float, text: str, color: str) -> None:
        half = self.canvas.size_of(text, SMALL)[0] / 2
        x = min(max(self._x(months), half + 4), WIDTH - half - 4)
        self.canvas.text(x, y, text, SMALL, ha="center", color=color)

    def row(self, row: Row, lines: list[str], top: float) -> None:
        after = self.canvas.paragraph(MARGIN, top, lines, TEXT)
        if row.day:
            self.canvas.text(WIDTH - MARGIN, top + TEXT * 0.75, row.day, SMALL, ha="right", color=BLUE)
        y, low, high = after + ROW_MARKS / 2, after - 1, after + ROW_MARKS + 3
        # Lines stay in the band of the marks: they must not strike through a name.
        for tick in self.ticks:
            self.area.plot([tick, tick], [low, high], color="#e6e6ea", linewidth=0.8, zorder=0)
        self.area.plot([self.now] * 2, [low, high], color=INK, linewidth=1.2, linestyle=(0, (3, 2)), zorder=1)
        for start, end in row.spans:
            left, right = max(start, self.since), min(end, self.until)
            if left < right:
                self.area.plot([left, right], [y, y], color=PALE_BLUE, linewidth=7, solid_capstyle="butt", zorder=1)
        shown = [mark for mark in row.marks if self.since <= mark.months <= self.until]
        places = [self._x(mark.months) for mark in shown]
        for number in range(len(shown) - 1, -1, -1):
            _mark(self.area, shown[number].months, y, shown[number].kind)
            # Where marks lie too close to read every number, the earlier one is on top and keeps its own.
            if shown[number].label and (number == 0 or places[number] - places[number - 1] > 13):
                style = {"ha": "center", "zorder": 4, "color": "white", "weight": "bold"}
                self.canvas.text(places[number], y, shown[number].label, 9, **style)
        self.area.plot([self.since, self.until], [high, high], color=LINE, linewidth=0.4, zorder=0)

    def _x(self, months: float) -> float:
        return MARGIN + (months - self.since) / (self.until - self.since) * (WIDTH - 2 * MARGIN)
