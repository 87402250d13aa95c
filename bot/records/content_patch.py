"""Changes of content as patches: unified diffs which `git apply` takes, each with its author, which `git am` takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.content import files_of
from bot.records.content_models import ContentDraft, ContentFile
from bot.records.models import Staff

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified_diff(path: str, base: str, text: str) -> str:
    """The change of one file as git writes it; "" when there is none."""
    names = (f"a/{path}" if base else "/dev/null", f"b/{path}")
    found = list(difflib.unified_diff(_lines(base), _lines(text), *names, n=3))
    if not found:
        return ""
    body = "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in found)
    mode = "" if base else "new file mode 100644\n"
    return f"diff --git a/{path} b/{path}\n{mode}{body}"


def as_patch(session: Session, drafts: Sequence[ContentDraft]) -> str:
    """All `drafts` in one text, one mail each: author, date and summary first, then the diffs."""
    files = files_of(session, [draft.id for draft in drafts])
    staff = {row.id: row for row in session.scalars(select(Staff).where(Staff.id.in_(_people(drafts))))}
    return "".join(_mail(draft, files[draft.id], staff) for draft in drafts)


def _people(drafts: Iterable[ContentDraft]) -> set[str]:
    return {who for draft in drafts for who in (draft.author_id, draft.approved_by, *draft.contributors) if who}


def _mail(draft: ContentDraft, files: Iterable[ContentFile], staff: dict[str, Staff]) -> str:
    at: datetime = draft.published_at or draft.updated_at
    subject = _header(f"[PATCH] {draft.summary or draft.item}")
    trailers = [
        f"{word}: {_address(staff.get(who))}\n"
        for word, people in (
            ("Co-authored-by", [one for one in draft.contributors if one != draft.author_id]),
            ("Approved-by", [draft.approved_by] if draft.approved_by else []),
        )
        for who in people
    ]
    diffs = "".join(unified_diff(file.path, file.base, file.text) for file in files)
    return (
        f"From {'0' * 40} Mon Sep 17 00:00:00 2001\n"
        f"From: {_address(staff.get(draft.author_id), encoded=True)}\n"
        f"Date: {format_datetime(at)}\n"
        f"Subject: {subject}\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=UTF-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        f"\n{''.join(trailers)}---\n{diffs}-- \niroiro\n\n"
    )


def _header(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=900).encode()


def _address(person: Staff | None, *, encoded: bool = False) -> str:
    """`Name <address>`; a login that is no address gets a domain that can never exist."""
    name, login = (" ".join(person.name.split()), person.login) if person else ("unknown", "unknown")
    address = login if "@" in login else f"{login}@staff.invalid"
    if encoded:
        return formataddr((_header(name), address))
    return f"{name} <{address}>"


def _lines(text: str) -> list[str]:
    """Lines as git counts them; str.splitlines also splits at marks such as U+2028."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
