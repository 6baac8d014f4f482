"""The store's own chain over all facts"""

from __future__ import annotations

import json
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from store.chain import link
from sync.protocol import GENESIS_HASH

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FACTS_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("facts", sa.Column("store_seq", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("facts", sa.Column("store_hash", sa.String(), nullable=False, server_default=""))
    _link_what_is_there()
    op.create_index("facts_by_store_seq", "facts", ["warehouse_id", "store_seq"], unique=True)


def downgrade() -> None:
    op.drop_index("facts_by_store_seq", "facts")
    op.drop_column("facts", "store_hash")
    op.drop_column("facts", "store_seq")


def _link_what_is_there() -> None:
    """Older facts are linked as they stand now: from here on a change to them shows, one before cannot."""
    connection = op.get_bind()
    # Said of this statement alone: a connection that is told so reads by a cursor of the server from then on.
    found = connection.execute(
        sa.text(
            "SELECT warehouse_id, station_id, seq, hash, outcome FROM facts"
            " ORDER BY warehouse_id, change_seq, received_at_utc, station_id, seq"
        ),
        execution_options={"yield_per": _FACTS_AT_ONCE},
    )
    keep = sa.text(
        "UPDATE facts SET store_seq = :store_seq, store_hash = :store_hash"
        " WHERE warehouse_id = :warehouse_id AND station_id = :station_id AND seq = :seq"
    )
    for warehouse_id, rows in groupby((row for part in found.partitions() for row in part), lambda row: row[0]):
        prev, linked = GENESIS_HASH, []
        for place, (_, station_id, seq, fact_hash, outcome) in enumerate(rows, 1):
            # SQLite hands JSON back as its text.
            said = json.loads(outcome) if isinstance(outcome, str) else outcome
            prev = link(prev, station_id, seq, fact_hash, said)
            at = {"warehouse_id": warehouse_id, "station_id": station_id, "seq": seq}
            linked.append(at | {"store_seq": place, "store_hash": prev})
            if len(linked) == _FACTS_AT_ONCE:
                connection.execute(keep, linked)
                linked.clear()
        if linked:
            connection.execute(keep, linked)
