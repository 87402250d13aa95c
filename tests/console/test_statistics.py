"""Statistics: right counts by the clock of Japan, only for those who may see them, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.console.statistics import as_csv
from bot.gateway.context import Gateway
from bot.handover.statistics import PeriodError, Statistics, collect
from bot.records.models import AuditEntry, Case
from tests.conftest import START
from tests.service import Page

pytestmark = pytest.mark.anyio
DAY = START.astimezone().date()
PERIOD = f"since={DAY - timedelta(days=2)}&until={DAY + timedelta(days=2)}"


async def test_messages_cases_and_waits_are_counted(gateway: Gateway, page: Page, desk: Any, clock: Any) -> None:
    await page.start(locale="ja")
    await page.send("小児医療費助成とは")
    await page.send("死にたい")
    with gateway.database.read() as session:
        case_id, version = session.execute(select(Case.id, Case.version)).one()
    clock.tick(seconds=90)
    counsellor = await desk("counsellor")
    await counsellor.post(f"/cases/{case_id}/claim", version=version)
    supervisor = await desk("supervisor")
    figures = (await supervisor.get(f"/statistics?{PERIOD}")).json()
    assert (figures["messages"], figures["cases"], figures["never_claimed"]) == (2, 1, 0)
    assert figures["cases_by_level"] == {"high": 1}
    assert figures["by_outcome"] == {"answered": 1, "crisis": 1}
    assert figures["by_article"] == {"child-medical-subsidy": 1}
    assert figures["waits"] == {"300": 1}
    assert figures["waits_s"]["median"] == 90
    assert sum(figures["by_hour"].values()) == 2


async def test_the_table_is_audited_and_only_for_those_who_lead_or_audit(gateway: Gateway, desk: Any) -> None:
    assert (await (await desk("counsellor")).get(f"/statistics?{PERIOD}")).status_code == 403
    auditor = await desk("auditor")
    answer = await auditor.get(f"/statistics/table.csv?{PERIOD}")
    assert answer.status_code == 200
    assert answer.text.startswith("\ufeffgroup,name,count")
    with gateway.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "statistics.export")).one()
        assert entry.actor_id == auditor.id


@pytest.mark.parametrize(
    "period", ["since=2026-02-01&until=2026-01-01", "since=2020-01-01&until=2026-01-01", "since=x"]
)
async def test_a_wrong_period_is_refused(desk: Any, period: str) -> None:
    assert (await (await desk("supervisor")).get(f"/statistics?{period}")).status_code == 422


def test_without_anything_every_figure_is_nought(gateway: Gateway) -> None:
    with gateway.database.read() as session:
        figures = collect(session, DAY, DAY)
        with pytest.raises(PeriodError):
            collect(session, DAY, DAY - timedelta(days=1))
    assert figures == Statistics(DAY, DAY)


def test_no_cell_is_a_formula() -> None:
    figures = Statistics(date(2026, 1, 1), date(2026, 1, 2), by_article=Counter({"=1+1": 1}))
    cells = [cell for row in csv.reader(io.StringIO(as_csv(figures))) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
