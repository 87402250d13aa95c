"""The rule set of an immunisation schedule: read from data, checked, and compiled for the planner.

Another country's schedule is another file of the same form; nothing here or in the planner names a vaccine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from bot.family.dates import fiscal_year_end, fiscal_year_start, month_day, month_day_back
from bot.family.rule_reading import plain_name, read_products, read_rule, read_series
from bot.family.rule_types import Age, Interval, Product, Rule, RuleSetError, Series
from bot.settings import PROJECT_ROOT
from bot.yaml_files import read_yaml


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
        rules = {key: read_rule(key, value) for key, value in data["rules"].items()}
        counting = data["counting"]
        products, names = read_products(data, place)
        series = tuple(read_series(item, order, rules, products, place) for order, item in enumerate(data["series"]))
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
        return self.products.get(self.names.get(plain_name(name), ""))

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
        data = read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise RuleSetError(f"{path} cannot be read: {error}. Restore the file.") from error
    schema = json.loads((PROJECT_ROOT / "knowledge_base/schema/immunisation.schema.json").read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(data, default=str))
    problems = sorted(jsonschema.Draft202012Validator(schema).iter_errors(plain), key=lambda item: item.json_path)
    if problems:
        raise RuleSetError(f"{path}, {problems[0].json_path}: {problems[0].message}. Correct that entry.")
    return RuleSet.build(data, str(path))
