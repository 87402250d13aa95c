"""Bring a database to the schema this code expects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.records.database import Database

SCRIPTS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 0x69726F69726F


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply migrations up to `revision`. Raises what the database raises; nothing is half applied on PostgreSQL."""
    with _connected(database) as config:
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    with _connected(database) as config:
        command.downgrade(config, revision)


@contextmanager
def _connected(database: Database) -> Iterator[Config]:
    """A configuration with a connection. SQLite changes a table by making it anew, which its references must allow."""
    config = _config()
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        else:
            # Of several gateways that start at once one migrates; the others wait until it has committed.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        try:
            config.attributes["connection"] = connection
            yield config
            connection.commit()
            if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError(
                    "a migration left references to rows that are gone. Restore the backup made before it."
                )
        finally:
            if database.is_sqlite:
                # The connection goes back to the pool.
                connection.rollback()
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def is_current(database: Database) -> bool:
    """Does the database carry the newest schema?"""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
