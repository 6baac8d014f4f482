"""Stock from a file: what is at a place is as the file says; the difference is booked, never overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import insert, select, update

from app.domain.locations import Location
from app.domain.products import Product
from store.desk import Desk
from store.import_lines import Lines, StockLine
from store.problems import LineProblem
from store.refused_lines import is_readable
from store.reservations import OURS, counted
from store.stock import ADJUSTMENT, GOOD, Move
from store.tables import lots, stock

REASON = "stock.imported"
Held = Mapping[tuple[str, str, str], Mapping[str, int]]
"""Sound units by serial number ('' for those that have none), by (place, product, lot)."""


def count_stock(desk: Desk, lines: Lines) -> None:
    """Book what each place's stock differs by, from or to `adjustment`; the same file again books nothing."""
    held = _held(desk)
    _keep_lots(desk, lines)
    said: list[StockLine] = [each.said for each in lines]
    moves = [
        _move(line, serial, more_each)
        for line in said
        for serial, more_each in _difference(line, held.get((line.location_id, line.sku, line.lot or ""), {})).items()
    ]
    desk.stock.fetch_all()
    for moved in moves:
        desk.stock.move(moved, at_utc=desk.now_utc)
    desk.stock.flush()
    counted(desk, {(line.location_id, line.sku) for line in said})


def problems_with_stock(desk: Desk, lines: Lines) -> list[LineProblem]:
    """Places and products that are not known; lots and serials where the product has none, or has to have them."""
    products = {product.product_id: product for product in desk.book.all(Product)}
    places = {place.location_id for place in desk.book.all(Location)}
    days: dict[tuple[str, str | None], date | None] = {}
    serial_lines: dict[tuple[str, str], int] = {}
    found = []
    for each in lines:
        said: StockLine = each.said

        def wrong(path: str, reason: str, line: int = each.line) -> None:
            found.append(LineProblem(line=line, path=path, reason=reason))

        if said.location_id not in places and is_readable(said.location_id):
            wrong("location_id", "is no place of this warehouse")
        product = products.get(said.sku)
        if not is_readable(said.sku):
            continue
        if product is None:
            wrong("sku", "is no product of this warehouse")
            continue
        if product.tracks_lot and said.lot is None:
            wrong("lot", "is missing: the product is tracked by lot")
        if not product.tracks_lot and said.lot is not None:
            wrong("lot", "the product is not tracked by lot")
        if said.serials and not product.tracks_serial:
            wrong("serials", "the product is not tracked by serial number")
        lot, day = said.lot, said.expires_on
        dated = lot is not None and day is not None and is_readable(lot, day)
        if dated and days.setdefault((said.sku, lot), day) != day:
            wrong("expires_on", "the same lot has another day above")
        for serial in filter(is_readable, said.serials):
            if (line := serial_lines.setdefault((said.sku, serial), each.line)) != each.line:
                wrong("serials", f"{serial} is on line {line} already")
    return found


def _held(desk: Desk) -> Held:
    held: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for row in desk.connection.execute(
        select(stock)
        .where(stock.c.warehouse_id == desk.warehouse_id)
        .where(stock.c.condition == GOOD, stock.c.owner == OURS, stock.c.quantity_each != 0)
    ):
        held[row.place, row.product_id, row.lot][row.serial] = row.quantity_each
    return held


def _difference(said: StockLine, here: Mapping[str, int]) -> dict[str, int]:
    """Units that are more (or less, below 0) than the books say, by serial number.

    A count that names no serial numbers says only how many there are.
    """
    if not said.serials:
        return {"": more} if (more := said.quantity_each - sum(here.values())) else {}
    there = dict.fromkeys(said.serials, 1)
    names = sorted(there.keys() | here.keys())
    return {name: more for name in names if (more := there.get(name, 0) - here.get(name, 0))}


def _move(said: StockLine, serial: str, more_each: int) -> Move:
    came = more_each > 0
    return Move(
        product_id=said.sku,
        quantity_each=abs(more_each),
        from_place=ADJUSTMENT if came else said.location_id,
        to_place=said.location_id if came else ADJUSTMENT,
        reason=REASON,
        lot=said.lot or "",
        serial=serial,
    )


def _keep_lots(desk: Desk, lines: Lines) -> None:
    """Know every lot of the file. A line that says no day says nothing of it: a count leaves a lot's day as it is."""
    here = lots.c.warehouse_id == desk.warehouse_id
    known = {(lot.product_id, lot.lot): lot.expires_on for lot in desk.connection.execute(select(lots).where(here))}
    for each in lines:
        said: StockLine = each.said
        if said.lot is None:
            continue
        key = (said.sku, said.lot)
        if key not in known:
            desk.connection.execute(
                insert(lots).values(
                    warehouse_id=desk.warehouse_id, product_id=said.sku, lot=said.lot, expires_on=said.expires_on
                )
            )
            known[key] = said.expires_on
        elif said.expires_on not in (None, known[key]):
            this = (here, lots.c.product_id == said.sku, lots.c.lot == said.lot)
            desk.connection.execute(update(lots).where(*this).values(expires_on=said.expires_on))
            known[key] = said.expires_on
