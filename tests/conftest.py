"""Fixtures every test folder may use: databases (SQLite always, PostgreSQL beside it), a vault, a clock."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.migrate import upgrade

pytest_plugins = ["tests.service"]

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Japan


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "master.keys")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own on a free port, made from Debian's binaries and thrown away afterwards."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    binaries = found[-1].parent if found else Path(shutil.which("postgres") or "/nonexistent").parent
    if not (binaries / "initdb").exists():
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
    # Not below pytest's own folder: every pytest that starts closes that to other users, and the server stops.
    folder = Path(tempfile.mkdtemp(prefix="iroiro-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        # The server refuses to run as root; Debian's package brings this user.
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data, port = folder / "data", free_port()
    initdb = [str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]
    subprocess.run([*as_user, *initdb], check=True, capture_output=True, cwd="/")
    options = ["-c", "listen_addresses=127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
    server = subprocess.Popen(
        [*as_user, str(binaries / "postgres"), "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        deadline = time.monotonic() + 30
        while subprocess.run(
            [str(binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)], capture_output=True
        ).returncode:
            if time.monotonic() > deadline:
                pytest.fail("PostgreSQL did not start within 30 s")
            time.sleep(0.1)
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        # SIGINT is PostgreSQL's fast shutdown; runuser passes it on.
        subprocess.run(["pkill", "-INT", "-P", str(server.pid)], check=False) if as_user else server.send_signal(2)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'iroiro.sqlite3'}"
    return _create_database(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "iroiro.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The name of a migrated, empty database that PostgreSQL can copy."""
    url = _create_database(postgres_url)
    _migrate(url)
    return url.rpartition("/")[2]


@pytest.fixture
def database(request: pytest.FixtureRequest, database_url: str) -> Iterator[Database]:
    """A migrated, empty database on each engine."""
    base, _, name = database_url.rpartition("/")
    if database_url.startswith("sqlite"):
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), database_url.removeprefix("sqlite:///"))
    else:
        template = request.getfixturevalue("migrated_postgres")
        _execute(base, f"DROP DATABASE {name}", f"CREATE DATABASE {name} TEMPLATE {template}")
    opened = Database(database_url)
    yield opened
    opened.close()


def _create_database(base: str) -> str:
    name = f"t{time.monotonic_ns()}"
    _execute(base, f"CREATE DATABASE {name}")
    return f"{base}/{name}"


def _execute(base: str, *statements: str) -> None:
    engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _migrate(url: str) -> None:
    opened = Database(url)
    upgrade(opened)
    opened.close()
