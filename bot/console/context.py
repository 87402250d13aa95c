"""What a running console holds, and the checks every route goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from bot.console.access import Access, csrf_fits
from bot.handover.hours import Duty
from bot.knowledge.articles import KnowledgeBase
from bot.records.crypto import Vault
from bot.records.database import Database
from bot.records.wakeups import Wakeups
from bot.reply.words import Words
from bot.safety.hotlines import Hotlines
from bot.settings import Settings
from bot.vocabulary import Role

COOKIE = "iroiro_session"


@dataclass(frozen=True)
class Console:
    """Shared by all staff routes."""

    settings: Settings
    database: Database
    vault: Vault
    wakeups: Wakeups
    words: Words
    hotlines: Hotlines
    kb: KnowledgeBase
    duty: Duty
    clock: Callable[[], datetime]
    presence: Presence


@dataclass(frozen=True)
class Caller:
    """The member of staff behind a request. Plain values: safe to use after the session is closed."""

    id: str
    name: str
    login: str
    role: Role
    csrf: str
    id_hash: str


@dataclass
class Presence:
    """Which colleagues look at which case. Memory only: it is of no use a minute later."""

    seen: dict[tuple[str, str], tuple[str, bool, datetime]] = field(default_factory=dict)

    def note(self, case_id: str, staff_id: str, name: str, typing: bool, now: datetime) -> None:
        self.seen[case_id, staff_id] = (name, typing, now)
        for key in [key for key, (_, _, at) in self.seen.items() if now - at > timedelta(seconds=60)]:
            del self.seen[key]

    def leave(self, staff_id: str) -> None:
        for key in [key for key in self.seen if key[1] == staff_id]:
            del self.seen[key]

    def changes(self, known: dict[tuple[str, str], dict[str, Any]]) -> list[dict[str, Any]]:
        """What is new against `known`, which is brought up to date; who left is told with viewing false."""
        now = {
            key: {"case_id": key[0], "staff": {"id": key[1], "name": name}, "typing": typing, "viewing": True}
            for key, (name, typing, _) in self.seen.items()
        }
        gone = [{**item, "typing": False, "viewing": False} for key, item in known.items() if key not in now]
        fresh = [item for key, item in now.items() if known.get(key) != item]
        known.clear()
        known.update(now)
        return gone + fresh


def console_of(request: Request) -> Console:
    console: Console = request.app.state.console
    return console


Here = Annotated[Console, Depends(console_of)]


async def signed_in(request: Request, here: Here) -> Caller:
    """401 without a live session; 403 for a write without the session's CSRF token."""
    cookie = request.cookies.get(COOKIE, "")
    caller = await here.database.run(_caller, here, cookie) if cookie else None
    if caller is None:
        raise HTTPException(401, "Please sign in.")
    if request.method not in ("GET", "HEAD") and not csrf_fits(caller.csrf, request.headers.get("x-csrf-token")):
        raise HTTPException(403, "The X-CSRF-Token header is missing or not this session's.")
    return caller


def _caller(here: Console, cookie: str) -> Caller | None:
    idle = timedelta(minutes=here.settings.session_idle_minutes)
    absolute = timedelta(hours=here.settings.session_absolute_hours)
    now = here.clock()
    with here.database.read() as session:
        found = Access(session, here.vault, now).session_of(cookie, idle=idle, absolute=absolute)
        if found is None:
            return None
        staff = found.staff
        caller = Caller(staff.id, staff.name, staff.login, Role(staff.role), found.csrf, found.id_hash)
    with here.database.write() as session:
        Access(session, here.vault, now).touch(caller.id_hash)
    return caller


class RoleCheck:
    """A dependency that lets only these roles through. A class, so that a test can ask every route whom it lets in."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, caller: Annotated[Caller, Depends(signed_in)]) -> Caller:
        if caller.role not in self.roles:
            raise HTTPException(403, "Your role may not do this.")
        return caller


def allow(*roles: Role) -> Any:
    """`Annotated[Caller, allow(...)]` in a route's signature: only these roles may call it."""
    return Depends(RoleCheck(*roles))


CASE_ROLES = (Role.counsellor, Role.supervisor, Role.administrator)
Anyone = Annotated[Caller, allow(*Role)]
CaseWorker = Annotated[Caller, allow(*CASE_ROLES)]
CaseReader = Annotated[Caller, allow(*CASE_ROLES, Role.auditor)]
Administrator = Annotated[Caller, allow(Role.administrator)]
Auditor = Annotated[Caller, allow(Role.administrator, Role.auditor)]
