"""What travels along the message path: one `Turn` per inbound message, and the `Reply` keys it gathers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.vocabulary import Category, Outcome, RiskLevel


@dataclass(frozen=True)
class Detection:
    """Language of a text: locale tag, calibrated confidence 0..1, and other locales seen in the same text."""

    locale: str
    confidence: float
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signal:
    """One reason why a text was flagged.

    `start` and `end` are character offsets into the original text; `voice` is `phrase`, `classifier`, `conversation` or
    `gate_error`; `rule` is the id in signals.yml (or the classifier's label); `guard` names the guard that lowered it.
    """

    rule: str
    category: Category
    level: RiskLevel
    locale: str
    start: int
    end: int
    span: str
    voice: str = "phrase"
    confidence: float = 1.0
    guard: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "category": self.category.value,
            "level": self.level.name,
            "locale": self.locale,
            "start": self.start,
            "end": self.end,
            "span": self.span,
            "voice": self.voice,
            "confidence": round(self.confidence, 4),
            "guard": self.guard,
        }


@dataclass(frozen=True)
class Assessment:
    """What the safety gate says of one text in its conversation. `category` is None exactly when there is nothing."""

    level: RiskLevel = RiskLevel.none
    category: Category | None = None
    signals: tuple[Signal, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "level": self.level.name,
            "category": self.category.value if self.category else None,
            "signals": [signal.as_dict() for signal in self.signals],
        }


@dataclass(frozen=True)
class Reply:
    """One thing to say, as a key into the locale's replies and the data its placeholders need: never prose.

    `choices` are quick replies, each `(payload, label key, label data)`.
    """

    key: str
    data: dict[str, Any] = field(default_factory=dict)
    choices: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    input: str | None = None
    """What the page may help to enter: ward, age, date or location."""


@dataclass
class Turn:
    """One inbound message on its way. Steps read it, add to it, and may end the path by setting `outcome`."""

    conversation_id: str
    message_id: str
    channel: str
    text: str
    received_at: datetime
    locale: str
    locale_chosen: bool = False
    payload: str | None = None
    """What a tapped button stands for, e.g. `/article{"article": "child-allowance"}`; `text` is its label."""
    location: dict[str, float] | None = None
    """Where the resident says they are, {"lat", "lon"} in degrees."""
    handling: str = "machine"
    """Who answers now: `machine`, `waiting` (a case is open, nobody has taken it) or `human`."""
    paused: bool = False
    """The machine's answers are switched off in this channel."""
    history: tuple[Assessment, ...] = ()
    detection: Detection | None = None
    assessment: Assessment | None = None
    replies: list[Reply] = field(default_factory=list)
    outcome: Outcome | None = None
    article: str | None = None
    intent: str | None = None
    handover: Category | str | None = None
    trace: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.outcome is not None
