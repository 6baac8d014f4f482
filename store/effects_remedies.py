"""What settling a discrepancy does to the stock: units are put back or brought, a place is known by its count."""

from __future__ import annotations

from app.domain.discrepancies import NOT_FOUND, Discrepancy, DiscrepancyKind, DiscrepancySettled, Remedy
from app.domain.orders import Order
from app.domain.packing import Carton
from app.domain.totes import ToteLoad
from store.booking import Booking
from store.bringing import brought
from store.carry import carry
from store.reconciling import blind_place
from store.recounts import recounted
from store.tote_loads import free_of_cancelled, take_out

# What was too much in a tote was never among its contents; what came too late lies in a tote that is over.
_NO_CONTENTS = frozenset({DiscrepancyKind.PACK_EXTRA, DiscrepancyKind.BROUGHT_LATE})


def settled(booking: Booking, fact: DiscrepancySettled) -> None:
    work = booking.was(Discrepancy, fact.discrepancy_id)
    if work is None or not booking.fits(Discrepancy, fact.discrepancy_id):
        return
    if fact.how == NOT_FOUND:
        _say_not_found(booking, work, fact)
    if fact.location_id is None or fact.product_id is None or fact.quantity_each is None:
        return
    if work.remedy is Remedy.PUT_BACK and fact.quantity_each:
        place = _place_of(booking, work)
        carry(booking, fact.product_id, fact.quantity_each, place, fact.location_id, lot=fact.lot)
        _leave_loads(booking, work, place, fact.product_id, fact.quantity_each, fact.lot)
    elif work.remedy is Remedy.RECOUNT:
        recounted(booking, work, fact)
    elif work.remedy in (Remedy.REPICK, Remedy.SWAP):
        brought(booking, work, fact)


def _say_not_found(booking: Booking, work: Discrepancy, fact: DiscrepancySettled) -> None:
    """Somebody has to say what became of the units; the books leave them where they were."""
    facts = work.facts
    wanted = facts.get("quantity_each", "")
    rest_each = (int(wanted) if wanted.isdigit() else 1) - (fact.quantity_each or 0)
    booking.raise_work(
        DiscrepancyKind.NOT_FOUND,
        work.about,
        of=str(work.kind),
        order_id=facts.get("order_id"),
        line_id=facts.get("line_id"),
        product_id=facts.get("product_id"),
        lot=facts.get("lot"),
        quantity_each=max(rest_each, 1),
        location_id=facts.get("location_id"),
        tote_id=facts.get("tote_id"),
        carton=facts.get("carton"),
    )
    if facts.get("order_id"):
        # A tote that somebody found empty holds nobody up.
        free_of_cancelled(booking, facts["order_id"])


def _place_of(booking: Booking, work: Discrepancy) -> str:
    """Where the units lay until they were put back."""
    row_kind, row_id = work.about
    load_id = row_id if row_kind == ToteLoad.row_kind else work.facts.get("tote_load_id")
    if load_id:
        return f"tote_load:{load_id}"
    if row_kind == Carton.row_kind:
        return f"carton:{row_id}"
    if row_kind == Order.row_kind and work.kind is DiscrepancyKind.ORDER_CANCELLED:
        # Taken out of a carton that was packed before its picks had come.
        return blind_place(row_id)
    carton = booking.now(Carton, work.facts.get("carton_id", ""))
    if work.kind is DiscrepancyKind.PACK_EXTRA and carton is not None and carton.tote_load_ids:
        return f"tote_load:{carton.tote_load_ids[0]}"
    return f"hand:{work.station_id}" if work.station_id else booking.hand


def _leave_loads(
    booking: Booking, work: Discrepancy, place: str, product_id: str, quantity_each: int, lot: str | None
) -> None:
    """The tote is free again once everything that was in it is put back."""
    row_kind, _, row_id = place.partition(":")
    if row_kind == ToteLoad.row_kind and work.kind not in _NO_CONTENTS:
        take_out(booking, row_id, product_id, quantity_each, lot)
    order_id = work.facts.get("order_id")
    if order_id:
        free_of_cancelled(booking, order_id)
