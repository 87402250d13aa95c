"""Routes of sign-in through the organisation's own provider."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse

from bot.console.access import Access
from bot.console.accounts import set_cookie
from bot.console.context import COOKIE, Console, Here
from bot.console.oidc import ATTEMPT_S, OidcError, Provider, staff_of

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/oidc", tags=["accounts"])

ATTEMPT_COOKIE = "iroiro_oidc"
PATH = "/api/console/oidc"


def _provider(request: Request, here: Console) -> Provider:
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise HTTPException(404, "No provider is set up on this service.")
    wait = request.app.state.login_attempts.wait_s(request.client.host if request.client else "")
    if wait:
        raise HTTPException(429, "Too many attempts from here.", headers={"Retry-After": str(int(wait) + 1)})
    return provider


def _page(here: Console, problem: str = "") -> RedirectResponse:
    return RedirectResponse(f"{here.settings.public_url}/console" + (f"#oidc={problem}" if problem else ""), 303)


@router.get("/start")
async def start(request: Request, here: Here) -> RedirectResponse:
    """Send the browser to the provider."""
    provider = _provider(request, here)
    try:
        address, attempt = await provider.begin(here.clock().timestamp())
    except OidcError as error:
        log.warning("oidc_failed", reason=str(error))
        return _page(here, error.code)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        ATTEMPT_COOKIE,
        attempt,
        max_age=ATTEMPT_S,
        path=PATH,
        httponly=True,
        # Lax, not strict: the browser comes back here from another site.
        samesite="lax",
        secure=here.settings.public_url.startswith("https:"),
    )
    return answer


@router.get("/callback")
async def callback(request: Request, here: Here, state: str = "", code: str = "", error: str = "") -> RedirectResponse:
    """The provider sends the browser back here with a code, which is worth a session if an account fits."""
    provider = _provider(request, here)

    def work() -> tuple[str, str]:
        with here.database.write() as session:
            access = Access(session, here.vault, here.clock())
            staff = staff_of(access, identity)
            access.end_cookie(request.cookies.get(COOKIE, ""))
            return access.start_session(staff, request.headers.get("user-agent"))

    try:
        if error or not code:
            raise OidcError("failed", "the provider gave no code")
        attempt = request.cookies.get(ATTEMPT_COOKIE, "")
        identity = await provider.finish(attempt, state, code, here.clock().timestamp())
        cookie, _ = await here.database.run(work)
    except OidcError as problem:
        log.warning("oidc_failed", reason=str(problem))
        answer = _page(here, problem.code)
    else:
        answer = _page(here)
        set_cookie(here, answer, cookie)
    answer.delete_cookie(ATTEMPT_COOKIE, path=PATH)
    return answer
