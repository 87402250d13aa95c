"""The next dose of one series: which one, from when, best when, until when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.family.history import Given, Progress, Window, Windows, needed, not_before, settle
from bot.family.rule_types import FOREVER, Series, Step
from bot.family.rules import RuleSet


@dataclass
class SeriesState:
    """One series of one child while its plan is made."""

    series: Series
    progress: Progress
    given: list[Given]
    notes: list[str]
    left_out: list[tuple[Step, str, str]] = field(default_factory=list)
    """Steps that will not be given: (step, status `closed` or `not_needed`, reason)."""

    days: list[int] = field(default_factory=list)
    """Days of the doses given, valid or not."""


@dataclass
class Proposal:
    """A dose to come. Days are ordinals; `standard_end` is 0 when the rules name no end of the recommended period."""

    step: Step
    since: int
    earliest: int
    best: int
    latest: int
    finish_by: int
    standard_end: int
    overdue: bool
    reason: str
    rule: str
    notes: list[str]


def still_needed(windows: Windows, progress: Progress, days: Sequence[int], on: int) -> int:
    """How many doses are left if the next were given on `on`."""
    copy = Progress(progress.course, progress.index, progress.skipped, list(progress.valid))
    settle(windows, copy, on, days)
    return sum(1 for step in copy.course.steps[copy.index :] if not step.only_if_sooner or len(copy.valid) >= 2)


def propose(windows: Windows, state: SeriesState, on: int, sex: str | None) -> Proposal | None:
    """The next dose that can still be given, None when there is none. Doses left out are added to `state.left_out`."""
    rules, progress = windows.rules, state.progress
    steps = progress.course.steps
    while progress.index < len(steps):
        step = steps[progress.index]
        if not needed(windows, step, progress) or (step.only_if_sooner and len(progress.valid) < 2):
            progress.index += 1
            continue
        lower = _lower(rules, step, progress)
        spans = windows.open_to_propose(step, state.days)
        usable = [span for span in spans if max(lower, on, span[0]) <= span[2]]
        if usable:
            return _proposal(windows, state, step, lower, usable, on, sex)
        if step.skip_when_late:
            state.left_out.append((step, "not_needed", "too_late_skipped"))
            progress.index += 1
            progress.skipped = True
            continue
        later = next((other.index for other in steps[step.index :] if other.period > step.period), len(steps))
        state.left_out += [
            (missed, "closed", "window_over") for missed in steps[step.index : later] if not missed.only_if_sooner
        ]
        progress.index, progress.skipped = later, False
    return None


def _lower(rules: RuleSet, step: Step, progress: Progress) -> int:
    """The first day the intervals allow; doses that did not count keep their distance too."""
    lower = not_before(rules, step, progress, accept=False)
    last = progress.last_any
    if last and (not progress.valid or last > progress.valid[-1][0]):
        gaps = step.after or progress.course.steps[min(1, len(progress.course.steps) - 1)].after
        lower = max([lower, last + 1, *(rules.later(last, gap) for gap in gaps if gap.step is None)])
    return lower


def _proposal(
    windows: Windows,
    state: SeriesState,
    step: Step,
    lower: int,
    usable: Sequence[Window],
    on: int,
    sex: str | None,
) -> Proposal:
    progress = state.progress
    floor = max(lower, on)
    earliest = min(max(floor, span[0]) for span in usable)
    holding = [span for span in usable if span[0] <= earliest <= span[2]]
    latest, rule = max(span[2] for span in holding), holding[0][3]
    starts, standard_end = _standard(windows, progress, step)
    finish_by = min(latest, _finish_by(windows, state, step, latest))
    best = max([earliest, min(span[1] for span in holding), *starts])
    if lower >= best > on:
        reason = "after_interval"
    elif starts and best == max(starts):
        reason = "standard_interval" if progress.valid else "standard_age"
    else:
        reason = "window_opens"
    if best > finish_by:
        best, reason = max(earliest, finish_by), "before_deadline"
    overdue = bool(standard_end) and on > standard_end or (progress.course.late and not progress.valid)
    if best <= on:
        reason = "overdue" if overdue else "now"
    if progress.skipped and step.after_skip_rule:
        rule = step.after_skip_rule
    since = max(lower, min(span[0] for span in usable))
    notes = [*state.notes, *_notes(state, step, rule, sex)]
    if finish_by < earliest:
        notes.append("cannot_finish")
    return Proposal(step, since, earliest, best, latest, finish_by, standard_end, overdue, reason, rule, notes)


def _notes(state: SeriesState, step: Step, rule: str, sex: str | None) -> list[str]:
    series, progress = state.series, state.progress
    notes = []
    if rule not in (step.rule, step.after_skip_rule):
        notes.append("special_period")
    if step.only_if_sooner:
        notes.append("third_dose_needed")
    if any(status == "closed" for _, status, _ in state.left_out):
        notes.append("earlier_period_missed")
    if series.sex == "female" and not sex:
        notes.append("girls_only")
    if series.one_of and not progress.valid:
        notes.append("choose_one")
    return notes


def _standard(windows: Windows, progress: Progress, step: Step) -> tuple[list[int], int]:
    """(days on which the recommended period begins: the last holds; the day it ends, 0 when none is named)."""
    rules, standard, valid = windows.rules, step.standard, progress.valid
    starts, ends = [], []
    if standard.start:
        starts.append(windows.birthday(standard.start))
    # A dose that follows a skipped one has its own interval, and no recommended one.
    if valid and not (progress.skipped and step.after_skip):
        first, last = valid[0][0], valid[-1][0]
        gaps = ((last, standard.after), (first, standard.after_first), (last, step.cautious))
        starts += [rules.later(since, gap) for since, gap in gaps if gap]
        if standard.within:
            # "Up to N days" ends on the very day on which "N days or more" begins.
            ends.append(rules.later(last, standard.within))
    if standard.until:
        end = windows.closes(standard.until)
        # Whoever began late cannot be late by age: then only the interval counts.
        if not starts or end >= max(starts):
            ends.append(end)
    return starts, min(ends, default=0)


def _finish_by(windows: Windows, state: SeriesState, step: Step, latest: int) -> int:
    """The last day for this dose that leaves room for those that must follow in the same period."""
    rules = windows.rules
    chain = [step, *step.followers]
    if len(chain) == 1:
        return latest
    bound = {other.key: FOREVER for other in chain}
    for position in range(len(chain) - 1, -1, -1):
        other = chain[position]
        end = latest
        if position:
            end = max(span[2] for span in windows.open_to_propose(other, state.days))
        limit = bound[other.key] = min(bound[other.key], end)
        if not position:
            break
        before = chain[position - 1].key
        bound[before] = min(bound[before], limit - 1)
        for gap in other.after:
            key = before if gap.step is None else gap.step
            if key in bound:
                bound[key] = min(bound[key], rules.sooner(limit, gap))
    return bound[step.key]
