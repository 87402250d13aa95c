"""Everything a running gateway holds, made once at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.dialogue.offline import SearchesArticles, SearchOnDemand
from bot.dialogue.rasa import RasaClient
from bot.handover.hours import Duty
from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.documents import Documents
from bot.knowledge.embedding import provider_of
from bot.knowledge.search import Searcher
from bot.language.detect import Detector
from bot.language.locales import Locale, load_locales
from bot.pipeline import Services
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.wakeups import Wakeups
from bot.reply.compose import Composer
from bot.reply.words import Words
from bot.safety.gate import Gate
from bot.safety.hotlines import Hotlines
from bot.settings import Settings
from bot.vocabulary import LOCALES

TOKYO = ZoneInfo("Asia/Tokyo")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Content:
    """All that is read from the content folder: words, articles, signals. Immutable, so several gateways may share it."""

    words: Words
    locales: dict[str, Locale]
    kb: KnowledgeBase
    hotlines: Hotlines
    gate: Gate
    detector: Detector
    documents: Documents
    duty: Duty
    safe_words: dict[str, str]

    @classmethod
    def load(cls, folder: Path) -> Content:
        """Raises the loaders' own errors, which name file, field and remedy."""
        gate = Gate.load(folder, strict=True)
        return cls(
            words=Words.load(folder),
            locales=load_locales(folder),
            kb=KnowledgeBase.load(folder),
            hotlines=Hotlines.load(folder),
            gate=gate,
            detector=Detector.load(),
            documents=Documents.load(folder),
            duty=Duty.load(folder),
            safe_words={locale: found[0] for locale in LOCALES if (found := gate.safe_words(locale))},
        )


@dataclass(frozen=True)
class Gateway:
    """Shared by all routes and workers. Nothing here changes after start."""

    settings: Settings
    database: Database
    vault: Vault
    wakeups: Wakeups
    services: Services
    composer: Composer
    words: Words
    locales: dict[str, Locale]
    hotlines: Hotlines
    duty: Duty
    clock: Clock

    def today(self) -> date:
        """Today in Japan, or the date the settings name instead."""
        return self.services.today()


def build(
    settings: Settings,
    database: Database,
    wakeups: Wakeups,
    *,
    clock: Clock = utc_now,
    content: Content | None = None,
    searcher: SearchesArticles | None = None,
) -> Gateway:
    """Put a gateway together from `content`, by default what `settings.content_dir` holds (see `Content.load`).

    Sentence vectors of the articles are kept in the data folder, so that only the first start computes them.
    """
    held = content or Content.load(settings.content_dir)

    def today() -> date:
        return date.fromisoformat(settings.today) if settings.today else clock().astimezone(TOKYO).date()

    provider = provider_of(settings)
    services = Services(
        detector=held.detector,
        gate=held.gate,
        kb=held.kb,
        searcher=searcher
        or SearchOnDemand(lambda: Searcher.build(held.kb, settings.data_dir / "search-vectors.npz", provider=provider)),
        rasa=RasaClient(settings.rasa_url, settings.rasa_timeout_s) if settings.rasa_url else None,
        today=today,
    )
    return Gateway(
        settings=settings,
        database=database,
        vault=Vault.open(settings.key_file),
        wakeups=wakeups,
        services=services,
        composer=Composer(held.words, held.kb, held.hotlines, held.locales, held.documents, held.safe_words),
        words=held.words,
        locales=held.locales,
        hotlines=held.hotlines,
        duty=held.duty,
        clock=clock,
    )
