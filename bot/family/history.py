"""What was given: reading a family's record of doses and judging it against a series' rules.

A dose is judged by the earliest reading of a rule (a dose on the first lawful day counts); proposals, in
bot.family.immunisation, keep the latest reading. Both readings and their sources are in docs/adr/0031-best-dates.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.family.dates import FamilyInputError, parse_date
from bot.family.rule_types import Age, Course, Interval, Product, Series, Step
from bot.family.rules import RuleSet

Window = tuple[int, int, int, str]

MAX_DOSES = 200
"""More than any real record; a longer list is a mistake of the caller."""


@dataclass(frozen=True)
class Dose:
    """One injection or drink that was given. `day` is an ordinal; `country` an upper-case code, empty when unsaid."""

    day: int
    product: Product
    country: str = ""

    @property
    def abroad(self) -> bool:
        return self.country not in ("", "JP")


@dataclass(frozen=True)
class Given:
    """What counts as one dose of a series: one product, or several that together hold all its parts."""

    day: int
    sources: tuple[int, ...]
    product: str
    abroad: bool = False
    combined: bool = False
    blocked: str = ""
    blocked_until: int = 0


@dataclass(frozen=True)
class Verdict:
    """How a given dose was judged. `need` is the first day it would have been right, 0 when there is none."""

    status: str
    step: str = ""
    reason: str = ""
    rule: str = ""
    need: int = 0


@dataclass
class Progress:
    """Where a child stands in a course. `valid` holds (day, step key) of doses that count, planned ones included."""

    course: Course
    index: int = 0
    skipped: bool = False
    valid: list[tuple[int, str]] = field(default_factory=list)
    outside: set[int] = field(default_factory=set)
    last_any: int = 0
    verdicts: dict[int, Verdict] = field(default_factory=dict)


class Windows:
    """The windows of every step for one birthdate, worked out once per plan.

    A window is (first lawful day, first day to propose, last day, rule id).
    """

    def __init__(self, rules: RuleSet, birth: int) -> None:
        self.rules, self.birth = rules, birth
        self._lawful: dict[Step, list[Window]] = {}
        self._ends: dict[Step, int] = {}
        self._birthdays: dict[Age, int] = {}
        self._proposed: dict[Step, list[Window]] = {}

    def of(self, step: Step, days: Sequence[int]) -> list[Window]:
        """Every window of a step; `days` are the doses of its series, on which some extensions depend."""
        found = self._lawful.get(step)
        if found is None:
            found = self._lawful[step] = self._work_out(step, days)
        return found

    def end(self, step: Step, days: Sequence[int]) -> int:
        """The last day of the last window of a step."""
        found = self._ends.get(step)
        if found is None:
            found = self._ends[step] = max(window[2] for window in self.of(step, days))
        return found

    def birthday(self, age: Age) -> int:
        """`RuleSet.birthday` of this child."""
        found = self._birthdays.get(age)
        if found is None:
            found = self._birthdays[age] = self.rules.birthday(self.birth, age)
        return found

    def closes(self, age: Age, included: bool = False) -> int:
        """The last day of "until this age" (with `included`, of "through this day")."""
        day = self.birthday(age)
        if included or age.edge:
            return day
        return day - (1 if age.days is not None else self.rules.reached_before)

    def open_to_propose(self, step: Step, days: Sequence[int]) -> list[Window]:
        """The same, cut to the days on which each rule is in force, in order of time."""
        found = self._proposed.get(step)
        if found is None:
            found = []
            for opens, proposes, end, rule_id in self.of(step, days):
                rule = self.rules.rules[rule_id]
                since, until = rule.valid_from, min(end, rule.valid_to)
                found.append((max(opens, since), max(proposes, since), until, rule_id))
            found.sort()
            self._proposed[step] = found
        return found

    def _work_out(self, step: Step, days: Sequence[int]) -> list[Window]:
        birth, start = self.birth, step.start
        proposes = self.birthday(start)
        # The age law lets a dose "from this age" be given the day before; days and fiscal years are as they are.
        opens = proposes if start.days is not None or start.edge else proposes - self.rules.reached_before
        windows = [(opens, proposes, self.closes(step.end, step.end_included), step.rule)]
        for extra in step.extra:
            since, until = extra.dose_from, extra.dose_to
            if not extra.born_from <= birth <= extra.born_to:
                continue
            if since is not None and until is not None and not any(since <= day <= until for day in days):
                continue
            if extra.until:
                windows.append((opens, proposes, self.closes(extra.until), extra.rule))
            else:
                rule = self.rules.rules[extra.rule]
                windows.append((rule.valid_from, rule.valid_from, rule.valid_to, extra.rule))
        return windows


def read_doses(rules: RuleSet, birth: date, on: date, items: object) -> tuple[Dose, ...]:
    """The record in a fixed order, whatever the order given.

    `items` is a list of {"vaccine" or "product": name, "date": ISO date, "country"?: code}. Raises FamilyInputError.
    """
    if not isinstance(items, (list, tuple)):
        raise FamilyInputError("doses", "give a list, for example [{'vaccine': 'mr', 'date': '2026-04-30'}].")
    if len(items) > MAX_DOSES:
        raise FamilyInputError("doses", f"{len(items)} doses are more than {MAX_DOSES}. Give one child's record.")
    doses = [_read_dose(rules, birth, on, item, f"doses[{number}]") for number, item in enumerate(items)]
    return tuple(sorted(doses, key=lambda dose: (dose.day, dose.product.id, dose.country)))


def _read_dose(rules: RuleSet, birth: date, on: date, item: object, place: str) -> Dose:
    if not isinstance(item, Mapping):
        raise FamilyInputError(place, "give an object with `vaccine` and `date`.")
    given = [item[key] for key in ("product", "vaccine") if item.get(key) is not None]
    names = [name for name in given if isinstance(name, str)]
    if not given:
        raise FamilyInputError(f"{place}.vaccine", "is missing. Give a vaccine or a product name.")
    if names != given:
        raise FamilyInputError(f"{place}.vaccine", f"{given!r} is not a name. Give text, for example 'mr'.")
    product = next((found for found in map(rules.product, names) if found), None)
    if product is None:
        known = ", ".join(sorted(rules.products))
        raise FamilyInputError(f"{place}.vaccine", f"{names[0]!r} is not known. Known: {known}.")
    day = parse_date(item.get("date"), f"{place}.date")
    if day < birth:
        raise FamilyInputError(f"{place}.date", f"{day} is before the birthdate {birth}. Correct one of them.")
    if day > on:
        raise FamilyInputError(f"{place}.date", f"{day} is after {on}. Give only doses that were already given.")
    country = item.get("country") or ""
    if not isinstance(country, str):
        raise FamilyInputError(f"{place}.country", f"{country!r} is not a country code. Give text, for example 'VN'.")
    code = country.strip().upper()
    return Dose(day.toordinal(), product, "JP" if code in ("JPN", "JAPAN", "日本") else code)


def blocked_by_live(rules: RuleSet, doses: Sequence[Dose]) -> dict[int, int]:
    """Index of each live injection given too soon after a different one → the first day it would have been right."""
    live = [(index, dose) for index, dose in enumerate(doses) if dose.product.live == "injection"]
    blocked: dict[int, int] = {}
    for index, dose in live:
        for _, other in live:
            gap = dose.day - other.day
            if 0 < gap < rules.live_days and different_kind(dose.product, other.product):
                blocked[index] = max(blocked.get(index, 0), other.day + rules.live_days)
    return blocked


def different_kind(one: Product, other: Product) -> bool:
    """Whether two live products are different kinds: the same kind keeps its own series' intervals instead."""
    return one.id != other.id and not one.parts & other.parts


