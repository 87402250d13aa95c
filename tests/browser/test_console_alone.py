"""The staff console in a real browser over a fake gateway: by keyboard alone, alerts, lost races, accessibility."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.fake_gateway import serving
from tests.browser.screens import axe_findings, browser, context


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def address() -> Iterator[str]:
    with serving() as where:
        yield where


def resident(chromium: Browser, address: str, text: str) -> Page:
    page = context(chromium, "phone").new_page()
    page.goto(f"{address}/")
    page.locator("iroiro-chat textarea").fill(text)
    page.keyboard.press("Enter")
    page.locator("iroiro-chat .status.waiting").wait_for()
    return page


def signed_in(
    chromium: Browser,
    address: str,
    login: str = "demo",
    size: str = "desk",
    dark: bool = False,
    of: BrowserContext | None = None,
) -> Page:
    page = (of or context(chromium, size, dark=dark)).new_page()
    page.goto(f"{address}/console")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill("demo-demo-demo")
    page.keyboard.press("Enter")
    page.locator(".list").wait_for()
    return page


def test_a_case_from_alert_to_close_by_keyboard_alone(chromium: Browser, address: str) -> None:
    staff = signed_in(chromium, address)
    expect(staff).to_have_title("いろいろ 相談員コンソール")
    child = resident(chromium, address, "もう消えたい")
    staff.locator(".alert.imminent").wait_for()
    expect(staff).to_have_title("(1) 要対応 — 相談員コンソール")
    staff.keyboard.press("n")
    expect(staff.locator(".case-head")).to_contain_text("あなたが担当")
    expect(staff.locator(".alert")).to_have_count(0)
    expect(staff.locator(".side mark")).to_have_text("消えたい")
    staff.keyboard.press("r")
    staff.keyboard.type("ここにいます。")
    staff.keyboard.press("Control+Enter")
    expect(child.locator("iroiro-chat .message.staff .bubble")).to_have_text("ここにいます。")
    expect(child.locator("iroiro-chat .message.resident .foot")).to_contain_text("相談員が読みました")
    staff.keyboard.press("Escape")
    staff.keyboard.press("p")
    staff.keyboard.type("安全")
    staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    expect(child.locator("iroiro-chat .message.staff .bubble").nth(1)).to_have_text("今いる場所は安全ですか。")
    staff.keyboard.press("o")
    staff.keyboard.type("a note")
    staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    expect(staff.locator(".notes .text")).to_have_text("a note")
    staff.keyboard.press("Escape")
    staff.keyboard.press("e")
    staff.locator("dialog[open]").wait_for()
    staff.get_by_label("相談できた").focus()
    staff.keyboard.press("Enter")
    expect(staff.locator("a.case.resolved")).to_have_count(1)
    expect(staff).not_to_have_url(re.compile("case/"))


def test_of_two_who_claim_the_later_is_told_who_has_it(chromium: Browser, address: str) -> None:
    resident(chromium, address, "人と話したい")
    profile = context(chromium, "desk")
    profile.route("**/api/console/events*", lambda route: route.abort())  # this one hears of nothing in time
    late = signed_in(chromium, address, "tanaka", of=profile)
    first = signed_in(chromium, address)
    for page in (late, first):
        page.locator("a.case").click()
        page.locator(".case-head").wait_for()
    first.keyboard.press("c")
    expect(first.locator("#reply")).to_be_visible()
    late.keyboard.press("c")
    expect(late.locator(".problem")).to_contain_text("佐藤 みどり")
    expect(late.locator(".reply")).to_contain_text("返信できるのは担当者だけです")
    expect(late.locator("#reply")).to_have_count(0)


def test_an_alert_sounds_until_somebody_has_seen_it(chromium: Browser, address: str) -> None:
    profile = context(chromium, "desk")
    profile.add_init_script(
        "window.tones = 0; const make = AudioContext.prototype.createOscillator;"
        "AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };"
    )
    staff = signed_in(chromium, address, of=profile)
    colleague = signed_in(chromium, address, "tanaka")
    resident(chromium, address, "もう消えたい")
    for _ in range(100):  # not wait_for_function: the page's policy forbids eval, as it should
        if staff.evaluate("tones") >= 6:  # three notes, and again
            break
        staff.wait_for_timeout(150)
    assert staff.evaluate("tones") >= 6
    colleague.locator(".alert").wait_for()
    staff.keyboard.press("a")
    expect(staff.locator(".alert")).to_have_count(0)
    heard = staff.evaluate("tones")
    staff.wait_for_timeout(4_500)
    assert staff.evaluate("tones") == heard
    assert colleague.locator("a.case.waiting").count() == 1


def test_a_case_is_handed_over_only_when_the_colleague_accepts(chromium: Browser, address: str) -> None:
    first, second = signed_in(chromium, address), signed_in(chromium, address, "tanaka")
    resident(chromium, address, "人と話したい")
    first.keyboard.press("n")
    first.locator("#reply").wait_for()
    second.locator("a.case").click()
    expect(first.locator(".present")).to_contain_text("田中 あおいが見ています")
    for answer, owner in (("断る", first), ("受ける", second)):
        first.keyboard.press("t")
        first.get_by_role("button", name="田中 あおい").click()
        expect(first.locator(".offer")).to_contain_text("田中 あおいの返事を待っています")
        expect(first.locator("#reply")).to_be_visible()
        second.get_by_role("button", name=answer, exact=True).click()
        expect(owner.locator("#reply")).to_be_visible()
        expect(first.locator(".talk > .offer")).to_have_count(0)
    expect(first.locator("#reply")).to_have_count(0)


def test_an_unsent_word_of_a_resident_never_reaches_the_console(chromium: Browser, address: str) -> None:
    staff = signed_in(chromium, address)
    child = resident(chromium, address, "人と話したい")
    staff.keyboard.press("n")
    staff.locator("#reply").wait_for()
    sent: list[str] = []
    child.on("request", lambda request: sent.append(request.post_data or ""))
    child.locator("iroiro-chat textarea").press_sequentially("やっぱりやめる", delay=20)
    child.wait_for_timeout(500)
    assert not any("やっぱり" in body for body in sent)
    expect(staff.locator(".talk")).not_to_contain_text("やっぱり")


def test_the_machine_is_switched_off_only_with_a_reason_and_every_page_says_so(chromium: Browser, address: str) -> None:
    page = signed_in(chromium, address)
    page.goto(f"{address}/console#switches")
    web = page.locator("form[data-scope=web]")
    web.get_by_role("button", name="止める").click()
    expect(web.locator("h2")).to_have_text("ウェブ: 動いています")
    web.get_by_label("理由").fill("金額の誤りを直すため")
    page.keyboard.press("Enter")
    expect(web.locator("h2")).to_have_text("ウェブ: 停止中")
    expect(web).to_contain_text("佐藤 みどり")
    assert axe_findings(page) == []
    page.goto(f"{address}/console#")
    expect(page.locator(".top .bar-note")).to_contain_text("ウェブ")
    page.goto(f"{address}/console#switches")
    web.get_by_label("理由").fill("直した")
    page.keyboard.press("Enter")
    expect(web.locator("h2")).to_have_text("ウェブ: 動いています")
    expect(page.locator(".top .bar-note")).to_have_count(0)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_statistics_are_charts_and_tables(chromium: Browser, address: str, size: str) -> None:
    page = signed_in(chromium, address, size=size)
    page.goto(f"{address}/console#figures")
    expect(page.locator(".numbers")).to_contain_text("431")
    levels = page.get_by_role("table", name="引きつぎの高さ")
    expect(levels).to_contain_text("高い")
    page.get_by_label("はじめの日").fill("2026-11-01")
    page.get_by_role("button", name="表示").click()
    expect(page.get_by_role("link", name="CSV")).to_have_attribute("href", re.compile("since=2026-11-01&until="))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_findings(page) == []


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_talk_in_another_language_is_read_and_answered_through_a_translation_one_has_seen(
    chromium: Browser, address: str, size: str
) -> None:
    child = context(chromium, "phone", locale="vi-VN").new_page()
    child.goto(f"{address}/")
    child.locator("iroiro-chat textarea").fill("人と話したい")
    child.keyboard.press("Enter")
    child.locator("iroiro-chat .status.waiting").wait_for()
    staff = signed_in(chromium, address, size=size)
    staff.keyboard.press("n")
    staff.locator("#reply").wait_for()
    expect(staff.locator(".beside")).to_have_count(0)
    staff.keyboard.press("l")
    beside = staff.locator(".message.resident .beside")
    expect(beside).to_contain_text("死にたいです。")
    expect(beside).to_contain_text("機械翻訳")
    expect(staff.locator(".message.resident .bubble")).to_have_text("人と話したい")
    staff.keyboard.press("r")
    staff.keyboard.type("失敗")
    staff.get_by_role("button", name="訳を確かめる").press("Enter")
    expect(staff.get_by_role("alert").filter(has_text="翻訳できませんでした")).to_be_visible()
    expect(staff.get_by_role("button", name="送る", exact=True)).to_be_enabled()
    staff.locator("#reply").fill("ここにいます。")
    staff.get_by_role("button", name="訳を確かめる").press("Enter")
    expect(staff.locator("#translation")).to_be_focused()
    assert axe_findings(staff) == []
    assert staff.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(child.locator("iroiro-chat .message.staff")).to_have_count(0)
    staff.get_by_role("button", name="この訳で送る").press("Enter")
    answer = child.locator("iroiro-chat .message.staff")
    expect(answer).to_contain_text("Tôi ở đây.")
    expect(answer).to_contain_text("ここにいます。")
    expect(answer.locator(".badge.translated")).to_be_visible()
    expect(staff.locator("#translation")).to_have_count(0)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_practice_is_marked_answered_and_looked_back_on_by_keyboard(chromium: Browser, address: str, size: str) -> None:
    page = signed_in(chromium, address, size=size)
    page.goto(f"{address}/console#practice")
    page.get_by_role("radio").first.wait_for()
    assert axe_findings(page) == []
    page.get_by_label("相手の言葉").select_option("vi")
    page.get_by_role("button", name="練習をはじめる").press("Enter")
    expect(page.locator("#practice-reply")).to_be_focused()
    expect(page.locator(".message.resident .beside")).to_contain_text("もう消えたい。")
    page.keyboard.type("いま安全ですか。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.resident")).to_have_count(2)
    page.get_by_role("button", name="このフレーズを送る").press("Enter")
    expect(page.locator(".message.staff")).to_have_count(2)
    expect(page.locator(".practice-note")).to_contain_text("練習")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="練習を終える").press("Enter")
    expect(page.locator("#practice-result")).to_be_focused()
    expect(page.locator(".checklist .missing")).to_contain_text("まだ")
    expect(page.locator(".checklist .mistake")).to_contain_text("だれにも言わない")
    assert axe_findings(page) == []
    page.get_by_role("button", name="もう一度").press("Enter")
    expect(page.get_by_role("radio")).to_have_count(2)


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessible(chromium: Browser, address: str, size: str, dark: bool) -> None:
    resident(chromium, address, "もう消えたい")
    page = context(chromium, size, dark=dark).new_page()
    page.goto(f"{address}/console#setup=demo")
    page.get_by_role("heading", name="最初の管理者をつくる").wait_for()
    assert axe_findings(page) == []
    page.close()
    page = signed_in(chromium, address, size=size, dark=dark)
    page.locator("a.case").wait_for()
    assert axe_findings(page) == []
    page.keyboard.press("n")
    page.locator("#reply").wait_for()
    assert axe_findings(page) == []
    for key in "wpho":
        page.keyboard.press(key)
        page.locator(".side-body h2").first.wait_for()
        assert axe_findings(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    for key in ("?", "t", "e"):
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        assert axe_findings(page) == []
        page.keyboard.press("Escape")
    for name in ("wall", "staff", "audit"):
        page.goto(f"{address}/console#{name}")
        page.locator("h1").wait_for()
        page.wait_for_timeout(200)
        assert axe_findings(page) == []
