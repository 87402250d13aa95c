"""`iroiro line setup` and `iroiro line doctor`, run as commands against a simulated LINE."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.channels.line import menu_alias
from bot.channels.line_menus import AREAS, draw_all, menu_request
from bot.channels.line_pictures import bounds, icon
from bot.reply.words import Words
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES
from ops.line_simulator.limits import MENU_IMAGE_BYTES, problems
from ops.line_simulator.server import Simulator

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as made:
        yield made


def run(simulator: Simulator, folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("IROIRO_")}
    environment |= {
        "IROIRO_DATA_DIR": str(folder),
        "IROIRO_LINE_API_URL": simulator.url,
        "IROIRO_LINE_DATA_URL": simulator.url,
        "IROIRO_LINE_CHANNEL_SECRET": simulator.platform.channel_secret,
        "IROIRO_LINE_CHANNEL_ACCESS_TOKEN": simulator.platform.access_token,
        "IROIRO_PUBLIC_URL": "https://chat.example.jp",
        **settings,
    }
    command = [sys.executable, "-m", "bot.cli.main", "line", *arguments]
    return subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False)


def test_setup_makes_a_menu_per_language_and_again_replaces_them(simulator: Simulator, tmp_path: Path) -> None:
    for _ in range(2):
        done = run(simulator, tmp_path, "setup")
        assert done.returncode == 0, done.stderr
    platform = simulator.platform
    assert set(platform.aliases) == {menu_alias(locale) for locale in LOCALES}
    assert set(platform.menus) == set(platform.aliases.values()) == set(platform.menu_images)
    assert platform.default_menu == platform.aliases["iroiro-ja"]
    assert platform.webhook_url == "https://chat.example.jp/webhooks/line"
    assert platform.refused == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"IROIRO_LINE_CHANNEL_ACCESS_TOKEN": ""}, "IROIRO_LINE_CHANNEL_ACCESS_TOKEN"),
        ({"IROIRO_LINE_CHANNEL_ACCESS_TOKEN": "wrong"}, "refuses the access token"),
        ({"IROIRO_LINE_API_URL": "http://127.0.0.1:9"}, "cannot be reached"),
    ],
)
def test_setup_says_what_is_wrong(simulator: Simulator, tmp_path: Path, settings: dict[str, str], told: str) -> None:
    done = run(simulator, tmp_path, "setup", **settings)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_finds_what_is_missing_and_names_the_remedy(simulator: Simulator, tmp_path: Path) -> None:
    first = run(simulator, tmp_path, "doctor")
    assert first.returncode == 1
    assert "no webhook address" in first.stdout
    assert "iroiro line setup" in first.stdout
    assert run(simulator, tmp_path, "setup").returncode == 0
    second = run(simulator, tmp_path, "doctor")
    assert "a rich menu in each of 13 languages" in second.stdout
    assert "a test webhook failed" in second.stdout, "nothing serves that address here"
    refused = run(simulator, tmp_path, "doctor", IROIRO_LINE_CHANNEL_ACCESS_TOKEN="wrong")
    assert refused.returncode == 1
    assert "Issue a new one" in refused.stdout


def test_every_menu_is_a_picture_that_line_takes() -> None:
    words = Words.load(PROJECT_ROOT)
    for locale, data in draw_all(words).items():
        assert problems("RichMenuRequest", menu_request(words, locale)) == []
        assert len(data) <= MENU_IMAGE_BYTES
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (2500, 1686)
            # Every area shows a picture and words, not only paper.
            for x, y, width, height in bounds(len(AREAS)):
                inside = image.convert("L").crop((x + 10, y + 10, x + width - 10, y + height - 10))
                assert sum(inside.histogram()[:140]) > 2000


def test_the_icons_of_a_machine_and_a_person_differ() -> None:
    assert icon(person=True) != icon(person=False)
