"""Taking changed content files into a running service, one file at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from bot.knowledge.articles import KnowledgeBase
from bot.reply.words import Words
from bot.safety.hotlines import Hotlines


def take_in(paths: Iterable[str], content_dir: Path, kb: KnowledgeBase, hotlines: Hotlines, words: Words) -> list[str]:
    """Read the files at `paths` anew; every reader sees the old text or the new one, never half of one.

    Returns what could not be taken in, one message each, which names file and remedy; the old text stays in use there.
    How articles are found (their questions and keywords) is fixed at start and does not change here.
    """
    faults: list[str] = []
    articles: set[str] = set()
    for path in sorted(paths):
        parts = PurePosixPath(path).parts
        try:
            if parts[:2] == ("knowledge_base", "articles"):
                articles.add(parts[2])
            elif path == "knowledge_base/facilities.csv":
                kb.reread_facilities()
            elif path == "knowledge_base/hotlines.csv":
                hotlines.reread(content_dir)
            elif parts[0] == "nlu_data":
                words.reread(content_dir, parts[1])
        except (ValueError, OSError) as error:
            faults.append(f"{path}: {error}")
    for article in sorted(articles):
        try:
            kb.reread(article)
        except (ValueError, OSError) as error:
            faults.append(f"{article}: {error}")
    return faults
