"""Puts the data and the built web pages beside the packages of a wheel, where `bot.settings.PROJECT_ROOT` finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = (
    "nlu_data",
    "knowledge_base",
    "web/dist",
    "config.yml",
    "domain.yml",
    "endpoints.yml",
    "credentials.yml",
)


class CarryContent(BuildHookInterface):  # type: ignore[type-arg]
    """Adds CARRIED to real wheels; an editable install reads them from the source tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":
            return
        for name in CARRIED:
            if not (Path(self.root) / name).exists():
                raise FileNotFoundError(
                    f"{name} is missing: a wheel needs it. Run `make release`, which builds it first."
                )
            build_data["force_include"][name] = name
