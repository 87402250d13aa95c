"""One line per step: what is being done, and how long it took."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


class StepFailedError(SystemExit):
    """Ends the program with one message: what failed, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"\n  ✗ {what}\n    What to do: {remedy}\n")


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce `title`, and after the block the time it took."""
    started = time.monotonic()
    live = sys.stdout.isatty()
    if live:
        print(f"  … {title}", end="", flush=True)
    else:
        print(f"  … {title}", flush=True)
    yield
    opening, ending = ("\r", "\033[K") if live else ("", "")
    print(f"{opening}  ✓ {title} ({time.monotonic() - started:.1f} s){ending}", flush=True)
