"""The files a city deploys from: figures that exist, settings that exist, runbooks that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest

from bot.http import metrics
from bot.records.database import Database
from bot.records.wakeups import Wakeups
from bot.settings import PROJECT_ROOT, Settings

DEPLOY = PROJECT_ROOT / "deploy"


@pytest.fixture
def known(database: Database) -> set[str]:
    registry = metrics.shared_registry(database, Wakeups(), lambda: datetime.now(UTC))
    text = (generate_latest(REGISTRY) + generate_latest(registry)).decode()
    return {match.group(1) for match in re.finditer(r"^# TYPE (\w+)", text, re.MULTILINE)}


@pytest.mark.parametrize("file", ["grafana/iroiro.json", "prometheus/alerts.yml"])
def test_every_figure_shown_or_watched_is_one_we_give(known: set[str], file: str) -> None:
    named = set(re.findall(r"iroiro_\w+", (DEPLOY / file).read_text("utf-8")))
    assert len(named) >= 6
    assert {re.sub(r"_bucket$", "", name) for name in named} <= known


def test_panels_do_not_overlap_and_say_what_they_show() -> None:
    panels = json.loads((DEPLOY / "grafana/iroiro.json").read_text("utf-8"))["panels"]
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len(panels)
    assert all(panel["targets"] and panel["title"] for panel in panels)


def test_every_alert_names_a_runbook_that_exists() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    for rule in rules:
        runbook = rule["annotations"]["runbook"]
        assert runbook == "the duty list" or (PROJECT_ROOT / runbook).exists(), runbook


def test_every_setting_in_the_files_is_a_setting() -> None:
    known = {f"IROIRO_{name.upper()}" for name in Settings.__dataclass_fields__}
    for path in sorted(DEPLOY.rglob("*")):
        if path.is_file():
            named = set(re.findall(r"\bIROIRO_[A-Z_]+\b", path.read_text("utf-8")))
            assert named <= known, path


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8")))


def test_each_gateway_has_a_rasa_that_nothing_else_reaches() -> None:
    services = compose()["services"]
    gateways = [name for name in services if name.startswith("gateway-")]
    assert len(gateways) >= 2
    for name in gateways:
        rasa = services[name.replace("gateway", "rasa")]
        assert rasa["network_mode"] == f"service:{name}"
        assert "ports" not in rasa
        assert "secrets" not in rasa
        assert not {key for key in rasa["environment"] if "DATABASE" in key or "KEY" in key}
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    proxied = (DEPLOY / "compose/Caddyfile").read_text("utf-8")
    assert all(f"{name}:8000" in proxied for name in gateways)


def objects() -> Iterator[dict[str, Any]]:
    for path in sorted((DEPLOY / "kubernetes").glob("*.yml")):
        yield from yaml.safe_load_all(path.read_text("utf-8"))


def test_a_pods_rasa_addresses_are_its_containers_ports() -> None:
    by_kind = {(item["kind"], item["metadata"]["name"]): item for item in objects()}
    pod = by_kind["Deployment", "gateway"]["spec"]["template"]["spec"]
    ports = {part["args"][-1] for part in pod["containers"] if part["name"].startswith("rasa")}
    told = by_kind["ConfigMap", "iroiro"]["data"]["IROIRO_RASA_URL"].split(",")
    assert {url.rpartition(":")[2] for url in told} == ports
    for part in pod["containers"]:
        assert part["securityContext"]["allowPrivilegeEscalation"] is False
        assert part["securityContext"]["runAsUser"] != 0
        if part["name"].startswith("rasa"):
            assert not any(mount["name"] in ("keys", "data") for mount in part["volumeMounts"])
            assert "IROIRO_DATABASE_URL" not in str(part)


def test_no_secret_is_written_down() -> None:
    for item in objects():
        if item["kind"] == "Secret":
            given = {key: value for key, value in item["stringData"].items() if value}
            assert set(given) <= {"database-url"}
            assert all("PASSWORD" in value for value in given.values())
