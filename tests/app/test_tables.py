"""Every table of states is closed and every state can be reached, by the worker's moves and the store's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from app.domain.cartons import CARTON_TRANSITIONS, CartonState
from app.domain.catalogue import FACT_TYPES, ROW_TYPES
from app.domain.discrepancies import ADDRESSEES, DISCREPANCY_TRANSITIONS, DiscrepancyKind, DiscrepancyState
from app.domain.facts import UPCASTS
from app.domain.orders import ORDER_TRANSITIONS, OrderState
from app.domain.picking import PICK_TRANSITIONS, PickState
from app.domain.picklists import PICKLIST_TRANSITIONS, PicklistState
from app.domain.printing import PRINT_TRANSITIONS, PrintState
from app.domain.returns import ITEM_TRANSITIONS, RETURN_TRANSITIONS, ItemState, ReturnState
from app.domain.totes import TOTE_LOAD_TRANSITIONS, ToteLoadState

# table, states, where a row begins, moves that are the store's own or that a later room makes
TABLES: list[tuple[Mapping[Any, Any], type[StrEnum], StrEnum, set[StrEnum]]] = [
    (PICK_TRANSITIONS, PickState, PickState.OPEN, {PickState.CANCELLED, PickState.SUBSTITUTED}),
    (
        PICKLIST_TRANSITIONS,
        PicklistState,
        PicklistState.LEASED,
        {PicklistState.DRAFT, PicklistState.RELEASED, PicklistState.CLOSED, PicklistState.CANCELLED},
    ),
    (TOTE_LOAD_TRANSITIONS, ToteLoadState, ToteLoadState.FILLING, set()),
    (
        CARTON_TRANSITIONS,
        CartonState,
        CartonState.OPENED,
        {CartonState.STAGED, CartonState.LOADED, CartonState.HANDED_OVER},
    ),
    (
        ORDER_TRANSITIONS,
        OrderState,
        OrderState.PICKED,
        {
            OrderState.RECEIVED,
            OrderState.HELD,
            OrderState.ALLOCATED,
            OrderState.BACKORDERED,
            OrderState.PICKING,
            OrderState.HANDED_OVER,
            OrderState.CANCELLED,
        },
    ),
    (RETURN_TRANSITIONS, ReturnState, ReturnState.INITIATED, {ReturnState.SETTLED, ReturnState.CANCELLED}),
    (ITEM_TRANSITIONS, ItemState, ItemState.IDENTIFIED, set()),
    (DISCREPANCY_TRANSITIONS, DiscrepancyState, DiscrepancyState.OPEN, set()),
]
NAMES = [states.__name__ for _, states, _, _ in TABLES]


@pytest.mark.parametrize(("table", "states", "begin", "elsewhere"), TABLES, ids=NAMES)
def test_each_state_stands_in_its_table(
    table: Mapping[Any, Any], states: type[StrEnum], begin: StrEnum, elsewhere: set[StrEnum]
) -> None:
    assert set(table) == set(states)


@pytest.mark.parametrize(("table", "states", "begin", "elsewhere"), TABLES, ids=NAMES)
def test_each_state_can_be_reached(
    table: Mapping[Any, Any], states: type[StrEnum], begin: StrEnum, elsewhere: set[StrEnum]
) -> None:
    seen: set[StrEnum] = set()
    todo: list[StrEnum] = [begin, *elsewhere]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo += [after for listed in table[state].values() for after in listed]
    assert seen == set(states)


def test_every_version_that_a_fact_had_before_todays_can_be_read() -> None:
    assert set(UPCASTS) == {(kind, old) for kind, of in FACT_TYPES.items() for old in range(1, of.version)}


def test_a_print_job_can_reach_each_state() -> None:
    seen: set[PrintState] = set()
    todo = [PrintState.QUEUED]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo += PRINT_TRANSITIONS[state]
    assert seen == set(PrintState) == set(PRINT_TRANSITIONS)


def test_each_fact_that_changes_a_row_is_listed_in_that_row_s_table() -> None:
    listed = {fact for table, *_ in TABLES for row in table.values() for fact in row}
    silent = {"scan.refused", "worker.signed_in", "worker.signed_out", "worker.pin_refused", "tote.assigned"}
    assert {kind for kind, fact in FACT_TYPES.items() if fact not in listed} == silent


def test_each_discrepancy_has_an_addressee_and_a_remedy() -> None:
    assert set(ADDRESSEES) == set(DiscrepancyKind)


def test_each_row_kind_has_one_class() -> None:
    assert all(row_type.row_kind == kind for kind, row_type in ROW_TYPES.items())
