"""Opening the record for a command: settings, database and keys, with errors that say what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.records.crypto import KeyFileError, Vault
from bot.records.database import Database
from bot.records.migrate import is_current
from bot.settings import Settings, SettingsError


@dataclass(frozen=True)
class Record:
    """What the commands of `iroiro records` work on."""

    settings: Settings
    database: Database
    vault: Vault
    now: datetime


def read_settings() -> Settings:
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def opened(*, any_schema: bool = False) -> Iterator[Record]:
    """The record, closed at the end, of this version's schema unless `any_schema`. Never makes a key file or a database: commands must not invent a second one."""
    settings = read_settings()
    if not settings.key_file.exists():
        raise click.ClickException(
            f"There is no key file {settings.key_file}. Set IROIRO_SECRET_KEY_FILE or IROIRO_DATA_DIR as the service has it."
        )
    shown = settings.sqlalchemy_url.rpartition("@")[2]
    if settings.sqlalchemy_url.startswith("sqlite:///") and not Path(settings.sqlalchemy_url[10:]).exists():
        raise click.ClickException(f"There is no database {shown}. Set IROIRO_DATA_DIR or IROIRO_DATABASE_URL.")
    database = None
    try:
        vault = Vault.open(settings.key_file)
        database = Database(settings.sqlalchemy_url)
        if not any_schema and not is_current(database):
            raise click.ClickException(f"{shown} has another version's schema. Start the service once to migrate it.")
        yield Record(settings, database, vault, datetime.now(UTC))
    except KeyFileError as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        raise click.ClickException(f"{shown} cannot be used ({type(error).__name__}). Is the server up?") from error
    finally:
        if database is not None:
            database.close()


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner reads. Refuses to overwrite."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}. Choose another place.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
