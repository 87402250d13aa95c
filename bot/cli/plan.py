"""`iroiro plan`: {"birthdate", "doses": [...], "on"?} → immunisation and checkup plan, in JSON Lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.cli import jsonl
from bot.family.dates import FamilyInputError, parse_date
from bot.family.plan import plan
from bot.settings import Settings


@click.command("plan")
@click.option("--on", default=None, help="Plan as of this day (YYYY-MM-DD) where a line gives no `on`.")
def command(on: str | None) -> None:
    """Plan each child or pregnancy of the JSON Lines on standard input (see docs/family.md)."""
    settings = Settings.from_env()
    today = _today(on or settings.today)

    def work(document: dict[str, Any]) -> dict[str, Any]:
        return plan(document, today, settings.content_dir)

    jsonl.run(work)


def _today(chosen: str) -> date:
    if not chosen:
        return datetime.now(ZoneInfo("Asia/Tokyo")).date()
    try:
        return parse_date(chosen, "--on")
    except FamilyInputError as error:
        raise click.ClickException(str(error)) from error
