"""The main job, in a real browser against the whole real system: a question in Vietnamese, an SOS, a counsellor's answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.screens import browser, context
from tests.system.stack import PASSWORD, Stack

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(400)]

COUNT_TONES = """
window.tones = 0;
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return create.call(this); };
"""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A system of its own, as someone has who has just installed it: no staff yet, nobody waiting."""
    made = Stack(tmp_path / "stack")
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
    """Keep a picture for whoever wants to look: IROIRO_SCREENSHOTS=folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def say(page: Page, text: str) -> None:
    page.locator("iroiro-chat textarea").fill(text)
    page.keyboard.press("Enter")


def test_from_a_question_and_an_sos_to_a_counsellors_answer(stack: Stack, chromium: Browser) -> None:
    staff = context(chromium, "desk")
    staff.add_init_script(COUNT_TONES)
    console = staff.new_page()
    console.goto(f"{stack.base}/console#setup={stack.setup_token()}")
    console.fill("input[name=name]", "さとう")
    console.fill("input[name=login]", "sato")
    console.fill("input[name=password]", PASSWORD)
    console.click("form button.primary")
    console.locator("section.list").wait_for()
    show(console, "console-empty")

    resident = context(chromium, "phone", locale="vi-VN")
    chat = resident.new_page()
    chat.goto(f"{stack.base}/")
    chat.locator("iroiro-chat .middle").wait_for()
    show(chat, "chat-start")
    say(chat, "trợ cấp y tế cho trẻ em ở Kawasaki như thế nào?")
    article = chat.locator("iroiro-chat .article").first
    expect(article).to_be_visible(timeout=30_000)
    expect(article).to_contain_text("Trợ cấp chi phí y tế cho trẻ em")
    expect(article.locator("a[href^='https://www.city.kawasaki.jp/']").first).to_be_attached()
    show(chat, "chat-vietnamese-answer")

    say(chat, "もう死にたい")
    card = chat.locator("iroiro-chat .message .hotlines").first
    expect(card).to_be_visible(timeout=10_000)
    expect(card.locator("a[href^='tel:']").first).to_be_attached()
    show(chat, "chat-sos")

    expect(console.locator(".alert").first).to_be_visible(timeout=10_000)
    console.wait_for_function("window.tones > 0")
    show(console, "console-alert")
    console.locator(".alert button.primary").first.click()
    console.locator(".case-tools button.primary").click()
    expect(console.locator("section.talk")).to_contain_text("もう死にたい")
    reply = "読みました。ここにいます。"
    console.fill("#reply", reply)
    console.locator(".reply-tools button.primary").click()
    show(console, "console-answer")

    answer = chat.locator("iroiro-chat .message.staff").last
    expect(answer).to_contain_text(reply, timeout=10_000)
    expect(answer).to_contain_text("さとう")
    expect(answer).to_be_in_viewport()
    show(chat, "chat-person")
    staff.close()
    resident.close()
