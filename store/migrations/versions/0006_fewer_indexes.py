"""One index fewer on the scopes of rows, and room on the pages of what changes all the time"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BY_ROW = ["warehouse_id", "row_kind", "row_id", "scope"]
BY_SCOPE = ["warehouse_id", "scope", "row_kind", "row_id"]
CHANGING = ("rows", "stock", "stations", "feeds")


def upgrade() -> None:
    op.drop_index("row_scopes_by_row", "row_scopes")
    _key(BY_ROW)
    if op.get_context().dialect.name == "postgresql":
        for name in CHANGING:
            op.execute(f"ALTER TABLE {name} SET (fillfactor = 70)")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name in CHANGING:
            op.execute(f"ALTER TABLE {name} RESET (fillfactor)")
    _key(BY_SCOPE)
    op.create_index("row_scopes_by_row", "row_scopes", BY_ROW[:3], unique=False)


def _key(columns: list[str]) -> None:
    with op.batch_alter_table("row_scopes") as batch:
        if op.get_context().dialect.name == "postgresql":
            batch.drop_constraint("row_scopes_pkey", type_="primary")
        batch.create_primary_key("row_scopes_pkey", columns)
