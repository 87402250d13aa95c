"""`iroiro add language TAG NAME`: writes a new locale's folder and says what to write in which order."""

from __future__ import annotations

import click

from bot.language.scaffold import ScaffoldError, add_language, check_language
from bot.settings import Settings


@click.command("language")
@click.argument("tag")
@click.argument("native_name")
def command(tag: str, native_name: str) -> None:
    """Start the locale TAG whose speakers call it NATIVE_NAME, such as: my "မြန်မာဘာသာ"."""
    content = Settings.from_env().content_dir
    try:
        files = add_language(content, tag, native_name)
    except ScaffoldError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Write these in this order; what a person in danger reads and writes comes first:")
    for number, path in enumerate(files, start=1):
        click.echo(f"{number:3}. {path.relative_to(content)}")
    click.echo(f"{len(files) + 1:3}. knowledge_base/articles/*/{tag}.md, one for each article")
    click.echo(f"{len(files) + 2:3}. LOCALES in bot/vocabulary.py: add {tag!r}; residents then see it")
    click.echo(f"{len(files) + 3:3}. `iroiro train language`, so that it is detected")
    click.echo(
        f"{len(check_language(content, tag))} thing(s) are missing now: `iroiro check --language {tag}` lists them."
    )
