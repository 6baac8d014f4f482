"""The store's tables. Every key starts with `warehouse_id`, so that the schema can be cut along it.

Parts of a key that may be missing (a lot, a serial) are kept as ''. Times are UTC, text identifiers are ours or the
channel's. Whatever changes here needs a migration; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """A point in time; given and handed back with its zone, which is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


# Ids sort by their characters on every engine, as Python sorts them.
Plain = String().with_variant(String(collation="C"), "postgresql")


def _key(name: str) -> Column[Any]:
    return Column(name, Plain, primary_key=True)


def _number_key(name: str) -> Column[Any]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _text(name: str, default: str | None = "") -> Column[Any]:
    return Column(name, Plain, nullable=False, default=default)


def _number(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False, default=0)


def _when(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, UtcTime, nullable=nullable)


warehouses = Table(
    "warehouses",
    metadata,
    _key("warehouse_id"),
    _text("name"),
    _text("time_zone"),
    _text("sscc_company_prefix"),
    _number("sscc_next_serial"),
)

# who may
api_keys = Table(
    "api_keys",
    metadata,
    _key("key_hash"),
    _text("role"),
    Column("channel", Plain),
    _text("warehouse_id"),
)
stations = Table(
    "stations",
    metadata,
    _key("warehouse_id"),
    _key("station_id"),
    _text("name"),
    _text("station_kind"),
    _text("public_key"),
    Column("scopes", JSON, nullable=False),
    _when("enrolled_at_utc"),
    _when("last_seen_at_utc", nullable=True),
    _number("held_through_seq"),
    _text("last_hash"),
    _number("owed_count"),
    _when("owed_since_utc", nullable=True),
    _text("app_version"),
    # An administrator trusts the device no longer; for good: a device that is trusted again is enrolled anew.
    _when("revoked_at_utc", nullable=True),
    Column("revoked_reason", String),
)
# Before its token is checked a station is known by its id alone; ids are unique over all warehouses.
Index("stations_by_id", stations.c.station_id, unique=True)
enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    _key("code_hash"),
    _text("warehouse_id"),
    _text("station_kind"),
    _text("name"),
    _when("expires_at_utc"),
    Column("used_by", Plain),
)
nonces = Table("nonces", metadata, _key("warehouse_id"), _key("station_id"), _key("nonce"), _when("seen_at_utc"))
# The roles that somebody had until then; those of now stand in the worker's row.
past_roles = Table(
    "past_roles",
    metadata,
    _key("warehouse_id"),
    _key("worker_id"),
    Column("until_utc", UtcTime, primary_key=True),
    Column("roles", JSON, nullable=False),
)

# facts up
facts = Table(
    "facts",
    metadata,
    _key("warehouse_id"),
    _key("station_id"),
    _number_key("seq"),
    _text("kind"),
    _text("worker_id"),
    _when("occurred_at_utc", nullable=True),
    _when("received_at_utc"),
    Column("text", Text, nullable=False),
    _text("hash"),
    _number("change_seq"),
    _text("subject"),
    _number("lines"),
    _number("units"),
    Column("outcome", JSON, nullable=False),
    # The place in the store's own chain, which is commit order, and the link there (`store.chain`).
    _number("store_seq"),
    _text("store_hash"),
)
Index("facts_by_store_seq", facts.c.warehouse_id, facts.c.store_seq, unique=True)
Index("facts_by_subject", facts.c.warehouse_id, facts.c.subject)
Index("facts_by_kind", facts.c.warehouse_id, facts.c.kind, facts.c.occurred_at_utc)
Index("facts_by_worker", facts.c.warehouse_id, facts.c.worker_id, facts.c.occurred_at_utc)

