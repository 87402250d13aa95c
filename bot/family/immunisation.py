"""The immunisation plan of one child: what was given, what comes next and when, what is overdue, and why.

Pure: the same record and day give the same plan, in whatever order the doses are listed. The schedule is data
(bot.family.rules); bot.family.history judges the doses given, .proposals finds each next dose, .visits shares days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bot.family.history import (
    Dose,
    Progress,
    Verdict,
    Windows,
    blocked_by_live,
    describe,
    gather,
    judge,
    pick_course,
)
from bot.family.proposals import SeriesState, still_needed
from bot.family.rule_types import Series, Step
from bot.family.rules import RuleSet
from bot.family.visits import Placed, Visits


@dataclass(frozen=True)
class Immunisation:
    """A plan as plain data: `entries` one per dose of each series, `doses` one per dose given, in order of date."""

    entries: list[dict[str, Any]]
    doses: list[dict[str, Any]]


def plan_immunisation(
    rules: RuleSet,
    birth: date,
    on: date,
    doses: Sequence[Dose],
    sex: str | None = None,
    had: frozenset[str] = frozenset(),
) -> Immunisation:
    """Plan from `on` onward. `doses` come from `read_doses`; `had` are illnesses gone through, as series name them."""
    today = on.toordinal()
    windows = Windows(rules, birth.toordinal())
    judged: list[list[dict[str, Any]]] = [[] for _ in doses]
    blocked = blocked_by_live(rules, doses)
    entries: list[dict[str, Any]] = []
    open_states: list[SeriesState] = []
    for series, refused in _offered(rules, doses):
        if refused:
            _refuse(rules, series, doses, judged)
            continue
        state = _state(windows, series, doses, blocked, today)
        entries += _record(rules, state, judged)
        if _concerns(series, windows.birth, sex, had):
            open_states.append(state)
    states = {state.series.id: state for state in open_states}
    placed = Visits(windows, today, sex, doses).arrange(open_states)
    entries += [_coming(rules, item, today) for item in placed]
    for state in states.values():
        entries += [_left_out(rules, state, step, status, reason) for step, status, reason in state.left_out]
    _number(entries)
    _share(entries)
    verdicts = [_verdict(dose, told) for dose, told in zip(doses, judged, strict=True)]
    return Immunisation(entries, verdicts)


def _offered(rules: RuleSet, doses: Sequence[Dose]) -> list[tuple[Series, bool]]:
    """Series on the child's path, with True for those that a product already given rules out."""
    begun: set[str] = set()
    first: dict[str, str] = {}
    products = {dose.product.id: dose.product for dose in doses if not dose.product.ask}.values()
    for series in rules.series:
        parts = frozenset(series.parts)
        if series.choice_when == "new" and any(one.parts & parts and not parts <= one.parts for one in products):
            begun.add(series.choice or "")
    alternatives = [series for series in rules.series if series.one_of]
    for dose in doses:
        for series in alternatives:
            if not dose.product.ask and dose.product.parts == set(series.parts):
                first.setdefault(series.one_of or "", series.id)
    return [
        (series, bool(series.one_of) and first.get(series.one_of or "", series.id) != series.id)
        for series in rules.series
        if not series.choice or (series.choice_when == "begun") == (series.choice in begun)
    ]


def _concerns(series: Series, birth: int, sex: str | None, had: frozenset[str]) -> bool:
    return (
        series.born_from <= birth <= series.born_to
        and not (series.sex and sex and series.sex != sex)
        and series.not_after_illness not in had
    )


def _refuse(rules: RuleSet, series: Series, doses: Sequence[Dose], judged: list[list[dict[str, Any]]]) -> None:
    why = rules.rules[series.courses[0].rule].as_dict()
    for index, dose in enumerate(doses):
        if not dose.product.ask and dose.product.parts == set(series.parts):
            judged[index].append({"vaccine": series.id, "status": "invalid", "reason": "product_changed", "why": why})


def _state(windows: Windows, series: Series, doses: Sequence[Dose], blocked: dict[int, int], today: int) -> SeriesState:
    given = gather(series, doses, blocked)
    days = [item.day for item in given]
    notes = []
    asked = [dose.day for dose in doses if dose.product.ask and dose.product.parts & set(series.parts)]
    if asked:
        notes.append("ask_first")
    choices: list[tuple[int, int, Progress]] = []
    refused: dict[int, Verdict] = {}
    several = len(series.courses) > 1
    for number in range(len(given) if several else min(1, len(given))):
        course = pick_course(windows, series, given[number].day, given[number].product) or series.courses[-1]
        if choices and (choices[0][0] == 0 or course is choices[-1][2].course):
            # Nothing is left to give, or the same course would be begun later: neither can be better.
            continue
        walked = judge(windows, course, given, number)
        if several and walked.verdicts[number].status != "valid":
            # A dose that does not count cannot choose the course.
            refused[number] = walked.verdicts[number]
        else:
            choices.append((still_needed(windows, walked, days, today), number, walked))
    if choices:
        # Counting from a later first dose can leave fewer to give; more doses must never mean more to come.
        progress = min(choices, key=lambda choice: choice[:2])[2]
    else:
        progress = Progress(pick_course(windows, series, today) or series.courses[-1])
    progress.verdicts.update({number: verdict for number, verdict in refused.items() if _unjudged(progress, number)})
    for number, verdict in progress.verdicts.items():
        if verdict.status != "extra":
            progress.last_any = max(progress.last_any, given[number].day)
    if asked:
        progress.last_any = max(progress.last_any, *asked)
    if progress.course.products:
        notes.append("older_product")
    return SeriesState(series, progress, given, notes, days=days)


