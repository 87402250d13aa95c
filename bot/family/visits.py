"""Sharing visits: the doses to come of all series are put on days together, live vaccines kept apart."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.family.history import Dose, Windows
from bot.family.proposals import Proposal, SeriesState, propose

Waiting = list[tuple[int, int, SeriesState, Proposal]]


@dataclass
class Placed:
    """A dose to come with the day it was put on; `conflict` when no day keeps the live vaccines apart."""

    state: SeriesState
    proposal: Proposal
    ahead: int
    """0 for the next dose of its series, 1 for the one after, …"""
    conflict: bool = False


class Visits:
    """Puts every dose to come on a day, in order of time. Deterministic: ties go by the schedule's own order."""

    def __init__(self, windows: Windows, on: int, sex: str | None, doses: Sequence[Dose]) -> None:
        self.windows, self.on, self.sex = windows, on, sex
        self.gap = windows.rules.live_days
        self.given_live = [
            (dose.day, dose.product.parts or frozenset([dose.product.id]))
            for dose in doses
            if dose.product.live == "injection"
        ]
        self.placed_live: list[tuple[int, frozenset[str]]] = []

    def arrange(self, states: Sequence[SeriesState]) -> list[Placed]:
        waiting: Waiting = []
        ahead: Counter[str] = Counter()
        placed: list[Placed] = []
        for state in states:
            self._wait(waiting, state)
        while waiting:
            _, order, state, proposal = heapq.heappop(waiting)
            live = state.series.live
            if self._join(proposal, waiting) or (live and self._move_from_live(state, proposal)):
                heapq.heappush(waiting, (proposal.best, order, state, proposal))
                continue
            step, name = proposal.step, state.series.id
            conflict = proposal.reason == "live_conflict"
            placed.append(Placed(state, proposal, ahead[name], conflict))
            ahead[name] += 1
            if conflict:
                continue
            if live:
                self.placed_live.append((proposal.best, frozenset(state.series.parts)))
            state.progress.valid.append((proposal.best, step.key))
            state.progress.index += 1
            state.progress.skipped = False
            self._wait(waiting, state)
        return placed

    def _wait(self, waiting: Waiting, state: SeriesState) -> None:
        proposal = propose(self.windows, state, self.on, self.sex)
        if proposal:
            heapq.heappush(waiting, (proposal.best, state.series.order, state, proposal))

    def _join(self, proposal: Proposal, waiting: Waiting) -> bool:
        """Move a dose that may wait to the day most others are due; True when it moved."""
        if not proposal.step.join_days or proposal.reason == "joined_visit" or proposal.overdue:
            return False
        limit = min(proposal.best + proposal.step.join_days, proposal.finish_by)
        if proposal.standard_end:
            limit = min(limit, proposal.standard_end)
        others = Counter(item[0] for item in waiting if item[0] <= limit)
        if not others or proposal.best in others:
            return False
        proposal.best = max(others, key=lambda day: (others[day], -day))
        proposal.reason = "joined_visit"
        return True

    def _move_from_live(self, state: SeriesState, proposal: Proposal) -> bool:
        """Keep a live injection away from others of another kind; True when it moved to a later day."""
        parts = frozenset(state.series.parts)
        proposal.earliest = self._clear(proposal.earliest, parts, self.given_live)
        best = self._clear(proposal.best, parts, self.given_live + self.placed_live)
        if best == proposal.best:
            return False
        if best <= proposal.latest:
            proposal.best, proposal.reason = best, "after_live_vaccine"
            return True
        same_day = self._clear(proposal.earliest, parts, self.given_live + self.placed_live)
        if same_day <= proposal.latest:
            proposal.best, proposal.reason = same_day, "same_day_as_live"
        else:
            proposal.reason = "live_conflict"
        return False

    def _clear(self, day: int, parts: frozenset[str], live: Sequence[tuple[int, frozenset[str]]]) -> int:
        """The first day from `day` on that is the day of, or far enough from, every other kind of live injection."""
        moved = True
        while moved:
            moved = False
            for when, other in live:
                if not other & parts and 0 < abs(day - when) < self.gap:
                    day, moved = when + self.gap, True
        return day
