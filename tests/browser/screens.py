"""Chromium for the browser tests: where it is, how it is started, and pictures and accessibility findings of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"phone": (390, 844), "wide": (1280, 800), "desk": (1440, 900)}
"""Width and height in CSS pixels of the screens we look at."""


def chromium_path() -> str | None:
    """The system's Chromium, or None to let Playwright use its own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium that talks to nobody but the pages it is given."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield started
        finally:
            started.close()


def context(
    of: Browser, size: str = "wide", locale: str = "ja-JP", dark: bool = False, **options: Any
) -> BrowserContext:
    """A fresh profile (no storage of earlier ones) at one of SIZES."""
    width, height = SIZES[size]
    return of.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        color_scheme="dark" if dark else "light",
        timezone_id="Asia/Tokyo",
        **options,
    )


def picture(page: Page, folder: Path, name: str) -> Path:
    """Saves what is in view as `<folder>/<name>.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=str(path))
    return path


def axe_findings(page: Page) -> list[str]:
    """Every violation axe finds, as `rule: element`, shadow roots included; empty when there is none."""
    results = Axe().run(page)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
