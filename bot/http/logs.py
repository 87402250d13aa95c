"""Structured logs as JSON lines on standard error. What residents write never gets here: only ids and words of ours."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure_logs(level: str) -> None:
    """Route structlog and the standard library's loggers to one JSON stream."""
    logging.basicConfig(level=level.upper(), stream=sys.stderr, format="%(message)s", force=True)
    for noisy in ("uvicorn.access", "httpx", "httpcore", "alembic", "bm25s"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            _without_messages,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _without_messages(_: Any, __: str, event: Any) -> Any:
    """Exception texts can quote their input; keep the type and the place, drop the text."""
    for chain in event.get("exception") or []:
        if isinstance(chain, dict):
            chain.pop("exc_value", None)
            chain.pop("exc_notes", None)
    return event
