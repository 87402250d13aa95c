"""Alembic's entry point; the connection comes from bot.records.migrate."""

from __future__ import annotations

from alembic import context

from bot.records import (  # noqa: F401  registers their tables
    alert_models,
    content_models,
    family_models,
    line_models,
    retention_models,
)
from bot.records.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
