"""Routes of the statistics: figures for the charts, and the same as a table for a spreadsheet."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response

from bot.console import yearly_report
from bot.console.context import Caller, Here, allow
from bot.handover.statistics import TOKYO, PeriodError, Statistics, collect
from bot.handover.yearly import EARLIEST, LATEST, Year, collect_year
from bot.records.audit import record_audit
from bot.vocabulary import Role

router = APIRouter(prefix="/statistics", tags=["statistics"])

Reader = Annotated[Caller, allow(Role.supervisor, Role.administrator, Role.auditor)]
MEDIA_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
_drawing = asyncio.Lock()
"""One report at a time: drawing takes seconds of a processor, and its style is set for the whole process."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("")
async def show(here: Here, caller: Reader, since: date, until: date) -> dict[str, Any]:
    return (await _collect(here, since, until)).as_dict()


@router.get("/table.csv")
async def table(here: Here, caller: Reader, since: date, until: date) -> Response:
    """The counts as CSV (UTF-8 with BOM, which spreadsheets expect). Who took it out is in the audit."""
    figures = await _collect(here, since, until)

    def note() -> None:
        with here.database.write() as session:
            data = {"since": since.isoformat(), "until": until.isoformat()}
            record_audit(session, "statistics.export", now=here.clock(), actor_id=caller.id, data=data)

    await here.database.run(note)
    headers = {"Content-Disposition": f'attachment; filename="statistics-{since}-{until}.csv"'}
    return Response("\ufeff" + as_csv(figures), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/yearly.{kind}")
async def yearly(
    here: Here,
    caller: Reader,
    kind: Literal["pdf", "csv"],
    year: Annotated[int, Query(ge=EARLIEST, le=LATEST)],
    language: Literal["ja", "en"] = "ja",
) -> Response:
    """The report of a fiscal year (April to March), as pages or as a table. Who took it out is in the audit."""

    def work() -> Year:
        with here.database.read() as session:
            return collect_year(session, year)

    def note() -> None:
        with here.database.write() as session:
            data = {"year": year, "kind": kind}
            record_audit(session, "statistics.report", now=here.clock(), actor_id=caller.id, data=data)

    found = await here.database.run(work)
    if kind == "pdf":
        async with _drawing:
            made = here.clock().astimezone(TOKYO).date()
            content = await asyncio.to_thread(yearly_report.as_pdf, found, language, made)
    else:
        content = ("\ufeff" + yearly_report.as_csv(found)).encode()
    await here.database.run(note)
    headers = {"Content-Disposition": f'attachment; filename="report-{year}.{kind}"'}
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)


async def _collect(here: Here, since: date, until: date) -> Statistics:
    def work() -> Statistics:
        with here.database.read() as session:
            return collect(session, since, until)

    try:
        return await here.database.run(work)
    except PeriodError as error:
        raise HTTPException(422, str(error)) from None


def as_csv(figures: Statistics) -> str:
    """Rows of `group, name, count`. A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["group", "name", "count"])
    for name, value in vars(figures).items():
        if isinstance(value, int | date):
            writer.writerow(["total", name, value])
    groups: list[tuple[str, Mapping[str, float]]] = [*figures.groups(), ("waits_s", figures.waits_s)]
    for group, counts in groups:
        for name, count in sorted(counts.items()):
            writer.writerow([group, f"'{name}" if name.startswith(_FORMULA) else name, count])
    return out.getvalue()
