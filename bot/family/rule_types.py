"""The parts of an immunisation schedule as types. bot.family.rule_reading makes them from data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

FOREVER = date.max.toordinal() - 800
"""Later than any window; leaves room to add intervals."""


class RuleSetError(ValueError):
    """The schedule file cannot be used. The message names the file, the place in it and what to do."""


@dataclass(frozen=True)
class Interval:
    """A shortest (or longest) interval. `step` is the key it counts from; None means the dose before."""

    days: int = 0
    months: int = 0
    step: str | None = None


@dataclass(frozen=True, eq=False)
class Age:
    """A point of a child's age, or an edge of the fiscal year in which an age is reached.

    Equal ages are one object (`rule_reading` sees to it), so that days worked out for one child are found by identity.
    """

    days: int | None = None
    months: int = 0
    edge: str | None = None


@dataclass(frozen=True)
class Standard:
    """The recommended period inside the allowed one. Ages and intervals may both be given; the later start holds."""

    start: Age | None = None
    until: Age | None = None
    after: Interval | None = None
    after_first: Interval | None = None
    within: Interval | None = None


@dataclass(frozen=True)
class ExtraWindow:
    """A window for some birthdates besides the ordinary one: extensions and special cohorts.

    It opens with the step and ends at `until`; without `until` it is the time its rule is valid.
    """

    rule: str
    born_from: int
    born_to: int
    until: Age | None
    dose_from: int | None
    dose_to: int | None


@dataclass(frozen=True, eq=False)
class Step:
    """One dose of a course, with every rule that bounds it."""

    key: str
    rule: str
    index: int
    period: int
    start: Age
    end: Age
    end_included: bool
    after: tuple[Interval, ...]
    accept_after: tuple[Interval, ...]
    after_skip: tuple[Interval, ...]
    accept_after_skip: tuple[Interval, ...]
    after_skip_rule: str | None
    standard: Standard
    extra: tuple[ExtraWindow, ...]
    skip_when_late: bool
    skip_if_previous_past: Age | None
    only_if_sooner: Interval | None
    cautious: Interval | None
    join_days: int
    followers: tuple[Step, ...] = ()
    """The later doses of the same period that must still find room when this one is late."""


@dataclass(frozen=True, eq=False)
class Course:
    """A sequence of steps, chosen by the age and the product of the first dose."""

    id: str
    rule: str
    start_until: Age | None
    products: frozenset[str]
    late: bool
    """Begun later than recommended: a first dose still to come is overdue."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class Series:
    """Everything given against one disease or one combination of them."""

    id: str
    article: str
    parts: tuple[str, ...]
    one_of: str | None
    sex: str | None
    not_after_illness: str | None
    born_from: int
    born_to: int
    choice: str | None
    choice_when: str | None
    courses: tuple[Course, ...]
    order: int
    live: bool
    """Given as a live injection here, so it keeps the interval between different live vaccines."""


@dataclass(frozen=True)
class Product:
    """What a dose can be. `live` is `injection`, `oral` or empty; `ask` products are never counted by the plan."""

    id: str
    parts: frozenset[str]
    live: str
    abroad: bool
    ask: bool
    routine: bool


@dataclass(frozen=True)
class Rule:
    """Where a rule comes from and how certain it is."""

    id: str
    source: str
    source_date: str
    verified: str
    confirm: bool
    valid_from: int
    valid_to: int

    def as_dict(self) -> dict[str, Any]:
        """The rule's id, source and certainty; `confirm` also where the rule was not seen in print."""
        return {
            "rule": self.id,
            "source": self.source,
            "source_date": self.source_date,
            "verified": self.verified,
            "confirm": self.confirm or self.verified == "memory",
        }
