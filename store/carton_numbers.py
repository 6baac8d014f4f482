"""Ranges of SSCC serials: given to a station once, never given back, so that it can number cartons alone."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from sqlalchemy import Connection, insert, select, update

from store.tables import sscc_ranges, warehouses
from store.turned_away import TurnedAway

EXTENSION_DIGIT = "0"
# 18 digits less extension and check digit: company prefix and serial share the rest (GS1 General Specifications, SSCC).
_SHARED_DIGITS = 16


def give_range(connection: Connection, warehouse_id: str, station_id: str, count: int) -> Mapping[str, object]:
    """The next `count` serials of a warehouse, for one station.

    Raises:
        TurnedAway: 409, the company prefix has no so many numbers left.
    """
    house = connection.execute(select(warehouses).where(warehouses.c.warehouse_id == warehouse_id)).one()
    first, last = house.sscc_next_serial, house.sscc_next_serial + count - 1
    if last >= 10 ** (_SHARED_DIGITS - len(house.sscc_company_prefix)):
        raise TurnedAway(HTTPStatus.CONFLICT, f"the prefix {house.sscc_company_prefix} has no {count} numbers left")
    connection.execute(
        update(warehouses).where(warehouses.c.warehouse_id == warehouse_id).values(sscc_next_serial=last + 1)
    )
    connection.execute(
        insert(sscc_ranges).values(
            warehouse_id=warehouse_id, first_serial=first, last_serial=last, station_id=station_id
        )
    )
    return {
        "company_prefix": house.sscc_company_prefix,
        "extension_digit": EXTENSION_DIGIT,
        "first_serial": first,
        "last_serial": last,
    }
