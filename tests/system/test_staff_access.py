"""Alerts and accounts as staff use them: a real browser, the real service, a mail server and a webhook receiver of our own."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect

from tests.browser.screens import axe_findings, browser, context, picture
from tests.conftest import free_port
from tests.system.stack import PASSWORD, Stack

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]

SOS = "死にたい。わたしは川崎はなこ"


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(f"{mail['Subject']}\n{mail.get_content()}")
        return "250 kept"

    def wait(self, count: int) -> list[str]:
        for _ in range(300):
            if len(self.mails) >= count:
                break
            time.sleep(0.1)
        return self.mails


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, str]) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    made = Stack(folder, with_rasa=False, IROIRO_RASA_URL="", IROIRO_SMTP_URL=mailbox[1])
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def sign_in(page: Page, code: str = "") -> None:
    page.get_by_label("ログイン名").fill("admin")
    page.get_by_label("パスワード").fill(PASSWORD)
    if code:
        page.get_by_text("確認コードを使う").click()
        page.get_by_label("確認コード").fill(code)
    page.keyboard.press("Enter")


def test_an_administrator_enrols_a_phone_and_is_alerted_by_mail(
    chromium: Browser, service: Stack, mailbox: tuple[Mailbox, str], tmp_path: Path
) -> None:
    page = context(chromium, "desk").new_page()
    page.goto(f"{service.base}/console#setup={service.setup_token()}")
    page.get_by_label("名前", exact=True).fill("管理 花子")
    sign_in(page)
    page.locator(".list").wait_for()

    page.locator(".tools").get_by_text("管理 花子").click()
    page.get_by_role("link", name="通知・パスワード").click()
    page.locator("#factor").wait_for()
    page.locator("#factor").get_by_label("いまのパスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("img.qr").wait_for()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    secret = re.sub(r"\s", "", page.locator("#factor code").inner_text())
    page.get_by_label("いまアプリに出ているコード").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator("ul.codes li")).to_have_count(10)
    recovery = page.locator("ul.codes li").first.inner_text()

    page.get_by_label("メールアドレス").fill("admin@city.example")
    page.keyboard.press("Enter")
    expect(page.locator("#alerts li")).to_contain_text("admin@city.example")
    page.get_by_role("button", name="通知をためす").click()
    expect(page.locator("#alerts")).to_contain_text("メール：1件送信、0件失敗。", timeout=20_000)
    assert len(mailbox[0].wait(1)) == 1
    picture(page, tmp_path, "account")
    assert axe_findings(page) == []

    page.locator("#password").get_by_label("いまのパスワード").fill(PASSWORD)
    page.get_by_label("新しいパスワード").fill("short")
    page.get_by_label("新しいパスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("パスワードを変えました。")).to_be_visible()

    phone = context(chromium, "phone", dark=True).new_page()
    phone.goto(f"{service.base}/console#account")
    sign_in(phone)
    expect(phone.get_by_text("ログイン名かパスワードが違います。")).to_be_visible()
    sign_in(phone, recovery)
    phone.locator("#sessions").wait_for()
    expect(phone.locator("#sessions li")).to_have_count(2)
    expect(phone.locator("#factor")).to_contain_text("回復コードの残り：9個")
    picture(phone, tmp_path, "account-phone-dark")
    assert axe_findings(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="ほかのすべてをサインアウトさせる").click()
    page.get_by_role("heading", name="サインイン").wait_for()


def test_an_sos_reaches_supervisors_by_mail_without_its_words(
    chromium: Browser, service: Stack, mailbox: tuple[Mailbox, str]
) -> None:
    """An administrator stands in for supervisors once an alert has escalated; here at once."""
    service.kill("app")
    service._settings["IROIRO_ALERT_ESCALATE_SECONDS"] = "0"
    service._settings["IROIRO_ALERT_REPEAT_SECONDS"] = "2"
    service.start_app()
    before = len(mailbox[0].mails)
    service.resident().send(SOS)
    mails = mailbox[0].wait(before + 2)[before:]
    assert len(mails) >= 2, "one mail, and one that repeats it"
    assert "/console#case/" in "".join(mails)
    assert "はなこ" not in "".join(mails)
