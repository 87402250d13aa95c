"""alerts outside the console, addresses of staff, recovery codes, the second factor's life, sign-in elsewhere"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id_cases"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_case_id"), "alerts", ["case_id"])
    op.create_index("ix_alerts_due", "alerts", ["ended_at", "next_at"])
    op.create_index("uq_alerts_open_case", "alerts", ["case_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "staff_addresses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("address_enc", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_addresses_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_addresses")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_staff_addresses_address_hash")),
    )
    op.create_index(op.f("ix_staff_addresses_staff_id"), "staff_addresses", ["staff_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_codes_staff_id_staff")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_staff_id"), "recovery_codes", ["staff_id"])
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("totp_pending_enc", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("totp_step", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("oidc_subject", sa.String(length=255), nullable=True))
        table.create_unique_constraint(op.f("uq_staff_oidc_subject"), ["oidc_subject"])
    op.add_column("staff_sessions", sa.Column("agent", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("staff_sessions", "agent")
    with op.batch_alter_table("staff") as table:
        table.drop_constraint(op.f("uq_staff_oidc_subject"), type_="unique")
        for column in ("oidc_subject", "totp_step", "totp_pending_enc"):
            table.drop_column(column)
    for table_name in ("recovery_codes", "staff_addresses", "alerts"):
        op.drop_table(table_name)
