"""An order as the floor sees it: its lines, and what became of each. Who it goes to stands in `Address`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact, Subject
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonOpened,
    PackException,
    PackExceptionFound,
    PackUndone,
    UnitVerified,
)
from app.domain.rows import Row
from app.domain.states import Table, step, to
from app.errors import IllegalTransition, TooMany


class ShipPolicy(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialShipmentAllowed(Fact):
    """A supervisor lets an order that should ship complete go without what is missing."""

    kind: ClassVar[str] = "order.partial_allowed"
    order_id: str
    approved_by: str
    reason: str

    def subjects(self) -> tuple[Subject, ...]:
        return (("order", self.order_id),)


class PaymentMode(StrEnum):
    PREPAID = "prepaid"
    INVOICE = "invoice"
    ON_DELIVERY = "on_delivery"


class OrderState(StrEnum):
    RECEIVED = "received"
    HELD = "held"
    ALLOCATED = "allocated"
    BACKORDERED = "backordered"
    PICKING = "picking"
    PICKED = "picked"
    PACKING = "packing"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


_PACKABLE: dict[type[Fact], frozenset[OrderState]] = {CartonOpened: to(OrderState.PACKING)}
# The store moves an order by itself up to PICKED, and from PACKED on; the rest is the packer's.
ORDER_TRANSITIONS: Table[OrderState] = {
    OrderState.RECEIVED: {},
    OrderState.HELD: {},
    OrderState.BACKORDERED: {},
    OrderState.ALLOCATED: _PACKABLE,
    OrderState.PICKING: _PACKABLE,
    OrderState.PICKED: _PACKABLE,
    OrderState.PACKING: {
        CartonOpened: to(OrderState.PACKING),
        UnitVerified: to(OrderState.PACKING),
        PackUndone: to(OrderState.PACKING),
        PackExceptionFound: to(OrderState.PACKING),
        CartonClosed: to(OrderState.PACKING, OrderState.PACKED),
        CartonAbandoned: to(OrderState.PACKED),
        PartialShipmentAllowed: to(OrderState.PACKING),
    },
    OrderState.PACKED: {},
    OrderState.HANDED_OVER: {},
    OrderState.CANCELLED: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """Args:
    allocated_each: reserved on stock; less than ordered when there is not enough.
    picked_each, packed_each: what the floor has done so far.
    short_each: will not come any more in this shipment (out of stock, missing or damaged at packing).
    returned_each: came back.
    """

    line_id: str
    external_line: str
    product_id: str
    quantity_each: int
    unit_price_minor: int
    allocated_each: int = 0
    picked_each: int = 0
    short_each: int = 0
    packed_each: int = 0
    returned_each: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Row):
    """Args:
    exits_settled: exits at packing, by `exit_name`, for which somebody has brought units: nobody takes them back.
    """

    row_kind: ClassVar[str] = "order"

    order_id: str
    channel: str
    external_reference: str
    placed_at_utc: datetime
    ship_by_utc: datetime
    currency: str
    payment_mode: PaymentMode
    ship_policy: ShipPolicy
    lines: tuple[OrderLine, ...]
    state: OrderState = OrderState.RECEIVED
    cartons_closed: int = 0
    exits_settled: tuple[str, ...] = ()
    gift_note: str = ""

    @property
    def row_id(self) -> str:
        return self.order_id

    def line(self, line_id: str) -> OrderLine:
        return next(line for line in self.lines if line.line_id == line_id)

    @property
    def left_to_pack_each(self) -> int:
        return sum(line.quantity_each - line.short_each - line.packed_each for line in self.lines)

    def after(self, fact: Fact) -> Self:
        wanted = None
        moved = self
        match fact:
            case UnitVerified():
                line = self.line(fact.line_id)
                left_each = line.quantity_each - line.short_each - line.packed_each
                if not 0 < fact.quantity_each <= left_each:
                    raise TooMany(left_each, fact.quantity_each)
                moved = self._with_line(replace(line, packed_each=line.packed_each + fact.quantity_each))
            case PackUndone(line_id=str(line_id)) if fact.exception is None:
                line = self.line(line_id)
                moved = self._with_line(replace(line, packed_each=line.packed_each - fact.quantity_each))
            case PackUndone(line_id=str(line_id)) if fact.exception is not PackException.EXTRA:
                line = self.line(line_id)
                if fact.exit_name in self.exits_settled:
                    raise IllegalTransition("PackUndone of an exit that was settled", str(self.state))
                if fact.quantity_each > line.short_each:
                    raise TooMany(line.short_each, fact.quantity_each)
                moved = self._with_line(replace(line, short_each=line.short_each - fact.quantity_each))
            case PackExceptionFound() if fact.line_id and fact.exception is not PackException.EXTRA:
                line = self.line(fact.line_id)
                moved = self._with_line(replace(line, short_each=line.short_each + fact.quantity_each))
            case CartonClosed():
                moved = replace(self, cartons_closed=self.cartons_closed + 1)
                wanted = OrderState.PACKED if fact.order_complete else OrderState.PACKING
            case PartialShipmentAllowed():
                moved = replace(self, ship_policy=ShipPolicy.PARTIAL)
        return replace(moved, state=step(ORDER_TRANSITIONS, self.state, fact, wanted))

    def _with_line(self, line: OrderLine) -> Self:
        return replace(self, lines=tuple(line if old.line_id == line.line_id else old for old in self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Row):
    """Who an order goes to. Only packing stations get it, and it is taken from them again after shipping."""

    row_kind: ClassVar[str] = "address"

    order_id: str
    lines: tuple[str, ...]
    country: str

    @property
    def row_id(self) -> str:
        return self.order_id
