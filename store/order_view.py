"""What a shop sees of an order: its state in a customer's words, its lines, its cartons, what happened to it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from app.domain.cartons import Carton
from app.domain.orders import Order, OrderState
from store.orders import find
from store.row_book import RowBook
from store.tables import order_history

# A packed order waits for its carrier: that is what it is to a customer.
CUSTOMER_WORDS = {state: str(state) for state in OrderState} | {OrderState.PACKED: "awaiting_collection"}


class LineView(BaseModel):
    """One line; what became of its units. `short_each` will not come with this shipment."""

    external_line: str
    sku: str
    quantity_each: int
    unit_price_minor: int
    allocated_each: int
    picked_each: int
    packed_each: int
    short_each: int
    returned_each: int


class CartonView(BaseModel):
    number: int
    of: int | None = None
    state: str
    sscc: str | None = None
    weight_g: int | None = None


class HistoryEntry(BaseModel):
    at_utc: datetime
    what: str
    facts: dict[str, str | int]


class OrderView(BaseModel):
    """An order as its customer may see it; `state` is one of `CUSTOMER_WORDS`."""

    order_id: str
    channel: str
    external_reference: str
    state: str = Field(json_schema_extra={"enum": [*CUSTOMER_WORDS.values()]})
    placed_at_utc: datetime
    ship_by_utc: datetime
    currency: str
    lines: list[LineView]
    cartons: list[CartonView]
    history: list[HistoryEntry]


def view(connection: Connection, warehouse_id: str, channel: str, external_reference: str) -> OrderView | None:
    """The order of that reference; None when the channel has none."""
    known = find(connection, warehouse_id, channel, external_reference)
    book = RowBook(connection, warehouse_id)
    order = book.get(Order, known["order_id"]) if known is not None else None
    if order is None:
        return None
    history = connection.execute(
        select(order_history.c.at_utc, order_history.c.what, order_history.c.facts)
        .where(order_history.c.warehouse_id == warehouse_id, order_history.c.order_id == order.order_id)
        .order_by(order_history.c.entry)
    )
    cartons = sorted(book.all(Carton, parent=order.order_id), key=lambda carton: (carton.number, carton.carton_id))
    return OrderView(
        order_id=order.order_id,
        channel=order.channel,
        external_reference=order.external_reference,
        state=CUSTOMER_WORDS[order.state],
        placed_at_utc=order.placed_at_utc,
        ship_by_utc=order.ship_by_utc,
        currency=order.currency,
        lines=[
            LineView(
                external_line=line.external_line,
                sku=line.product_id,
                quantity_each=line.quantity_each,
                unit_price_minor=line.unit_price_minor,
                allocated_each=line.allocated_each,
                picked_each=line.picked_each,
                packed_each=line.packed_each,
                short_each=line.short_each,
                returned_each=line.returned_each,
            )
            for line in order.lines
        ],
        cartons=[
            CartonView(
                number=carton.number,
                of=carton.of,
                state=str(carton.state),
                sscc=carton.sscc,
                weight_g=carton.weight_g,
            )
            for carton in cartons
        ],
        history=[HistoryEntry(at_utc=entry.at_utc, what=entry.what, facts=entry.facts) for entry in history],
    )