def gather(series: Series, doses: Sequence[Dose], blocked: Mapping[int, int]) -> list[Given]:
    """The doses of a series in order of date. Products that hold only some parts are paired, first with first."""
    wanted = frozenset(series.parts)
    used = [index for index, dose in enumerate(doses) if dose.product.parts & wanted and not dose.product.ask]
    if not used:
        return []
    whole = [_given([index], doses, blocked) for index in used if wanted <= doses[index].product.parts]
    if len(whole) < len(used):
        pieces = [index for index in used if not wanted <= doses[index].product.parts]
        by_part = [[index for index in pieces if part in doses[index].product.parts] for part in series.parts]
        for matched in zip(*by_part, strict=False):
            whole.append(_given(sorted(set(matched)), doses, blocked))
    return sorted(whole, key=lambda item: (item.day, item.sources))


def _given(indexes: Iterable[int], doses: Sequence[Dose], blocked: Mapping[int, int]) -> Given:
    sources = tuple(indexes)
    used = [doses[index] for index in sources]
    until = max((blocked.get(index, 0) for index in sources), default=0)
    return Given(
        day=max(dose.day for dose in used),
        sources=sources,
        product=used[0].product.id,
        abroad=any(dose.abroad or dose.product.abroad for dose in used),
        combined=len(used) > 1,
        blocked="live_interval_too_short" if until else "",
        blocked_until=until,
    )


