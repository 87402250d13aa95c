"""Every locale describes itself, and a wrong description says where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.locales import LocaleError, load_locales, read_locale
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES


def test_all_are_described() -> None:
    locales = load_locales()
    assert tuple(locales) == LOCALES
    assert len({locale.native_name for locale in locales.values()}) == len(LOCALES)
    for locale in locales.values():
        assert locale.native_name in locale.names
        assert locale.fallbacks[-1] in ("ja", "en")
        assert len(locale.examples) >= 4
        assert locale.courtesies
    assert locales["ja-easy"].register_of == "ja"


def test_the_folders_are_the_locales() -> None:
    folders = {path.parent.name for path in (PROJECT_ROOT / "nlu_data").glob("*/locale.yml")}
    assert folders - {"_template"} == set(LOCALES)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "top key"),
        ("locale: {native_name: x}", "missing or unknown"),
        ("locale: [", "cannot be read"),
        ("other: {}", "top key"),
    ],
)
def test_faults_name_the_file(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "locale.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LocaleError, match=fault) as caught:
        read_locale(path, "xx")
    assert "locale.yml" in str(caught.value)


def test_a_wrong_type_or_direction_is_named(tmp_path: Path) -> None:
    good = (PROJECT_ROOT / "nlu_data" / "vi" / "locale.yml").read_text(encoding="utf-8")
    path = tmp_path / "locale.yml"
    for old, new, named in (('direction: "ltr"', 'direction: "up"', "direction"), ('["Latn"]', '"Latn"', "scripts")):
        path.write_text(good.replace(old, new), encoding="utf-8")
        with pytest.raises(LocaleError, match=named):
            read_locale(path, "vi")


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(LocaleError, match="iroiro add language xx"):
        read_locale(tmp_path / "locale.yml", "xx")