def _unjudged(progress: Progress, number: int) -> bool:
    return number not in progress.verdicts or progress.verdicts[number].reason == "not_counted"


def _record(rules: RuleSet, state: SeriesState, judged: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Entries of the doses that count; every judgement goes to the doses it came from."""
    entries = []
    steps = {step.key: step for step in state.progress.course.steps}
    for number, verdict in state.progress.verdicts.items():
        item = state.given[number]
        told = {"vaccine": state.series.id, **describe(rules, verdict)}
        if item.combined:
            told["combined"] = True
        for index in item.sources:
            judged[index].append(told)
        if verdict.status == "valid":
            notes = [*state.notes]
            if item.abroad or item.combined:
                notes.append("check_record")
            if verdict.reason:
                notes.append(verdict.reason)
            why = {"reason": "given", **rules.rules[verdict.rule].as_dict()}
            entries.append(_entry(state.series, steps[verdict.step], "given", notes, why, given=_iso(item.day)))
    return entries


def _coming(rules: RuleSet, placed: Placed, today: int) -> dict[str, Any]:
    proposal = placed.proposal
    why = {"reason": proposal.reason, **rules.rules[proposal.rule].as_dict()}
    if proposal.reason == "after_live_vaccine":
        why = {"reason": proposal.reason, **rules.rules[rules.live_rule].as_dict()}
    if placed.conflict:
        return _entry(placed.state.series, proposal.step, "check", [*proposal.notes, "live_conflict"], why)
    if "ask_first" in proposal.notes:
        status = "check"
        if placed.state.series.one_of:
            return _entry(placed.state.series, proposal.step, status, proposal.notes, why)
    elif proposal.best <= today:
        status = "due"
    else:
        status = "available" if proposal.earliest <= today and not placed.ahead else "upcoming"
    return _entry(
        placed.state.series,
        proposal.step,
        status,
        proposal.notes,
        why,
        overdue=proposal.overdue,
        since=_iso(proposal.since),
        earliest=_iso(min(proposal.earliest, proposal.best)),
        best=_iso(proposal.best),
        latest=_iso(proposal.latest),
        finish_by=_iso(proposal.finish_by) if proposal.finish_by >= proposal.best else None,
    )


def _left_out(rules: RuleSet, state: SeriesState, step: Step, status: str, reason: str) -> dict[str, Any]:
    why = {"reason": reason, **rules.rules[step.rule].as_dict()}
    return _entry(state.series, step, status, list(state.notes), why)


def _entry(
    series: Series,
    step: Step,
    status: str,
    notes: list[str],
    why: dict[str, Any],
    *,
    given: str | None = None,
    overdue: bool = False,
    since: str | None = None,
    earliest: str | None = None,
    best: str | None = None,
    latest: str | None = None,
    finish_by: str | None = None,
) -> dict[str, Any]:
    return {
        "vaccine": series.id,
        "dose": step.key,
        "number": step.index,
        "of": series.order,
        "status": status,
        "overdue": overdue,
        "given": given,
        "since": since,
        "earliest": earliest,
        "best": best,
        "latest": latest,
        "finish_by": finish_by,
        "with": [],
        "one_of": series.one_of,
        "notes": notes,
        "why": why,
        "article": series.article,
    }


def _number(entries: list[dict[str, Any]]) -> None:
    """Put entries in the schedule's order and number the doses that are given or to come within each series."""
    entries.sort(key=lambda entry: (entry["of"], entry["number"]))
    counts: dict[str, int] = {}
    for entry in entries:
        if entry["status"] in ("closed", "not_needed"):
            entry["number"] = None
            continue
        counts[entry["vaccine"]] = entry["number"] = counts.get(entry["vaccine"], 0) + 1
    for entry in entries:
        entry["of"] = counts.get(entry["vaccine"], 0)


def _share(entries: list[dict[str, Any]]) -> None:
    """Name for each dose to come the vaccines of the same visit; alternatives to one another are not shared."""
    visits: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        if entry["best"]:
            visits.setdefault(entry["best"], []).append(entry)
    for together in visits.values():
        for entry in together:
            entry["with"] = [
                other["vaccine"]
                for other in together
                if other is not entry and not (entry["one_of"] and other["one_of"] == entry["one_of"])
            ]


def _verdict(dose: Dose, told: list[dict[str, Any]]) -> dict[str, Any]:
    """One given dose with every series' judgement; `status` is the best of them."""
    ranks = ("valid", "check", "extra", "invalid")
    statuses = {item["status"] for item in told}
    if not dose.product.routine:
        status = "not_routine"
    elif dose.product.ask or not told:
        status = "check"
    else:
        status = next(rank for rank in ranks if rank in statuses)
    reason = "product_not_known_here" if dose.product.ask else "parts_missing" if not told else None
    found: dict[str, Any] = {
        "vaccine": dose.product.id,
        "date": _iso(dose.day),
        "country": dose.country or None,
        "status": status,
        "counts_for": told,
    }
    if reason and dose.product.routine:
        found["reason"] = reason
    elif status != "valid" and told:
        found["reason"] = next(item.get("reason") for item in told if item["status"] == status)
    return found


@lru_cache(maxsize=65536)
def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
