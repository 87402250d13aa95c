"""Pictures: every script is drawn, nothing overlaps, a phone's width is enough. Skipped where matplotlib is missing."""

from __future__ import annotations

import io
from datetime import date, timedelta
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest

pytest.importorskip("matplotlib")

from PIL import Image

from bot.family import fonts
from bot.family.charts import growth_chart, pregnancy_chart
from bot.family.drawing import WIDTH, Canvas, pieces, words_that_can_be_drawn
from bot.family.growth import GrowthTable, Measurement
from bot.family.plan import plan
from bot.family.timeline import timeline
from bot.family.words import FamilyWords
from bot.vocabulary import LOCALES

TODAY = date(2026, 11, 23)
BIRTH = date(2026, 3, 5)
SAMPLES = {
    "th": "วัคซีนน้ำหนักกี่ครั้ง ผู้ปกครอง",
    "ne": "बच्चाको वृद्धि क्ष त्र ज्ञ द्ध",
    "zh-Hant": "預防接種臺灣體檢",
    "ko": "예방접종 성장",
}


@pytest.fixture
def canvases(monkeypatch: pytest.MonkeyPatch) -> list[Canvas]:
    """Every canvas that is saved during a test."""
    saved: list[Canvas] = []
    save = Canvas.save

    def keep(self: Canvas, *arguments: Any) -> bytes:
        saved.append(self)
        return save(self, *arguments)

    monkeypatch.setattr(Canvas, "save", keep)
    return saved


def child(birth: date, doses: tuple[str, ...] = ()) -> dict[str, Any]:
    record = [dict(zip(("vaccine", "date"), dose.split(), strict=True)) for dose in doses]
    return plan({"birthdate": birth.isoformat(), "doses": record}, TODAY)


def overlaps(canvas: Canvas) -> list[tuple[str, str]]:
    """Pairs of texts of the figure whose boxes cross, and texts that leave the picture."""
    figure: Any = canvas.figure
    renderer = figure.canvas.get_renderer()
    texts = [text for text in figure.texts if text.get_text().strip()]
    for axes in figure.axes:
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            # Matplotlib keeps labels of ticks outside the limits, and does not draw them.
            drawn = [tick for tick in axis.get_major_ticks() if axes.axison and low <= tick.get_loc() <= high]
            texts += [tick.label1 for tick in drawn if tick.label1.get_text()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    found = []
    for (one, first), (other, second) in combinations(boxes, 2):
        width = min(first.x1, second.x1) - max(first.x0, second.x0)
        height = min(first.y1, second.y1) - max(first.y0, second.y0)
        if width > 1 and height > 2.5:
            found.append((one, other))
    found += [(name, "the edge") for name, box in boxes if box.x0 < -0.5 or box.x1 > WIDTH + 0.5 or box.y0 < -0.5]
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_character_of_the_words_has_a_glyph(locale: str) -> None:
    words = FamilyWords.load(locale)
    assert fonts.missing("".join(words.texts.values()) + SAMPLES.get(locale, ""), locale) == set()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("birth", [BIRTH, date(2025, 6, 1), date(2022, 5, 5)])
def test_timeline_has_no_overlapping_texts(canvases: list[Canvas], locale: str, birth: date) -> None:
    words = FamilyWords.load(locale)
    timeline(child(birth), words, name="María Fernanda de los Ángeles")
    assert overlaps(canvases[0]) == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("measure", ["weight", "height", "head"])
def test_growth_chart_has_no_overlapping_texts(canvases: list[Canvas], locale: str, measure: str) -> None:
    table, words = GrowthTable.load(), FamilyWords.load(locale)
    own = [Measurement(measure, BIRTH + timedelta(days=60), 40.0), Measurement("weight", BIRTH, 3.0)]
    growth_chart(table, measure, BIRTH, "female", own, words, today=TODAY)
    assert overlaps(canvases[0]) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_pregnancy_chart_has_no_overlapping_texts(canvases: list[Canvas], locale: str) -> None:
    pregnancy_chart([(8, -0.5), (30, 7.4)], (None, 5), FamilyWords.load(locale))
    assert overlaps(canvases[0]) == []


def test_png_is_twice_a_phone_wide() -> None:
    picture = Image.open(io.BytesIO(timeline(child(BIRTH), FamilyWords.load("ja"))))
    assert picture.width == 2 * WIDTH


def test_svg_speaks_to_screen_readers_and_is_the_same_every_time() -> None:
    first = timeline(child(BIRTH), FamilyWords.load("en"), name='<A & "B">', kind="svg")
    assert first == timeline(child(BIRTH), FamilyWords.load("en"), name='<A & "B">', kind="svg")
    root = ElementTree.fromstring(first)
    assert root.get("role") == "img"
    assert '<A & "B">' in str(root.get("aria-label"))


def test_unknown_kind_and_measure_are_refused() -> None:
    with pytest.raises(ValueError, match="png or svg"):
        timeline(child(BIRTH), FamilyWords.load("ja"), kind="gif")
    with pytest.raises(ValueError, match="not measured"):
        growth_chart(GrowthTable.load(), "shoe", BIRTH, None, [], FamilyWords.load("ja"), today=TODAY)


def test_a_grown_child_and_an_empty_record_can_be_drawn() -> None:
    assert timeline(child(date(1990, 1, 1)), FamilyWords.load("ja"))
    assert growth_chart(GrowthTable.load(), "head", date(2010, 1, 1), None, [], FamilyWords.load("ja"), today=TODAY)


def test_english_stands_in_where_no_font_has_the_script() -> None:
    assert words_that_can_be_drawn(FamilyWords.load("ja"), "\U0001e900").locale == "en"
    assert words_that_can_be_drawn(FamilyWords.load("ja")).locale == "ja"


def test_thai_breaks_between_words_and_japanese_not_before_a_full_stop() -> None:
    assert pieces("เด็กแต่ละคน") == ["เด็ก", "แต่ละคน"]
    assert pieces("はい。")[-1] == "い。"
    assert "".join(pieces("Plan: é ñ 中文 วัคซีน")) == "Plan: é ñ 中文 วัคซีน"
