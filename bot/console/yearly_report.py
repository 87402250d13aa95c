"""The yearly report as pages to print (PDF) and as a table (CSV). Drawn with the fonts the family pictures use."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.console.report_words import say
from bot.family import fonts
from bot.handover.statistics import Statistics
from bot.handover.yearly import Year
from bot.vocabulary import RiskLevel

A4 = (8.27, 11.69)
"""Inches."""
INK, PALE, RULE = "#1a1a1c", "#4d4d52", "#b3b3b8"
BLUE = "#1f4fd1"
LEVELS = {"none": "#b9c2cf", "concern": "#e8b13a", "high": "#e07020", "imminent": "#b3161b"}
"""Darker is graver, so that it also reads in grey print."""
OUTCOMES = ("#1f4fd1", "#0b6b3a", "#8a8f98", "#b45000", "#6a1b9a")
MOST = 13
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HIGH = (RiskLevel.high.name, RiskLevel.imminent.name)


def as_pdf(found: Year, language: str, made: date) -> bytes:
    """Three A4 pages: totals and months, charts by month, charts of the whole year."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages

    out = io.BytesIO()
    # Type 3 takes the outlines of any font; the Japanese one is of a kind that cannot be put in whole.
    style: Any = {
        "pdf.fonttype": 3,
        "font.family": fonts.families(language)[:2],
        "axes.edgecolor": RULE,
        "text.color": INK,
    }
    title = say(language, "title", year=found.year)
    with mpl.rc_context(style), PdfPages(out, metadata={"Title": title, "Creator": "iroiro"}) as pages:
        drawn = (_first_page, _months_page, _year_page)
        for number, draw in enumerate(drawn, start=1):
            figure = _page(title, say(language, "page", page=number, pages=len(drawn)))
            draw(figure, found, language, made)
            pages.savefig(figure)
    return out.getvalue()


def as_csv(found: Year) -> str:
    """One row a month and one for the year; columns `group: name`. No cell is a formula."""
    periods = [*found.months, found.total]
    columns = sorted({(group, name) for period in periods for group, counts in period.groups() for name in counts})
    columns = [(group, name) for group, name in columns if group != "by_day"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    plain = ("messages", "answered_by_machine", "cases", "never_claimed", "helpful", "not_helpful")
    waits = ("median", "p90", "longest")
    heads = ["month", *plain, *(f"wait_s: {name}" for name in waits), *(f"{group}: {name}" for group, name in columns)]
    writer.writerow([_safe(head) for head in heads])
    for period in periods:
        whole = period is found.total
        row: list[object] = [f"fiscal year {found.year}" if whole else period.since.strftime("%Y-%m")]
        row += [getattr(period, name) for name in plain]
        row += [round(period.waits_s[name]) if name in period.waits_s else "" for name in waits]
        row += [getattr(period, group)[name] for group, name in columns]
        writer.writerow(row)
    return out.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _page(title: str, number: str) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=A4, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.08, 0.965, title, size=9, color=PALE)
    figure.text(0.92, 0.03, number, size=9, color=PALE, ha="right")
    return figure


def _first_page(figure: Any, found: Year, language: str, made: date) -> None:
    total = found.total
    figure.text(0.08, 0.91, say(language, "title", year=found.year), size=20, weight="bold")
    period = say(language, "period", since=total.since.isoformat(), until=total.until.isoformat())
    figure.text(0.08, 0.883, f"{period}   {say(language, 'made', made=made.isoformat())}", size=10, color=PALE)
    numbers = _numbers(total, language)
    for place, (key, value) in enumerate(numbers):
        x, y = 0.08 + place % 4 * 0.215, 0.815 - place // 4 * 0.085
        figure.text(x, y, value, size=19, weight="bold", color=BLUE)
        figure.text(x, y - 0.022, say(language, key), size=9, color=PALE)
    axes = figure.add_axes((0.08, 0.17, 0.84, 0.49))
    axes.axis("off")
    heads = [say(language, "month"), *(say(language, key) for key, _ in numbers)]
    rows = []
    for month in found.months:
        values = [value if month.since <= made else "" for _, value in _numbers(month, language)]
        rows.append([_month(month), *values])
    rows.append([say(language, "total"), *(value for _, value in numbers)])
    table = axes.table(cellText=rows, colLabels=heads, cellLoc="right", loc="upper center", bbox=(0, 0, 1, 1))
    table.auto_set_font_size(False)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor(RULE)
        cell.set_linewidth(0.5)
        cell.set_text_props(size=6.5 if row == 0 else 9, weight="bold" if row in (0, len(rows)) else "normal")
        cell.PAD = 0.04
        if row == 0:
            cell.set_facecolor("#eef1f6")
        if column == 0:
            cell.set_text_props(ha="left")
    for line, words in enumerate(_wrapped(say(language, "truth"), 46 if language == "ja" else 92)):
        figure.text(0.08, 0.125 - line * 0.02, words, size=9, color=PALE)


