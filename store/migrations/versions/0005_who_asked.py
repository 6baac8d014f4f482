"""Who asked what, and when"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLAIN = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("asks", sa.Column("worker_id", PLAIN, nullable=False, server_default=""))
    op.add_column("asks", sa.Column("asked_at_utc", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("asks", "asked_at_utc")
    op.drop_column("asks", "worker_id")
