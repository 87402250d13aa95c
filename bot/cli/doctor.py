"""`iroiro doctor`: is this machine in order? Each finding says what to do."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import httpx
import redis
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.cli.opened import read_settings
from bot.knowledge.check import check_knowledge
from bot.records.crypto import KeyFileError, Vault
from bot.records.database import Database
from bot.records.migrate import is_current
from bot.records.models import AuditEntry, Message
from bot.records.retention import Retention, RetentionError
from bot.safety.gate import Gate
from bot.settings import Settings

FAIL, WARN, OK = "FAIL", "warn", "ok"
LITTLE_ROOM, NO_ROOM = 2 * 1024**3, 256 * 1024**2
CLOCKS_APART = timedelta(seconds=5)
TIMEOUT_S = 3.0


@dataclass(frozen=True)
class Finding:
    """One thing that was examined. FAIL: something does not work. warn: it works, but not as it should in service."""

    state: str
    part: str
    what: str
    remedy: str = ""


Examination = Callable[[Settings], Iterator[Finding]]


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
def command(as_json: bool) -> None:
    """Examine database, keys, Redis, Rasa, model, clock, disk, data and LINE. Exit code 1 when something does not work."""
    settings = read_settings()
    failed = False
    for finding in examine(settings):
        failed |= finding.state == FAIL
        if as_json:
            click.echo(json.dumps(finding.__dict__, ensure_ascii=False))
            continue
        click.echo(f"{finding.state:<5} {finding.part:<10} {finding.what}")
        if finding.remedy:
            click.echo(f"{'':<16} → {finding.remedy}")
    raise SystemExit(1 if failed else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, most basic first."""
    for look in EXAMINATIONS:
        yield from look(settings)


def keys(settings: Settings) -> Iterator[Finding]:
    """The key file: present, private, readable."""
    path = settings.key_file
    if not path.exists():
        remedy = (
            "It is made at the first start. If the service has run before, bring it back: nothing opens without it."
        )
        yield Finding(WARN, "keys", f"there is no key file {path}", remedy)
        return
    try:
        Vault.open(path)
    except (KeyFileError, OSError) as error:
        yield Finding(FAIL, "keys", str(error), "Bring the file back from where keys are kept.")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    # A secret that an orchestrator mounts belongs to root and is read through a group.
    private = 0o077 if path.stat().st_uid == os.geteuid() else 0o037
    if mode & private:
        yield Finding(FAIL, "keys", f"{path} is readable by others (mode {mode:o})", f"chmod 600 {path}")
    else:
        yield Finding(OK, "keys", f"{path}, mode {mode:o}")
    if not settings.database_url and path.parent == settings.data_dir:
        remedy = "Back them up to different places; IROIRO_SECRET_KEY_FILE can name another folder."
        yield Finding(WARN, "keys", "the key file lies beside the database", remedy)


def database(settings: Settings) -> Iterator[Finding]:
    """Reachable, of this version, and its clock."""
    shown = settings.sqlalchemy_url.rpartition("@")[2]
    if settings.sqlalchemy_url.startswith("sqlite:///") and not Path(settings.sqlalchemy_url[10:]).exists():
        yield Finding(WARN, "database", f"there is no {shown}", "It is made at the first start of the service.")
        return
    opened = Database(settings.sqlalchemy_url)
    try:
        if not is_current(opened):
            remedy = "Start this version's service once: it migrates. Back up first: iroiro records backup FILE"
            yield Finding(FAIL, "database", f"{shown} has another version's schema", remedy)
            return
        yield Finding(OK, "database", f"{shown}, schema current")
        yield from _database_clock(opened)
    except SQLAlchemyError as error:
        remedy = "Is the server up? Look at IROIRO_DATABASE_URL. Runbook: docs/runbooks/database-down.md"
        yield Finding(FAIL, "database", f"{shown} cannot be used ({type(error).__name__})", remedy)
    finally:
        opened.close()


def _database_clock(opened: Database) -> Iterator[Finding]:
    now = datetime.now(UTC)
    with opened.read() as session:
        newest = [session.scalar(select(func.max(model.created_at))) for model in (Message, AuditEntry)]
        if not opened.is_sqlite:
            newest.append(session.scalar(text("SELECT clock_timestamp()")))
    ahead = max((moment - now for moment in newest if moment), default=timedelta())
    remedy = "Switch time synchronisation on (systemd-timesyncd or chrony): leases and opening hours go by this clock."
    if ahead > CLOCKS_APART:
        yield Finding(FAIL, "clock", f"the record is {ahead.total_seconds():.0f} s ahead of this machine", remedy)
    else:
        yield Finding(OK, "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, not behind the record")


