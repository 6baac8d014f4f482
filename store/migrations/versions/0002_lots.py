"""The days on which lots expire"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLAIN = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "lots",
        sa.Column("warehouse_id", PLAIN, nullable=False),
        sa.Column("product_id", PLAIN, nullable=False),
        sa.Column("lot", PLAIN, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("warehouse_id", "product_id", "lot"),
    )


def downgrade() -> None:
    op.drop_table("lots")
