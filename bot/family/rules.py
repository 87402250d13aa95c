"""The rule set of an immunisation schedule: read from data, checked, and compiled for the planner.

Another country's schedule is another file of the same form; nothing here or in the planner names a vaccine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from bot.family.dates import fiscal_year_end, fiscal_year_start, month_day, month_day_back
from bot.settings import PROJECT_ROOT

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


@dataclass(frozen=True)
class Age:
    """A point of a child's age, or an edge of the fiscal year in which an age is reached."""

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
    """A window for some birthdates besides the ordinary one: extensions and special cohorts."""

    rule: str
    born_from: int
    born_to: int
    start: int | None
    end: int | None
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


@dataclass(frozen=True)
class RuleSet:
    """A compiled schedule. Build it with `RuleSet.load` or, from data already read, `RuleSet.build`."""

    id: str
    as_of: str
    reached_before: int
    days_extra: int
    months_extra: int
    live_days: int
    live_rule: str
    rules: Mapping[str, Rule]
    products: Mapping[str, Product]
    names: Mapping[str, str]
    series: tuple[Series, ...]
    maternal: Mapping[str, Any]
    contact: Mapping[str, Any]

    @classmethod
    def load(cls, content_dir: Path = PROJECT_ROOT) -> RuleSet:
        """Read `knowledge_base/immunisation.yml` under `content_dir` (cached). Raises RuleSetError."""
        return _load(content_dir.resolve())

    @classmethod
    def build(cls, data: Mapping[str, Any], place: str = "immunisation.yml") -> RuleSet:
        """Compile data of the file's form. Raises RuleSetError for a reference that leads nowhere."""
        rules = {key: _rule(key, value) for key, value in data["rules"].items()}
        counting = data["counting"]
        products, names = _products(data, place)
        series = tuple(_series(item, order, rules, products, place) for order, item in enumerate(data["series"]))
        return cls(
            id=data["id"],
            as_of=str(data["as_of"]),
            reached_before=counting["age_reached_days_before"]["value"],
            days_extra=counting["interval_days_extra"]["value"],
            months_extra=counting["interval_months_extra_days"]["value"],
            live_days=counting["live_injection_days"]["value"] + counting["interval_days_extra"]["value"],
            live_rule=counting["live_injection_days"]["rule"],
            rules=rules,
            products=products,
            names=names,
            series=series,
            maternal=data.get("maternal") or {},
            contact=data.get("confirm_with") or {},
        )

    def product(self, name: str) -> Product | None:
        """The product a name stands for: an id or any of its other names, in any case and width of hyphen."""
        return self.products.get(self.names.get(_plain(name), ""))

    def birthday(self, birth: int, age: Age) -> int:
        """The day an age is celebrated: the (month-)birthday, or the edge of the fiscal year the age is reached in."""
        if age.days is not None:
            return birth + age.days
        day = month_day(birth, age.months)
        if age.edge == "start":
            return fiscal_year_start(day - self.reached_before)
        if age.edge == "end":
            return fiscal_year_end(day - self.reached_before)
        return day

    def opens(self, birth: int, age: Age) -> int:
        """The first day the age law allows "from this age"."""
        day = self.birthday(birth, age)
        return day if age.days is not None or age.edge else day - self.reached_before

    def closes(self, birth: int, age: Age, included: bool = False) -> int:
        """The last day of "until this age" (with `included`, of "through this day")."""
        day = self.birthday(birth, age)
        if included or age.edge:
            return day
        return day - (1 if age.days is not None else self.reached_before)

    def later(self, day: int, interval: Interval) -> int:
        """The first day that keeps `interval` after `day`."""
        if interval.months:
            return month_day(day, interval.months) + self.months_extra
        return day + interval.days + self.days_extra

    def sooner(self, day: int, interval: Interval) -> int:
        """The last day from which `interval` can be kept by `day`."""
        if interval.months:
            return month_day_back(day - self.months_extra, interval.months)
        return day - interval.days - self.days_extra


@lru_cache(maxsize=4)
def _load(content_dir: Path) -> RuleSet:
    path = content_dir / "knowledge_base" / "immunisation.yml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RuleSetError(f"{path} cannot be read: {error}. Restore the file.") from error
    schema = json.loads((PROJECT_ROOT / "knowledge_base/schema/immunisation.schema.json").read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(data, default=str))
    problems = sorted(jsonschema.Draft202012Validator(schema).iter_errors(plain), key=lambda item: item.json_path)
    if problems:
        raise RuleSetError(f"{path}, {problems[0].json_path}: {problems[0].message}. Correct that entry.")
    return RuleSet.build(data, str(path))


def _plain(name: str) -> str:
    return "".join(name.lower().replace("_", "-").replace("‐", "-").replace("－", "-").split())


def _rule(key: str, item: Mapping[str, Any]) -> Rule:
    return Rule(
        key,
        item["source"],
        str(item["source_date"]),
        item["verified"],
        item["confirm"],
        item["valid_from"].toordinal() if item.get("valid_from") else 0,
        item["valid_to"].toordinal() if item.get("valid_to") else FOREVER,
    )


