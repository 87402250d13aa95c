"""Finding fonts that can draw every locale's script: from wheels, else from the system. Imports matplotlib when used.

The wheels are fontpkg-noto-sans, -thai, -devanagari and noto-cjk-sans-otc (all SIL Open Font License); Debian's
fonts-noto-core and fonts-noto-cjk hold the same families. Nothing is downloaded at run time.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

LATIN = ("Noto Sans", "DejaVu Sans")
"""DejaVu Sans comes with matplotlib, so Latin text can always be drawn."""

FAMILIES = {
    "ja": ("Noto Sans CJK JP", "Noto Sans JP"),
    "zh-Hans": ("Noto Sans CJK SC", "Noto Sans SC"),
    "zh-Hant": ("Noto Sans CJK TC", "Noto Sans TC"),
    "ko": ("Noto Sans CJK KR", "Noto Sans KR"),
    "th": ("Noto Sans Thai", "Noto Looped Thai"),
    "ne": ("Noto Sans Devanagari",),
}
"""Families by locale, the best first. Locales not listed are written in Latin letters."""

WHEELS = ("fontpkg_noto_sans", "fontpkg_noto_sans_thai", "fontpkg_noto_sans_devanagari", "noto_cjk_sans_otc")
SYSTEM_FOLDERS = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/noto"))
SYSTEM_FILES = (
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
)


def families(locale: str) -> list[str]:
    """The families to draw a locale's text with, in order of preference; glyphs missing in one come from the next."""
    known = _registered()
    own = FAMILIES.get("ja" if locale == "ja-easy" else locale, ())
    rest = [family for others in FAMILIES.values() for family in others]
    # Names of children may be in any script, so every other script follows after Latin.
    ordered = [*own, *LATIN, *rest] if own[:1] and own[0].startswith("Noto Sans CJK") else [*LATIN, *own, *rest]
    return [family for family in dict.fromkeys(ordered) if family in known]


def missing(text: str, locale: str) -> set[str]:
    """Characters of `text` for which no font is installed: they would be drawn as boxes."""
    known = _registered()
    fonts = [known[family] for family in families(locale)]
    return {char for char in set(text) if not char.isspace() and not any(ord(char) in font for font in fonts)}


def can_draw(texts: Iterable[str], locale: str) -> bool:
    """Whether every character of every text can be drawn."""
    return not missing("".join(texts), locale)


def font_files() -> list[Path]:
    """The font files to use: those of installed wheels, then the system's own for families that no wheel gave."""
    found: list[Path] = []
    for wheel in WHEELS:
        spec = importlib.util.find_spec(wheel)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            files = sorted(path for path in Path(folder).rglob("*") if path.suffix in (".ttf", ".ttc", ".otf"))
            found += [path for path in files if "Italic" not in path.name]
    return found + [folder / name for folder in SYSTEM_FOLDERS for name in SYSTEM_FILES if (folder / name).is_file()]


@lru_cache(maxsize=1)
def _registered() -> dict[str, frozenset[int]]:
    """Family → the characters it can draw. Registers the files with matplotlib once."""
    from matplotlib import font_manager, ft2font

    coverage: dict[str, frozenset[int]] = {}
    for path in font_files():
        faces = ft2font.FT2Font(str(path)).num_faces
        opened = [ft2font.FT2Font(str(path), face_index=index) for index in range(faces)]
        new = [font for font in opened if font.family_name not in coverage]
        if not new:
            continue
        font_manager.fontManager.addfont(str(path))
        for font in new:
            coverage[font.family_name] = frozenset(font.get_charmap())
    plain = font_manager.findfont("DejaVu Sans")
    coverage.setdefault("DejaVu Sans", frozenset(ft2font.FT2Font(plain).get_charmap()))
    return coverage
