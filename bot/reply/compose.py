"""From the reply keys of a turn to the body of one message: parts and choices, in the turn's locale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.documents import Documents
from bot.language.locales import Locale
from bot.reply.crisis import concern_text, crisis_parts, duty_phrase, gate_error_parts
from bot.reply.dates import clock, long_date
from bot.reply.parts import Part, article_part, hotlines_part, text_part
from bot.reply.schedule import schedule_lines
from bot.reply.words import Words
from bot.safety.hotlines import Hotlines
from bot.turn import Reply, Turn
from bot.vocabulary import Category, Outcome, RiskLevel

TOKYO = ZoneInfo("Asia/Tokyo")
ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
SAFE_WORD_GREETINGS = ("greeting",)


@dataclass(frozen=True)
class Situation:
    """What is true at the moment of speaking, so that nothing untrue is said.

    `queue_position` is None when no case waits; `next_open` is set when nobody is on duty and an opening is known.
    """

    now: datetime
    on_duty: bool
    next_open: datetime | None
    queue_position: int | None = None
    repeated: bool = False
    age: int | None = None


class Composer:
    """Chooses the words. Holds only immutable data, so one serves all threads."""

    def __init__(
        self,
        words: Words,
        kb: KnowledgeBase,
        hotlines: Hotlines,
        locales: dict[str, Locale],
        documents: Documents,
        safe_words: dict[str, str],
    ) -> None:
        self._words = words
        self._kb = kb
        self._hotlines = hotlines
        self._locales = locales
        self._documents = documents
        self._safe_words = safe_words

    def body(self, turn: Turn, situation: Situation, on: date) -> dict[str, Any]:
        """{"parts", "choices"} for everything the turn wants said; parts is [] when it wants nothing said."""
        parts: list[Part] = []
        choices: list[dict[str, Any]] = []
        for reply in turn.replies:
            parts += self._parts(reply, turn.locale, situation, on)
            if reply.choices:
                choices = [self._choice(item, turn.locale, on) for item in reply.choices]
        if turn.handover and turn.outcome not in (Outcome.crisis, Outcome.error_gate):
            parts.append(text_part(self.waiting_sentence(turn.locale, situation)))
        body: dict[str, Any] = {"parts": parts, "choices": [choice for choice in choices if choice["label"]]}
        asked = next((reply.input for reply in turn.replies if reply.input), None)
        return {**body, "input": asked} if asked else body

    def waiting_sentence(self, locale: str, situation: Situation) -> str:
        """Who has been told, or when somebody will be there: the truth of this moment."""
        if situation.on_duty:
            key = "crisis.person_waiting" if situation.repeated else "crisis.person_told"
            return self._words.text(locale, key)
        if situation.next_open is None:
            return self._words.text(locale, "handover.person_told_closed_unknown")
        opening = situation.next_open.astimezone(TOKYO)
        until = duty_phrase(
            self._words,
            locale,
            opening,
            situation.now.astimezone(TOKYO),
            time_text=clock(opening, locale),
            date_text=long_date(opening.date(), locale),
        )
        return self._words.text(locale, "crisis.nobody_on_duty", until=until)

    def system_text(self, locale: str, key: str, **data: Any) -> dict[str, Any]:
        """A body that says one thing about the handover, e.g. that a person has joined."""
        return {"parts": [text_part(self._words.text(locale, key, **data))], "choices": []}

    def _parts(self, reply: Reply, locale: str, situation: Situation, on: date) -> list[Part]:
        if reply.key == "crisis":
            return self._crisis(reply, locale, situation)
        if reply.key == "concern":
            name = reply.data.get("category")
            category = Category(name) if name else None
            return [text_part(concern_text(self._words, locale, category, situation.age))]
        if reply.key == "boundary":
            return [text_part(self._words.text(locale, "crisis.abusive_language"))]
        if reply.key == "machine_paused":
            card = hotlines_part(self._hotlines.pick(None, RiskLevel.none, locale, situation.now), self._words, locale)
            return [text_part(self._words.text(locale, reply.key)), card]
        if reply.key == "article":
            return [article_part(self._kb.render(str(reply.data["id"]), locale, on))]
        if reply.key == "image":
            return [{"type": "image", "url": reply.data["url"], "alt": reply.data["alt"]}]
        if reply.key == "facilities":
            return [{"type": "facilities", "items": list(reply.data.get("items", []))}]
        if reply.key == "plan":
            lines = schedule_lines(dict(reply.data.get("plan", {})), self._words, locale)
            title = self._words.text(locale, "menu_plan_immunisation")
            # Channels with cards show it as one; everywhere else it is text.
            return [{**text_part("\n".join(lines)), "layout": "plan", "title": title}] if lines else []
        said = self._words.text(locale, reply.key, **self._resolved(reply.data, locale, on))
        parts = [text_part(said)] if said else []
        if reply.key in SAFE_WORD_GREETINGS and locale in self._safe_words:
            word = self._safe_words[locale]
            parts.append(text_part(self._words.text(locale, "crisis.safe_word_greeting", word=word)))
        return parts

    def _crisis(self, reply: Reply, locale: str, situation: Situation) -> list[Part]:
        waiting = self.waiting_sentence(locale, situation)
        name = reply.data.get("category")
        if name is None:
            return gate_error_parts(self._words, self._hotlines, locale, now=situation.now, waiting_sentence=waiting)
        return crisis_parts(
            self._words,
            self._hotlines,
            locale,
            RiskLevel[reply.data["level"]],
            Category(name),
            now=situation.now,
            age=situation.age,
            waiting_sentence=waiting,
            repeated=situation.repeated,
        )

    def _choice(self, item: tuple[str, str, dict[str, Any]], locale: str, on: date) -> dict[str, Any]:
        payload, key, data = item
        return {"payload": payload, "label": self._words.text(locale, key, **self._resolved(data, locale, on))}

    def _resolved(self, data: dict[str, Any], locale: str, on: date) -> dict[str, Any]:
        """Ids in `data` become names: articles their title, locales their native name, others their label's words."""
        resolved: dict[str, Any] = {}
        for name, value in data.items():
            resolved[name] = value
            if isinstance(value, dict) and isinstance(value.get("key"), str):
                inner = {key: item for key, item in value.items() if key != "key"}
                resolved[name] = self._words.text(locale, value["key"], **inner)
            if not isinstance(value, str):
                continue
            if name == "document":
                resolved[name] = self._documents.name(value, locale)
                continue
            if name == "date" and ISO_DATE.match(value):
                resolved[name] = long_date(date.fromisoformat(value), locale)
                continue
            if name in ("id", "article", "title") and value in self._kb.ids:
                resolved["title"] = self._kb.render(value, locale, on).title
            elif name == "language" and value in self._locales:
                resolved[name] = self._locales[value].native_name
            else:
                resolved[name] = self._words.text(locale, f"{name}_{value}") or value
        return resolved
