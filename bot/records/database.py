"""Engine and transactions, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
from anyio import to_thread
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session

T = TypeVar("T")


FIRST_THREADS = 4
HURRIED_IN_A_ROW = 8


class Turnstile:
    """Lets one thread pass at a time. Who is in a hurry goes first, but never more than a few in a row."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._holder = 0
        self._waiting = {True: 0, False: 0}
        self._in_a_row = 0

    @contextmanager
    def passed(self, hurried: bool) -> Iterator[None]:
        """Hold the passage while the block runs. Raises RuntimeError when the same thread holds it already."""
        with self._changed:
            if self._taken and self._holder == threading.get_ident():
                raise RuntimeError("a write transaction inside another one would wait for itself")
            self._waiting[hurried] += 1
            try:
                self._changed.wait_for(lambda: self._open(hurried))
            finally:
                self._waiting[hurried] -= 1
            self._taken, self._holder = True, threading.get_ident()
            self._in_a_row = self._in_a_row + 1 if hurried else 0
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    def _open(self, hurried: bool) -> bool:
        if self._taken:
            return False
        patience = self._in_a_row < HURRIED_IN_A_ROW
        return patience or not self._waiting[False] if hurried else not (patience and self._waiting[True])


class Database:
    """Sync SQLAlchemy behind two context managers, and `run` to call them from async code in a thread.

    SQLite allows one writer at a time: a process-wide lock queues ours instead of letting them collide, and BEGIN
    IMMEDIATE takes the file's lock before the first read, so that a transaction never fails half way with SQLITE_BUSY.
    """

    def __init__(self, url: str, *, threads: int = 8) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"pool_pre_ping": not self.is_sqlite}
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"check_same_thread": False, "timeout": 10}
        else:
            options |= {"pool_size": threads, "max_overflow": 4 + FIRST_THREADS}
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        self._writer = Turnstile()
        self._here = threading.local()
        self._limiter: anyio.CapacityLimiter | None = None
        self._first_limiter: anyio.CapacityLimiter | None = None
        self._threads = threads

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any exception."""
        if not self.is_sqlite:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        hurried = getattr(self._here, "hurried", False)
        with self._writer.passed(hurried), Session(self.engine, expire_on_commit=False) as session:
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Call blocking `work(*args)` in a thread; the event loop goes on."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._threads)
        return await to_thread.run_sync(lambda: work(*args), limiter=self._limiter)

    async def run_first(self, work: Callable[..., T], *args: Any) -> T:
        """As `run`, for what residents and channels wait for: threads of its own, and its write goes before others."""
        if self._first_limiter is None:
            self._first_limiter = anyio.CapacityLimiter(FIRST_THREADS)
        return await to_thread.run_sync(lambda: self._hurry(work, args), limiter=self._first_limiter)

    def _hurry(self, work: Callable[..., T], args: tuple[Any, ...]) -> T:
        self._here.hurried = True
        try:
            return work(*args)
        finally:
            self._here.hurried = False

    def alive(self) -> bool:
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling would begin too late and in the wrong mode.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            # FULL: an acknowledged SOS survives a power cut, not only a killed process.
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "temp_store=MEMORY",
            # What is erased is overwritten in the file, not only unlinked.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
