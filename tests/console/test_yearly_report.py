"""The yearly report: right months of the fiscal year, pages and table, only for those who may, and audited."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.console.report_words import WORDS
from bot.console.yearly_report import as_csv, as_pdf
from bot.gateway.context import Gateway
from bot.handover.statistics import PeriodError, Statistics
from bot.handover.yearly import Year, collect_year
from bot.records.models import AuditEntry
from bot.vocabulary import LOCALES, Category, RiskLevel
from tests.service import Page

pytestmark = pytest.mark.anyio


def a_year(**first: Any) -> Year:
    months = tuple(Statistics(date(2026 + (m > 12), (m - 1) % 12 + 1, 1), date(2026, 4, 2)) for m in range(4, 16))
    for name, value in first.items():
        setattr(months[0], name, value)
    return Year(2026, Statistics(date(2026, 4, 1), date(2027, 3, 31), **first), months)


async def test_every_month_from_april_on_has_its_own_figures(gateway: Gateway, page: Page) -> None:
    await page.start(locale="ja")
    await page.send("死にたい")
    with gateway.database.read() as session:
        found = collect_year(session, 2026)
        assert collect_year(session, 2025).total.cases == 0
        with pytest.raises(PeriodError):
            collect_year(session, 1999)
    assert (found.total.since, found.total.until) == (date(2026, 4, 1), date(2027, 3, 31))
    assert [month.since for month in found.months] == [*(date(2026, m, 1) for m in range(4, 13)),
                                                       *(date(2027, m, 1) for m in range(1, 4))]  # fmt: skip
    assert [month.cases for month in found.months] == [0] * 7 + [1] + [0] * 4
    assert found.total.cases == 1


async def test_the_report_is_saved_as_pages_and_table_by_those_who_may(gateway: Gateway, desk: Any) -> None:
    path = "/statistics/yearly.{}?year=2026&language=ja"
    assert (await (await desk("counsellor")).get(path.format("pdf"))).status_code == 403
    auditor = await desk("auditor")
    pages = await auditor.get(path.format("pdf"))
    assert (pages.status_code, pages.headers["content-type"]) == (200, "application/pdf")
    assert pages.content.startswith(b"%PDF-")
    assert pages.content.count(b"/Type /Page\n") + pages.content.count(b"/Type /Page ") == 3
    table = await auditor.get(path.format("csv"))
    assert table.text.startswith("\ufeffmonth,messages")
    for wrong in ("/statistics/yearly.exe?year=2026", "/statistics/yearly.pdf?year=1", "/statistics/yearly.pdf?year=x"):
        assert (await auditor.get(wrong)).status_code == 422
    with gateway.database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "statistics.report")).all()
        assert [(entry.actor_id, entry.data["kind"]) for entry in entries] == [(auditor.id, "pdf"), (auditor.id, "csv")]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_letter_of_the_pages_is_drawn(language: str) -> None:
    figures = a_year(
        cases=3,
        messages=9,
        cases_by_level=Counter(none=1, high=2),
        cases_by_locale=Counter(dict.fromkeys(LOCALES, 1)),
        cases_by_category=Counter({item.value: 1 for item in Category}),
        cases_by_outcome=Counter(helped=2, referred=1),
        waits_s={"median": 40.0, "p90": 600.0, "longest": 900.0},
    )
    # A letter without a glyph is a warning of the drawing library, and warnings are errors here.
    assert len(as_pdf(figures, language, date(2026, 11, 24))) > 20_000


def test_the_words_of_both_languages_cover_every_name() -> None:
    assert WORDS["ja"].keys() == WORDS["en"].keys()
    wanted = {f"locale_{name}" for name in LOCALES} | {f"level_{level.name}" for level in RiskLevel}
    assert wanted | {f"category_{item.value}" for item in Category} <= WORDS["ja"].keys()


def test_the_table_has_a_row_a_month_and_no_formula() -> None:
    found = a_year(messages=5, by_article=Counter({"=1+1": 2}), waits_s={"median": 61.4})
    rows = list(csv.reader(io.StringIO(as_csv(found))))
    assert [row[0] for row in rows[1:]] == [month.since.strftime("%Y-%m") for month in found.months] + [
        "fiscal year 2026"
    ]
    column = rows[0].index("by_article: =1+1")
    assert (rows[1][1], rows[1][column], rows[2][column]) == ("5", "2", "0")
    assert rows[1][rows[0].index("wait_s: median")] == "61"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
