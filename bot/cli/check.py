"""`iroiro check`: is all data usable? Each problem names file, line or field, and what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

from bot.family.checkups import CheckupRules
from bot.family.growth import GrowthTable
from bot.family.rules import RuleSet
from bot.handover.hours import Duty
from bot.handover.practice import Script
from bot.knowledge.check import check_knowledge
from bot.language.scaffold import check_language
from bot.records.retention import Retention
from bot.reply.check_words import check_words
from bot.safety.gate import Gate
from bot.safety.hotlines import Hotlines
from bot.safety.proof import unproved
from bot.settings import Settings
from bot.vocabulary import LOCALES


@click.command(name="check")
@click.option(
    "--language",
    "language",
    help="Only this locale, as it must be before it is offered; may be one that is not offered yet.",
)
@click.option("--complete", is_flag=True, help="Missing translations are problems too.")
def command(language: str | None, complete: bool) -> None:
    """Validate knowledge, words, signals and opening hours. Fails when something is wrong."""
    content_dir = Settings.from_env().content_dir
    if language:
        _finish(check_language(content_dir, language), [])
    words = check_words(content_dir, LOCALES)
    missing = [str(problem) for problem in words if problem.missing]
    problems = [str(problem) for problem in words if not problem.missing]
    gate = Gate.load(content_dir)
    # What the signals' own sentences prove is only asked of signals that can all be read.
    problems += gate.problems or unproved(gate)
    problems += [str(problem) for problem in check_knowledge(content_dir, allow_missing_locales=True)]
    problems += _check_rules(content_dir)
    if complete:
        everything = [str(problem) for problem in check_knowledge(content_dir)]
        problems += missing + [line for line in everything if line not in problems]
        missing = []
    _finish(problems, missing)


def _finish(problems: list[str], missing: list[str]) -> NoReturn:
    for problem in problems:
        click.echo(problem)
    if missing:
        click.echo(f"not yet translated: {len(missing)} words (`iroiro check --complete` lists everything missing)")
    click.echo(f"{len(problems)} problem(s)" if problems else "all data is in order")
    sys.exit(1 if problems else 0)


def _check_rules(content_dir: Path) -> list[str]:
    """Opening hours and the family's rules: each loader's own error names file, place and remedy."""
    loaders: tuple[Callable[[Path], object], ...] = (
        Duty.load,
        Hotlines.load,
        RuleSet.load,
        CheckupRules.load,
        GrowthTable.load,
        Retention.load,
        Script.load,
    )
    problems = []
    for load in loaders:
        try:
            load(content_dir)
        except ValueError as error:
            problems.append(str(error))
    return problems
