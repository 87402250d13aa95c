"""`iroiro check`: is all data usable? Each problem names file, line or field, and what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.handover.hours import Duty, DutyError
from bot.knowledge.check import check_knowledge
from bot.reply.check_words import check_words
from bot.safety.gate import Gate
from bot.settings import Settings
from bot.vocabulary import LOCALES


@click.command(name="check")
@click.option("--language", "language", type=click.Choice(LOCALES), help="Only this locale's words and signals.")
@click.option("--complete", is_flag=True, help="Missing translations are problems too.")
def command(language: str | None, complete: bool) -> None:
    """Validate knowledge, words, signals and opening hours. Fails when something is wrong."""
    content_dir = Settings.from_env().content_dir
    locales = (language,) if language else LOCALES
    words = check_words(content_dir, locales)
    missing = [str(problem) for problem in words if problem.missing]
    problems = [str(problem) for problem in words if not problem.missing]
    problems += [str(problem) for problem in Gate.load(content_dir).problems]
    if language is None:
        problems += [str(problem) for problem in check_knowledge(content_dir, allow_missing_locales=True)]
        everything = [str(problem) for problem in check_knowledge(content_dir)] if complete else []
        missing += [line for line in everything if line not in problems]
        problems += _check_duty(content_dir)
    if complete or language:
        problems += missing
    for problem in problems:
        click.echo(problem)
    if missing and not complete and not language:
        click.echo(f"not yet translated: {len(missing)} words (`iroiro check --complete` lists everything missing)")
    click.echo(f"{len(problems)} problem(s)" if problems else "all data is in order")
    sys.exit(1 if problems else 0)


def _check_duty(content_dir: Path) -> list[str]:
    try:
        Duty.load(content_dir)
    except DutyError as error:
        return [str(error)]
    return []
