"""The web chat in a real browser over a fake gateway: faults, reloads, tabs, quick exit, foreign pages, accessibility."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.fake_gateway import serving
from tests.browser.screens import axe_findings, browser, context

NEUTRAL = "https://www.jma.go.jp/"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as where:
        yield where


@pytest.fixture
def profile(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    fresh = context(chromium)
    fresh.route(f"{NEUTRAL}**", lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))
    yield fresh
    fault(address, "none")
    fresh.close()


def fault(address: str, mode: str) -> None:
    body = json.dumps({"mode": mode}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{address}/api/dev/fault", data=body), timeout=5).close()


def opened(profile: BrowserContext, address: str) -> Page:
    page = profile.new_page()
    page.goto(f"{address}/")
    page.locator("iroiro-chat .middle").wait_for()
    return page


def say(page: Page, text: str) -> None:
    page.locator("iroiro-chat textarea").fill(text)
    page.keyboard.press("Enter")


def own_words(page: Page) -> list[str]:
    return page.locator("iroiro-chat .message.resident .bubble").all_inner_texts()


def test_messages_written_without_a_connection_arrive_once_and_in_order(profile: BrowserContext, address: str) -> None:
    page = opened(profile, address)
    say(page, "1")
    page.locator("iroiro-chat .article").wait_for()
    profile.set_offline(True)
    for text in ("2", "3", "4"):
        say(page, text)
    waiting = page.locator("iroiro-chat .message.waiting")
    expect(waiting).to_have_count(3)
    expect(waiting.first.locator(".foot")).to_contain_text("この端末に残してあり")
    expect(page.locator("iroiro-chat .column > .hotlines")).to_be_visible()
    profile.set_offline(False)
    expect(waiting).to_have_count(0, timeout=15_000)
    page.locator("iroiro-chat .message.machine").nth(3).wait_for()
    assert own_words(page) == ["1", "2", "3", "4"]


def test_a_reload_loses_neither_the_talk_nor_the_queue_nor_the_draft(profile: BrowserContext, address: str) -> None:
    page = opened(profile, address)
    say(page, "before")
    page.locator("iroiro-chat .article").wait_for()
    fault(address, "outage")
    say(page, "kept")
    expect(page.locator("iroiro-chat .message.waiting .foot")).to_contain_text("いま受け取れません")
    page.locator("iroiro-chat textarea").fill("half a thought")
    page.wait_for_timeout(600)
    page.reload()
    expect(page.locator("iroiro-chat .message.waiting .bubble")).to_have_text("kept")
    expect(page.locator("iroiro-chat textarea")).to_have_value("half a thought")
    fault(address, "none")
    expect(page.locator("iroiro-chat .message.waiting")).to_have_count(0, timeout=15_000)
    assert own_words(page) == ["before", "kept"]


def test_a_server_that_goes_away_is_found_again(profile: BrowserContext, address: str) -> None:
    page = opened(profile, address)
    say(page, "1")
    page.locator("iroiro-chat .article").wait_for()
    fault(address, "down")
    say(page, "2")
    expect(page.locator("iroiro-chat .status")).to_contain_text("接続し直しています")
    fault(address, "none")
    expect(page.locator("iroiro-chat .message.machine")).to_have_count(2, timeout=15_000)
    assert own_words(page) == ["1", "2"]


def test_two_tabs_are_one_talk(profile: BrowserContext, address: str) -> None:
    first, second = opened(profile, address), opened(profile, address)
    say(first, "from one")
    expect(second.locator("iroiro-chat .message.resident")).to_have_count(1)
    say(second, "from two")
    expect(first.locator("iroiro-chat .message.resident")).to_have_count(2)
    expect(first.locator("iroiro-chat .message.machine")).to_have_count(2)
    assert own_words(first) == own_words(second) == ["from one", "from two"]


@pytest.mark.parametrize("way", ["button", "keys"])
def test_quick_exit_is_blank_within_100_ms_and_leaves_nothing(profile: BrowserContext, address: str, way: str) -> None:
    page, other = opened(profile, address), opened(profile, address)
    say(page, "secret words")
    page.locator("iroiro-chat .article").wait_for()
    times = page.evaluate_handle(
        """() => { const times = {};
            for (const kind of ['pointerdown', 'keyup']) addEventListener(kind, () => { times.asked = performance.now(); }, true);
            new MutationObserver(() => { times.blank ??= performance.now(); sessionStorage.setItem('t', times.blank - times.asked); })
              .observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
            return times; }"""
    )
    assert times
    with page.expect_navigation(url=f"{NEUTRAL}**"):
        if way == "button":
            page.locator("iroiro-chat .leave").click()
        else:
            for _ in range(3):
                page.keyboard.press("Shift")
    other.wait_for_url(f"{NEUTRAL}**")
    page.go_back()
    assert not page.url.startswith(address)
    left = profile.new_page()
    left.goto(f"{address}/favicon.svg")
    assert left.evaluate("indexedDB.databases().then((all) => all.map((db) => db.name))") == []
    assert left.evaluate("Object.keys(localStorage)") == []
    assert profile.cookies() == []
    page.goto(f"{address}/favicon.svg")
    assert float(page.evaluate("sessionStorage.getItem('t')")) <= 100


def test_capital_letters_do_not_leave(profile: BrowserContext, address: str) -> None:
    page = opened(profile, address)
    page.locator("iroiro-chat textarea").click()
    page.keyboard.type("ABC Help Me")
    assert page.url == f"{address}/"
    expect(page.locator("iroiro-chat textarea")).to_have_value("ABC Help Me")


def test_a_resume_code_brings_the_talk_back_elsewhere(chromium: Browser, profile: BrowserContext, address: str) -> None:
    page = opened(profile, address)
    say(page, "remember me")
    page.locator("iroiro-chat .article").wait_for()
    page.get_by_label("メニューと設定").click()
    page.get_by_text("あとで・別の端末で続ける").click()
    code = page.locator("iroiro-chat .code").inner_text()
    elsewhere = context(chromium)
    other = opened(elsewhere, address)
    other.get_by_label("メニューと設定").click()
    other.get_by_text("あとで・別の端末で続ける").click()
    other.get_by_label("コードを入れる").fill("nonsense")
    other.keyboard.press("Enter")
    expect(other.locator("iroiro-chat .error")).to_contain_text("開けませんでした")
    other.get_by_label("コードを入れる").fill(code)
    other.keyboard.press("Enter")
    expect(other.locator("iroiro-chat .message.resident .bubble")).to_have_text("remember me")
    elsewhere.close()


def test_the_strictest_host_page_carries_the_widget(profile: BrowserContext, address: str) -> None:
    policy = f"default-src 'none'; script-src 'nonce-n0'; connect-src {address}"
    html = (
        '<!doctype html><html lang="ja"><head><title>Host</title></head><body><main><h1>City</h1></main>'
        f'<script nonce="n0">window.reports=[];addEventListener("securitypolicyviolation",(e)=>reports.push(e.violatedDirective+" "+e.sourceFile))</script>'
        f'<script nonce="n0" src="{address}/widget.js"></script><iroiro-chat locale="en" ward="tama"></iroiro-chat></body></html>'
    )
    # No declared encoding, as on many old pages: the script must not depend on it.
    headers = {"Content-Security-Policy": policy, "Content-Type": "text/html"}
    profile.route(f"{address}/host", lambda route: route.fulfill(body=html, headers=headers))
    page = profile.new_page()
    page.goto(f"{address}/host")
    before = page.evaluate("[document.title, getComputedStyle(document.querySelector('h1')).fontSize, document.cookie]")
    page.locator("iroiro-chat .launcher").click()
    say(page, "hello")
    page.locator("iroiro-chat .article").wait_for()
    assert page.locator("iroiro-chat .panel").evaluate("(panel) => getComputedStyle(panel).display") == "grid"
    expect(page.locator("iroiro-chat .message.resident .foot")).to_contain_text(" · Read by the machine")
    assert page.evaluate("reports") == []
    after = page.evaluate("[document.title, getComputedStyle(document.querySelector('h1')).fontSize, document.cookie]")
    assert after == before
    assert axe_findings(page) == []


def test_what_a_message_carries_is_never_run(profile: BrowserContext, address: str) -> None:
    page = opened(profile, address)
    page.evaluate("void (window.alert = () => { window.ran = true; })")
    naughty = "<img src=x onerror=alert(1)><script>alert(1)</script>\"'><svg onload=alert(1)>${alert(1)}{{alert(1)}}javascript:alert(1)"
    say(page, naughty)
    page.locator("iroiro-chat .article").wait_for()
    assert own_words(page) == [naughty]
    assert page.evaluate("window.ran ?? false") is False


@pytest.mark.parametrize("size", ["phone", "wide"])
@pytest.mark.parametrize("locale", ["ja-JP", "th-TH", "ne-NP", "en-US"])
def test_accessible_in_both_themes(chromium: Browser, address: str, size: str, locale: str) -> None:
    for dark in (False, True):
        profile = context(chromium, size, locale, dark)
        page = opened(profile, address)
        assert axe_findings(page) == []
        for count, text in enumerate(("医療", "近く", "健診", "予防", "たすけて"), 1):
            say(page, text)
            expect(page.locator("iroiro-chat .message.machine")).to_have_count(count)
        page.locator("iroiro-chat .bubble .hotlines").wait_for()
        assert axe_findings(page) == []
        page.locator("iroiro-chat .bar .tool").nth(2).click()
        page.locator("iroiro-chat dialog[open]").wait_for()
        assert axe_findings(page) == []
        profile.close()


def test_at_400_percent_the_words_need_no_sideways_scrolling(chromium: Browser, address: str) -> None:
    profile = chromium.new_context(viewport={"width": 320, "height": 256}, locale="ja-JP")
    page = opened(profile, address)
    say(page, "医療")
    page.locator("iroiro-chat .article").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    assert page.locator("iroiro-chat .column").first.evaluate(
        "(column) => column.scrollWidth <= column.clientWidth + 1"
    )
    profile.close()


def test_the_whole_talk_by_keyboard(profile: BrowserContext, address: str) -> None:
    page = opened(profile, address)
    page.keyboard.press("Tab")
    focused = "document.activeElement.shadowRoot?.activeElement?.className ?? ''"
    assert "tool call" in page.evaluate(focused)
    for _ in range(40):
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.tagName") == "TEXTAREA":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("医療")
    page.keyboard.press("Enter")
    page.locator("iroiro-chat .choices").wait_for()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("iroiro-chat .message.resident")).to_have_count(2)
