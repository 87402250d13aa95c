from __future__ import annotations

from pathlib import Path

import pytest

from bot.safety.gate import Gate
from bot.settings import PROJECT_ROOT


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate.load(PROJECT_ROOT)


@pytest.fixture(scope="session")
def phrases_only(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    """The gate with its weights deleted."""
    missing: Path = tmp_path_factory.mktemp("weights") / "none.npz"
    return Gate.load(PROJECT_ROOT, missing)