def _products(data: Mapping[str, Any], place: str) -> tuple[dict[str, Product], dict[str, str]]:
    products: dict[str, Product] = {}
    names: dict[str, str] = {}
    for routine, section in ((True, "products"), (False, "not_routine")):
        for key, item in data[section].items():
            products[key] = Product(
                key,
                frozenset(item.get("parts", ())),
                item.get("live", ""),
                item.get("abroad", False),
                item.get("ask", False),
                routine,
            )
            for name in (key, *item.get("names", ())):
                other = names.setdefault(_plain(name), key)
                if other != key:
                    raise RuleSetError(f"{place}, {section}.{key}: the name {name!r} already means {other}. Drop one.")
    return products, names


def _age(item: Mapping[str, Any]) -> Age:
    if "fiscal_year_of" in item:
        return Age(months=_age(item["fiscal_year_of"]).months, edge=item["edge"])
    if "years" in item or "months" in item:
        return Age(months=item.get("years", 0) * 12 + item.get("months", 0))
    return Age(days=item.get("weeks", 0) * 7 + item.get("days", 0))


def _maybe_age(item: Mapping[str, Any] | None) -> Age | None:
    return None if item is None else _age(item)


def _interval(item: Mapping[str, Any] | None) -> Interval | None:
    return None if item is None else Interval(item.get("days", 0), item.get("months", 0), item.get("step"))


def _intervals(items: list[Mapping[str, Any]] | None) -> tuple[Interval, ...]:
    return tuple(interval for interval in map(_interval, items or ()) if interval)


def _ordinal(value: date | None) -> int | None:
    return None if value is None else value.toordinal()


def _extra(item: Mapping[str, Any]) -> ExtraWindow:
    return ExtraWindow(
        item["rule"],
        item["born_from"].toordinal(),
        item["born_to"].toordinal(),
        _ordinal(item.get("from")),
        _ordinal(item.get("to")),
        _maybe_age(item.get("until")),
        _ordinal(item.get("dose_from")),
        _ordinal(item.get("dose_to")),
    )


def _step(item: Mapping[str, Any], index: int, rule: str) -> Step:
    standard = item.get("standard", {})
    skipped = item.get("after_skip", {})
    end = item.get("until") or item["through"]
    after = _intervals(item.get("after"))
    after_skip = _intervals(skipped.get("after"))
    return Step(
        key=item["key"],
        rule=item.get("rule", rule),
        index=index,
        period=item.get("period", 1),
        start=_age(item["from"]),
        end=_age(end),
        end_included="through" in item,
        after=after,
        accept_after=_intervals(item.get("accept_after")) or after,
        after_skip=after_skip,
        accept_after_skip=_intervals(skipped.get("accept_after")) or after_skip,
        after_skip_rule=skipped.get("rule"),
        standard=Standard(
            _maybe_age(standard.get("from")),
            _maybe_age(standard.get("until")),
            _interval(standard.get("after")),
            _interval(standard.get("after_first")),
            _interval(standard.get("within")),
        ),
        extra=tuple(map(_extra, item.get("extra", ()))),
        skip_when_late=item.get("skip_when_late", False),
        skip_if_previous_past=_maybe_age(item.get("skip_if_previous_past")),
        only_if_sooner=_interval(item.get("only_if_sooner")),
        cautious=Interval(days=item["cautious_days"]) if "cautious_days" in item else None,
        join_days=item.get("join_days", 0),
    )


def _steps(course: Mapping[str, Any]) -> tuple[Step, ...]:
    later: tuple[Step, ...] = ()
    numbered = list(enumerate(course["steps"]))
    for index, item in reversed(numbered):
        step = _step(item, index, course["rule"])
        bound = [other for other in later if other.period == step.period]
        followers = tuple(other for other in bound if not other.skip_when_late and not other.only_if_sooner)
        later = (replace(step, followers=followers), *later)
    return later


def _series(
    item: Mapping[str, Any], order: int, rules: Mapping[str, Rule], products: Mapping[str, Product], place: str
) -> Series:
    courses = []
    for course in item["courses"]:
        steps = _steps(course)
        used = {course["rule"], *(step.rule for step in steps), *(x.rule for step in steps for x in step.extra)}
        used |= {step.after_skip_rule for step in steps if step.after_skip_rule}
        if unknown := used - set(rules):
            raise RuleSetError(f"{place}, series {item['id']}: rules {sorted(unknown)} are not listed under `rules`.")
        start = _maybe_age((course.get("start") or {}).get("until"))
        courses.append(Course(course["id"], course["rule"], start, frozenset(course.get("products", ())), steps))
    parts = set(item["parts"])
    if unknown_parts := parts - {part for product in products.values() for part in product.parts}:
        raise RuleSetError(f"{place}, series {item['id']}: no product holds {sorted(unknown_parts)}. Add one.")
    here = [product for product in products.values() if parts <= product.parts and not (product.abroad or product.ask)]
    path = item.get("path", {})
    return Series(
        item["id"],
        item["article"],
        tuple(item["parts"]),
        item.get("one_of"),
        item.get("sex"),
        item.get("not_after_illness"),
        _ordinal(item.get("born_from")) or 0,
        _ordinal(item.get("born_to")) or FOREVER,
        path.get("choice"),
        path.get("when"),
        tuple(courses),
        order,
        any(product.live == "injection" for product in here),
    )
