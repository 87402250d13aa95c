"""The family services as a family uses them: a phone's browser, four languages, the real service and its console."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from tests.browser.screens import browser, context
from tests.system.stack import PASSWORD, Stack

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]

LANGUAGES = {"ja": "ja-JP", "en": "en-US", "vi": "vi-VN", "ne": "ne-NP"}
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Without Rasa: none of these services needs it. Staff may send notices at any hour of the machine that tests."""
    made = Stack(tmp_path_factory.mktemp("family"), with_rasa=False, IROIRO_RASA_URL="", IROIRO_TODAY=TODAY.isoformat())
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def show(page: Page, name: str) -> None:
    """Keep a picture for whoever wants to look: SCREENSHOTS=folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def opened(chromium: Browser, stack: Stack, locale: str) -> tuple[Page, Locator]:
    """A family's page, agreed and ready for the first card."""
    page = context(chromium, "phone", locale=LANGUAGES[locale]).new_page()
    page.goto(f"{stack.base}/#family")
    screen = page.locator("iroiro-family")
    screen.locator(".consent .primary").click(timeout=30_000)
    screen.locator("form .primary").wait_for()
    return page, screen


def add_child(screen: Locator, name: str, birthdate: str = "2026-08-01") -> None:
    screen.locator("input[name=birthdate]").fill(birthdate)
    screen.locator("select[name=ward]").select_option("nakahara")
    screen.locator("input[name=name]").fill(name)
    screen.locator("form .primary").click()
    expect(screen.locator("h2")).to_have_text(name)


def tab(screen: Locator, number: int) -> None:
    screen.locator(".stack > .tabs .small").nth(number).click()


