"""What a store forgets by being put back to an earlier day, and what it must not do because of that.

Facts since then come back by themselves: stations keep what they have sent for a while, and send it again when the
store wants an earlier number. Promises do not come back, so none that may have been given is given a second time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, select, update

from app.domain.picklists import Picklist
from store.carton_numbers import numbers_of_prefix
from store.row_book import RowBook
from store.tables import enrolment_codes, feeds, warehouses

CARTON_NUMBERS_SKIPPED = 100_000
"""Serials left out after a restore: 200 ranges, what twenty packing stations with 1,000 cartons a day lease in five
days."""
_EPOCHS_SKIPPED = 1_000


class TooFewNumbers(Exception):
    """So many carton numbers cannot be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOn:
    """One warehouse after a restore; the next carton number that a station can be given."""

    warehouse_id: str
    next_serial: int


def make_fit(connection: Connection, *, skip_numbers: int = CARTON_NUMBERS_SKIPPED) -> list[GoingOn]:
    """Let a store that was restored go on, inside the transaction that ends its restoring.

    The feed of each warehouse begins a new epoch, so that stations fetch their rows anew. Carton numbers that may have
    been leased since are left out. A picklist that nobody holds gets a higher epoch: whoever leased it since then has
    another one than whoever leases it next. Enrolment codes that nobody had used are void.

    Raises:
        TooFewNumbers: a company prefix has fewer numbers left than are to be left out.
    """
    connection.execute(delete(enrolment_codes).where(enrolment_codes.c.used_by.is_(None)))
    found = connection.execute(select(warehouses).order_by(warehouses.c.warehouse_id)).all()
    return [_warehouse(connection, house, skip_numbers) for house in found]


def _warehouse(connection: Connection, house: object, skip_numbers: int) -> GoingOn:
    warehouse_id, prefix, serial = house.warehouse_id, house.sscc_company_prefix, house.sscc_next_serial  # type: ignore[attr-defined]
    next_serial = serial + skip_numbers
    if next_serial > numbers_of_prefix(prefix):
        raise TooFewNumbers(
            f"{warehouse_id}: the prefix {prefix} has {numbers_of_prefix(prefix) - serial} carton numbers left, fewer "
            f"than {skip_numbers}: say by --carton-numbers how many may have been leased since the backup"
        )
    here = warehouses.c.warehouse_id == warehouse_id
    connection.execute(update(warehouses).where(here).values(sscc_next_serial=next_serial))
    book = RowBook(connection, warehouse_id)
    book.put(*(replace(one, epoch=one.epoch + _EPOCHS_SKIPPED) for one in book.all(Picklist) if one.station_id is None))
    connection.execute(update(feeds).where(feeds.c.warehouse_id == warehouse_id).values(epoch=secrets.token_hex(8)))
    return GoingOn(warehouse_id=warehouse_id, next_serial=next_serial)
