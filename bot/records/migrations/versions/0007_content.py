"""the content desk: changes of content files, their approval and publication"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

STREAMS = sa.table("streams", sa.column("name", sa.String), sa.column("last_seq", sa.BigInteger))


def upgrade() -> None:
    op.create_table(
        "content_drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("contributors", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_by", sa.String(length=32), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_drafts")),
        sa.UniqueConstraint("number", name=op.f("uq_content_drafts_number")),
    )
    op.create_index(op.f("ix_content_drafts_item"), "content_drafts", ["item"])
    op.create_index(op.f("ix_content_drafts_state"), "content_drafts", ["state"])
    op.create_table(
        "content_files",
        sa.Column("draft_id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("base_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["content_drafts.id"], name=op.f("fk_content_files_draft_id_content_drafts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_content_files")),
    )
    op.bulk_insert(STREAMS, [{"name": "content", "last_seq": 0}])


def downgrade() -> None:
    op.execute(STREAMS.delete().where(STREAMS.c.name == "content"))
    op.drop_table("content_files")
    op.drop_table("content_drafts")
