"""Published changes of content files: bringing a content folder up to them, and giving them out as patches.

The database is the record. A change is applied to a file only where the file is exactly what the change began with, so a
folder that a release has brought further is never set back.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.records.content_models import ContentDraft, ContentFile
from bot.records.models import Stream

CONTENT_STREAM = "content"


class ContentFolderError(OSError):
    """A file of the content folder cannot be written. The message names the folder and the remedy."""


@dataclass(frozen=True)
class Applied:
    """What became of the published changes in one folder. Paths are relative, with `/`."""

    number: int
    """The newest publication looked at; 0 for none."""
    written: tuple[str, ...] = ()
    diverged: tuple[str, ...] = ()
    """Files which are neither what a change began with nor what it made: a release has changed them otherwise."""
    touched: tuple[str, ...] = ()
    """Every file a publication after `after` names, written now or before."""


@dataclass(frozen=True)
class _Step:
    draft_id: str
    number: int
    base_hash: str
    text_hash: str


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_content(folder: Path, path: str) -> str:
    """The text of a content file with its line ends as they are; "" where there is none."""
    try:
        return (folder / path).read_bytes().decode()
    except FileNotFoundError:
        return ""


def write_content(folder: Path, path: str, text: str) -> None:
    """Replace the file at once: a reader sees the old text or the new one, also after a crash. Raises ContentFolderError."""
    target = folder / path
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text.encode())
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(mode)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ContentFolderError(
            f"{target} cannot be written ({error.strerror or error}). Point IROIRO_CONTENT_DIR at a folder the service may"
            " write, or give the change out as a patch and apply it where the content is kept."
        ) from error


def last_number(session: Session) -> int:
    """The number of the newest publication; 0 when there is none."""
    return int(session.scalar(select(func.max(ContentDraft.number))) or 0)


def reserve_number(session: Session) -> int:
    """The next publication's number. Publications wait for one another here until the transaction ends."""
    stream = session.scalars(select(Stream).where(Stream.name == CONTENT_STREAM).with_for_update()).one()
    stream.last_seq += 1
    session.flush()
    return int(stream.last_seq)


def apply_published(session: Session, folder: Path, after: int = 0) -> Applied:
    """Write into `folder` what was published and is not there yet. Raises ContentFolderError."""
    rows = session.execute(
        select(
            ContentFile.path, ContentFile.draft_id, ContentDraft.number, ContentFile.base_hash, ContentFile.text_hash
        )
        .join(ContentDraft, ContentDraft.id == ContentFile.draft_id)
        .where(ContentDraft.number.is_not(None))
        .order_by(ContentDraft.number)
    )
    chains: dict[str, list[_Step]] = {}
    for path, draft_id, number, base_hash, text_hash in rows:
        chains.setdefault(path, []).append(_Step(draft_id, int(number or 0), base_hash, text_hash))
    newest = max((chain[-1].number for chain in chains.values()), default=0)
    touched = {path: chain for path, chain in chains.items() if chain[-1].number > after}
    written, diverged = [], []
    for path, chain in touched.items():
        held = digest(read_content(folder, path))
        goal = _goal(chain, held)
        if goal is not None:
            text = session.scalars(
                select(ContentFile.text).where(ContentFile.draft_id == goal.draft_id, ContentFile.path == path)
            ).one()
            write_content(folder, path, text)
            written.append(path)
            held = goal.text_hash
        if held != chain[-1].text_hash:
            diverged.append(path)
    return Applied(newest, tuple(sorted(written)), tuple(sorted(diverged)), tuple(sorted(touched)))


def _goal(chain: list[_Step], held: str) -> _Step | None:
    """The last step that leads on without a break from the text whose hash is `held`; None when there is none."""
    if held == chain[-1].text_hash:
        return None
    start = max((index for index, step in enumerate(chain) if step.base_hash == held), default=None)
    if start is None:
        return None
    goal = chain[start]
    for step in chain[start + 1 :]:
        if step.base_hash != goal.text_hash:
            break
        goal = step
    return goal


def published(session: Session, after: int = 0) -> list[ContentDraft]:
    """Published changes in order."""
    query = select(ContentDraft).where(ContentDraft.number > after).order_by(ContentDraft.number)
    return list(session.scalars(query))


def files_of(session: Session, draft_ids: Iterable[str]) -> dict[str, list[ContentFile]]:
    """The files of each draft, by path."""
    found: dict[str, list[ContentFile]] = {draft_id: [] for draft_id in draft_ids}
    for row in session.scalars(select(ContentFile).where(ContentFile.draft_id.in_(found)).order_by(ContentFile.path)):
        found[row.draft_id].append(row)
    return found
