"""`iroiro train language`: writes the weights of the language detector from word lists and the project's own texts."""

from __future__ import annotations

from pathlib import Path

import click

from bot.settings import Settings


@click.command("language")
@click.option("--to", "target", type=click.Path(path_type=Path), default=None, help="Folder of the weights.")
@click.option("--sources", type=click.Path(path_type=Path), default=None, help="Folder for the packages that are read.")
def command(target: Path | None, sources: Path | None) -> None:
    """Train the language detector (about three minutes; fetches six small packages the first time)."""
    try:
        from bot.language.training.sources import SourceError
        from bot.language.training.train import train
    except ImportError as error:
        raise click.ClickException(f"{error.name} is missing: install the group `bench` (make setup)") from error
    from bot.language.detect import WEIGHTS

    settings = Settings.from_env()
    target = target or WEIGHTS
    target.mkdir(parents=True, exist_ok=True)
    sources = sources or settings.data_dir / "language-sources"
    sources.mkdir(parents=True, exist_ok=True)
    try:
        train(settings.content_dir, sources, target, lambda line: click.echo(line, err=True))
    except SourceError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"wrote {', '.join(sorted(path.name for path in target.iterdir()))} to {target}")
