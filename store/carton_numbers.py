"""Ranges of SSCC serials: given to a station once, never given back, so that it can number cartons alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from sqlalchemy import Connection, insert, select, update

from app.domain.packing import CartonClosed
from store.tables import facts, sscc_ranges, warehouses
from store.turned_away import TurnedAway
from sync.protocol import read_envelope, read_fact

EXTENSION_DIGIT = "0"
RANGE_EACH_MAX = 500
# A station that has so many left asks for more; before that there is no reason to.
RENEW_BELOW_EACH = RANGE_EACH_MAX * 30 // 100
# 18 digits less extension and check digit: company prefix and serial share the rest (GS1 General Specifications, SSCC).
_SHARED_DIGITS = 16


def give_range(connection: Connection, warehouse_id: str, station_id: str, count: int) -> Mapping[str, object]:
    """The next `count` serials of a warehouse, for one station.

    Raises:
        TurnedAway: 409, the station has enough numbers left as far as the store holds its closed cartons, or the
            company prefix has no so many.
    """
    left_each = numbers_left_each(connection, warehouse_id, station_id)
    if left_each >= RENEW_BELOW_EACH:
        raise TurnedAway(
            HTTPStatus.CONFLICT, f"the station has {left_each} carton numbers left; that is enough for now"
        )
    house = connection.execute(select(warehouses).where(warehouses.c.warehouse_id == warehouse_id)).one()
    first, last = house.sscc_next_serial, house.sscc_next_serial + count - 1
    if last >= numbers_of_prefix(house.sscc_company_prefix):
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


def numbers_of_prefix(prefix: str) -> int:
    """How many serials there are under a company prefix."""
    return int(10 ** (_SHARED_DIGITS - len(prefix)))


def numbers_left_each(connection: Connection, warehouse_id: str, station_id: str) -> int:
    """Serials of a station's ranges that no carton has yet, as far as the store has heard.

    A station takes its numbers in order, so everything up to that of the carton it closed last is used: a closing that
    was set aside does not leave its number open.
    """
    ranges = connection.execute(
        select(sscc_ranges.c.first_serial, sscc_ranges.c.last_serial)
        .where(sscc_ranges.c.warehouse_id == warehouse_id, sscc_ranges.c.station_id == station_id)
        .order_by(sscc_ranges.c.first_serial)
    ).all()
    if not ranges:
        return 0
    closed = _newest_first(connection, warehouse_id, station_id)
    used = next((serial for serial in closed if any(first <= serial <= last for first, last in ranges)), 0)
    return sum(max(0, last - max(first - 1, used)) for first, last in ranges)


def _newest_first(connection: Connection, warehouse_id: str, station_id: str) -> Iterator[int]:
    """The serials of the cartons that a station closed."""
    prefix = connection.scalar(
        select(warehouses.c.sscc_company_prefix).where(warehouses.c.warehouse_id == warehouse_id)
    )
    width = _SHARED_DIGITS - len(prefix or "")
    texts = connection.scalars(
        select(facts.c.text)
        .where(facts.c.warehouse_id == warehouse_id, facts.c.station_id == station_id)
        .where(facts.c.kind == CartonClosed.kind)
        .order_by(facts.c.seq.desc())
    )
    for text in texts:
        closed = read_fact(read_envelope(text))
        assert isinstance(closed, CartonClosed)
        serial = closed.sscc[-1 - width : -1]
        if serial.isascii() and serial.isdigit():
            yield int(serial)
