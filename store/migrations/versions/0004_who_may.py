"""Stations that are revoked, and the roles that people had before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLAIN = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("stations", sa.Column("revoked_at_utc", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stations", sa.Column("revoked_reason", sa.String(), nullable=True))
    op.create_table(
        "past_roles",
        sa.Column("warehouse_id", PLAIN, nullable=False),
        sa.Column("worker_id", PLAIN, nullable=False),
        sa.Column("until_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "worker_id", "until_utc"),
    )


def downgrade() -> None:
    op.drop_table("past_roles")
    op.drop_column("stations", "revoked_reason")
    op.drop_column("stations", "revoked_at_utc")
