"""`iroiro report safety`: which rules raised alarms, and what counsellors said of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.records.crypto import KeyFileError, UnreadableError, Vault
from bot.records.database import Database
from bot.records.models import Conversation, RiskAssessment
from bot.settings import Settings
from bot.vocabulary import RiskLevel


@dataclass(frozen=True)
class Alarm:
    """One message the gate flagged at high or more. `verdict` is right, wrong or None; `reason` the counsellor's."""

    rule: str
    voice: str
    locale: str
    category: str
    level: RiskLevel
    verdict: str | None
    reason: str | None


@dataclass
class Tally:
    """Alarms with something in common."""

    name: str
    alarms: int = 0
    right: int = 0
    wrong: int = 0
    reasons: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        judged = self.right + self.wrong
        share = round(self.wrong / judged, 3) if judged else None
        return {**vars(self), "unmarked": self.alarms - judged, "wrong_share": share}


def tally(alarms: Sequence[Alarm], by: str) -> list[Tally]:
    """Counts by a field of Alarm: those marked wrong most often first, then the most frequent."""
    found: dict[str, Tally] = defaultdict(lambda: Tally(""))
    for alarm in alarms:
        name = str(getattr(alarm, by)) or "-"
        row = found[name]
        row.name = name
        row.alarms += 1
        row.right += alarm.verdict == "right"
        row.wrong += alarm.verdict == "wrong"
        if alarm.verdict == "wrong" and alarm.reason:
            row.reasons.append(alarm.reason)
    return sorted(found.values(), key=lambda row: (-row.wrong, -row.alarms, row.name))


def read_alarms(settings: Settings, since: datetime) -> list[Alarm]:
    """Flagged messages since then. Raises KeyFileError or SQLAlchemyError; what cannot be unsealed counts by category."""
    vault = Vault.open(settings.key_file)
    database = Database(settings.sqlalchemy_url)
    found = []
    try:
        with database.read() as session:
            query = select(RiskAssessment, Conversation).join(
                Conversation, Conversation.id == RiskAssessment.conversation_id
            )
            query = query.where(RiskAssessment.created_at >= since, RiskAssessment.level >= int(RiskLevel.high))
            for row, conversation in session.execute(query.order_by(RiskAssessment.created_at)):
                found.append(_alarm(row, conversation, vault))
    finally:
        database.close()
    return found


def _alarm(row: RiskAssessment, conversation: Conversation, vault: Vault) -> Alarm:
    first: dict[str, Any] = {}
    reason = None
    try:
        if row.signals_enc:
            signals = vault.box(conversation.wrapped_key, conversation.key_id).open(row.signals_enc)
            first = signals[0] if signals else {}
        if row.verdict_reason_enc:
            reason = str(vault.own_box().open(row.verdict_reason_enc))
    except (UnreadableError, TypeError):
        # The conversation's key is gone, as it should be once it was forgotten: the count stays.
        first = {}
    return Alarm(
        str(first.get("rule", "forgotten")),
        str(first.get("voice", "")),
        str(first.get("locale", "")),
        row.category or "",
        RiskLevel(row.level),
        row.verdict,
        reason,
    )


@click.command("safety")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660), help="How far back to look.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for everything instead of tables.")
def command(days: int, as_json: bool) -> None:
    """List the alarms by rule, category, locale and voice, those marked wrong first, with the counsellors' reasons.

    No word of a resident is shown. A rule that is often wrong needs a guard or a closer pattern in signals.yml.
    """
    settings = Settings.from_env()
    try:
        alarms = read_alarms(settings, datetime.now(UTC) - timedelta(days=days))
    except KeyFileError as error:
        raise click.ClickException(str(error)) from error
    except SQLAlchemyError as error:
        told = f"{settings.sqlalchemy_url.rpartition('@')[2]} cannot be read ({type(error).__name__})."
        raise click.ClickException(f"{told} Start the service once, or set IROIRO_DATABASE_URL.") from error
    tables = {by: tally(alarms, by) for by in ("rule", "category", "locale", "voice")}
    if as_json:
        figures = {by: [row.as_dict() for row in rows] for by, rows in tables.items()}
        click.echo(json.dumps({"days": days, "alarms": len(alarms), **figures}, ensure_ascii=False))
        return
    wrong = sum(alarm.verdict == "wrong" for alarm in alarms)
    click.echo(f"{len(alarms)} alarms in {days} days, {len(alarms) / days:.1f} a day; {wrong} marked wrong")
    for by, rows in tables.items():
        click.echo(f"\n{by:<36}{'alarms':>8}{'right':>8}{'wrong':>8}")
        for row in rows:
            click.echo(f"{row.name:<36}{row.alarms:>8}{row.right:>8}{row.wrong:>8}")
            if by == "rule":
                for reason in row.reasons:
                    click.echo(f"    wrong: {reason}")
