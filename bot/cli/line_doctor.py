"""`iroiro line doctor`: is the LINE channel in order? Each finding says what to do."""

from __future__ import annotations

import click

from bot.settings import Settings, SettingsError


@click.command(help="Check token, webhook and rich menus of the LINE channel, and say what to do.")
def command() -> None:
    """Exit code 0 when all is well, 1 otherwise."""
    from bot.channels.line_menus import examine

    try:
        findings = examine(Settings.from_env())
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    for finding in findings:
        click.echo(f"{'ok  ' if finding.well else 'FAIL'}  {finding.what}")
        if finding.remedy:
            click.echo(f"      → {finding.remedy}")
    if not all(finding.well for finding in findings):
        raise SystemExit(1)
