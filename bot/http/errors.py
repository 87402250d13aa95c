"""Errors a resident's page can act on: a stable code, a sentence, and the field where there is one."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException

log = structlog.get_logger(__name__)


class ApiError(Exception):
    """Ends a request with a status and the error body {error, message, field?}."""

    def __init__(self, status: int, code: str, message: str, *, field: str | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        if "retry_after" in extra:
            self.headers["Retry-After"] = str(extra["retry_after"])
        self.body: dict[str, Any] = {"error": code, "message": message, **extra}
        if field:
            self.body["field"] = field


def install_error_handlers(app: FastAPI) -> None:
    """No route ever answers with a stack trace, and none quotes what a resident wrote."""

    @app.exception_handler(ApiError)
    async def _api(_: Request, error: ApiError) -> JSONResponse:
        return JSONResponse(error.body, error.status, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return JSONResponse({"error": "invalid", "message": str(first["msg"]), "field": place}, 422)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": "http", "message": str(error.detail)}, error.status_code, headers=error.headers)

    @app.exception_handler(OperationalError)
    @app.exception_handler(DBAPIError)
    async def _database(_: Request, error: Exception) -> JSONResponse:
        log.error("database_unavailable", error=type(error).__name__)
        body = {"error": "unavailable", "message": "The record cannot be written now. Keep the message and try again."}
        return JSONResponse(body, 503, headers={"Retry-After": "3"})
