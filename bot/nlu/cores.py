"""Work of a training shared among the processor's cores."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Part = TypeVar("Part")
Done = TypeVar("Done")


def cores() -> int:
    """Cores that this process may use, as far as the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(work: Callable[[Part], Done], parts: Sequence[Part]) -> list[Done]:
    """`work` on every part, in order. Forked processes do it where there is more than one part, one core and fork.

    Raises what `work` raises. Parts and what is done with them must be picklable; `work` may hold any amount of data,
    because a forked process has it already.
    """
    workers = min(len(parts), cores())
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [work(part) for part in parts]
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, forked, initializer=_remember, initargs=(work,)) as pool:
        return list(pool.map(_do, parts))


_work: list[Callable[[Any], Any]] = []


def _remember(work: Callable[[Any], Any]) -> None:
    _work[:] = [work]


def _do(part: Any) -> Any:
    return _work[0](part)
