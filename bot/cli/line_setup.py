"""`iroiro line setup`: webhook address and one rich menu per locale, on the channel that the settings name."""

from __future__ import annotations

from pathlib import Path

import click

from bot.settings import Settings, SettingsError


@click.command(help="Give the LINE channel its webhook address and a rich menu per language. Safe to run again.")
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="Only draw the menus into a folder.")
def command(pictures: Path | None) -> None:
    """Exit code 0 when everything is in place."""
    from bot.channels.line_menus import MenuError, draw_all, set_up
    from bot.reply.words import Words

    try:
        settings = Settings.from_env()
        words = Words.load(settings.content_dir)
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            for locale, image in draw_all(words).items():
                (pictures / f"{locale}.png").write_bytes(image)
                click.echo(f"drawn  {pictures / locale}.png  {len(image) // 1000} kB")
            return
        set_up(settings, words, click.echo)
        _forget_menus(settings)
    except (SettingsError, MenuError) as error:
        raise click.ClickException(str(error)) from None


def _forget_menus(settings: Settings) -> None:
    """The residents' old menus are gone: each gets the new one with the next message."""
    from sqlalchemy import update

    from bot.records.database import Database
    from bot.records.line_models import LineResident
    from bot.records.migrate import upgrade

    database = Database(settings.sqlalchemy_url)
    upgrade(database)
    with database.write() as session:
        session.execute(update(LineResident).values(menu_locale=None))
    database.close()
