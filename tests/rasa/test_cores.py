"""Work of a training shared among cores."""

from __future__ import annotations

import pytest

from bot.nlu.cores import in_processes


def test_work_in_processes_keeps_its_order_and_its_errors() -> None:
    held = 3  # what the work holds goes along without being copied through a pipe
    assert in_processes(lambda part: part * held, list(range(5))) == [0, 3, 6, 9, 12]
    with pytest.raises(ZeroDivisionError):
        in_processes(lambda part: 1 // part, [1, 0])
