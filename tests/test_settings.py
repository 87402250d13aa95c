"""Settings: read in one place, documented, and clear when wrong."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT, Settings, SettingsError


def test_values_are_converted() -> None:
    settings = Settings.from_env(
        {"IROIRO_PORT": "9000", "IROIRO_DATA_DIR": "/tmp/x", "IROIRO_RASA_TIMEOUT_S": "1.5", "PATH": "/"}
    )
    assert (settings.port, settings.data_dir, settings.rasa_timeout_s) == (9000, Path("/tmp/x").resolve(), 1.5)


def test_a_wrong_value_and_a_misspelt_name_say_what_to_do() -> None:
    with pytest.raises(SettingsError, match="IROIRO_PORT='x' is not a number"):
        Settings.from_env({"IROIRO_PORT": "x"})
    with pytest.raises(SettingsError, match="IROIRO_PROT is not a setting"):
        Settings.from_env({"IROIRO_PROT": "1"})


def test_every_setting_is_documented() -> None:
    documented = (PROJECT_ROOT / "docs/settings.md").read_text("utf-8")
    missing = [item.name for item in fields(Settings) if f"`IROIRO_{item.name.upper()}`" not in documented]
    assert missing == []


def test_links_lead_to_the_port_that_is_served() -> None:
    assert Settings.from_env({"IROIRO_PORT": "9000"}).public_url == "http://127.0.0.1:9000"
    assert Settings.from_env({"IROIRO_HOST": "0.0.0.0"}).public_url == "http://127.0.0.1:8000"
    behind_a_proxy = {"IROIRO_PORT": "9000", "IROIRO_PUBLIC_URL": "https://iroiro.example.jp"}
    assert Settings.from_env(behind_a_proxy).public_url == "https://iroiro.example.jp"