def disk(settings: Settings) -> Iterator[Finding]:
    """Room in the data folder."""
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state = FAIL if free < NO_ROOM else WARN if free < LITTLE_ROOM else OK
    remedy = "" if state == OK else "Make room: old backups, logs in var/logs, models in var/models."
    yield Finding(state, "disk", f"{free / 1024**3:.1f} GB free in {folder}", remedy)


def wakeups(settings: Settings) -> Iterator[Finding]:
    """Redis or Valkey."""
    if not settings.redis_url:
        remedy = "`make run` brings its own Valkey. For several gateways set IROIRO_REDIS_URL on all of them."
        yield Finding(WARN, "redis", "IROIRO_REDIS_URL is not set", remedy)
        return
    try:
        client = redis.Redis.from_url(settings.redis_url, socket_connect_timeout=TIMEOUT_S, socket_timeout=TIMEOUT_S)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError) as error:
        remedy = "The service goes on, slower. Runbook: docs/runbooks/redis-down.md"
        yield Finding(FAIL, "redis", f"does not answer ({type(error).__name__})", remedy)
        return
    yield Finding(OK, "redis", "answers")


def rasa(settings: Settings) -> Iterator[Finding]:
    """Each Rasa server, and the model it loaded."""
    for url in (part.strip().rstrip("/") for part in settings.rasa_url.split(",") if part.strip()):
        try:
            answer = httpx.get(f"{url}/", timeout=TIMEOUT_S, trust_env=False)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            remedy = "Questions are answered by search meanwhile. Runbook: docs/runbooks/rasa-down.md"
            yield Finding(FAIL, "rasa", f"{url} does not answer ({type(error).__name__})", remedy)
        else:
            yield Finding(OK, "rasa", f"{url} answers")
    models = sorted((settings.data_dir / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if models:
        yield Finding(OK, "model", f"{models[-1].name[:16]}…, {models[-1].stat().st_size / 1024**2:.0f} MB")
    else:
        yield Finding(WARN, "model", f"no model in {settings.data_dir / 'models'}", "Where Rasa runs: make train")


def data(settings: Settings) -> Iterator[Finding]:
    """Knowledge, signals and retention, as the service would load them."""
    problems = [str(problem) for problem in check_knowledge(settings.content_dir, allow_missing_locales=True)]
    problems += [str(problem) for problem in Gate.load(settings.content_dir).problems]
    try:
        Retention.load(settings.content_dir)
    except RetentionError as error:
        problems.append(str(error))
    if problems:
        yield Finding(FAIL, "data", f"{len(problems)} problem(s), first: {problems[0][:200]}", "Run: iroiro check")
    else:
        yield Finding(OK, "data", "knowledge, signals and retention are in order")


def line(settings: Settings) -> Iterator[Finding]:
    """LINE's two secrets, which are of use only together."""
    secret, token = bool(settings.line_channel_secret), bool(settings.line_channel_access_token)
    if secret and token:
        yield Finding(OK, "line", "secret and token are set (iroiro line doctor asks LINE about them)")
    elif secret or token:
        missing = "IROIRO_LINE_CHANNEL_ACCESS_TOKEN" if secret else "IROIRO_LINE_CHANNEL_SECRET"
        yield Finding(FAIL, "line", f"{missing} is not set", "Set both, or neither: see docs/line.md.")
    else:
        yield Finding(WARN, "line", "LINE is not set up", "Web chat works without it. docs/line.md says how.")


def address(settings: Settings) -> Iterator[Finding]:
    """How residents reach the service."""
    if not settings.public_url.startswith("https:"):
        remedy = "Put a TLS proxy in front and set IROIRO_PUBLIC_URL=https://… and IROIRO_TRUSTED_PROXIES."
        yield Finding(WARN, "address", f"{settings.public_url} is not https", remedy)
    else:
        yield Finding(OK, "address", settings.public_url)
    if not (settings.web_dist / "index.html").exists():
        yield Finding(FAIL, "address", f"{settings.web_dist} holds no built pages", "Run: make web")


EXAMINATIONS: tuple[Examination, ...] = (keys, database, disk, wakeups, rasa, data, line, address)
