"""Pictures that LINE shows: the rich menu of each locale, and the icons beside bubbles. Drawn with Pillow in every script.

Fonts come from wheels or from Debian (fonts-noto-core, fonts-noto-cjk). A rich menu is at most 2500 pixels wide and 1 MB.
https://developers.line.biz/en/reference/messaging-api/#requirements-for-rich-menu-image
"""

from __future__ import annotations

import importlib.util
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

WIDTH, HEIGHT = 2500, 1686
TILE_HEIGHT = 640
STRIP_HEIGHT = HEIGHT - 2 * TILE_HEIGHT
COLUMNS = 3
MARGIN = 48
PAPER, INK, LINE_COLOUR = "#fffdf8", "#1a1a1c", "#c9c4b8"
STRIP_PAPER = "#eef3fb"
LARGEST, SMALLEST = 116, 56
COLOURS = {
    "money": "#c2410c",
    "needle": "#0f766e",
    "house": "#7c3aed",
    "pin": "#1d4ed8",
    "phone": "#b91c1c",
    "person": "#15803d",
    "globe": "#334155",
    "link": "#334155",
}

WHEELS = ("fontpkg_noto_sans", "fontpkg_noto_sans_thai", "fontpkg_noto_sans_devanagari", "noto_cjk_sans_otc")
SYSTEM = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/noto"))
WANTED = {
    "ja": ("NotoSansCJKjp", "NotoSansCJK", "NotoSansJP"),
    "ja-easy": ("NotoSansCJKjp", "NotoSansCJK", "NotoSansJP"),
    "zh-Hans": ("NotoSansCJKsc", "NotoSansCJK", "NotoSansSC"),
    "zh-Hant": ("NotoSansCJKtc", "NotoSansCJK", "NotoSansTC"),
    "ko": ("NotoSansCJKkr", "NotoSansCJK", "NotoSansKR"),
    "th": ("NotoSansThai",),
    "ne": ("NotoSansDevanagari",),
}
CJK_FACE = {"ja": "JP", "ja-easy": "JP", "ko": "KR", "zh-Hans": "SC", "zh-Hant": "TC"}
RUN = re.compile(r"[\x21-\x7e]+ ?|.", re.DOTALL)
"""A Latin word, or one character of a script that breaks anywhere."""

NEVER_FIRST = "ーっゃゅょぁぃぅぇぉッャュョァィゥェォ、。，．）」・！？"
"""A Japanese or Chinese line does not begin with these."""

SPACELESS = ("ja", "ja-easy", "zh-Hans", "zh-Hant", "th")
"""Scripts without spaces between words; a line may break between any two clusters."""


class FontMissingError(RuntimeError):
    """No installed font can draw a locale's script. The message says what to install."""


@dataclass(frozen=True)
class Tile:
    """One area of the menu: its picture's name in COLOURS and its words."""

    picture: str
    label: str


