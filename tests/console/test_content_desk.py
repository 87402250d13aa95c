"""The content desk: a change from draft to what residents read, two persons for safety text, and nobody's work lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.app import make_app
from bot.console.content_stale import ORDER
from bot.gateway.context import Content, Gateway
from bot.gateway.refreshing import Refreshing
from bot.records.audit import verify_audit
from bot.records.content import apply_published
from bot.records.content_models import ContentDraft
from bot.records.models import AuditEntry
from bot.vocabulary import LOCALES, Role
from tests.console.content_folder import (
    ARTICLE,
    CRISIS,
    ENGLISH,
    FACILITIES,
    FACTS,
    HOTLINES,
    ON,
    make_folder,
    make_gateway,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def few_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("content"))


@pytest.fixture
def content_dir(few_articles: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(few_articles, tmp_path / "content"))


@pytest.fixture
def gateway(database: Any, tmp_path: Path, clock: Any, our_content: Content, content_dir: Path) -> Gateway:
    return make_gateway(database, tmp_path, clock, our_content, content_dir)


@pytest.fixture
def app(gateway: Gateway) -> FastAPI:
    return make_app(gateway)


@pytest.fixture
async def editor(desk: Any) -> Any:
    return await desk("content_editor")


@pytest.fixture
async def chief(desk: Any) -> Any:
    return await desk("administrator")


async def drafted(desk: Any, item: str, texts: dict[str, str], summary: str = "") -> dict[str, Any]:
    draft = (await desk.post("/content/drafts", item=item, summary=summary)).json()
    answer = await desk.post(f"/content/drafts/{draft['id']}/save", version=draft["version"], texts=texts)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def step(desk: Any, draft: dict[str, Any], action: str, **body: Any) -> Any:
    return await desk.post(f"/content/drafts/{draft['id']}/{action}", version=draft["version"], **body)


async def forward(desk: Any, draft: dict[str, Any], action: str) -> dict[str, Any]:
    answer = await step(desk, draft, action)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def changed(folder: Path, path: str, old: str, new: str) -> str:
    text = (folder / path).read_bytes().decode()
    assert old in text
    return text.replace(old, new, 1)


async def set_fact(desk: Any, folder: Path, field: list[str | int], value: Any) -> str:
    text = (folder / FACTS).read_text(encoding="utf-8")
    answer = await desk.post("/content/edit", text=text, field=field, value=value)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["text"])


async def test_one_amount_changes_in_every_locale_and_reaches_residents(
    gateway: Gateway, editor: Any, content_dir: Path
) -> None:
    text = await set_fact(editor, content_dir, ["facts", 0, "values", "copay", "value"], 300)
    shown = (await editor.post("/content/preview", item=f"article:{ARTICLE}", texts={FACTS: text})).json()
    assert shown["problems"] == []
    assert set(shown["previews"]) == set(LOCALES)
    assert all("300" in str(parts) for parts in shown["previews"].values())
    draft = await drafted(editor, f"article:{ARTICLE}", {FACTS: text}, "自己負担額の改定")
    assert "-      copay: {type: yen, value: 0}\n+      copay: {type: yen, value: 300}" in draft["files"][0]["diff"]
    done = await forward(editor, await forward(editor, draft, "propose"), "publish")
    assert (done["state"], done["number"]) == ("published", 1)
    assert (content_dir / FACTS).read_text(encoding="utf-8") == text
    kb = gateway.services.kb
    assert "300" not in kb.render(ARTICLE, "en", ON).summary
    assert Refreshing(gateway).look() == 1
    for locale in LOCALES:
        assert "300" in kb.render(ARTICLE, locale, ON).summary
    assert kb.article(ARTICLE).texts["ja"].title


REFUSED = [
    (f"article:{ARTICLE}", FACTS, "value: 500", "value: many", "facts.0.values.abolished_copay", "Write digits"),
    (f"article:{ARTICLE}", ENGLISH, "There is no income limit.", "It costs 500 yen.", "body", "{fact.value}"),
    ("facilities", FACILITIES, "044-201-3113", "no number", "電話番号", "digits and hyphens"),
    ("facilities", FACILITIES, "141305,kawasaki-ward-office", "141305,another-office", "ID", "Put the row back"),
    ("hotlines", HOTLINES, "police-110,", "police,", "id", "Put the row back"),
    ("hotlines", HOTLINES, "free,10,seen,,", "free,10,seen,soon,", "verified_at", "Write a date"),
    ("crisis", CRISIS, "  until_time: ", "  unknown: x\n  until_time: ", "unknown", "Remove it"),
    ("crisis", CRISIS, "today from {time}", "today", "until_time", "Use exactly: time"),
    ("crisis", CRISIS, "  until_time: ", "  until_time: ''\n  until_time: ", "until_time", "Keep one"),
    ("crisis", CRISIS, '"today from {time}"', "''", "until_time", "Write the words"),
]


async def test_what_the_loaders_refuse_cannot_be_proposed(editor: Any, content_dir: Path) -> None:
    for item, path, old, new, field, remedy in REFUSED:
        draft = await drafted(editor, item, {path: changed(content_dir, path, old, new)})
        answer = await step(editor, draft, "propose")
        assert answer.status_code == 422, answer.text
        problems = answer.json()["problems"]
        assert all(problem["file"] == path and problem["message"] for problem in problems), problems
        assert any(problem["field"] == field and remedy in problem["remedy"] for problem in problems), problems
        assert any(problem["line"] for problem in problems) or "back" in remedy, problems
        assert (await editor.get(f"/content/drafts/{draft['id']}")).json()["state"] == "draft"


async def test_safety_text_needs_a_second_person(gateway: Gateway, editor: Any, chief: Any, content_dir: Path) -> None:
    violence = "knowledge_base/articles/dv-consult/article.yml"
    for item, path, text in (
        ("hotlines", HOTLINES, changed(content_dir, HOTLINES, "free,10,seen,,", "free,10,seen,2026-11-24,")),
        ("crisis", CRISIS, changed(content_dir, CRISIS, "You may be in danger", "You could be in danger")),
        ("article:dv-consult", violence, _dated(content_dir, violence)),
    ):
        draft = await forward(editor, await drafted(editor, item, {path: text}), "propose")
        assert draft["needs_second"]
        refused = await step(editor, draft, "publish")
        assert (refused.status_code, refused.json()["error"]) == (409, "second_person")
        own = await step(editor, draft, "approve")
        assert (own.status_code, own.json()["error"]) == (403, "own")
        assert (content_dir / path).read_bytes().decode() != text
        approved = await forward(chief, draft, "approve")
        assert approved["approved_by"]["name"] == "administrator 名"
        await forward(editor, approved, "publish")
        assert (content_dir / path).read_bytes().decode() == text
    Refreshing(gateway).look()
    assert {line.id: line.verified_at for line in gateway.hotlines.lines}["child-abuse-189"] == "2026-11-24"
    assert "You could be in danger" in gateway.words.text("en", "crisis.imminent_open")


def _dated(folder: Path, path: str) -> str:
    lines = (folder / path).read_text(encoding="utf-8").split("\n")
    place = next(number for number, line in enumerate(lines) if "source_date:" in line)
    lines[place] = lines[place].partition("source_date:")[0] + 'source_date: "2026-11"'
    return "\n".join(lines)


async def test_an_edit_after_the_approval_takes_the_approval_away_and_its_hand_may_not_approve(
    editor: Any, chief: Any, content_dir: Path
) -> None:
    text = changed(content_dir, CRISIS, "You may be in danger", "You could be in danger")
    draft = await forward(editor, await drafted(editor, "crisis", {CRISIS: text}), "propose")
    draft = await forward(chief, draft, "approve")
    again = (await step(chief, draft, "save", texts={CRISIS: text.replace("could be", "might be")})).json()
    assert (again["state"], again["approved_by"]) == ("draft", None)
    proposed = await forward(chief, again, "propose")
    for desk in (editor, chief):
        assert (await step(desk, proposed, "approve")).status_code == 403
    back = await step(editor, proposed, "send-back", reason="too soft")
    assert (back.json()["state"], back.json()["reason"]) == ("draft", "too soft")


async def test_of_two_who_save_one_change_the_later_is_told_and_gets_both_texts(
    editor: Any, chief: Any, content_dir: Path
) -> None:
    start = (content_dir / ENGLISH).read_text(encoding="utf-8")
    first = start.replace("There is no income limit.", "No income limit applies.")
    second = start.replace("## What is not covered", "## Not covered")
    draft = (await editor.post("/content/drafts", item=f"article:{ARTICLE}")).json()
    await step(editor, draft, "save", texts={ENGLISH: first}, was={ENGLISH: start})
    late = await step(chief, draft, "save", texts={ENGLISH: second}, was={ENGLISH: start})
    assert (late.status_code, late.json()["error"], late.json()["unclear"]) == (409, "stale", [])
    told = late.json()
    assert told["draft"]["files"][0]["text"] == first
    assert "No income limit applies." in told["merged"][ENGLISH]
    assert "## Not covered" in told["merged"][ENGLISH]
    both = await step(chief, told["draft"], "save", texts=told["merged"], was={ENGLISH: first})
    assert both.status_code == 200
    assert [one["name"] for one in both.json()["contributors"]] == ["content_editor 名", "administrator 名"]


async def test_of_two_changes_of_one_file_the_later_is_brought_onto_the_first(
    editor: Any, chief: Any, content_dir: Path
) -> None:
    item = f"article:{ARTICLE}"
    first = await drafted(
        editor, item, {ENGLISH: changed(content_dir, ENGLISH, "## What is not covered", "## Not covered")}
    )
    apart = await drafted(
        chief, item, {ENGLISH: changed(content_dir, ENGLISH, "There is no income limit.", "No limit.")}
    )
    same = await drafted(chief, item, {ENGLISH: changed(content_dir, ENGLISH, "## What is not covered", "## Left out")})
    apart, same = await forward(chief, apart, "propose"), await forward(chief, same, "propose")
    await forward(editor, await forward(editor, first, "propose"), "publish")
    refused = await step(chief, apart, "publish")
    assert (refused.status_code, refused.json()["error"], refused.json()["paths"]) == (409, "moved", [ENGLISH])
    apart = await forward(chief, apart, "rebase")
    assert apart["moved"] == []
    await forward(chief, await forward(chief, apart, "propose"), "publish")
    now = (content_dir / ENGLISH).read_text(encoding="utf-8")
    assert "## Not covered" in now
    assert "No limit." in now
    same = await forward(chief, same, "rebase")
    assert "<<<<<<<" in same["files"][0]["text"]
    assert "## Left out" in same["files"][0]["text"]
    marked = await step(chief, same, "propose")
    assert marked.status_code == 422
    assert "two people" in marked.json()["problems"][0]["message"]


async def test_a_patch_applies_with_git_and_carries_its_author(editor: Any, chief: Any, content_dir: Path) -> None:
    start = shutil.copytree(content_dir, content_dir.parent / "elsewhere")
    text = changed(content_dir, HOTLINES, "free,10,seen,,", "free,10,seen,2026-11-24,")
    draft = await forward(editor, await drafted(editor, "hotlines", {HOTLINES: text}, "189を確認した"), "propose")
    await forward(chief, await forward(chief, draft, "approve"), "publish")
    english = changed(content_dir, ENGLISH, "## What is not covered", "## Not covered")
    other = await drafted(chief, f"article:{ARTICLE}", {ENGLISH: english, FACTS: _dated(content_dir, FACTS)})
    await forward(chief, await forward(chief, other, "propose"), "publish")
    answer = await editor.get("/content/patch")
    assert answer.headers["content-disposition"].endswith('.patch"')
    patch = content_dir.parent / "all.patch"
    patch.write_bytes(answer.content)
    environment = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": "/usr/bin:/bin",
        "HOME": str(start),
    }

    def git(*words: str) -> str:
        name = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        done = subprocess.run(["git", *name, *words], cwd=start, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "start")
    git("apply", "--check", str(patch))
    git("am", str(patch))
    assert git("log", "--format=%an <%ae> %s").splitlines()[:2] == [
        f"administrator 名 <administrator@staff.invalid> article:{ARTICLE}",
        "content_editor 名 <content_editor@staff.invalid> 189を確認した",
    ]
    assert "Approved-by: administrator 名" in git("log", "-1", "--skip=1", "--format=%b")
    for path in (HOTLINES, ENGLISH, FACTS):
        assert (start / path).read_bytes() == (content_dir / path).read_bytes()


async def test_a_fresh_folder_gets_what_was_published_and_a_newer_one_is_left_alone(
    gateway: Gateway, editor: Any, content_dir: Path, few_articles: Path, tmp_path: Path
) -> None:
    for old, new in (("## What is not covered", "## Not covered"), ("## Not covered", "## Left out")):
        draft = await drafted(editor, f"article:{ARTICLE}", {ENGLISH: changed(content_dir, ENGLISH, old, new)})
        await forward(editor, await forward(editor, draft, "propose"), "publish")
    fresh = Path(shutil.copytree(few_articles, tmp_path / "fresh"))
    newer = Path(shutil.copytree(few_articles, tmp_path / "newer"))
    released = changed(newer, ENGLISH, "There is no income limit.", "No limit.")
    (newer / ENGLISH).write_text(released, encoding="utf-8")
    with gateway.database.read() as session:
        applied = apply_published(session, fresh)
        assert (applied.number, applied.written, applied.diverged) == (2, (ENGLISH,), ())
        assert (fresh / ENGLISH).read_bytes() == (content_dir / ENGLISH).read_bytes()
        assert apply_published(session, fresh).written == ()
        assert apply_published(session, newer).diverged == (ENGLISH,)
    assert (newer / ENGLISH).read_text(encoding="utf-8") == released


async def test_a_row_of_a_table_changes_and_no_other_byte(editor: Any, content_dir: Path) -> None:
    text = (content_dir / FACILITIES).read_bytes().decode()
    body = {"text": text, "key": "ID", "row": "saiwai-ward-office"}
    after = (await editor.post("/content/edit", **body, values={"電話番号": "044-556-0000"})).json()["text"]
    before, now = text.split("\n"), after.split("\n")
    assert [place for place, line in enumerate(before) if now[place] != line] == [2]
    shown = (await editor.post("/content/preview", item="facilities", texts={FACILITIES: after})).json()
    assert [item["phone"] for item in shown["previews"]["vi"][0]["items"]] == ["044-556-0000"]
    assert shown["outline"]["rows"][1]["電話番号"] == "044-556-0000"
    refused = await editor.post("/content/edit", **body, values={"nothing": "1"})
    assert refused.status_code == 422
    assert "nothing" in refused.json()["message"]


async def test_what_is_stale_and_what_nobody_could_answer_are_listed(
    gateway: Gateway, editor: Any, page: Any, content_dir: Path
) -> None:
    await page.start(locale="en")
    await page.send("zxqv wplk where do unicorns park, call 090-1234-5678")
    groups = (await editor.get("/content/unanswered")).json()["groups"]
    assert [(group["count"], group["locales"]) for group in groups] == [(1, {"en": 1})]
    assert "5678" not in groups[0]["question"]
    found = (await editor.get("/content/stale")).json()["stale"]
    reasons = {(one["item"], one["part"]): one["reason"] for one in found}
    assert reasons[f"article:{ARTICLE}", "shoni-apply"] == "to_confirm"
    assert (f"article:{ARTICLE}", "shoni-2023") not in reasons, "an old version with a successor is history"
    assert reasons["facilities", "saiwai-ward-office"] == "unverified"
    text = await set_fact(editor, content_dir, ["facts", 3, "valid_to"], "2026-11-23")
    draft = await drafted(editor, f"article:{ARTICLE}", {FACTS: text})
    await forward(editor, await forward(editor, draft, "propose"), "publish")
    Refreshing(gateway).look()
    found = (await editor.get("/content/stale")).json()["stale"]
    assert [one["reason"] for one in found] == sorted([one["reason"] for one in found], key=ORDER.index)
    expired = {one["part"]: one["date"] for one in found if one["reason"] == "expired"}
    assert expired["shoni-excl"] == "2026-11-23"


async def test_every_step_is_audited_and_a_folder_that_cannot_be_written_is_said_so(
    gateway: Gateway, editor: Any, content_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = changed(content_dir, ENGLISH, "There is no income limit.", "No limit.")
    draft = await forward(editor, await drafted(editor, f"article:{ARTICLE}", {ENGLISH: text}), "propose")
    with monkeypatch.context() as patched:
        patched.setattr("bot.console.content.os.access", lambda *_: False)
        refused = await step(editor, draft, "publish")
    assert (refused.status_code, refused.json()["error"]) == (409, "read_only")
    assert "IROIRO_CONTENT_DIR" in refused.json()["message"]
    assert (await editor.get(f"/content/drafts/{draft['id']}/patch")).text.count("+") > 3
    await forward(editor, draft, "publish")
    with gateway.database.read() as session:
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.actor_id == editor.id, AuditEntry.action.like("content.%"))
        ).all()
        assert verify_audit(session)[1] is None
        assert session.scalars(select(ContentDraft.state)).all() == ["published"]
    assert actions == [f"content.{name}" for name in ("create", "save", "propose", "export", "publish")]


async def test_only_content_editors_and_administrators_come_in(desk: Any, editor: Any, content_dir: Path) -> None:
    for role in Role:
        wanted = 200 if role in (Role.content_editor, Role.administrator) else 403
        assert (await (await desk(role.value)).get("/content")).status_code == wanted, role
    for path in ("../../etc/passwd", "knowledge_base/duty.yml", HOTLINES):
        answer = await editor.post("/content/preview", item=f"article:{ARTICLE}", texts={path: "x"})
        assert answer.status_code == 404, path
    for item in ("article:../x", "article:nothing", "signals"):
        assert (await editor.post("/content/drafts", item=item)).status_code == 404, item


HOSTILE = {
    "deep": "[" * 300_000,
    "bomb": "a: &a [x, x]\nb: [*a, *a]\n",
    "nul": "id: a\x00b",
    "half": "id: \ud800",
    "long": "x" * 600_001,
}


async def test_a_text_no_parser_survives_is_refused_with_words(editor: Any, content_dir: Path) -> None:
    for name, text in HOSTILE.items():
        body = json.dumps({"item": f"article:{ARTICLE}", "texts": {FACTS: text}, "path": FACTS})
        headers = {"X-CSRF-Token": editor.csrf, "Content-Type": "application/json"}
        answer = await editor.http.post("/content/preview", content=body, headers=headers)
        assert answer.status_code == 422, name
        assert answer.json()["message"], name
    for path, text in ((ENGLISH, f"---\n{'[' * 300_000}\n---\n"), (FACILITIES, "a,b\rc,\x0b\n" + "x" * 140_000)):
        item = "facilities" if path == FACILITIES else f"article:{ARTICLE}"
        draft = await drafted(editor, item, {path: text})
        answer = await step(editor, draft, "propose")
        assert (answer.status_code, answer.json()["error"]) == (422, "unreadable"), path
    for body in (
        {"text": "1: a", "field": ["1"], "value": "b"},
        {"text": "[" * 300_000, "field": [0], "value": 1},
        {"text": "a: b", "field": ["a", "b"], "value": 1},
    ):
        answer = await editor.post("/content/edit", **body)
        assert (answer.status_code, answer.json()["error"]) == (422, "not_editable"), body["field"]
    assert (await editor.post("/content/drafts/none/save", version=10**30)).status_code == 422
