"""`iroiro check`: is all data usable? Each problem names file, line or field, and what to do."""

from __future__ import annotations

import sys

import click

from bot.handover.hours import Duty, DutyError
from bot.knowledge.check import check_knowledge
from bot.reply.check_words import check_words
from bot.settings import Settings
from bot.vocabulary import LOCALES


@click.command(name="check")
@click.option("--language", "language", type=click.Choice(LOCALES), help="Only this locale's words and signals.")
def command(language: str | None) -> None:
    """Validate knowledge, words, signals and opening hours."""
    content_dir = Settings.from_env().content_dir
    locales = (language,) if language else LOCALES
    problems = [str(problem) for problem in check_words(content_dir, locales)]
    if language is None:
        problems += [str(problem) for problem in check_knowledge(content_dir)]
        try:
            Duty.load(content_dir)
        except DutyError as error:
            problems.append(str(error))
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} problem(s)" if problems else "all data is in order")
    sys.exit(1 if problems else 0)
