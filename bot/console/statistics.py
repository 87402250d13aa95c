"""Routes of the statistics: figures for the charts, and the same as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from bot.console.context import Caller, Here, allow
from bot.handover.statistics import PeriodError, Statistics, collect
from bot.records.audit import record_audit
from bot.vocabulary import Role

router = APIRouter(prefix="/statistics", tags=["statistics"])

Reader = Annotated[Caller, allow(Role.supervisor, Role.administrator, Role.auditor)]
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
