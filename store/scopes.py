"""Which part of the feed each row belongs to: a table of functions, by row kind.

A row that leaves a scope is evicted from the stations that pull it. Scopes that begin with `picklist:` or `order:` are
pulled by nobody: they tie rows to the row that their own scopes hang on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.domain.cartons import Carton, CartonType
from app.domain.deeds import Get
from app.domain.discrepancies import Discrepancy, DiscrepancyState
from app.domain.locations import Location
from app.domain.orders import Address, Order, OrderState
from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.products import Product
from app.domain.returns import Return, ReturnState
from app.domain.rows import Row
from app.domain.totes import Tote, ToteLoad, ToteLoadState
from app.domain.workers import Worker

Scopes = frozenset[str]
_TIES = ("picklist:", "order:")

STATION_SCOPES: dict[str, tuple[str, ...]] = {
    "handset": ("all", "role:picker"),
    "packing": ("all", "pack", "role:packer"),
    "bench": ("all", "returns", "floor", "role:receiver", "role:supervisor"),
}

# An order is the packers' from its allocation until it has been handed over, and the returns bench's from PACKED on.
_TO_PACK = frozenset(
    {OrderState.ALLOCATED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING, OrderState.PACKED}
)
_RETURNABLE = frozenset({OrderState.PACKED, OrderState.HANDED_OVER})
_WALKED = frozenset({PicklistState.PICKED, PicklistState.PARTLY_PICKED, PicklistState.CLOSED, PicklistState.CANCELLED})
_OFF_THE_FLOOR = frozenset({PicklistState.DRAFT, PicklistState.CLOSED, PicklistState.CANCELLED})


def scopes_of_station(station_kind: str, station_id: str) -> tuple[str, ...]:
    """The scopes that a station of `station_kind` pulls."""
    return (*STATION_SCOPES[station_kind], f"station:{station_id}")


def scopes_of(row: Row, get: Get) -> Scopes:
    """The scopes that `row` belongs to now; `get` finds the rows that it hangs on."""
    return _SCOPES[row.row_kind](row, get)


def is_pulled(scope: str) -> bool:
    """Whether stations pull a scope: whoever does has to hear of every change of its rows."""
    return not scope.startswith(_TIES)


def hangs_on(row: Row) -> str | None:
    """The scope whose rows have to be looked at again when `row`'s own scopes have changed."""
    return hanging_on(row.row_kind, row.row_id) if f"{row.row_kind}:" in _TIES else None


def hanging_on(row_kind: str, row_id: str) -> str:
    """The scope of the rows that hang on one of these."""
    return f"{row_kind}:{row_id}"


def _everywhere(_row: Row, _get: Get) -> Scopes:
    return frozenset({"all"})


def _of_picklist(row: Picklist, _get: Get) -> Scopes:
    return (frozenset() if row.state in _OFF_THE_FLOOR else frozenset({"floor"})) | _leased_to(row)


def _of_task(row: PickTask, get: Get) -> Scopes:
    return _picklists_station(row.picklist_id, get) | {f"picklist:{row.picklist_id}"}


def _of_tote_load(row: ToteLoad, get: Get) -> Scopes:
    if row.state is ToteLoadState.EMPTIED:
        return frozenset()
    # Every picker has to know which totes are not free.
    return _picklists_station(row.picklist_id, get) | {"pack", "role:picker", f"picklist:{row.picklist_id}"}


def _of_order(row: Order, _get: Get) -> Scopes:
    to_pack = {"pack"} if row.state in _TO_PACK else set()
    return frozenset(to_pack | ({"returns"} if row.state in _RETURNABLE else set()))


def _of_address(row: Address, get: Get) -> Scopes:
    order = get(Order, row.order_id)
    to_pack = {"pack"} if isinstance(order, Order) and order.state in _TO_PACK else set()
    return frozenset(to_pack | {f"order:{row.order_id}"})


def _of_carton(_row: Carton, _get: Get) -> Scopes:
    return frozenset({"pack", "returns"})


def _of_return(row: Return, _get: Get) -> Scopes:
    done = row.state in (ReturnState.CLOSED, ReturnState.CANCELLED)
    return frozenset() if done else frozenset({"returns"})


def _of_discrepancy(row: Discrepancy, _get: Get) -> Scopes:
    return frozenset({"floor", f"role:{row.addressee}"}) if row.state is DiscrepancyState.OPEN else frozenset()


def _leased_to(picklist: Picklist) -> Scopes:
    if picklist.station_id is None or picklist.state in _WALKED:
        return frozenset()
    return frozenset({f"station:{picklist.station_id}"})


def _picklists_station(picklist_id: str, get: Get) -> Scopes:
    picklist = get(Picklist, picklist_id)
    return _leased_to(picklist) if isinstance(picklist, Picklist) else frozenset()


_SCOPES: dict[str, Callable[[Any, Get], Scopes]] = {
    Worker.row_kind: _everywhere,
    Product.row_kind: _everywhere,
    Location.row_kind: _everywhere,
    CartonType.row_kind: _everywhere,
    Tote.row_kind: _everywhere,
    Picklist.row_kind: _of_picklist,
    PickTask.row_kind: _of_task,
    ToteLoad.row_kind: _of_tote_load,
    Order.row_kind: _of_order,
    Address.row_kind: _of_address,
    Carton.row_kind: _of_carton,
    Return.row_kind: _of_return,
    Discrepancy.row_kind: _of_discrepancy,
}