def no_findings(page: Page) -> None:
    found = Axe().run(page, context="iroiro-chat", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_child_from_registration_to_growth_and_first_times(stack: Stack, chromium: Browser, locale: str) -> None:
    page, screen = opened(chromium, stack, locale)
    add_child(screen, "Na")
    expect(screen.locator("img.picture")).to_have_attribute("src", re.compile("^data:image/svg"), timeout=30_000)
    show(page, f"card-{locale}")
    no_findings(page)
    screen.locator("details.mark > summary").first.click()
    screen.locator("details.mark[open] .primary").click()
    expect(screen.locator(".said")).not_to_be_empty()
    expect(screen.locator(".quiet")).to_have_count(1)

    tab(screen, 1)
    screen.locator("input[name=value]").fill("5200")
    screen.locator("form .primary").click()
    expect(screen.locator(".error")).not_to_be_empty()
    screen.locator("input[name=value]").fill("15")
    screen.locator("form .primary").click()
    screen.locator(".ask .primary").click()
    expect(screen.locator(".list li")).to_contain_text("15")
    expect(screen.locator("img.picture")).to_be_visible(timeout=30_000)
    show(page, f"growth-{locale}")
    no_findings(page)

    tab(screen, 2)
    screen.locator("form .primary").click()
    expect(screen.locator(".milestones li")).to_have_count(1)
    page.reload()
    expect(page.locator("iroiro-family .tile")).to_contain_text("Na", timeout=30_000)
    page.context.close()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_pregnancy_with_visits_and_weight_curve(stack: Stack, chromium: Browser, locale: str) -> None:
    page, screen = opened(chromium, stack, locale)
    screen.locator("[name=kind][value=pregnancy]").check()
    screen.locator("input[name=due_date]").fill((TODAY + timedelta(days=120)).isoformat())
    screen.locator("form .primary").click()
    expect(screen.locator("ul.list").last.locator("li").first).to_be_visible()
    tab(screen, 1)
    screen.locator("input[name=height]").fill("160")
    screen.locator("input[name=weight]").fill("52")
    screen.locator("form .primary").first.click()
    expect(screen.locator("img.picture")).to_be_visible(timeout=30_000)
    screen.locator("input[name=value]").fill("55.4")
    screen.locator("form .primary").click()
    expect(screen.locator(".list li")).to_contain_text("55.4")
    show(page, f"pregnancy-{locale}")
    page.context.close()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_grandmother_joins_by_code_in_her_language_and_is_removed_without_a_word(
    stack: Stack, chromium: Browser, locale: str
) -> None:
    page, screen = opened(chromium, stack, locale)
    add_child(screen, "Na")
    tab(screen, 3)
    screen.locator("input[name=label]").fill("Oma")
    screen.locator("form .primary").click()
    code = screen.locator(".code").inner_text()

    hers, reader = opened(chromium, stack, "ja")
    reader.locator("header .back").click()
    reader.locator(".stack > .button").nth(1).click()
    reader.locator("input[name=code]").fill(code)
    reader.locator("form .primary").click()
    expect(reader.locator("h2")).to_have_text("Na")
    expect(reader.locator("details.mark")).to_have_count(0)
    expect(reader.locator("body, .family").last).not_to_contain_text("中原区")

    screen.locator("header .back").click()
    screen.locator(".tile").click()
    page.reload()
    page.locator("iroiro-family .tile").click(timeout=30_000)
    tab(screen, 3)
    row = screen.locator(".list li").filter(has_text="Oma")
    row.locator("button").click()
    expect(row).to_have_count(0)
    hers.reload()
    expect(hers.locator("iroiro-family .tile")).to_have_count(0, timeout=30_000)
    hers.context.close()
    page.context.close()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_reminders_a_calendar_and_deleting_everything(stack: Stack, chromium: Browser, locale: str) -> None:
    page, screen = opened(chromium, stack, locale)
    add_child(screen, "Na")
    screen.locator("header .tool").last.click()
    screen.locator("[role=switch]").first.click()
    expect(screen.locator("[role=switch]").first).to_have_attribute("aria-checked", "true")
    screen.locator("select").first.select_option("9")
    expect(screen.locator(".said")).not_to_be_empty()
    show(page, f"settings-{locale}")
    no_findings(page)
    screen.locator(".stack > .button").last.click()
    address = screen.locator("input[readonly]").input_value()
    feed = httpx.get(address)
    assert feed.text.startswith("BEGIN:VCALENDAR")
    assert "BEGIN:VEVENT" in feed.text
    screen.locator(".sure > summary").click()
    screen.locator(".sure .urgent").click()
    expect(screen.locator(".consent")).to_be_visible()
    assert httpx.get(address).status_code == 404
    page.context.close()


def test_a_notice_written_in_the_console_reaches_families_in_their_language(stack: Stack, chromium: Browser) -> None:
    families = {}
    for locale in LANGUAGES:
        page, screen = opened(chromium, stack, locale)
        add_child(screen, "Na")
        screen.locator("header .tool").last.click()
        screen.locator("[role=switch]").nth(1).click()
        expect(screen.locator("[role=switch]").nth(1)).to_have_attribute("aria-checked", "true")
        screen.locator("header .back").click()
        screen.locator("header .back").click()
        families[locale] = page

    now = datetime.now(ZoneInfo("Asia/Tokyo"))
    desk = context(chromium, "desk").new_page()
    desk.on("dialog", _yes)
    desk.goto(f"{stack.base}/console#setup={stack.setup_token()}")
    desk.fill("input[name=name]", "さとう")
    desk.fill("input[name=login]", "sato")
    desk.fill("input[name=password]", PASSWORD)
    desk.click("form button.primary")
    desk.locator("nav a[href='#notices']").click()
    desk.locator("input[name=starts_on]").fill((now.date() - timedelta(days=1)).isoformat())
    desk.locator("input[name=ends_on]").fill((now.date() + timedelta(days=30)).isoformat())
    desk.locator("input[name='title:ja']").fill("子育てひろば")
    desk.locator("textarea[name='body:ja']").fill("中原区であそびましょう。")
    desk.locator("input[name='title:ja-easy']").fill("こどもと あそぶ ところ")
    desk.locator("textarea[name='body:ja-easy']").fill("きて ください。")
    desk.locator("details", has=desk.locator("[name='title:vi']")).locator("summary").click()
    desk.locator("input[name='title:vi']").fill("Sân chơi")
    desk.locator("textarea[name='body:vi']").fill("Mời bạn đến chơi.")
    desk.locator("form .primary").click()
    notice = desk.locator("article.notice").first
    expect(notice).to_contain_text("子育てひろば")
    show(desk, "notice-draft")
    notice.locator(".primary").click()
    expect(notice.locator("progress")).to_be_visible()
    if not 8 <= now.hour < 21:
        # Nothing leaves at night: all are found, none has been told.
        expect(notice.locator("progress")).to_have_attribute("max", "4", timeout=30_000)
        expect(notice.locator("progress")).to_have_attribute("value", "0")
        return
    expected = {"ja": "子育てひろば", "en": "こどもと あそぶ ところ", "vi": "Sân chơi", "ne": "こどもと あそぶ ところ"}
    for locale, page in families.items():
        expect(page.locator("iroiro-chat .message").last).to_contain_text(expected[locale], timeout=40_000)
        show(page, f"notice-{locale}")
    expect(notice.locator("progress")).to_have_attribute("value", "4", timeout=20_000)
    show(desk, "notice-done")


def _yes(dialog: Dialog) -> None:
    dialog.accept()
