"""The service with a clock of its own: it starts late in the morning of a fixed day, whatever the hour of the machine that tests.

At night families are told nothing, so what they are told could not be tried then. A file `hours_ahead` in the data folder moves the
clock on. Run as `python -m tests.system.daytime` in place of `bot.app`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot.app as service
from bot.gateway.context import Gateway
from bot.settings import Settings

MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 11:00 in Japan
HOURS_AHEAD = "hours_ahead"

_plain = service.build_gateway
_started = time.monotonic()


def in_daytime(settings: Settings) -> Gateway:
    ahead = Path(settings.data_dir) / HOURS_AHEAD

    def clock() -> datetime:
        hours = float(ahead.read_text()) if ahead.exists() else 0.0
        return MORNING + timedelta(seconds=time.monotonic() - _started, hours=hours)

    return replace(_plain(settings), clock=clock)


if __name__ == "__main__":
    service.build_gateway = in_daytime
    service.main()