def _months_page(figure: Any, found: Year, language: str, _: date) -> None:
    months = _month_names(found, language)
    upper, middle, lower = (figure.add_axes((0.11, y, 0.8, 0.23)) for y in (0.69, 0.38, 0.07))
    _titled(upper, say(language, "messages_by_month"))
    _bars(upper, months, [month.messages for month in found.months])
    _titled(middle, say(language, "by_month"))
    stacks = [(say(language, f"level_{name}"), colour, [month.cases_by_level[name] for month in found.months])
              for name, colour in LEVELS.items()]  # fmt: skip
    _stacked(middle, months, stacks)
    _titled(lower, say(language, "waits_by_month"))
    for name, colour, marker in (("median", BLUE, "o"), ("p90", "#b45000", "s")):
        points = [(at, month.waits_s[name] / 60) for at, month in enumerate(found.months) if name in month.waits_s]
        lower.plot(
            [x for x, _ in points], [y for _, y in points], color=colour, marker=marker, label=say(language, name)
        )
    lower.set_xticks(range(len(months)), months)
    lower.set_xlim(-0.5, len(months) - 0.5)
    lower.set_ylim(bottom=0)
    lower.legend(fontsize=8, frameon=False)


def _year_page(figure: Any, found: Year, language: str, _: date) -> None:
    total = found.total
    outcomes = [name for name, _ in Counter(total.cases_by_outcome).most_common(len(OUTCOMES))]
    upper = figure.add_axes((0.11, 0.73, 0.8, 0.19))
    _titled(upper, say(language, "outcomes_by_month"))
    months = _month_names(found, language)
    stacks = [(say(language, f"outcome_{name}"), colour, [month.cases_by_outcome[name] for month in found.months])
              for name, colour in zip(outcomes, OUTCOMES, strict=False)]  # fmt: skip
    _stacked(upper, months, stacks)
    hours = figure.add_axes((0.11, 0.45, 0.8, 0.19))
    _titled(hours, say(language, "hours"))
    names = [f"{hour:02d}" for hour in range(24)]
    _bars(hours, [str(int(name)) for name in names], [total.cases_by_hour[name] for name in names])
    left, right = figure.add_axes((0.2, 0.07, 0.27, 0.3)), figure.add_axes((0.68, 0.07, 0.24, 0.3))
    _lying(left, say(language, "locales"), "locale", total.cases_by_locale, language)
    _lying(right, say(language, "categories"), "category", total.cases_by_category, language)


def _numbers(period: Statistics, language: str) -> list[tuple[str, str]]:
    high = sum(period.cases_by_level[name] for name in HIGH)
    return [
        ("messages", f"{period.messages:,}"),
        ("answered", f"{period.answered_by_machine:,}"),
        ("cases", f"{period.cases:,}"),
        ("high", f"{high:,}"),
        ("median", _duration(period.waits_s.get("median"), language)),
        ("p90", _duration(period.waits_s.get("p90"), language)),
        ("never_claimed", f"{period.never_claimed:,}"),
    ]


def _duration(seconds: float | None, language: str) -> str:
    if seconds is None:
        return "–"
    if seconds < 90:
        return say(language, "unit_seconds", n=round(seconds))
    return say(language, "unit_minutes", n=round(seconds / 60))


def _month(period: Statistics) -> str:
    return period.since.strftime("%Y-%m")


def _month_names(found: Year, language: str) -> list[str]:
    return [f"{month.since.month}月" if language == "ja" else f"{month.since:%b}" for month in found.months]


def _titled(axes: Any, title: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_title(title, loc="left", size=12, weight="bold", pad=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, color=RULE)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))


def _bars(axes: Any, names: Sequence[str], counts: Sequence[int]) -> None:
    bars = axes.bar(range(len(names)), counts, color=BLUE, width=0.7)
    axes.bar_label(bars, [f"{count:,}" if count else "" for count in counts], size=7, padding=2)
    axes.set_xticks(range(len(names)), names)
    axes.set_ylim(0, max([*counts, 1]) * 1.15)


def _stacked(axes: Any, names: Sequence[str], stacks: Sequence[tuple[str, str, list[int]]]) -> None:
    below = [0] * len(names)
    for label, colour, counts in stacks:
        axes.bar(range(len(names)), counts, bottom=below, color=colour, width=0.7, label=label)
        below = [under + count for under, count in zip(below, counts, strict=True)]
    axes.set_xticks(range(len(names)), names)
    axes.set_ylim(0, max([*below, 1]) * 1.15)
    if stacks:
        axes.legend(fontsize=8, frameon=False, ncols=len(stacks), loc="upper left", bbox_to_anchor=(0, -0.1))


def _lying(axes: Any, title: str, prefix: str, counts: Counter[str], language: str) -> None:
    _titled(axes, title)
    rows = counts.most_common(MOST)[::-1]
    if not rows:
        axes.axis("off")
        axes.text(0, 0.9, say(language, "none_yet"), size=9, color=PALE, transform=axes.transAxes)
        return
    bars = axes.barh(range(len(rows)), [count for _, count in rows], color=BLUE, height=0.65)
    axes.bar_label(bars, size=8, padding=2)
    axes.set_yticks(range(len(rows)), [say(language, f"{prefix}_{name}") for name, _ in rows])
    axes.set_xlim(0, rows[-1][1] * 1.2)
    axes.set_ylim(len(rows) - MOST - 0.5, len(rows) - 0.5)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` characters; broken at spaces where there are any."""
    import textwrap

    if " " in text:
        return textwrap.wrap(text, width)
    return [text[start : start + width] for start in range(0, len(text), width)]
