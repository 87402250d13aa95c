"""A content folder as it would be with some files changed, to try the loaders on a change before it is made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

TOP = ("knowledge_base", "nlu_data")


@contextmanager
def overlaid(content_dir: Path, texts: Mapping[str, str]) -> Iterator[Path]:
    """A folder that shows `content_dir`, but with `texts` (relative path → text) in place of its files.

    Everything else is linked, not copied; the folder is gone when the block ends.
    """
    with tempfile.TemporaryDirectory(prefix="iroiro-content-") as name:
        root = Path(name)
        _lay(root, content_dir, [PurePosixPath(top) for top in TOP], texts)
        yield root


def _lay(root: Path, source: Path, entries: list[PurePosixPath], texts: Mapping[str, str]) -> None:
    for entry in entries:
        changed = [PurePosixPath(path) for path in texts if PurePosixPath(path).is_relative_to(entry)]
        if not changed:
            if (source / entry).exists():
                (root / entry).symlink_to((source / entry).resolve())
        elif str(entry) in texts:
            (root / entry).write_bytes(texts[str(entry)].encode())
        else:
            (root / entry).mkdir()
            held = {entry / found.name for found in (source / entry).iterdir()} if (source / entry).is_dir() else set()
            steps = {entry / path.relative_to(entry).parts[0] for path in changed}
            _lay(root, source, sorted(held | steps), texts)
