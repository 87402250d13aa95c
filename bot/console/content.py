"""Routes of the content desk: what there is, what is stale, trying a change, and a change's way to publication."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from bot.console.content_check import check_change
from bot.console.content_drafts import DraftError, Drafts
from bot.console.content_input import (
    Edited,
    NewDraft,
    Saved,
    Stepped,
    Tried,
    UnreadableTextError,
    refuse_broken_csv,
    refuse_deep_yaml,
    refuse_unreadable,
)
from bot.console.content_items import UnknownItemError, article_of, items, needs_second, paths
from bot.console.content_merge import merge
from bot.console.content_preview import outline, preview
from bot.console.content_stale import stale
from bot.console.content_views import draft_view, file_views, names_of
from bot.console.context import Caller, Console, Here, allow
from bot.http.errors import ApiError
from bot.knowledge.editing import EditError, set_row, set_yaml
from bot.knowledge.grouping import Asked, group_questions, sample_of
from bot.knowledge.overlay import overlaid
from bot.knowledge.problems import Problem
from bot.knowledge.source_lines import YamlFault
from bot.records.audit import record_audit
from bot.records.content import Applied, ContentFolderError, apply_published, published, read_content
from bot.records.content_models import ContentDraft
from bot.records.content_patch import as_patch
from bot.records.unanswered import unanswered_since
from bot.vocabulary import Role

T = TypeVar("T")
router = APIRouter(prefix="/content", tags=["content"])

Editor = Annotated[Caller, allow(Role.content_editor, Role.administrator)]
TOKYO = ZoneInfo("Asia/Tokyo")
STATUS = {"not_found": 404, "unknown_item": 404, "own": 403, "empty": 422}


def today(here: Console) -> date:
    return date.fromisoformat(here.settings.today) if here.settings.today else here.clock().astimezone(TOKYO).date()


@router.get("")
async def overview(here: Here, caller: Editor) -> dict[str, Any]:
    """Every item, and whether this folder can be written and holds all that was published."""

    def work() -> dict[str, Any]:
        with here.database.read() as session:
            open_now = [draft.item for draft in _drafts(here, session).listed() if draft.state != "published"]
        old = [one["item"] for one in stale(here.kb, here.hotlines, today(here))]
        listed = [
            {
                "item": item,
                "title": _title(here, item),
                "category": here.kb.article(article).category if (article := article_of(item)) else "",
                "needs_second": needs_second(item, here.kb),
                "open": open_now.count(item),
                "stale": old.count(item),
            }
            for item in items(here.kb)
        ]
        return {"items": listed, "writable": _writable(here, "knowledge_base/facilities.csv")}

    return await here.database.run(work)


@router.get("/items/{item}")
async def one_item(item: str, here: Here, caller: Editor) -> dict[str, Any]:
    """The files of an item as they are in use, and the changes that are open on it."""

    def work() -> dict[str, Any]:
        files = [{"path": path, "text": read_content(here.kb.content_dir, path)} for path in _known_paths(here, item)]
        with here.database.read() as session:
            found = [draft for draft in _drafts(here, session).listed(item) if draft.state != "published"]
            names = names_of(session, found)
            drafts = [draft_view(draft, names, second=needs_second(item, here.kb)) for draft in found]
        return {"item": item, "title": _title(here, item), "files": files, "drafts": drafts}

    return await here.database.run(work)


@router.get("/stale")
async def stale_list(here: Here, caller: Editor) -> dict[str, Any]:
    return {"stale": await here.database.run(lambda: stale(here.kb, here.hotlines, today(here)))}


@router.get("/unanswered")
async def unanswered(here: Here, caller: Editor, days: Annotated[int, Query(ge=1, le=3660)] = 30) -> dict[str, Any]:
    """What was asked and nothing was found for, alike questions together; numbers and addresses are hidden."""

    def work() -> list[dict[str, Any]]:
        with here.database.read() as session:
            asked = unanswered_since(session, here.vault, here.clock() - timedelta(days=days))
        groups = group_questions([Asked(*found) for found in asked])
        return [
            {
                "question": sample_of(group),
                "count": group.count,
                "locales": dict(group.by_locale.most_common()),
                "last": group.last.isoformat() if group.last else None,
            }
            for group in groups[:200]
        ]

    return {"groups": await here.database.run(work), "days": days}


@router.post("/preview")
async def try_change(here: Here, caller: Editor, body: Tried) -> dict[str, Any]:
    """What residents of every locale would read, what is wrong, and what a form can show of the file at `path`."""

    def work() -> dict[str, Any]:
        known = _known_paths(here, body.item, body.texts)
        refuse_unreadable(body.texts)
        on = body.on or today(here)
        with overlaid(here.kb.content_dir, body.texts) as folder:
            problems = check_change(folder, body.item, body.texts, here.kb, on)
            shown = preview(folder, body.item, body.texts, here.kb, here.words, on, here.clock().astimezone(TOKYO))
            path = body.path if body.path in known else known[0]
            text = body.texts.get(path) or read_content(here.kb.content_dir, path)
            form = outline(path, text, folder)
        return {"problems": _told(problems), "previews": shown, "outline": form}

    return await _guarded(here, work)


@router.post("/edit")
async def edit_text(here: Here, caller: Editor, body: Edited) -> dict[str, Any]:
    """The text with one field of YAML, or one row of CSV, changed and every other line as it was. Nothing is stored."""

    def work() -> str:
        if body.field is not None:
            refuse_deep_yaml(body.text)
            return set_yaml(body.text, body.field, body.value)
        refuse_broken_csv(body.text)
        return set_row(body.text, body.key, body.row or "", body.values)

    try:
        return {"text": await here.database.run(work)}
    except (EditError, YamlFault, UnreadableTextError) as error:
        raise ApiError(422, "not_editable", str(error)) from None


@router.get("/drafts")
async def list_drafts(here: Here, caller: Editor) -> dict[str, Any]:
    def work() -> list[dict[str, Any]]:
        with here.database.read() as session:
            found = _drafts(here, session).listed()
            names = names_of(session, found)
            return [
                {
                    **draft_view(draft, names, second=needs_second(draft.item, here.kb)),
                    "title": _title(here, draft.item),
                }
                for draft in found
            ]

    return {"drafts": await here.database.run(work)}


@router.post("/drafts", status_code=201)
async def create_draft(here: Here, caller: Editor, body: NewDraft) -> dict[str, Any]:
    return await _step(here, lambda drafts: drafts.create(body.item, body.summary, caller.id))


@router.get("/drafts/{draft_id}")
async def one_draft(draft_id: str, here: Here, caller: Editor) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        with here.database.read() as session:
            drafts = _drafts(here, session)
            return _whole(here, session, drafts, drafts.get(draft_id))

    return await _guarded(here, work)


@router.post("/drafts/{draft_id}/save")
async def save_draft(draft_id: str, here: Here, caller: Editor, body: Saved) -> dict[str, Any]:
    """409 `stale` when somebody saved it meanwhile: then `draft` is theirs, `merged` both (`unclear` names overlaps)."""
    try:
        return await _step(
            here, lambda drafts: drafts.save(draft_id, body.version, body.texts, body.summary, caller.id)
        )
    except ApiError as error:
        if error.body["error"] == "stale":
            current = await one_draft(draft_id, here, caller)
            theirs = {file["path"]: file["text"] for file in current["files"]}
            merged, unclear = {}, []
            for path, mine in body.texts.items():
                both = merge(body.was.get(path, ""), theirs.get(path, body.was.get(path, "")), mine)
                merged[path] = both.text
                unclear += [] if both.clean else [path]
            error.body |= {"draft": current, "merged": merged, "unclear": unclear}
        raise


@router.post("/drafts/{draft_id}/propose")
async def propose(draft_id: str, here: Here, caller: Editor, body: Stepped) -> dict[str, Any]:
    await _check(here, draft_id)
    return await _step(here, lambda drafts: drafts.propose(draft_id, body.version, caller.id))


@router.post("/drafts/{draft_id}/approve")
async def approve(draft_id: str, here: Here, caller: Editor, body: Stepped) -> dict[str, Any]:
    return await _step(here, lambda drafts: drafts.approve(draft_id, body.version, caller.id))


@router.post("/drafts/{draft_id}/send-back")
async def send_back(draft_id: str, here: Here, caller: Editor, body: Stepped) -> dict[str, Any]:
    return await _step(here, lambda drafts: drafts.send_back(draft_id, body.version, body.reason, caller.id))


@router.post("/drafts/{draft_id}/discard")
async def discard(draft_id: str, here: Here, caller: Editor, body: Stepped) -> dict[str, Any]:
    return await _step(here, lambda drafts: drafts.discard(draft_id, body.version, caller.id))


@router.post("/drafts/{draft_id}/rebase")
async def rebase(draft_id: str, here: Here, caller: Editor, body: Stepped) -> dict[str, Any]:
    return await _step(here, lambda drafts: drafts.rebase(draft_id, body.version, caller.id)[0])


@router.post("/drafts/{draft_id}/publish")
async def publish(draft_id: str, here: Here, caller: Editor, body: Stepped) -> dict[str, Any]:
    """Record it as published, then write the files; every gateway takes them in by itself within seconds."""
    checked = await _check(here, draft_id)
    for path in checked:
        if not _writable(here, path):
            raise ApiError(
                409,
                "read_only",
                f"The service may not write {here.kb.content_dir}. Download the patch and apply it where the content is"
                " kept, or point IROIRO_CONTENT_DIR at a folder it may write.",
            )
    done = await _step(here, lambda drafts: drafts.publish(draft_id, body.version, caller.id))

    def write() -> Applied:
        with here.database.read() as session:
            return apply_published(session, here.kb.content_dir)

    try:
        await here.database.run(write)
    except ContentFolderError as error:
        raise ApiError(503, "not_written", f"Published, but not yet written: {error}") from None
    return {**done, "moved": []}


@router.get("/drafts/{draft_id}/patch")
async def draft_patch(draft_id: str, here: Here, caller: Editor) -> Response:
    """One change for `git apply` or `git am`, whatever its state."""
    return await _patch(here, caller, f"content-{draft_id[:8]}", lambda drafts, _: [drafts.get(draft_id)])


@router.get("/patch")
async def published_patch(here: Here, caller: Editor, after: Annotated[int, Query(ge=0, le=2**31)] = 0) -> Response:
    """Everything published since number `after`, in order."""
    return await _patch(here, caller, f"content-after-{after}", lambda _, session: published(session, after))


async def _patch(
    here: Console, caller: Caller, name: str, pick: Callable[[Drafts, Session], list[ContentDraft]]
) -> Response:
    def work() -> str:
        with here.database.write() as session:
            picked = pick(_drafts(here, session), session)
            record_audit(session, "content.export", now=here.clock(), actor_id=caller.id, object_id=name)
            return as_patch(session, picked)

    text = await _guarded(here, work)
    headers = {"Content-Disposition": f'attachment; filename="{name}.patch"'}
    return Response(text, media_type="text/x-patch; charset=utf-8", headers=headers)


def _drafts(here: Console, session: Session) -> Drafts:
    return Drafts(session, here.kb, here.kb.content_dir, here.clock())


def _whole(here: Console, session: Session, drafts: Drafts, draft: ContentDraft) -> dict[str, Any]:
    files = drafts.files(draft.id)
    moved = drafts.moved(files) if draft.state in ("draft", "proposed", "approved") else []
    view = draft_view(draft, names_of(session, [draft]), second=needs_second(draft.item, here.kb))
    return {**view, "title": _title(here, draft.item), "files": file_views(files), "moved": moved}


async def _step(here: Console, work: Callable[[Drafts], ContentDraft]) -> dict[str, Any]:
    def run() -> dict[str, Any]:
        with here.database.write() as session:
            drafts = _drafts(here, session)
            return _whole(here, session, drafts, work(drafts))

    return await _guarded(here, run)


async def _guarded(here: Console, work: Callable[[], T]) -> T:
    try:
        return await here.database.run(work)
    except DraftError as error:
        raise ApiError(STATUS.get(error.code, 409), error.code, str(error), **error.extra) from None
    except UnreadableTextError as error:
        raise ApiError(422, "unreadable", str(error)) from None
    except ContentFolderError as error:
        raise ApiError(503, "not_written", str(error)) from None


async def _check(here: Console, draft_id: str) -> list[str]:
    """The paths of a change whose texts the loaders take. Raises ApiError 422 `faulty` with the problems."""

    def work() -> tuple[list[str], list[Problem]]:
        with here.database.read() as session:
            drafts = _drafts(here, session)
            item = drafts.get(draft_id).item
            texts = {file.path: file.text for file in drafts.files(draft_id)}
        refuse_unreadable(texts)
        with overlaid(here.kb.content_dir, texts) as folder:
            return list(texts), check_change(folder, item, texts, here.kb, today(here))

    checked, problems = await _guarded(here, work)
    if problems:
        message = f"{len(problems)} problem(s). Mend them first: {problems[0]}"
        raise ApiError(422, "faulty", message, problems=_told(problems))
    return list(checked)


def _known_paths(here: Console, item: str, texts: Mapping[str, str] | None = None) -> tuple[str, ...]:
    try:
        known = paths(item, here.kb)
    except UnknownItemError as error:
        raise ApiError(404, "unknown_item", str(error)) from None
    for path in texts or {}:
        if path not in known:
            raise ApiError(404, "unknown_item", f"{item} has no file {path!r}.")
    return known


def _told(problems: list[Problem]) -> list[dict[str, Any]]:
    return [
        {"file": one.file, "line": one.line, "field": one.field, "message": one.message, "remedy": one.remedy}
        for one in problems
    ]


def _title(here: Console, item: str) -> str:
    article = article_of(item)
    if article is None or article not in here.kb.ids:
        return ""
    texts = here.kb.article(article).texts
    return texts["ja"].title if "ja" in texts else article


def _writable(here: Console, path: str) -> bool:
    target = here.kb.content_dir / path
    return os.access(target.parent, os.W_OK) and (not target.exists() or os.access(target, os.W_OK))
