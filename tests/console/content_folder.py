"""A small content folder that tests may change, and a gateway that serves it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.gateway.context import Content, Gateway, build
from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.search import SearchResult
from bot.records.database import Database
from bot.records.wakeups import Wakeups
from bot.reply.words import FILES, Words
from bot.safety.hotlines import Hotlines
from bot.settings import PROJECT_ROOT, Settings
from bot.vocabulary import LOCALES, Outcome

ARTICLE = "child-medical-subsidy"
FACTS = f"knowledge_base/articles/{ARTICLE}/article.yml"
ENGLISH = f"knowledge_base/articles/{ARTICLE}/en.md"
HOTLINES = "knowledge_base/hotlines.csv"
FACILITIES = "knowledge_base/facilities.csv"
CRISIS = "nlu_data/en/crisis.yml"
ON = date(2026, 11, 24)


class NothingFound:
    """A search that knows nothing: what is asked here stays unanswered."""

    def search(self, text: str, locale: str, on: date) -> SearchResult:
        return SearchResult(Outcome.not_found, [], None)


def make_folder(folder: Path) -> Path:
    """Content like ours with three articles, which name no others."""
    for locale in (*LOCALES, "_template"):
        target = folder / "nlu_data" / locale
        target.mkdir(parents=True)
        for source in (PROJECT_ROOT / "nlu_data" / locale).glob("*.yml"):
            if source.stem in (*FILES, "formats"):
                shutil.copy(source, target)
    base, copy = PROJECT_ROOT / "knowledge_base", folder / "knowledge_base"
    for article in (ARTICLE, "child-allowance", "dv-consult"):
        shutil.copytree(base / "articles" / article, copy / "articles" / article)
        path = copy / "articles" / article / "article.yml"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("related:")), encoding="utf-8")
    for name in ("facilities.csv", "hotlines.csv", "documents.yml"):
        shutil.copy(base / name, copy)
    return folder


def make_gateway(
    database: Database, data_dir: Path, clock: Any, content: Content, folder: Path, **settings: Any
) -> Gateway:
    """A gateway over `folder`; what the folder lacks comes from `content`."""
    own = replace(content, kb=KnowledgeBase.load(folder), hotlines=Hotlines.load(folder), words=Words.load(folder))
    told = {"rasa_url": "", "today": ON.isoformat(), "web_dist": data_dir, **settings}
    made = Settings(data_dir=data_dir, content_dir=folder, **told)
    return build(made, database, Wakeups(), clock=clock, content=own, searcher=NothingFound())
