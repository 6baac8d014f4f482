"""What becomes of a station's old id when its device is enrolled anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import Connection, select, update

from app.domain.cartons import FILLING, Carton
from app.domain.picklists import Picklist
from store.desk import Desk
from store.notice import changed_by
from store.places import hand_place
from store.station import is_over
from store.stock import Move
from store.stranded import FLOOR, given_on
from store.tables import stations, stock
from store.turned_away import TurnedAway

REPLACED = "station.replaced"
PACK = "pack"


def succeed(
    connection: Connection,
    warehouse_id: str,
    *,
    old_id: str,
    new_id: str,
    kind: str,
    public_key: str,
    now_utc: datetime,
) -> None:
    """Let the new id go on with what the old one had, when both are the same device's: else nothing happens.

    The rules: its lists keep their leases, epoch and all, so that facts done under them fit as before; its open
    cartons and what is in its hands are the new id's; the old id is over (see `is_over`), so that what it still owed
    is told by the new one alone, and counts once.

    Raises:
        TurnedAway: 409, it would go on in another warehouse, or as another kind of station.
    """
    old = stations.c.station_id == old_id
    found = connection.execute(select(stations).where(old)).one_or_none()
    if found is None or found.public_key != public_key or is_over(found.scopes):
        return
    if (found.warehouse_id, found.station_kind) != (warehouse_id, kind):
        was, meant = f"a {found.station_kind} of {found.warehouse_id}", f"a {kind} of {warehouse_id}"
        raise TurnedAway(HTTPStatus.CONFLICT, f"the enrolment code is for {meant}, and this station is {was}")
    connection.execute(update(stations).where(old).values(scopes=[], owed_count=0, owed_since_utc=None))
    # A pull of the old id that waits is to hear it now.
    changed_by(connection.info).add(warehouse_id, 0, {f"station:{old_id}"})
    desk = Desk.at(connection, warehouse_id, now_utc)
    lists = [one for one in desk.book.in_scope(Picklist, FLOOR) if one.station_id == old_id]
    for one in lists:
        given_on(desk, one)
    cartons = [one for one in desk.book.in_scope(Carton, PACK) if one.station_id == old_id and one.state in FILLING]
    desk.book.put(*(replace(one, station_id=new_id) for one in lists))
    desk.book.put(*(replace(one, station_id=new_id) for one in cartons))
    _hand_over(desk, hand_place(old_id), hand_place(new_id))
    desk.flush()


def _hand_over(desk: Desk, from_place: str, to_place: str) -> None:
    here = (stock.c.warehouse_id == desk.warehouse_id, stock.c.place == from_place, stock.c.quantity_each != 0)
    products = desk.connection.scalars(select(stock.c.product_id).where(*here).distinct().order_by(stock.c.product_id))
    for product_id in list(products):
        for marks, each in dict(desk.stock.held_at(from_place, product_id)).items():
            # A hand that owes units, because its picks have not come yet, goes on owing them.
            one, other = (from_place, to_place) if each > 0 else (to_place, from_place)
            if each:
                moved = Move(
                    product_id=product_id,
                    quantity_each=abs(each),
                    from_place=one,
                    to_place=other,
                    reason=REPLACED,
                    **marks._asdict(),
                )
                desk.stock.move(moved, at_utc=desk.now_utc)