def menu(tiles: Sequence[Tile], locale: str) -> bytes:
    """The menu as PNG: six tiles in two rows and a strip of two. Raises FontMissingError."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 2 * TILE_HEIGHT, WIDTH, HEIGHT), fill=STRIP_PAPER)
    areas = bounds(len(tiles))
    # One size for all tiles: the largest in which every label fits.
    size = min(_fitting(draw, tile.label, locale, _room(area)) for tile, area in zip(tiles, areas, strict=True))
    for tile, area in zip(tiles, areas, strict=True):
        _tile(draw, tile, area, locale, size)
        x, y, width, height = area
        draw.rectangle((x, y, x + width - 1, y + height - 1), outline=LINE_COLOUR, width=4)
    return _png(image.quantize(64))


def bounds(count: int = COLUMNS * 2 + 2) -> list[tuple[int, int, int, int]]:
    """(x, y, width, height) of each area in pixels: two rows of three, then the strip."""
    width = WIDTH // COLUMNS
    tiles = [(column * width, row * TILE_HEIGHT, width, TILE_HEIGHT) for row in range(2) for column in range(COLUMNS)]
    half = WIDTH // 2
    strip = [(side * half, 2 * TILE_HEIGHT, half, STRIP_HEIGHT) for side in range(2)]
    return [*tiles, *strip][:count]


def icon(*, person: bool) -> bytes:
    """The square picture beside a bubble, as PNG: a friendly machine, or a person."""
    image = Image.new("RGB", (400, 400), "#dcfce7" if person else "#e0e7ff")
    draw = ImageDraw.Draw(image)
    if person:
        _person(draw, 200, 210, 150, "#15803d")
    else:
        draw.rounded_rectangle((90, 130, 310, 310), 48, fill="#3730a3")
        draw.ellipse((140, 185, 185, 230), fill="white")
        draw.ellipse((215, 185, 260, 230), fill="white")
        draw.rounded_rectangle((150, 258, 250, 274), 8, fill="white")
        draw.line((200, 130, 200, 85), fill="#3730a3", width=14)
        draw.ellipse((180, 58, 220, 98), fill="#3730a3")
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _room(area: tuple[int, int, int, int]) -> tuple[int, int]:
    """Pixels for the label, across and down: below the picture on a tile, beside it on the strip."""
    _, _, width, height = area
    if height == STRIP_HEIGHT:
        return width - 2 * MARGIN - 260, height - 2 * MARGIN
    return width - 2 * MARGIN, 260


def _tile(draw: ImageDraw.ImageDraw, tile: Tile, area: tuple[int, int, int, int], locale: str, size: int) -> None:
    x, y, width, height = area
    across, down = _room(area)
    if height == STRIP_HEIGHT:
        picture, label = (x + MARGIN + 120, y + height // 2, 95), (x + MARGIN + 260, y + MARGIN)
    else:
        picture, label = (x + width // 2, y + 200, 130), (x + MARGIN, y + 360)
    PICTURES[tile.picture](draw, *picture, COLOURS[tile.picture])
    lines, font = _lines(draw, tile.label, locale, size, across), _font(locale, size)
    step = size * 5 // 4
    top = label[1] + max(0, (down - step * len(lines)) // 2)
    for number, line in enumerate(lines):
        left = label[0] if height == STRIP_HEIGHT else label[0] + (across - draw.textlength(line, font)) / 2
        draw.text((left, top + number * step), line, font=font, fill=INK, anchor="la")


def _fitting(draw: ImageDraw.ImageDraw, label: str, locale: str, room: tuple[int, int]) -> int:
    for size in range(LARGEST, SMALLEST, -4):
        lines = _lines(draw, label, locale, size, room[0])
        fits = all(draw.textlength(line, _font(locale, size)) <= room[0] for line in lines)
        if fits and len(lines) * size * 5 // 4 <= room[1]:
            return size
    return SMALLEST


def _lines(draw: ImageDraw.ImageDraw, label: str, locale: str, size: int, across: int) -> list[str]:
    """The label on as few lines as fit `across`."""
    font = _font(locale, size)
    lines, current = [], ""
    for piece in _pieces(label, locale):
        if current and draw.textlength((current + piece).strip(), font) > across:
            lines.append(current.strip())
            current = ""
        current += piece
    return [*lines, current.strip()]


def _pieces(label: str, locale: str) -> list[str]:
    if locale not in SPACELESS:
        return [f"{word} " for word in label.split()]
    if locale == "th":
        from pythainlp.tokenize import word_tokenize

        return [str(word) for word in word_tokenize(label, engine="newmm")]
    if "・" in label:
        return [f"{part}・" for part in label.split("・")[:-1]] + [label.split("・")[-1]]
    pieces: list[str] = []
    for piece in RUN.findall(label):
        if pieces and piece in NEVER_FIRST:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


@lru_cache(maxsize=64)
def _font(locale: str, size: int) -> ImageFont.FreeTypeFont:
    wanted = WANTED.get(locale, ("NotoSans",))
    for name in wanted:
        for path in _files():
            if path.stem.removesuffix("-Regular").removesuffix("[wdth,wght]") != name:
                continue
            face = _face(path, locale)
            if face is not None:
                layout = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
                return ImageFont.truetype(str(path), size, index=face, layout_engine=layout)
    raise FontMissingError(
        f"no font for {locale}: install {' or '.join(wanted)} (pip: {', '.join(WHEELS)}; "
        "Debian: fonts-noto-core fonts-noto-cjk)"
    )


def _face(path: Path, locale: str) -> int | None:
    """Which face of a collection draws this locale's forms; 0 for a single font."""
    if path.suffix != ".ttc":
        return 0
    for index in range(16):
        try:
            family = ImageFont.truetype(str(path), 10, index=index).getname()[0] or ""
        except OSError:
            return None
        if family.endswith(f"CJK {CJK_FACE.get(locale, 'JP')}"):
            return index
    return None


