"""`iroiro trace TEXT`: what each step of the message path did, and how long it took. Uses Rasa when it answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import anyio
import click

from bot.dialogue.rasa import RasaClient
from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.embedding import provider_of
from bot.knowledge.search import Searcher
from bot.language.detect import Detector
from bot.pipeline import Services, run_answer, run_intake
from bot.safety.gate import Gate
from bot.settings import Settings
from bot.turn import Turn
from bot.vocabulary import DEFAULT_LOCALE, LOCALES


@click.command(name="trace")
@click.argument("text")
@click.option("--locale", type=click.Choice(LOCALES), default=DEFAULT_LOCALE, help="The conversation's locale so far.")
@click.option("--no-rasa", is_flag=True, help="Leave Rasa out, as when it is down.")
def command(text: str, locale: str, no_rasa: bool) -> None:
    """Print what each step did with TEXT and how long it took."""
    settings = Settings.from_env()
    now = datetime.now(UTC)
    kb = KnowledgeBase.load(settings.content_dir)
    services = Services(
        detector=Detector.load(),
        gate=Gate.load(settings.content_dir),
        kb=kb,
        searcher=Searcher.build(kb, settings.data_dir / "search-vectors.npz", provider=provider_of(settings)),
        rasa=None if no_rasa else RasaClient(settings.rasa_url, settings.rasa_timeout_s),
        today=lambda: now.date(),
    )
    turn = Turn("trace", "trace", "web", text, now, locale)
    run_intake(turn, services)
    if not turn.ended:
        anyio.run(run_answer, turn, services)
    for item in turn.trace:
        step = item.get("step")
        click.echo(f"{step:<22}{item['ms']:>9.3f} ms" if step else json.dumps(item, ensure_ascii=False))
    click.echo(f"{'locale':<22}{turn.locale}  {turn.detection}")
    if turn.assessment is not None:
        click.echo(f"{'assessment':<22}{json.dumps(turn.assessment.as_dict(), ensure_ascii=False)}")
    click.echo(f"{'outcome':<22}{turn.outcome.value if turn.outcome else None}  handover={turn.handover}")
    for reply in turn.replies:
        click.echo(f"{'reply':<22}{reply.key}  {json.dumps(reply.data, ensure_ascii=False)}")
