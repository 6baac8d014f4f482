"""Which line of an order a scanned unit belongs to, and what is still to be asked before it may go into the carton."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.cartons import Carton, CartonState, PackedUnit
from app.domain.codes import Code, CodeKind
from app.domain.orders import Order, OrderLine
from app.domain.products import Product
from app.domain.totes import Content
from app.errors import LotExpired, TooMany, UnknownCode, WrongItem, WrongLot, WrongStep
from app.ports import CodeHit, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Units of one line in the packer's hand; what `product` tracks may still be missing."""

    line_id: str
    product: Product
    quantity_each: int
    lots: tuple[str, ...] = ()
    """The lots that the line's units in the totes have; empty when nobody here knows."""
    lot: str | None = None
    serial: str | None = None
    lot_waived: bool = False

    @property
    def needs_lot(self) -> bool:
        return self.product.tracks_lot and self.lot is None and not self.lot_waived

    @property
    def needs_serial(self) -> bool:
        return self.product.tracks_serial and self.serial is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedSoFar:
    """What an order has in totes and cartons.

    Args:
        contents: of every load that is packed here; empty when it is packed blind.
        units: of all its cartons.
    """

    contents: tuple[Content, ...]
    units: tuple[PackedUnit, ...]

    @classmethod
    def of(cls, contents: tuple[Content, ...], cartons: Sequence[Carton]) -> PackedSoFar:
        live = (carton for carton in cartons if carton.state is not CartonState.ABANDONED)
        return cls(contents=contents, units=tuple(unit for carton in live for unit in carton.units))

    def lots_left(self, line_id: str) -> Counter[str]:
        """Units by lot that the totes still hold of a line; empty when its lots are not known."""
        left: Counter[str] = Counter()
        for item in self.contents:
            if item.line_id == line_id and item.lot is not None:
                left[item.lot] += item.quantity_each
        for unit in self.units:
            if unit.line_id == line_id and unit.lot is not None:
                left[unit.lot] -= unit.quantity_each
        return +left

    def has_serial(self, product_id: str, serial: str) -> bool:
        return any((unit.product_id, unit.serial) == (product_id, serial) for unit in self.units)


def left_each(line: OrderLine) -> int:
    """Units of a line that are still to go into a carton."""
    return line.quantity_each - line.short_each - line.packed_each


def product_of(view: View, code: Code) -> tuple[Product, CodeHit]:
    """The product that a code is on.

    Raises:
        WrongStep: the code is no item's.
        UnknownCode: nobody here knows it.
    """
    if code.kind not in (CodeKind.ITEM, CodeKind.OTHER):
        raise WrongStep(scanned=code.raw)
    hit = view.find_code(code.value)
    product = view.get(Product, hit.product_id) if hit else None
    if hit is None or product is None:
        raise UnknownCode(scanned=code.raw)
    return product, hit


def unit_of(view: View, order: Order, so_far: PackedSoFar, code: Code, *, today: date) -> Unit:
    """The unit that was scanned, with its line.

    Raises:
        WrongStep, UnknownCode: it is no item that is known here.
        WrongItem: the order has no such product.
        TooMany: the line has fewer left than the code stands for; none when it is packed already.
        LotExpired, WrongLot: see `with_lot`.
    """
    product, hit = product_of(view, code)
    lines = [line for line in order.lines if line.product_id == product.product_id]
    if not lines:
        raise WrongItem(_names_left(view, order), product.name)
    each = hit.each_of(code)
    most_left_each = max(left_each(line) for line in lines)
    if each > most_left_each:
        raise TooMany(most_left_each, each)
    if code.expires_on is not None and code.expires_on < today:
        raise LotExpired(scanned=f"{product.name} {code.expires_on.isoformat()}")
    fitting = [line for line in lines if left_each(line) >= each]
    of_lot = [line for line in fitting if code.lot and code.lot in so_far.lots_left(line.line_id)]
    line = (of_lot or fitting)[0]
    unit = Unit(
        line_id=line.line_id,
        product=product,
        quantity_each=each,
        lots=tuple(sorted(so_far.lots_left(line.line_id))),
        serial=code.serial if product.tracks_serial else None,
    )
    if not product.tracks_lot:
        return unit
    lot = code.lot or (unit.lots[0] if len(unit.lots) == 1 else None)
    return with_lot(unit, so_far, lot) if lot else unit


def with_lot(unit: Unit, so_far: PackedSoFar, lot: str) -> Unit:
    """The unit with its lot.

    Raises:
        WrongLot: the totes hold other lots of this line.
        TooMany: fewer units of this lot are left than the code stands for.
    """
    left = so_far.lots_left(unit.line_id)
    if left and lot not in left:
        raise WrongLot(", ".join(sorted(left)), lot)
    if left and unit.quantity_each > left[lot]:
        raise TooMany(left[lot], unit.quantity_each)
    return replace(unit, lot=lot)


def _names_left(view: View, order: Order) -> str:
    """What is still wanted, as printed for people; at most three names."""
    products = [view.get(Product, line.product_id) for line in order.lines if left_each(line)]
    names = list(dict.fromkeys(product.name for product in products if product is not None))
    return ", ".join(names[:3]) + ("…" if len(names) > 3 else "")
