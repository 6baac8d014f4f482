"""What settling a discrepancy does to the stock: units are put back or brought, a place is known by its count."""

from __future__ import annotations

from app.domain.cartons import Carton
from app.domain.discrepancies import NOT_FOUND, Discrepancy, DiscrepancyKind, DiscrepancySettled, Remedy
from app.domain.orders import Order
from app.domain.totes import ToteLoad
from store.booking import Booking
from store.bringing import brought, not_at_its_bin
from store.carry import carry
from store.given_up import wait_if_nothing_is_left
from store.places import blind_place, carton_place, load_at, tote_place
from store.recounts import recounted
from store.stock import ADJUSTMENT, GOOD
from store.tote_loads import free_of_cancelled, take_out

_BRINGS = (Remedy.REPICK, Remedy.SWAP)


def settled(booking: Booking, fact: DiscrepancySettled) -> None:
    booking.desk.counts.heard(booking.envelope, fact)
    work = booking.was(Discrepancy, fact.discrepancy_id)
    if work is None or not booking.fits(Discrepancy, fact.discrepancy_id):
        return
    if fact.location_id is not None and fact.product_id is not None and fact.quantity_each is not None:
        if work.remedy is Remedy.PUT_BACK and fact.quantity_each:
            _leave(booking, work, fact.product_id, fact.quantity_each, fact.location_id, fact.lot, fact.serials)
        elif work.remedy is Remedy.RECOUNT:
            recounted(booking, work, fact)
        elif work.remedy in _BRINGS:
            brought(booking, work, fact)
    if fact.how == NOT_FOUND:
        _say_not_found(booking, work, fact)
    if order_id := work.facts.get("order_id"):
        wait_if_nothing_is_left(booking, order_id)


def _say_not_found(booking: Booking, work: Discrepancy, fact: DiscrepancySettled) -> None:
    """Somebody has to say what became of the units. The books have them no longer where nobody found them: out of a
    tote, a carton or a hand they are gone to `adjustment`; what a bin holds is for a count to say.
    """
    facts = work.facts
    wanted = facts.get("quantity_each", "")
    rest_each = max((int(wanted) if wanted.isdigit() else 1) - (fact.quantity_each or 0), 1)
    product_id, lot = facts.get("product_id"), facts.get("lot")
    booking.raise_work(
        DiscrepancyKind.NOT_FOUND,
        work.about,
        of=str(work.kind),
        order_id=facts.get("order_id"),
        line_id=facts.get("line_id"),
        product_id=product_id,
        lot=lot,
        quantity_each=rest_each,
        location_id=facts.get("location_id"),
        tote_id=facts.get("tote_id"),
        carton=facts.get("carton"),
    )
    if product_id is not None and work.remedy is Remedy.PUT_BACK:
        held_each = booking.desk.stock.balance_each(_place_of(booking, work), product_id, lot=lot, condition=GOOD)
        if (lost_each := min(rest_each, held_each)) > 0:
            _leave(booking, work, product_id, lost_each, ADJUSTMENT, lot)
    elif product_id is not None and work.remedy in _BRINGS:
        not_at_its_bin(booking, work, product_id, rest_each, fact.location_id or facts.get("location_id"))
    if facts.get("order_id"):
        # A tote that somebody found empty holds nobody up.
        free_of_cancelled(booking, facts["order_id"])


def _place_of(booking: Booking, work: Discrepancy) -> str:
    """Where the units lay until they were put back."""
    row_kind, row_id = work.about
    load_id = row_id if row_kind == ToteLoad.row_kind else work.facts.get("tote_load_id")
    if load_id:
        return tote_place(load_id)
    if row_kind == Carton.row_kind:
        return carton_place(row_id)
    if row_kind == Order.row_kind and work.kind in (DiscrepancyKind.ORDER_CANCELLED, DiscrepancyKind.PACK_EXTRA):
        # Taken out of a carton, or too much for one, that was packed before its picks had come.
        return blind_place(row_id)
    return f"hand:{work.station_id}" if work.station_id else booking.hand


def _leave(
    booking: Booking,
    work: Discrepancy,
    product_id: str,
    quantity_each: int,
    to_place: str,
    lot: str | None,
    serials: tuple[str, ...] = (),
) -> None:
    """Units leave the place that the work is about. The tote is free again once nothing is left in it."""
    place = _place_of(booking, work)
    carry(booking, product_id, quantity_each, place, to_place, lot=lot, serials=serials)
    load_id = load_at(place)
    # What was too much in a tote was never among its contents.
    if load_id is not None and work.kind is not DiscrepancyKind.PACK_EXTRA:
        take_out(booking, load_id, product_id, quantity_each, lot)
    order_id = work.facts.get("order_id")
    if order_id:
        free_of_cancelled(booking, order_id)
