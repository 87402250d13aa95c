"""From the data of a schedule file to the types the planner walks through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from bot.family.rule_types import (
    FOREVER,
    Age,
    Course,
    ExtraWindow,
    Interval,
    Product,
    Rule,
    RuleSetError,
    Series,
    Standard,
    Step,
)


def plain_name(name: str) -> str:
    return "".join(name.lower().replace("_", "-").replace("‐", "-").replace("－", "-").split())


def read_rule(key: str, item: Mapping[str, Any]) -> Rule:
    return Rule(
        key,
        item["source"],
        str(item["source_date"]),
        item["verified"],
        item["confirm"],
        item["valid_from"].toordinal() if item.get("valid_from") else 0,
        item["valid_to"].toordinal() if item.get("valid_to") else FOREVER,
    )


def read_products(data: Mapping[str, Any], place: str) -> tuple[dict[str, Product], dict[str, str]]:
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
                other = names.setdefault(plain_name(name), key)
                if other != key:
                    raise RuleSetError(f"{place}, {section}.{key}: the name {name!r} already means {other}. Drop one.")
    return products, names


@cache
def _one_age(days: int | None, months: int, edge: str | None) -> Age:
    return Age(days, months, edge)


def _age(item: Mapping[str, Any]) -> Age:
    if "fiscal_year_of" in item:
        return _one_age(None, _age(item["fiscal_year_of"]).months, item["edge"])
    if "years" in item or "months" in item:
        return _one_age(None, item.get("years", 0) * 12 + item.get("months", 0), None)
    return _one_age(item.get("weeks", 0) * 7 + item.get("days", 0), 0, None)


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
        _maybe_age(item.get("until")),
        _ordinal(item.get("dose_from")),
        _ordinal(item.get("dose_to")),
    )


def _step(item: Mapping[str, Any], index: int, rule: str, first: Mapping[str, Any]) -> Step:
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
        start=_age(item.get("from") or first["from"]),
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
        step = _step(item, index, course["rule"], course["steps"][0])
        bound = [other for other in later if other.period == step.period]
        followers = tuple(other for other in bound if not other.skip_when_late and not other.only_if_sooner)
        later = (replace(step, followers=followers), *later)
    return later


def read_series(
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
        products_here, late = frozenset(course.get("products", ())), course.get("late", False)
        courses.append(Course(course["id"], course["rule"], start, products_here, late, steps))
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
