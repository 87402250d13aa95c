"""The staff's ASGI routes, under /api/console."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from bot.console import (
    account,
    accounts,
    alerts,
    cases,
    content,
    media,
    notices,
    oidc_routes,
    practice,
    statistics,
    switches,
    translations,
)
from bot.console.context import Console
from bot.console.oidc import Provider
from bot.console.streams import SharedLooks
from bot.handover.translation import Translator
from bot.http.limits import SlidingLimit

PREFIX = "/api/console"


def install(app: FastAPI, console: Console) -> None:
    """Put the staff routes and state on an application."""
    app.state.console = console
    app.state.staff_looks = SharedLooks(console)
    app.state.login_attempts = SlidingLimit(count=30, seconds=60)
    app.state.oidc = Provider(console.settings, console.vault) if console.settings.oidc_issuer else None
    app.state.translator = Translator.from_settings(console.settings)
    router = APIRouter(prefix=PREFIX)
    router.include_router(accounts.router)
    router.include_router(oidc_routes.router)
    router.include_router(account.router)
    router.include_router(alerts.router)
    router.include_router(cases.router)
    router.include_router(content.router)
    router.include_router(media.router)
    router.include_router(notices.router)
    router.include_router(switches.router)
    router.include_router(statistics.router)
    router.include_router(translations.router)
    router.include_router(practice.router)
    app.include_router(router)