def settle(windows: Windows, progress: Progress, day: int, days: Sequence[int]) -> None:
    """Move past steps that a dose on `day` could no longer be: skipped, not needed, or of an earlier period."""
    steps = progress.course.steps
    while progress.index < len(steps):
        step = steps[progress.index]
        if not needed(windows, step, progress):
            progress.index += 1
            continue
        if day <= windows.end(step, days):
            return
        if step.skip_when_late:
            progress.index += 1
            progress.skipped = True
            continue
        later = next(
            (
                index
                for index in range(progress.index + 1, len(steps))
                if steps[index].period > step.period and day >= windows.of(steps[index], days)[0][0]
            ),
            None,
        )
        if later is None:
            return
        progress.index = later


def needed(windows: Windows, step: Step, progress: Progress) -> bool:
    """Whether the doses so far leave this step necessary."""
    valid, gap, past = progress.valid, step.only_if_sooner, step.skip_if_previous_past
    if gap and len(valid) >= 2 and windows.rules.later(valid[-2][0], gap) <= valid[-1][0]:
        return False
    return not (past and valid and valid[-1][0] > windows.closes(past))


def not_before(rules: RuleSet, step: Step, progress: Progress, *, accept: bool) -> int:
    """The first day the intervals allow: with `accept`, for judging a given dose; without, for proposing one."""
    valid = progress.valid
    if not valid:
        return 0
    intervals: tuple[Interval, ...] = step.accept_after if accept else step.after
    if progress.skipped and step.after_skip:
        intervals = step.accept_after_skip if accept else step.after_skip
    day = valid[-1][0] + 1
    for interval in intervals:
        if interval.step is None:
            day = max(day, rules.later(valid[-1][0], interval))
        else:
            day = max([day, *(rules.later(when, interval) for when, key in valid if key == interval.step)])
    return day


def judge(windows: Windows, course: Course, given: Sequence[Given], first: int = 0) -> Progress:
    """Walk a course with the doses given, ignoring those before number `first`."""
    progress = Progress(course)
    days = [item.day for item in given]
    for number, item in enumerate(given):
        verdict = Verdict("extra", reason="not_counted") if number < first else _judge(windows, progress, item, days)
        progress.verdicts[number] = verdict
        if verdict.status != "extra":
            progress.last_any = item.day
    return progress


def _judge(windows: Windows, progress: Progress, item: Given, days: Sequence[int]) -> Verdict:
    rules = windows.rules
    if item.blocked:
        return Verdict("invalid", reason=item.blocked, rule=rules.live_rule, need=item.blocked_until)
    settle(windows, progress, item.day, days)
    if progress.index >= len(progress.course.steps):
        return Verdict("extra", reason="series_complete")
    step = progress.course.steps[progress.index]
    spans = windows.of(step, days)
    opens = min(span[0] for span in spans)
    if item.day < opens:
        if step.period > 1:
            return Verdict("extra", reason="before_second_period", rule=step.rule, need=opens)
        status = "check" if item.abroad else "invalid"
        return Verdict(status, step.key, "too_young", step.rule, opens)
    need = not_before(rules, step, progress, accept=True)
    if item.day < need:
        same_day = bool(progress.valid) and progress.valid[-1][0] == item.day
        return Verdict("invalid", step.key, "duplicate" if same_day else "interval_too_short", step.rule, need)
    progress.valid.append((item.day, step.key))
    progress.index += 1
    progress.skipped = False
    if any(span[0] <= item.day <= span[2] for span in spans):
        return Verdict("valid", step.key, rule=step.rule)
    progress.outside.add(item.day)
    return Verdict("valid", step.key, "outside_window", step.rule)


def pick_course(windows: Windows, series: Series, day: int, product: str = "") -> Course | None:
    """The course that a first dose on `day` begins: by product first, then by age. None when all are over."""
    for course in series.courses:
        if course.products:
            if product in course.products:
                return course
            continue
        if course.start_until is None or day <= windows.closes(course.start_until):
            return course
    return None


def describe(rules: RuleSet, verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    found: dict[str, Any] = {"status": verdict.status}
    if verdict.step:
        found["dose"] = verdict.step
    if verdict.reason:
        found["reason"] = verdict.reason
    if verdict.need:
        found["not_before"] = date.fromordinal(verdict.need).isoformat()
    if verdict.rule:
        found["why"] = rules.rules[verdict.rule].as_dict()
    return found
