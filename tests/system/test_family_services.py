"""The family services as a family uses them: a phone's browser, four languages, the real service and its console."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from bot.family.words import FamilyWords
from bot.reply.words import Words
from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES
from tests.browser.screens import browser, context
from tests.system.daytime import HOURS_AHEAD
from tests.system.stack import PASSWORD, Stack

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]

LANGUAGES = {"ja": "ja-JP", "en": "en-US", "vi": "vi-VN", "ne": "ne-NP"}
STATION = {"ja": "武蔵小杉駅", "en": "Musashi-Kosugi", "vi": "Musashi-Kosugi", "ne": "मुसाशी कोसुगी"}
TODAY = date(2026, 11, 24)
OURS = Words.load(PROJECT_ROOT)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Without Rasa: none of these services needs it. With a clock of its own: at night families are told nothing."""
    made = Stack(
        tmp_path_factory.mktemp("family"),
        with_rasa=False,
        module="tests.system.daytime",
        IROIRO_RASA_URL="",
        IROIRO_TODAY=TODAY.isoformat(),
    )
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


def add_another_child(screen: Locator, name: str, birthdate: str) -> None:
    screen.locator("header .back").click()
    screen.locator(".stack > .primary").click()
    add_child(screen, name, birthdate)


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


@pytest.mark.parametrize("locale", LANGUAGES)
def test_places_by_station_and_by_location_as_a_list_with_a_map(stack: Stack, chromium: Browser, locale: str) -> None:
    page = context(
        chromium,
        "phone",
        locale=LANGUAGES[locale],
        geolocation={"latitude": 35.6033, "longitude": 139.5075},
        permissions=["geolocation"],
    ).new_page()
    page.goto(f"{stack.base}/")
    chat = page.locator("iroiro-chat")
    chat.locator(".starters .nearby").click(timeout=30_000)
    expect(chat.locator(".choices .choice")).to_have_count(9, timeout=30_000)
    show(page, f"places-where-{locale}")
    chat.locator("textarea").fill(STATION[locale])
    chat.locator("textarea").press("Enter")
    culture = chat.get_by_role("button", name=OURS.text(locale, "kind_children_culture_center"), exact=True)
    culture.click(timeout=30_000)
    expect(chat.get_by_text(re.compile("小杉こども文化センター")).first).to_be_visible(timeout=30_000)
    drawn = chat.locator("img[src*='/maps/']").last
    expect(drawn).to_be_visible(timeout=30_000)  # the first picture of a service takes longest
    drawn.evaluate("image => image.decode()")
    show(page, f"places-{locale}")
    no_findings(page)

    chat.locator(".choices .choice").first.click()
    chat.locator(".inline-picker .primary").click(timeout=30_000)
    culture.click(timeout=30_000)
    expect(chat.get_by_text(re.compile("柿生こども文化センター")).first).to_be_visible(timeout=30_000)
    page.context.close()


@pytest.mark.parametrize("tag", LOCALES)
def test_the_family_screen_in_every_language(stack: Stack, chromium: Browser, tag: str) -> None:
    page = context(chromium, "phone").new_page()
    page.goto(f"{stack.base}/")
    names = page.locator("iroiro-chat .strip button")
    names.nth(LOCALES.index(tag)).click(timeout=30_000)
    expect(names.nth(LOCALES.index(tag))).to_have_attribute("aria-pressed", "true")
    page.evaluate("location.hash = 'family'")
    page.reload()
    expect(page.locator("iroiro-family .consent h3")).to_have_text(
        OURS.text(tag, "myfamily.consent_title"), timeout=30_000
    )
    page.context.close()


def test_missed_doses_and_a_notice_reach_families_in_their_language(stack: Stack, chromium: Browser) -> None:
    families = {}
    for locale in LANGUAGES:
        page, screen = opened(chromium, stack, locale)
        add_child(screen, "Na")
        add_another_child(screen, "Ko", "2025-05-01")
        badge = screen.locator(".badge.overdue").first
        expect(badge).to_have_text(FamilyWords.load(locale).texts["status_overdue"])
        show(page, f"overdue-{locale}")
        screen.locator("header .tool").last.click()
        for number in (0, 1):
            screen.locator("[role=switch]").nth(number).click()
            expect(screen.locator("[role=switch]").nth(number)).to_have_attribute("aria-checked", "true")
        screen.locator("select").first.select_option("9")
        expect(screen.locator(".said")).not_to_be_empty()
        screen.locator("header .back").click()
        screen.locator("header .back").click()
        families[locale] = page

    (stack.folder / HOURS_AHEAD).write_text("22.5")  # half past nine the next morning
    for locale, page in families.items():
        words = FamilyWords.load(locale)
        late = words.texts["reminder_overdue"].split("{vaccines}")[1]
        said = page.locator("iroiro-chat .message", has_text=late.strip())
        expect(said.first).to_contain_text(words.vaccine("pcv"), timeout=60_000)
        show(page, f"missed-{locale}")

    desk = context(chromium, "desk").new_page()
    desk.on("dialog", _yes)
    desk.goto(f"{stack.base}/console#setup={stack.setup_token()}")
    desk.fill("input[name=name]", "さとう")
    desk.fill("input[name=login]", "sato")
    desk.fill("input[name=password]", PASSWORD)
    desk.click("form button.primary")
    desk.locator("nav a[href='#notices']").click()
    desk.locator("input[name=starts_on]").fill((TODAY).isoformat())
    desk.locator("input[name=ends_on]").fill((TODAY + timedelta(days=30)).isoformat())
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
    expected = {"ja": "子育てひろば", "en": "こどもと あそぶ ところ", "vi": "Sân chơi", "ne": "こどもと あそぶ ところ"}
    for locale, page in families.items():
        expect(page.locator("iroiro-chat .message").last).to_contain_text(expected[locale], timeout=40_000)
        show(page, f"notice-{locale}")
    expect(notice.locator("progress")).to_have_attribute("value", "4", timeout=20_000)
    show(desk, "notice-done")


def _yes(dialog: Dialog) -> None:
    dialog.accept()
