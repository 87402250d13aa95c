"""The content desk in a real browser over the real service: by keyboard, in two persons, without accessibility faults."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bot.app import make_app
from bot.console.access import Access
from bot.gateway.context import Content
from bot.records.database import Database
from bot.settings import PROJECT_ROOT
from bot.vocabulary import Role
from tests.browser.screens import axe_findings, browser, context, picture
from tests.conftest import free_port
from tests.console.conftest import PASSWORD
from tests.console.content_folder import ARTICLE, FACTS, HOTLINES, make_folder, make_gateway

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

DIST = Path(os.environ.get("WEB_DIST", PROJECT_ROOT / "web" / "dist"))


@pytest.fixture
def served(tmp_path: Path, migrated_sqlite: Path, clock: Any, our_content: Content) -> Iterator[tuple[str, Path]]:
    """Address of the service and its content folder, with an administrator and a content editor."""
    if not (DIST / "console.html").exists():
        pytest.fail("the web pages are not built: run `make web` first")
    file = tmp_path / "iroiro.sqlite3"
    shutil.copyfile(migrated_sqlite, file)
    folder, port = make_folder(tmp_path / "content"), free_port()
    address = f"http://127.0.0.1:{port}"
    database = Database(f"sqlite:///{file}")
    gateway = make_gateway(database, tmp_path, clock, our_content, folder, web_dist=DIST, public_url=address)
    with database.write() as session:
        access = Access(session, gateway.vault, clock())
        access.create_staff("editor", "編集 あおい", Role.content_editor, PASSWORD)
        access.create_staff("chief", "管理 みどり", Role.administrator, PASSWORD)
    server = uvicorn.Server(
        uvicorn.Config(make_app(gateway), port=port, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(600):
        if server.started:
            break
        time.sleep(0.05)
    yield address, folder
    server.should_exit = server.force_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # The service shares the machine with the browser; a busy one needs more than Playwright's five seconds.
    expect.set_options(timeout=30_000)
    with browser() as started:
        yield started
    expect.set_options(timeout=5_000)


def signed_in(chromium: Browser, address: str, login: str, place: str, size: str = "desk", dark: bool = False) -> Page:
    page = context(chromium, size, dark=dark, accept_downloads=True).new_page()
    page.on("dialog", lambda dialog: dialog.accept("もう少しやさしく"))
    page.goto(f"{address}/console#{place}")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("main.content").wait_for()
    return page


def test_an_amount_and_a_hotline_by_keyboard_and_two_persons(
    chromium: Browser, served: tuple[str, Path], tmp_path: Path
) -> None:
    address, folder = served
    shots = Path(os.environ.get("SHOTS", tmp_path))
    editor = signed_in(chromium, address, "editor", "content")
    expect(editor.locator(".items li")).to_have_count(6)
    assert axe_findings(editor) == []
    picture(editor, shots, "content-list")

    editor.get_by_role("link", name="小児医療費助成", exact=False).first.focus()
    editor.keyboard.press("Enter")
    amount = editor.locator("input[name='facts.0.values.copay.value']")
    amount.focus()
    editor.keyboard.press("Control+a")
    editor.keyboard.type("300")
    editor.keyboard.press("Tab")
    editor.get_by_label("言語").select_option("all")
    expect(editor.locator(".paper")).to_have_count(13)
    for paper in editor.locator(".paper").all():
        expect(paper).to_contain_text("300")
    expect(editor.locator(".fine")).to_be_visible()
    assert axe_findings(editor) == []
    picture(editor, shots, "content-article")
    amount.focus()
    editor.keyboard.press("Control+s")
    expect(editor.get_by_text("下書きとして保存しました。")).to_be_visible()
    editor.get_by_role("button", name="確認して提案").focus()
    editor.keyboard.press("Enter")
    editor.get_by_role("button", name="公開", exact=True).focus()
    editor.keyboard.press("Enter")
    expect(editor.get_by_text("公開しました。")).to_be_visible()
    assert "copay: {type: yen, value: 300}" in (folder / FACTS).read_text(encoding="utf-8")

    editor.goto(f"{address}/console#content/item/hotlines")
    editor.locator("#content-row").select_option("child-abuse-189")
    editor.get_by_role("button", name="今日確認しました").click()
    expect(editor.locator("input[name=verified_at]")).not_to_have_value("")
    editor.get_by_role("button", name="保存").click()
    editor.get_by_role("button", name="確認して提案").click()
    expect(editor.get_by_role("button", name="承認", exact=True)).to_be_disabled()
    expect(editor.get_by_role("button", name="公開", exact=True)).to_have_count(0)
    assert axe_findings(editor) == []
    picture(editor, shots, "content-hotlines")

    chief = signed_in(chromium, address, "chief", "content/changes", size="phone", dark=True)
    expect(chief.get_by_text("二人目の承認待ち")).to_be_visible()
    assert axe_findings(chief) == []
    picture(chief, shots, "content-changes-phone")
    chief.get_by_role("row").filter(has_text="二人目の承認待ち").get_by_role("link").click()
    chief.get_by_role("button", name="承認", exact=True).click()
    chief.get_by_role("button", name="公開", exact=True).click()
    expect(chief.get_by_text("公開しました。")).to_be_visible()
    assert axe_findings(chief) == []
    picture(chief, shots, "content-hotlines-phone")
    line = next(
        row for row in (folder / HOTLINES).read_text(encoding="utf-8").split("\n") if row.startswith("child-abuse-189,")
    )
    assert ",10,seen,20" in line
    with chief.expect_download() as download:
        chief.get_by_role("button", name="パッチをダウンロード").click()
    assert "From: =?utf-8?" in Path(download.value.path()).read_text(encoding="utf-8")


def test_of_two_editors_of_one_text_the_later_loses_nothing(
    chromium: Browser, served: tuple[str, Path], tmp_path: Path
) -> None:
    address, _ = served
    shots = Path(os.environ.get("SHOTS", tmp_path))
    first = signed_in(chromium, address, "editor", f"content/item/article:{ARTICLE}")
    first.locator("#content-file").select_option(f"knowledge_base/articles/{ARTICLE}/en.md")
    text = first.locator("#content-text")
    text.fill(text.input_value().replace("## What is not covered", "## Not covered"))
    first.get_by_role("button", name="保存").click()
    expect(first.get_by_text("下書きとして保存しました。")).to_be_visible()
    second = signed_in(chromium, address, "chief", "content/changes")
    second.get_by_role("row").nth(1).get_by_role("link").click()
    both = second.locator("#content-text")
    expect(both).to_have_value(first.locator("#content-text").input_value())
    text.fill(text.input_value().replace("There is no income limit.", "No income limit applies."))
    first.get_by_role("button", name="保存").click()
    expect(first.locator(".diff")).to_contain_text("No income limit applies.")
    both.fill(both.input_value().replace("## When you need to apply", "## When to apply") + "\nIt costs 500 yen.\n")
    second.get_by_role("button", name="保存").click()
    expect(second.locator("[data-conflict]")).to_contain_text("編集 あおい")
    assert axe_findings(second) == []
    picture(second, shots, "content-conflict")
    second.get_by_role("button", name="両方を合わせる").click()
    for words in ("No income limit applies.", "## When to apply", "## Not covered"):
        expect(both).to_have_value(re.compile(words))
    second.get_by_role("button", name="確認して提案").click()
    expect(second.locator(".problems")).to_contain_text("a number stands outside a placeholder")
    picture(second, shots, "content-problems")
    assert axe_findings(second) == []
    for tab in ("stale", "unanswered"):
        second.goto(f"{address}/console#content/{tab}")
        second.locator(".subnav").wait_for()
        assert axe_findings(second) == []
        picture(second, shots, f"content-{tab}")