@lru_cache(maxsize=1)
def _files() -> tuple[Path, ...]:
    folders = [
        Path(place)
        for wheel in WHEELS
        if (spec := importlib.util.find_spec(wheel)) is not None
        for place in spec.submodule_search_locations or ()
    ]
    kinds = (".ttf", ".ttc", ".otf")
    return tuple(path for folder in (*folders, *SYSTEM) for path in sorted(folder.rglob("*")) if path.suffix in kinds)


# ── pictures: circles and lines around (x, y), at most `r` pixels away ──


def _money(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=18)
    half = r // 2
    draw.line((x - half, y - half, x, y, x + half, y - half), fill=colour, width=18, joint="curve")
    draw.line((x, y, x, y + half + 16), fill=colour, width=18)
    for down in (12, 48):
        draw.line((x - half, y + down, x + half, y + down), fill=colour, width=14)


def _needle(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    draw.rounded_rectangle((x - r // 3, y - r // 2, x + r // 3, y + r // 2), 16, outline=colour, width=18)
    draw.line((x, y + r // 2, x, y + r), fill=colour, width=12)
    draw.line((x, y - r // 2, x, y - r), fill=colour, width=18)
    draw.line((x - r // 3, y - r, x + r // 3, y - r), fill=colour, width=18)
    draw.rectangle((x - r // 3 + 22, y, x + r // 3 - 22, y + r // 2 - 22), fill=colour)


def _house(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    draw.line((x - r, y, x, y - r, x + r, y), fill=colour, width=18, joint="curve")
    draw.rectangle((x - r * 2 // 3, y, x + r * 2 // 3, y + r), outline=colour, width=18)
    draw.ellipse((x - 26, y + 20, x + 26, y + 72), fill=colour)


def _pin(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    across = r * 2 // 3
    draw.polygon((x - across + 8, y - r // 6, x + across - 8, y - r // 6, x, y + r), fill=colour)
    draw.ellipse((x - across, y - r, x + across, y - r + 2 * across), fill=colour)
    draw.ellipse((x - 32, y - r + across - 32, x + 32, y - r + across + 32), fill=PAPER)


def _phone(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    draw.arc((x - r, y - r // 2, x + r, y + r * 3 // 2), 200, 340, fill=colour, width=56)
    for side in (-1, 1):
        left = x + side * r * 4 // 5
        draw.rounded_rectangle((left - 44, y - 18, left + 44, y + 62), 20, fill=colour)
    draw.rounded_rectangle((x - 60, y + 40, x + 60, y + r), 24, outline=colour, width=16)


def _person(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    head = r // 2
    draw.ellipse((x - head, y - r, x + head, y - r + 2 * head), fill=colour)
    draw.pieslice((x - r, y + 16, x + r, y + 16 + 2 * r), 180, 360, fill=colour)


def _globe(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=12)
    draw.ellipse((x - r // 2, y - r, x + r // 2, y + r), outline=colour, width=10)
    draw.line((x - r, y, x + r, y), fill=colour, width=10)
    level = int(r * 0.55)
    across = int(math.sqrt(r * r - level * level))
    for side in (-1, 1):
        draw.line((x - across, y + side * level, x + across, y + side * level), fill=colour, width=10)


def _link(draw: ImageDraw.ImageDraw, x: int, y: int, r: int, colour: str) -> None:
    for left in (x - r, x - r // 5):
        draw.rounded_rectangle((left, y - r // 3, left + r * 6 // 5, y + r // 3), r // 3, outline=colour, width=18)


PICTURES = {
    "money": _money,
    "needle": _needle,
    "house": _house,
    "pin": _pin,
    "phone": _phone,
    "person": _person,
    "globe": _globe,
    "link": _link,
}
