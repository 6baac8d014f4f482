"""Which line of a return a scanned unit is: announced, undeclared, or of nobody's order; and how many may come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.cartons import Carton
from app.domain.codes import Code, CodeKind
from app.domain.orders import Order
from app.domain.products import Product
from app.domain.returns import Return
from app.errors import TooMany, UnknownUnit, WrongItem, WrongStep
from app.ports import View
from app.workflows.answers import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """One unit out of the parcel.

    Args:
        line_id: of the order; None when the order did not have it, or is not known.
        declared: it was announced, or nothing was.
        wrong: the order is known and never had such a product.
        expired: what its code says; None when it says no day.
    """

    product: Product
    line_id: str | None
    declared: bool
    wrong: bool = False
    lot: str | None = None
    serial: str | None = None
    expired: bool | None = None


def came_back(view: View, parcel: Return, code: Code, *, today: date) -> CameBack:
    """The unit that was scanned.

    Raises:
        WrongStep: no item's code.
        UnknownUnit: nobody here knows it.
        TooMany: more than was shipped, or already came back: the parcel stays received.
    """
    if code.kind not in (CodeKind.ITEM, CodeKind.OTHER):
        raise WrongStep(scanned=code.raw)
    hit = view.find_code(code.value)
    product = view.get(Product, hit.product_id) if hit else None
    if product is None:
        raise UnknownUnit(scanned=code.raw)
    order = view.get(Order, parcel.order_id) if parcel.order_id else None
    line_id, declared = _line_of(view, parcel, order, product.product_id)
    sold = line_id is None or _was_sold(view, parcel, line_id, code)
    return CameBack(
        product=product,
        line_id=line_id,
        declared=declared and sold,
        wrong=order is not None and line_id is None,
        lot=code.lot,
        serial=code.serial,
        expired=code.expires_on < today if code.expires_on is not None else None,
    )


def not_one_more(view: View, parcel: Return, code: Code) -> tuple[str, Answer] | None:
    """Why a known code is not one unit more: the reason that the near miss is recorded under, and what to do.

    Each unit is graded by itself, so that a whole case has to be opened; and a serial is one unit, which comes back
    once, whatever parcel of its order it lay in.
    """
    hit = view.find_code(code.value)
    if hit is None:
        return None
    each = hit.each_of(code)
    if each > 1:
        return TooMany.__name__, Answer.wrong("returns.open_case", factor=each)
    parcels = view.all(Return, parent=parcel.order_id) if parcel.order_id else [parcel]
    here = {(item.product_id, item.serial) for one in parcels for item in one.items}
    if code.serial is not None and (hit.product_id, code.serial) in here:
        return WrongItem.__name__, Answer.wrong("returns.serial_twice", serial=code.serial)
    return None


def missing_each(parcel: Return) -> int:
    """Units that were announced and did not come."""
    return sum(max(0, line.quantity_each - come_each(parcel, line.line_id)) for line in parcel.announced)


def come_each(parcel: Return, line_id: str) -> int:
    return sum(item.line_id == line_id for item in parcel.items)


def _line_of(view: View, parcel: Return, order: Order | None, product_id: str) -> tuple[str | None, bool]:
    """(line, declared): an announced line with room first, then any line of the order that has units left."""
    announced = [line for line in parcel.announced if line.product_id == product_id]
    for line in announced:
        if come_each(parcel, line.line_id) < line.quantity_each and _left_each(view, order, line.line_id) != 0:
            return line.line_id, True
    of_order = [line for line in order.lines if line.product_id == product_id] if order is not None else []
    for ordered in of_order:
        if _left_each(view, order, ordered.line_id):
            return ordered.line_id, not parcel.announced
    if announced or of_order:
        raise TooMany(0, 1)
    return None, False


def _left_each(view: View, order: Order | None, line_id: str) -> int | None:
    """Units of a line that may still come back; None where the order is not known here.

    The store's count and what stands on the benches overlap while facts are owed, so the larger one is taken.
    """
    line = next((one for one in order.lines if one.line_id == line_id), None) if order is not None else None
    if order is None or line is None:
        return None
    on_benches = sum(come_each(one, line_id) for one in view.all(Return, parent=order.order_id))
    return max(0, line.packed_each - max(line.returned_each, on_benches))


def _was_sold(view: View, parcel: Return, line_id: str, code: Code) -> bool:
    """Whether the unit's serial and lot are among those that were packed; yes where nobody knows."""
    cartons = view.all(Carton, parent=parcel.order_id) if parcel.order_id else []
    units = [unit for carton in cartons for unit in carton.units if unit.line_id == line_id]
    serials = {unit.serial for unit in units if unit.serial}
    lots = {unit.lot for unit in units if unit.lot}
    wrong_serial = code.serial is not None and bool(serials) and code.serial not in serials
    wrong_lot = code.lot is not None and bool(lots) and code.lot not in lots
    return not (wrong_serial or wrong_lot)
