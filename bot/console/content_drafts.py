"""A change of content on its way: drafted, proposed, approved by somebody else where it must be, published.

draft → proposed → (approved) → published; any later edit takes it back to draft. Each step is one conditional UPDATE on
the version its caller has seen, so of two people who act at once the later is told, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.console.content_items import UnknownItemError, needs_second, paths
from bot.console.content_merge import Merged, merge
from bot.knowledge.articles import KnowledgeBase
from bot.records.audit import record_audit
from bot.records.content import apply_published, digest, files_of, read_content, reserve_number
from bot.records.content_models import ContentDraft, ContentFile
from bot.records.talk import new_id

OPEN = ("draft", "proposed", "approved")


class DraftError(Exception):
    """The step was not taken. `code`: not_found, stale, wrong_state, own, second_person, empty, moved or unknown_item."""

    def __init__(self, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.code = code
        self.extra = extra


class Drafts:
    """The changes of one content folder, in the caller's transaction."""

    def __init__(self, session: Session, kb: KnowledgeBase, folder: Path, now: datetime) -> None:
        self._session = session
        self._kb = kb
        self._folder = folder
        self._now = now

    def get(self, draft_id: str) -> ContentDraft:
        """Raises DraftError not_found."""
        found = self._session.get(ContentDraft, draft_id)
        if found is None:
            raise DraftError("not_found", "There is no such change. Reload the list.")
        return found

    def listed(self, item: str | None = None, limit: int = 200) -> list[ContentDraft]:
        """Newest first; discarded ones are left out."""
        query = select(ContentDraft).where(ContentDraft.state != "discarded")
        if item is not None:
            query = query.where(ContentDraft.item == item)
        return list(self._session.scalars(query.order_by(ContentDraft.updated_at.desc()).limit(limit)))

    def files(self, draft_id: str) -> list[ContentFile]:
        return files_of(self._session, [draft_id])[draft_id]

    def moved(self, files: Sequence[ContentFile]) -> list[str]:
        """Paths whose file is no longer what the change began with."""
        return [file.path for file in files if digest(read_content(self._folder, file.path)) != file.base_hash]

    def create(self, item: str, summary: str, actor: str) -> ContentDraft:
        """An empty change of `item`."""
        try:
            paths(item, self._kb)
        except UnknownItemError as error:
            raise DraftError("unknown_item", str(error)) from None
        draft = ContentDraft(
            id=new_id(),
            item=item,
            summary=_one_line(summary),
            state="draft",
            version=1,
            author_id=actor,
            contributors=[actor],
            reason="",
            created_at=self._now,
            updated_at=self._now,
        )
        self._session.add(draft)
        self._session.flush()
        self._audit("create", draft, actor, item=item)
        return draft

    def save(self, draft_id: str, version: int, texts: dict[str, str], summary: str | None, actor: str) -> ContentDraft:
        """Put `texts` (path → text) into the change. It has to be proposed and approved anew."""
        draft = self._step(draft_id, version, OPEN, state="draft", approved_by=None, approved_at=None)
        known = paths(draft.item, self._kb)
        held = {file.path: file for file in self.files(draft.id)}
        for path, text in texts.items():
            if path not in known:
                raise DraftError("unknown_item", f"{draft.item} has no file {path}.")
            self._put(draft, path, text, held.get(path))
        if summary is not None:
            draft.summary = _one_line(summary)
        self._joined(draft, actor)
        self._audit("save", draft, actor, files=", ".join(sorted(texts)))
        return draft

    def propose(self, draft_id: str, version: int, actor: str) -> ContentDraft:
        """Ask for it to be looked at. The caller has checked the texts of this very version."""
        draft = self._step(draft_id, version, ("draft",), state="proposed", reason="")
        files = self.files(draft.id)
        if not files:
            raise DraftError("empty", "Nothing is changed yet.")
        self._refuse_moved(files)
        self._audit("propose", draft, actor)
        return draft

    def approve(self, draft_id: str, version: int, actor: str) -> ContentDraft:
        """The second person's word. Whoever wrote any of it cannot give it."""
        draft = self._step(draft_id, version, ("proposed",), state="approved", approved_by=actor, approved_at=self._now)
        if actor in draft.contributors:
            raise DraftError("own", "You wrote this change. Somebody else has to approve it.")
        self._audit("approve", draft, actor)
        return draft

    def send_back(self, draft_id: str, version: int, reason: str, actor: str) -> ContentDraft:
        """Back to draft, with a reason the author reads."""
        draft = self._step(
            draft_id, version, ("proposed", "approved"), state="draft", approved_by=None, approved_at=None
        )
        draft.reason = _one_line(reason)[:1000]
        self._audit("send_back", draft, actor, reason=draft.reason)
        return draft

    def discard(self, draft_id: str, version: int, actor: str) -> ContentDraft:
        """Take it off the list. Its texts stay in the record."""
        draft = self._step(draft_id, version, OPEN, state="discarded")
        self._audit("discard", draft, actor)
        return draft

    def rebase(self, draft_id: str, version: int, actor: str) -> tuple[ContentDraft, list[str]]:
        """Bring the change onto the files as they are now; the paths where both changed the same lines are marked."""
        draft = self._step(draft_id, version, OPEN, state="draft", approved_by=None, approved_at=None)
        unclear = []
        for file in self.files(draft.id):
            current = read_content(self._folder, file.path)
            if digest(current) == file.base_hash:
                continue
            merged: Merged = merge(file.base, current, file.text)
            if not merged.clean:
                unclear.append(file.path)
            file.base, file.base_hash = current, digest(current)
            self._put(draft, file.path, merged.text, file)
        self._joined(draft, actor)
        self._audit("rebase", draft, actor)
        return draft, unclear

    def publish(self, draft_id: str, version: int, actor: str) -> ContentDraft:
        """Make it the newest publication; the file itself is written after the commit. Raises ContentFolderError too."""
        held = self.get(draft_id)
        second = needs_second(held.item, self._kb)
        if second and held.state != "approved":
            raise DraftError("second_person", "This is safety text: a second person has to approve it first.")
        # Publications wait for one another from here, so that the files below are the newest there are.
        number = reserve_number(self._session)
        ready = ("approved",) if second else ("proposed", "approved")
        draft = self._step(draft_id, version, ready, state="published")
        apply_published(self._session, self._folder)
        self._refuse_moved(self.files(draft.id))
        draft.number, draft.published_by, draft.published_at = number, actor, self._now
        self._session.flush()
        self._audit("publish", draft, actor, number=number)
        return draft

    def _put(self, draft: ContentDraft, path: str, text: str, file: ContentFile | None) -> None:
        base = file.base if file else read_content(self._folder, path)
        fresh = _as_file(text, base)
        if fresh == base:
            if file is not None:
                self._session.delete(file)
            return
        if file is None:
            file = ContentFile(draft_id=draft.id, path=path, base=base, base_hash=digest(base))
            self._session.add(file)
        file.text, file.text_hash = fresh, digest(fresh)
        self._session.flush()

    def _joined(self, draft: ContentDraft, actor: str) -> None:
        if actor not in draft.contributors:
            draft.contributors = [*draft.contributors, actor]

    def _refuse_moved(self, files: Sequence[ContentFile]) -> None:
        moved = self.moved(files)
        if moved:
            raise DraftError(
                "moved",
                f"{', '.join(moved)}: somebody has published another change meanwhile. Bring yours onto it, then look again.",
                paths=moved,
            )

    def _step(self, draft_id: str, version: int, states: Sequence[str], **values: Any) -> ContentDraft:
        """One conditional UPDATE; the row stays locked until the transaction ends."""
        done = self._session.execute(
            update(ContentDraft)
            .where(ContentDraft.id == draft_id, ContentDraft.version == version, ContentDraft.state.in_(states))
            .values(version=ContentDraft.version + 1, updated_at=self._now, **values)
            .returning(ContentDraft.id)
            .execution_options(synchronize_session=False)
        ).scalar()
        draft = self.get(draft_id)
        self._session.refresh(draft)
        if done is None:
            if draft.version != version:
                raise DraftError("stale", "Somebody has changed this meanwhile. Look at it again.")
            raise DraftError("wrong_state", f"The change is {draft.state}; this step does not follow.")
        return draft

    def _audit(self, action: str, draft: ContentDraft, actor: str, **data: Any) -> None:
        details = {"item": draft.item, "version": draft.version, **data}
        record_audit(
            self._session, f"content.{action}", now=self._now, actor_id=actor, object_id=draft.id, data=details
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def _as_file(text: str, base: str) -> str:
    """Line ends as the file has them, and one at its end."""
    plain = text.replace("\r\n", "\n").rstrip("\n") + "\n"
    return plain.replace("\n", "\r\n") if "\r\n" in base else plain