# rows down
feeds = Table("feeds", metadata, _key("warehouse_id"), _text("epoch"), _number("change_seq"))
rows = Table(
    "rows",
    metadata,
    _key("warehouse_id"),
    _key("row_kind"),
    _key("row_id"),
    Column("parent", Plain),
    _number("version"),
    _number("change_seq"),
    Column("image", JSON, nullable=False),
    Column("deleted", Boolean, nullable=False, default=False),
)
Index("rows_by_parent", rows.c.warehouse_id, rows.c.row_kind, rows.c.parent)
row_scopes = Table(
    "row_scopes",
    metadata,
    _key("warehouse_id"),
    _key("row_kind"),
    _key("row_id"),
    _key("scope"),
    _number("change_seq"),
    Column("present", Boolean, nullable=False),
)
Index("row_scopes_by_change", row_scopes.c.warehouse_id, row_scopes.c.scope, row_scopes.c.change_seq)

# stock: double entry, append only; the balance may be negative
stock_moves = Table(
    "stock_moves",
    metadata,
    _key("warehouse_id"),
    _number_key("move_id"),
    _text("product_id"),
    _text("lot"),
    _text("serial"),
    _text("condition"),
    _text("owner"),
    _text("from_place"),
    _text("to_place"),
    _number("quantity_each"),
    _text("reason"),
    _text("station_id"),
    _number("seq"),
    _when("at_utc"),
)
stock = Table(
    "stock",
    metadata,
    _key("warehouse_id"),
    _key("place"),
    _key("product_id"),
    _key("lot"),
    _key("serial"),
    _key("condition"),
    _key("owner"),
    _number("quantity_each"),
)
Index("stock_by_product", stock.c.warehouse_id, stock.c.product_id, stock.c.lot)
lots = Table(
    "lots",
    metadata,
    _key("warehouse_id"),
    _key("product_id"),
    _key("lot"),
    Column("expires_on", Date, nullable=True),
)
allocations = Table(
    "allocations",
    metadata,
    _key("warehouse_id"),
    _key("allocation_id"),
    _text("order_id"),
    _text("line_id"),
    _text("place"),
    _text("product_id"),
    _text("lot"),
    _number("quantity_each"),
    Column("task_id", Plain),
    _text("state"),
)
Index("allocations_by_order", allocations.c.warehouse_id, allocations.c.order_id)
Index("allocations_by_task", allocations.c.warehouse_id, allocations.c.task_id)
Index("allocations_by_product", allocations.c.warehouse_id, allocations.c.product_id, allocations.c.state)
codes = Table("codes", metadata, _key("warehouse_id"), _key("code"), _text("product_id"), _number("factor_each"))

# the shop's side
orders = Table(
    "orders",
    metadata,
    _key("warehouse_id"),
    _key("channel"),
    _key("external_reference"),
    _text("order_id"),
    _text("content_hash"),
    Column("content", JSON, nullable=False),
    _when("received_at_utc"),
)
Index("orders_by_id", orders.c.warehouse_id, orders.c.order_id, unique=True)
order_history = Table(
    "order_history",
    metadata,
    _key("warehouse_id"),
    _key("order_id"),
    Column("entry", Integer, primary_key=True, autoincrement=False),
    _when("at_utc"),
    _text("what"),
    Column("facts", JSON, nullable=False),
)
money_requests = Table(
    "money_requests",
    metadata,
    _key("warehouse_id"),
    _key("request_id"),
    _text("return_id"),
    Column("order_id", Plain),
    _text("money"),
    Column("item_ids", JSON, nullable=False),
    _text("state"),
    _when("at_utc"),
)

# asks
sscc_ranges = Table(
    "sscc_ranges",
    metadata,
    _key("warehouse_id"),
    _number_key("first_serial"),
    _number("last_serial"),
    _text("station_id"),
)
asks = Table(
    "asks",
    metadata,
    _key("warehouse_id"),
    _key("station_id"),
    _key("name"),
    _key("key"),
    # In whose name; nobody's when the station asks for itself.
    _text("worker_id"),
    _when("asked_at_utc", nullable=True),
    Column("reply", JSON, nullable=False),
)
