"""An undo that comes too late: its units are somewhere else by now, and go nowhere a second time."""

from __future__ import annotations

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.orders import Order
from app.domain.packing import CartonAbandoned, PackException
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.at_packing import a_packer, found, undone
from tests.store.w1 import PACKER, SOCKS, SOCKS_BIN
from tests.store.what_holds import what_does_not_hold


async def settle(store: AStore, kind: DiscrepancyKind, how: str) -> None:
    """A picker does what there is to do about the open work of a kind."""
    picker: AStation = await store.station("handset", "Two")
    for work in store.rows(Discrepancy):
        if work.kind is kind and work.state is DiscrepancyState.OPEN:
            done = DiscrepancySettled(
                discrepancy_id=work.discrepancy_id,
                how=how,
                location_id=SOCKS_BIN,
                product_id=SOCKS,
                quantity_each=int(work.facts["quantity_each"]),
            )
            await picker.do(done)


def open_work(store: AStore) -> list[tuple[str, str, str]]:
    works = [work for work in store.rows(Discrepancy) if work.state is DiscrepancyState.OPEN]
    return sorted((work.kind, work.facts["quantity_each"], work.facts.get("tote_id", "")) for work in works)


async def test_a_unit_that_was_put_back_out_of_the_carton_is_not_taken_out_again_by_its_packers_late_undo(
    store: AStore,
) -> None:
    packing, sock, tote = await a_packer(store)
    await packing.do(sock, worker_id=PACKER)
    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)
    await settle(store, DiscrepancyKind.ORDER_CANCELLED, "put_back")

    await packing.do(undone(sock, None, 2), worker_id=PACKER)

    assert [store.stock_each(place, SOCKS) for place in ("carton:C1", tote, SOCKS_BIN)] == [0, 0, 10]
    assert open_work(store) == []
    assert what_does_not_hold(store) == []


async def test_of_two_units_in_a_carton_the_late_undo_takes_out_the_one_that_is_there_still(store: AStore) -> None:
    packing, sock, tote = await a_packer(store)
    await packing.do(sock, sock, worker_id=PACKER)

    await packing.do(undone(sock, None, 3), undone(sock, None, 3), undone(sock, None, 3), worker_id=PACKER)

    assert [store.stock_each(place, SOCKS) for place in ("carton:C1", tote)] == [0, 3]


async def test_a_unit_of_a_carton_that_was_given_up_is_in_its_tote_once(store: AStore) -> None:
    packing, sock, tote = await a_packer(store)
    given_up = CartonAbandoned(carton_id="C1", order_id=sock.order_id)

    await packing.do(sock, given_up, undone(sock, None, 2), worker_id=PACKER)

    assert [store.stock_each(place, SOCKS) for place in ("carton:C1", tote)] == [0, 3]


async def test_what_was_too_much_and_has_been_put_back_stays_in_its_bin_when_its_packer_takes_the_word_back(
    store: AStore,
) -> None:
    packing, sock, tote = await a_packer(store)
    await packing.do(found(sock, PackException.EXTRA), worker_id=PACKER)
    await settle(store, DiscrepancyKind.PACK_EXTRA, "put_back")

    await packing.do(undone(sock, PackException.EXTRA, 2), worker_id=PACKER)

    assert [store.stock_each(place, SOCKS) for place in (tote, SOCKS_BIN)] == [3, 8]
    assert open_work(store) == []


@pytest.mark.parametrize("exception", [PackException.DAMAGED, PackException.MISSING])
async def test_a_good_unit_beside_the_one_that_was_brought_for_it_is_one_too_many(
    store: AStore, exception: PackException
) -> None:
    packing, sock, tote = await a_packer(store)
    await packing.do(found(sock, exception), worker_id=PACKER)
    (work,) = store.rows(Discrepancy)
    await settle(store, work.kind, "brought")

    outcomes = await packing.do(undone(sock, exception, 2), worker_id=PACKER)

    assert [outcome.exception for outcome in outcomes] == ["pack_extra"]
    assert store.row(Order, sock.order_id).left_to_pack_each == 3
    assert open_work(store) == [("pack_extra", "1", "T-01")]
    await settle(store, DiscrepancyKind.PACK_EXTRA, "put_back")
    assert [store.stock_each(place, SOCKS) for place in (tote, SOCKS_BIN, "quarantine")] == [3, 7, 0]


async def test_the_undo_of_an_exit_that_was_settled_leaves_the_other_exit_of_its_line_alone(store: AStore) -> None:
    packing, sock, _tote = await a_packer(store)
    missing, damaged = PackException.MISSING, PackException.DAMAGED
    await packing.do(found(sock, missing), found(sock, damaged), worker_id=PACKER)
    await settle(store, DiscrepancyKind.PACK_DAMAGED, "brought")
    assert store.row(Order, sock.order_id).exits_settled == ("C1#3",)

    await packing.do(undone(sock, damaged, 3), worker_id=PACKER)

    assert store.row(Order, sock.order_id).lines[0].short_each == 1
    assert open_work(store) == [("pack_extra", "1", "T-01"), ("pack_missing", "1", "T-01")]


async def test_of_two_exits_of_a_line_the_one_that_stands_still_can_be_taken_back(store: AStore) -> None:
    packing, sock, tote = await a_packer(store)
    missing, damaged = PackException.MISSING, PackException.DAMAGED
    await packing.do(found(sock, missing), found(sock, damaged), worker_id=PACKER)
    await settle(store, DiscrepancyKind.PACK_DAMAGED, "brought")

    outcomes = await packing.do(undone(sock, missing, 2), worker_id=PACKER)

    assert [outcome.exception for outcome in outcomes] == [None]
    assert store.row(Order, sock.order_id).lines[0].short_each == 0
    assert open_work(store) == []
    assert store.stock_each(tote, SOCKS) == 3
