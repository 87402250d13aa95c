"""What the pictures share: a canvas as wide as a phone, text that fits, and saving as PNG or SVG. Python 3.11 only."""

from __future__ import annotations

import html
import io
import threading
from collections.abc import Sequence
from typing import Any

from bot.family import fonts
from bot.family.words import FamilyWords

WIDTH = 390
"""Points of width, one per CSS pixel of a phone: PNG pictures have twice as many pixels."""

TEXT, SMALL, TITLE = 13.0, 12.0, 17.0
"""Font sizes in CSS pixels."""

INK, PALE_INK, LINE = "#1a1a1c", "#4d4d52", "#b3b3b8"
GREEN, BLUE, ORANGE, PALE_BLUE, PURPLE = "#0b6b3a", "#0017c1", "#b45000", "#d9e6ff", "#6a1b9a"

Size = tuple[float, float]

_saving = threading.Lock()


def words_that_can_be_drawn(words: FamilyWords, extra: str = "") -> FamilyWords:
    """The same words, or English ones where no installed font has the script."""
    if fonts.can_draw([*words.texts.values(), extra], words.locale):
        return words
    return FamilyWords.load("en")


class Canvas:
    """A figure whose coordinates are CSS pixels from the top left. One per picture; pictures share nothing."""

    def __init__(self, height: float, locale: str) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.height = height
        self.families = fonts.families(locale)
        self.figure = Figure(figsize=(WIDTH / 100, height / 100), dpi=100, facecolor="white")
        FigureCanvasAgg(self.figure)

    def plot_area(self, left: float, top: float, right: float, bottom: float) -> Any:
        """Axes between the given pixels."""
        box = (left / WIDTH, 1 - bottom / self.height, (right - left) / WIDTH, (bottom - top) / self.height)
        return self.figure.add_axes(box)

    def text(self, x: float, y: float, text: str, size: float = TEXT, **style: Any) -> None:
        """Text with its vertical middle at `y`. `ha`, `color`, `weight` as in matplotlib."""
        style.setdefault("color", INK)
        style.setdefault("va", "center")
        self.figure.text(
            x / WIDTH, 1 - y / self.height, text, fontproperties=self.font(size), parse_math=False, **style
        )

    def font(self, size: float) -> Any:
        from matplotlib.font_manager import FontProperties

        return FontProperties(family=self.families, size=size * 0.72)

    def size_of(self, text: str, size: float) -> Size:
        """Width and height of a line of text in pixels."""
        renderer: Any = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        width, height, _ = renderer.get_text_width_height_descent(text, self.font(size), ismath=False)
        return float(width), float(height)

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """The text in lines no wider than `width`; words stay whole where the script has spaces."""
        lines: list[str] = []
        line = ""
        for piece in pieces(text):
            longer = (line + piece).lstrip()
            if line and self.size_of(longer.rstrip(), size)[0] > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line = longer
        return [*lines, line.rstrip()] if line.strip() else lines

    def paragraph(self, x: float, y: float, lines: Sequence[str], size: float, **style: Any) -> float:
        """Draw lines from the top `y` down; the y after the last."""
        for number, line in enumerate(lines):
            self.text(x, y + size * 0.75 + number * size * 1.5, line, size, **style)
        return y + len(lines) * size * 1.5

    def save(self, kind: str, title: str, description: str) -> bytes:
        """`png` (two pixels per CSS pixel) or `svg` (letters as outlines; title and description for screen readers)."""
        import matplotlib as mpl

        out = io.BytesIO()
        if kind == "png":
            self.figure.savefig(out, format="png", dpi=200, metadata={"Title": title, "Description": description})
            return out.getvalue()
        if kind != "svg":
            raise ValueError(f"{kind!r} is not a kind of picture. Give png or svg.")
        # The salt is a global setting; the lock keeps pictures made in other threads the same on every run.
        with _saving, mpl.rc_context({"svg.hashsalt": "iroiro", "svg.fonttype": "path"}):
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        label = html.escape(f"{title}. {description}", quote=True)
        return out.getvalue().replace(b"<svg ", f'<svg role="img" aria-label="{label}" '.encode(), 1)


def pieces(text: str) -> list[str]:
    """Where a line may break: after spaces and hyphens; between Han, kana and Hangul; in Thai only at word edges."""
    found: list[str] = []
    for word in _thai_words(text):
        for char in word if _is_east_asian(word[:1]) else [word]:
            # A line must not begin with a closing mark.
            if found and char in "、。，．）」』！？：；,.)!?:;%":
                found[-1] += char
            else:
                found.append(char)
    return found


def _thai_words(text: str) -> list[str]:
    runs: list[str] = []
    kind = ""
    for char in text:
        now = "thai" if "\u0e00" <= char <= "\u0e7f" else "east" if _is_east_asian(char) else "other"
        if runs and now == kind and not (now == "other" and runs[-1][-1] in " -/"):
            runs[-1] += char
        else:
            runs.append(char)
        kind = now
    split: list[str] = []
    for run in runs:
        if "\u0e00" <= run[0] <= "\u0e7f":
            from pythainlp.tokenize import word_tokenize

            split += word_tokenize(run, engine="newmm")
        else:
            split.append(run)
    return split


def _is_east_asian(char: str) -> bool:
    return bool(char) and ("\u3000" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef")
