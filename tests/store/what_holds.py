"""What holds of a store's books whatever happens on the floor: each check names what does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, select

from app.domain.cartons import Carton, CartonState
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.orders import Order
from app.domain.totes import ToteLoad, ToteLoadState
from store.claims import Claim
from store.places import blind_place, carton_place, tote_place
from store.stock import ADJUSTMENT, CUSTOMER, GOOD, REGRADED
from store.tables import allocations, stock, stock_moves
from tests.store.a_store import AStore
from tests.store.w1 import W1

_OUTSIDE = frozenset({ADJUSTMENT, CUSTOMER, REGRADED})


def what_does_not_hold(store: AStore) -> list[str]:
    """At any moment."""
    return [
        *_sums_that_differ(store),
        *_less_than_nothing(store),
        *_promised_and_not_there(store),
        *_lines_out_of_bounds(store),
        *_full_of_nothing(store),
    ]


def what_is_left_over(store: AStore) -> list[str]:
    """Once everything that was begun is at its end: units in a hand, a tote or on the way; totes that stay taken."""
    mismatched = {
        blind_place(work.facts["order_id"])
        for work in store.rows(Discrepancy)
        if work.kind is DiscrepancyKind.BLIND_MISMATCH
    }
    held: Counter[tuple[str, str]] = Counter()
    for row in _rows(store, stock):
        if row.place.startswith(("hand:", tote_place(""), blind_place(""))) and row.place not in mismatched:
            held[row.place, row.product_id] += row.quantity_each
    left = [f"{each} of {product_id} at {place}" for (place, product_id), each in held.items() if each]
    taken = [load for load in store.rows(ToteLoad) if load.state is not ToteLoadState.EMPTIED]
    return [*left, *(f"{load.tote_load_id} is {load.state}" for load in taken)]


def _rows(store: AStore, table: Table) -> Sequence[Any]:
    with store.room.reading() as connection:
        return connection.execute(select(table).where(table.c.warehouse_id == W1)).all()


def _sums_that_differ(store: AStore) -> list[str]:
    """Double entry: all places together hold nothing, and each running figure is the sum of its movements."""
    held: Counter[tuple[str, ...]] = Counter()
    everywhere: Counter[tuple[str, ...]] = Counter()
    moved: Counter[tuple[str, ...]] = Counter()
    for row in _rows(store, stock):
        marks = (row.product_id, row.lot, row.serial, row.condition, row.owner)
        held[(row.place, *marks)] += row.quantity_each
        everywhere[marks] += row.quantity_each
    for move in _rows(store, stock_moves):
        marks = (move.product_id, move.lot, move.serial, move.condition, move.owner)
        moved[(move.from_place, *marks)] -= move.quantity_each
        moved[(move.to_place, *marks)] += move.quantity_each
    unequal = [f"{key}: {held[key]}, moved {moved[key]}" for key in held | moved if held[key] != moved[key]]
    return [*unequal, *(f"{marks}: {each} too many" for marks, each in everywhere.items() if each)]


def _less_than_nothing(store: AStore) -> list[str]:
    """Less than nothing lies nowhere, unless somebody has been told; packed blind is a loan from a tote to come."""
    held: Counter[tuple[str, str]] = Counter()
    for row in _rows(store, stock):
        held[row.place, row.product_id] += row.quantity_each
    told = [work.facts for work in store.rows(Discrepancy)]
    return [
        f"{each} of {product_id} at {place}"
        for (place, product_id), each in held.items()
        if each < 0
        and place not in _OUTSIDE
        and not place.startswith(blind_place(""))
        and not any(facts.get("product_id") == product_id and facts.get("location_id") == place for facts in told)
    ]


def _promised_and_not_there(store: AStore) -> list[str]:
    """No more is promised of a place than it holds, unless it is to be counted."""
    held: Counter[tuple[str, str, str]] = Counter()
    promised: Counter[tuple[str, str, str]] = Counter()
    for row in _rows(store, stock):
        if row.condition == GOOD:
            held[row.place, row.product_id, row.lot] += row.quantity_each
    for claim in _rows(store, allocations):
        if claim.state == Claim.RESERVED:
            promised[claim.place, claim.product_id, claim.lot] += claim.quantity_each
    return [
        f"{each} promised of {key}, which holds {held[key]}"
        for key, each in promised.items()
        if each > held[key] and not _is_asked_about(store, *key[:2])
    ]


def _is_asked_about(store: AStore, place: str, product_id: str) -> bool:
    works = (work for work in store.rows(Discrepancy) if work.state is DiscrepancyState.OPEN)
    return any((work.facts.get("location_id"), work.facts.get("product_id")) == (place, product_id) for work in works)


def _lines_out_of_bounds(store: AStore) -> list[str]:
    """No line ships more than was ordered, and nothing of it is less than nothing."""
    in_cartons: Counter[str] = Counter()
    for carton in store.rows(Carton):
        if carton.state is not CartonState.ABANDONED:
            for unit in carton.units:
                in_cartons[unit.line_id] += unit.quantity_each
    return [
        f"{line}, {in_cartons[line.line_id]} in cartons"
        for order in store.rows(Order)
        for line in order.lines
        if max(in_cartons[line.line_id], line.packed_each, line.short_each) > line.quantity_each
        or min(line.allocated_each, line.picked_each, line.packed_each, line.short_each) < 0
    ]


def _full_of_nothing(store: AStore) -> list[str]:
    """A tote that is over holds nothing but what somebody is told to put back; a carton that was given up nothing."""
    over = {tote_place(one.tote_load_id): one for one in store.rows(ToteLoad) if one.state is ToteLoadState.EMPTIED}
    given_up = {carton_place(one.carton_id) for one in store.rows(Carton) if one.state is CartonState.ABANDONED}
    told = [(work.facts.get("tote_load_id"), work.about[1]) for work in store.rows(Discrepancy)]
    held: Counter[tuple[str, str]] = Counter()
    for row in _rows(store, stock):
        held[row.place, row.product_id] += row.quantity_each
    return [
        f"{each} of {product_id} at {place}"
        for (place, product_id), each in held.items()
        if each
        and (place in given_up or (place in over and not any(over[place].tote_load_id in named for named in told)))
    ]
