"""What a packer takes back is taken back at the store: rows, units and the work that had been made of it."""

from __future__ import annotations

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyState
from app.domain.orders import Order
from app.domain.packing import PackException
from tests.store.a_store import AStore
from tests.store.at_packing import a_packer, found, undone
from tests.store.w1 import PACKER, SOCKS


@pytest.mark.parametrize("exception", PackException)
async def test_an_exit_that_is_taken_back_leaves_no_work_and_no_unit_astray(
    store: AStore, exception: PackException
) -> None:
    packing, sock, tote = await a_packer(store)
    places = ("adjustment", "quarantine", "regraded")
    before = [store.stock_each(place, SOCKS) for place in places]

    await packing.do(sock, found(sock, exception), undone(sock, exception, 3), worker_id=PACKER)

    (work,) = store.rows(Discrepancy)
    assert (work.state, work.how) == (DiscrepancyState.SETTLED, "undone")
    (line,) = store.row(Order, sock.order_id).lines
    assert (line.short_each, line.packed_each) == (0, 1)
    assert (store.stock_each(tote, SOCKS), store.stock_each("carton:C1", SOCKS)) == (2, 1)
    assert [store.stock_each(place, SOCKS) for place in places] == before
    assert (await store.history())[-1] == f"pack.{exception}_undone"


async def test_of_two_exits_only_the_one_that_is_named_is_taken_back(store: AStore) -> None:
    packing, sock, tote = await a_packer(store)
    missing, damaged = PackException.MISSING, PackException.DAMAGED
    before_each = store.stock_each("adjustment", SOCKS)

    await packing.do(found(sock, missing), found(sock, damaged), undone(sock, damaged, 3), worker_id=PACKER)

    assert {work.kind: work.state for work in store.rows(Discrepancy)} == {
        "pack_missing": DiscrepancyState.OPEN,
        "pack_damaged": DiscrepancyState.SETTLED,
    }
    assert store.row(Order, sock.order_id).lines[0].short_each == 1
    assert (store.stock_each(tote, SOCKS), store.stock_each("adjustment", SOCKS)) == (2, before_each + 1)


async def test_an_undo_that_names_another_fact_moves_no_unit(store: AStore) -> None:
    packing, sock, tote = await a_packer(store)

    await packing.do(sock, undone(sock, PackException.MISSING, 2), worker_id=PACKER)

    assert (store.stock_each(tote, SOCKS), store.stock_each("carton:C1", SOCKS)) == (2, 1)
