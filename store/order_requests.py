"""What a shop asks of the store: orders and returns, as they come in. A request that is built is right in itself;
whether its products exist, only the books can say (`store/orders.py`)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.domain.orders import Address, PaymentMode, ShipPolicy
from store.fields import STRICT, Amount, Channel, Count, Country, Currency, Id, Moment, Note, Reference, Words
from store.problems import Problem

LINES_MAX = 500
# In the contract; they can be sent as they stand.
ORDER_EXAMPLE: dict[str, Any] = {
    "channel": "web",
    "external_reference": "1001",
    "placed_at_utc": "2026-03-02T08:00:00Z",
    "ship_by_utc": "2026-03-02T17:00:00+01:00",
    "currency": "EUR",
    "payment_mode": "prepaid",
    "ship_policy": "complete",
    "ship_to": {
        "name": "Ada Byron",
        "street": "Street 1",
        "postcode": "10115",
        "city": "Berlin",
        "country": "DE",
    },
    "lines": [{"external_line": "1", "sku": "SOCKS", "quantity_each": 2, "unit_price_minor": 999}],
}
RETURN_EXAMPLE: dict[str, Any] = {
    "rma": "7001",
    "channel": "web",
    "external_reference": "1001",
    "lines": [{"external_line": "1", "quantity_each": 1, "reason": "too small"}],
}


class ShipTo(BaseModel):
    model_config = STRICT

    name: Words
    company: Words | None = None
    street: Words
    postcode: Words
    city: Words
    region: Words | None = None
    country: Country


class LineWanted(BaseModel):
    model_config = STRICT

    external_line: Reference
    sku: Id
    quantity_each: Count
    unit_price_minor: Amount


class OrderWanted(BaseModel):
    """An order as a channel sends it.

    Args:
        external_reference: the channel's number; with the channel it names the order for ever.
        ship_by_utc: when it has to be ready for collection.
        ship_policy: `complete` waits for everything, `partial` sends what there is.
        unit_price_minor: in the currency's smallest unit.
    """

    model_config = STRICT | {"json_schema_extra": {"examples": [ORDER_EXAMPLE]}}

    channel: Channel
    external_reference: Reference
    placed_at_utc: Moment
    ship_by_utc: Moment
    currency: Currency
    payment_mode: PaymentMode
    ship_policy: ShipPolicy
    ship_to: ShipTo
    lines: Annotated[list[LineWanted], Field(min_length=1, max_length=LINES_MAX)]
    gift_note: Note = ""

    def content(self) -> str:
        """The order in one fixed form: two requests with the same content are the same order."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def content_hash(self) -> str:
        return hashlib.sha256(self.content().encode()).hexdigest()

    def problems(self) -> list[Problem]:
        """What is wrong between its fields."""
        early = too_early(self.placed_at_utc, self.ship_by_utc)
        return early + doubled([line.external_line for line in self.lines])


class ReturnLineWanted(BaseModel):
    model_config = STRICT

    external_line: Reference
    quantity_each: Count
    reason: Note = ""


class ReturnWanted(BaseModel):
    """A return that a customer has announced.

    Args:
        rma: the number on the customer's return slip; it names the return for ever.
        tracking: the parcel's number, when it is known.
    """

    model_config = STRICT | {"json_schema_extra": {"examples": [RETURN_EXAMPLE]}}

    rma: Id
    channel: Channel
    external_reference: Reference
    tracking: Id | None = None
    lines: Annotated[list[ReturnLineWanted], Field(min_length=1, max_length=LINES_MAX)]


def too_early(placed_at_utc: datetime, ship_by_utc: datetime) -> list[Problem]:
    """A problem when an order is to be ready before it is placed."""
    return [Problem(path="ship_by_utc", reason="is before placed_at_utc")] if ship_by_utc < placed_at_utc else []


def doubled(external_lines: list[str]) -> list[Problem]:
    """A problem for each line whose number an earlier line already has."""
    found = []
    for index, external_line in enumerate(external_lines):
        first = external_lines.index(external_line)
        if first < index:
            found.append(Problem(path=f"lines[{index}].external_line", reason=f"is already that of lines[{first}]"))
    return found


def address_of(order_id: str, to: ShipTo) -> Address:
    """The lines of a label, from who to where; the country apart."""
    lines = (to.name, to.company, to.street, f"{to.postcode} {to.city}", to.region)
    return Address(order_id=order_id, lines=tuple(line for line in lines if line), country=to.country)
