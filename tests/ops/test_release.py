"""A release carries its data and names everybody's licence."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from bot.settings import PROJECT_ROOT
from ops.progress import StepFailedError
from ops.release import write_licences


def test_every_component_has_a_row_with_its_licences(tmp_path: Path) -> None:
    components = [
        {"name": "by-id", "version": "1", "licenses": [{"license": {"id": "MIT"}}, {"license": {"id": "MIT"}}]},
        {"name": "by-name", "version": "2", "licenses": [{"license": {"name": "Ours"}}]},
        {"name": "by-expression", "version": "3", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
        {"name": "silent"},
    ]
    bill = tmp_path / "sbom-service.cdx.json"
    bill.write_text(json.dumps({"components": components}), "utf-8")
    write_licences([bill], tmp_path / "licences.csv")
    with (tmp_path / "licences.csv").open(encoding="utf-8", newline="") as file:
        found = {row["name"]: row["licences"] for row in csv.DictReader(file)}
    assert {name: found[name] for name in ("by-id", "by-name", "by-expression", "silent")} == {
        "by-id": "MIT",
        "by-name": "Ours",
        "by-expression": "MIT OR Apache-2.0",
        "silent": "unknown",
    }
    assert "bot/safety/weights" in found


def test_a_bill_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="sbom-web"):
        write_licences([tmp_path / "sbom-web.cdx.json"], tmp_path / "licences.csv")


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The build hook, on a stand-in for the builder's base class, which is there only while a wheel is built."""
    interface = ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = SimpleNamespace  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    spec = importlib.util.spec_from_file_location("hatch_build", PROJECT_ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_wheel_carries_all_content_and_an_editable_install_none(hook: Any, tmp_path: Path) -> None:
    for name in hook.CARRIED:
        (tmp_path / name).mkdir(parents=True)
    for version, carried in (("standard", set(hook.CARRIED)), ("editable", set())):
        build_data: dict[str, Any] = {"force_include": {}}
        hook.CarryContent(root=str(tmp_path)).initialize(version, build_data)
        assert set(build_data["force_include"]) == carried


def test_a_wheel_is_not_built_without_the_pages(hook: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make release"):
        hook.CarryContent(root=str(tmp_path)).initialize("standard", {"force_include": {}})
