"""Loads the articles: facts with their dates, and one parsed text per locale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.knowledge.asked import load_asked
from bot.knowledge.facilities import Facilities
from bot.knowledge.formats import Formats
from bot.knowledge.markup import ArticleText, MarkupFault, parse_text
from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.render import RenderedArticle, render_article
from bot.knowledge.source_lines import YamlFault, line_map, load_yaml, nearest_line
from bot.knowledge.values import TypedValue, ValueFault, parse_value
from bot.vocabulary import LOCALES


@dataclass(frozen=True)
class Fact:
    """Something the city states, with where and when it was read. Facts of one `slot` are dated versions."""

    id: str
    slot: str
    states: str
    source: str
    source_date: str
    valid_from: date | None
    valid_to: date | None
    verified: str
    confirm: bool
    values: Mapping[str, TypedValue]

    def valid_on(self, day: date) -> bool:
        """Whether the fact may be stated on `day`; both ends of its validity count."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def to_confirm(self) -> bool:
        """Whether a resident must be told to ask the office before relying on it."""
        return self.confirm or self.verified == "memory"


@dataclass(frozen=True)
class Article:
    """One topic: its facts, its rules, and its text in each locale that has one."""

    id: str
    category: str
    path: Path
    facts: tuple[Fact, ...]
    situations: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    plan_measures: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    eligibility: Mapping[str, Any] | None = None
    required_documents: tuple[str, ...] = ()
    apply: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, ArticleText] = field(default_factory=dict)

    def versions(self, name: str) -> list[Fact]:
        """The facts a placeholder's first half can mean: the fact of that id, or every version of that slot."""
        exact = [fact for fact in self.facts if fact.id == name]
        return exact or [fact for fact in self.facts if fact.slot == name]

    def fact_on(self, name: str, day: date) -> Fact | None:
        """The version that holds on `day`: the one that began last, None when none holds."""
        valid = [fact for fact in self.versions(name) if fact.valid_on(day)]
        return max(valid, key=lambda fact: fact.valid_from or date.min, default=None)

    def value_on(self, reference: str, day: date) -> TypedValue | None:
        """The value of `"fact.value"` that holds on `day`, or None."""
        name, _, key = reference.partition(".")
        fact = self.fact_on(name, day)
        return fact.values.get(key) if fact else None


