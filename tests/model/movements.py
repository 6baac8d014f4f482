"""Which units a fact moves in the model, and where: double entry, whatever the rows say of it."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.facts import Fact
from app.domain.picking import PickUndone, UnitPicked, UnitPlaced

Place = tuple[str, str]
"""(place, product)"""


def product_of(task_id: str) -> str:
    """Tasks of the model are called `T<number>-<product>`."""
    return task_id.rpartition("-")[2]


def bin_of(product_id: str) -> str:
    return f"BIN-{product_id}"


def moves_of(fact: Fact, station_id: str, product_of: Callable[[str], str] = product_of) -> list[tuple[Place, int]]:
    """What each place gains; the sum is nothing.

    Args:
        product_of: which product a task is about.
    """
    match fact:
        case UnitPicked():
            product, each = fact.product_id, fact.quantity_each
            return _move(product, bin_of(product), f"hand:{station_id}", each)
        case UnitPlaced():
            return _move(fact.product_id, f"hand:{station_id}", fact.tote_load_id, fact.quantity_each)
        case PickUndone(negates_kind=UnitPicked.kind):
            product = product_of(fact.task_id)
            return _move(product, f"hand:{station_id}", bin_of(product), fact.quantity_each)
        case PickUndone(negates_kind=UnitPlaced.kind):
            product = product_of(fact.task_id)
            return _move(product, fact.tote_load_id or "", f"hand:{station_id}", fact.quantity_each)
    return []


def _move(product_id: str, from_place: str, to_place: str, each: int) -> list[tuple[Place, int]]:
    return [((from_place, product_id), -each), ((to_place, product_id), each)]


def picked_each(fact: Fact) -> int:
    """What a fact adds to its stop's picked units."""
    if isinstance(fact, UnitPicked):
        return fact.quantity_each
    if isinstance(fact, PickUndone) and fact.negates_kind == UnitPicked.kind:
        return -fact.quantity_each
    return 0