class KnowledgeBase:
    """Every article, and the words to show them in. `locales` keeps the order residents see."""

    def __init__(
        self, articles: Sequence[Article], formats: Mapping[str, Formats], facilities: Facilities, content_dir: Path
    ) -> None:
        self._articles = {article.id: article for article in articles}
        self.formats = formats
        self.facilities = facilities
        self.content_dir = content_dir

    @classmethod
    def load(cls, content_dir: Path, locales: Sequence[str] = LOCALES) -> KnowledgeBase:
        """Read knowledge_base/articles. Raises KnowledgeError listing every broken file with line and remedy."""
        formats = {locale: Formats.load(content_dir, locale) for locale in locales}
        problems: list[Problem] = []
        folders = article_folders(content_dir)
        ids = [folder.name for folder in folders]
        asked = {locale: load_asked(content_dir, locale, ids, problems) for locale in formats}
        articles = [
            _with_asked(article, asked)
            for folder in folders
            if (article := load_article(folder, formats, problems)) is not None
        ]
        if problems:
            raise KnowledgeError(problems)
        return cls(articles, formats, Facilities.load(content_dir), content_dir)

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(self.formats)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the articles that have a text in at least one locale, sorted."""
        return tuple(sorted(article.id for article in self._articles.values() if article.texts))

    def article(self, article_id: str) -> Article:
        """Raises KeyError for an unknown id."""
        return self._articles[article_id]

    def articles(self) -> Iterator[Article]:
        return iter(self._articles.values())

    def reread(self, article_id: str) -> None:
        """Take in a changed folder of an article, whole or not at all. Raises KnowledgeError, KeyError for an unknown id."""
        held = self.article(article_id)
        problems: list[Problem] = []
        fresh = load_article(held.path, self.formats, problems)
        if fresh is None or problems:
            raise KnowledgeError(problems)
        asked = {locale: {article_id: text.asked} for locale, text in held.texts.items()}
        fresh = _with_asked(fresh, {locale: asked.get(locale, {}) for locale in self.formats})
        self._articles = {**self._articles, article_id: fresh}

    def reread_facilities(self) -> None:
        """Take in a changed facilities.csv, whole or not at all. Raises KnowledgeError."""
        self.facilities = Facilities.load(self.content_dir)

    def render(self, article_id: str, locale: str, on: date) -> RenderedArticle:
        """The article as residents of `locale` read it on the day `on`. Raises KeyError for an unknown id."""
        return render_article(self.article(article_id), locale, on, self.formats, self.facilities)


def article_folders(content_dir: Path) -> list[Path]:
    """The article folders, sorted by id. A folder without article.yml counts too, so that its lack is reported."""
    root = content_dir / "knowledge_base" / "articles"
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def load_article(folder: Path, formats: Mapping[str, Formats], problems: list[Problem]) -> Article | None:
    """The article in `folder`; faults are appended to `problems`, and None means that it has no usable article.yml."""
    path = folder / "article.yml"
    try:
        source = path.read_text(encoding="utf-8")
        data = load_yaml(source)
    except FileNotFoundError:
        problems.append(Problem(str(path), 0, "", "the file is missing.", "Add article.yml, or remove the folder."))
        return None
    except UnicodeDecodeError:
        problems.append(Problem(str(path), 0, "", "the file is not UTF-8.", "Save it as UTF-8."))
        return None
    except YamlFault as fault:
        problems.append(
            Problem(str(path), fault.line, "", f"not YAML: {fault}.", "Quote strings that hold `: ` or `#`.")
        )
        return None
    if not isinstance(data, dict) or not isinstance(data.get("facts"), list):
        problems.append(Problem(str(path), 1, "facts", "the list of facts is missing.", "Add `facts:`."))
        return None
    facts = []
    for index, raw in enumerate(data["facts"]):
        try:
            facts.append(_fact(raw, index))
        except _Fault as fault:
            line = nearest_line(line_map(source), fault.path)
            problems.append(Problem(str(path), line, ".".join(map(str, fault.path)), str(fault), fault.remedy))
    texts: dict[str, ArticleText] = {}
    for locale, words in formats.items():
        text_path = folder / f"{locale}.md"
        if not text_path.exists():
            continue
        try:
            texts[locale] = parse_text(text_path.read_text(encoding="utf-8"), spaces=words.spaces_between_words)
        except UnicodeDecodeError:
            problems.append(Problem(str(text_path), 0, "", "the file is not UTF-8.", "Save it as UTF-8."))
        except MarkupFault as fault:
            problems.append(Problem(str(text_path), fault.line, "", str(fault), fault.remedy))
    return Article(
        id=str(data.get("id")),
        category=str(data.get("category")),
        path=folder,
        facts=tuple(facts),
        situations=tuple(data.get("situations") or ()),
        related=tuple(data.get("related") or ()),
        offices=tuple(data.get("offices") or ()),
        plan_measures=tuple(data.get("plan_measures") or ()),
        names=tuple(map(str, data.get("names") or ())),
        eligibility=data.get("eligibility"),
        required_documents=tuple(data.get("required_documents") or ()),
        apply=data.get("apply") or {},
        texts=texts,
    )


def _with_asked(article: Article, asked: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Article:
    texts = {locale: replace(text, asked=asked[locale].get(article.id, ())) for locale, text in article.texts.items()}
    return replace(article, texts=texts)


class _Fault(ValueError):
    def __init__(self, path: tuple[Any, ...], message: str, remedy: str) -> None:
        super().__init__(message)
        self.path = path
        self.remedy = remedy


def _fact(raw: Any, index: int) -> Fact:
    path: tuple[Any, ...] = ("facts", index)
    if not isinstance(raw, dict) or not raw.get("id"):
        raise _Fault(path, "a fact needs an id.", "Add `id:`.")
    values: dict[str, TypedValue] = {}
    for key, value in (raw.get("values") or {}).items():
        try:
            values[str(key)] = parse_value(value)
        except ValueFault as fault:
            raise _Fault((*path, "values", key), str(fault), fault.remedy) from None
    valid_from, valid_to = (_day(raw.get(key), (*path, key)) for key in ("valid_from", "valid_to"))
    if valid_from and valid_to and valid_from > valid_to:
        raise _Fault((*path, "valid_to"), "valid_to is before valid_from.", "Swap or mend the two dates.")
    return Fact(
        id=str(raw["id"]),
        slot=str(raw.get("slot") or ""),
        states=str(raw.get("states") or ""),
        source=str(raw.get("source") or ""),
        source_date=str(raw.get("source_date") or ""),
        valid_from=valid_from,
        valid_to=valid_to,
        verified=str(raw.get("verified") or "memory"),
        confirm=bool(raw.get("confirm")),
        values=values,
    )


def _day(value: Any, path: tuple[Any, ...]) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _Fault(path, f"{value!r} is not a date.", "Write YYYY-MM-DD or null.") from None
