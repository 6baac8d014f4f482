"""An order in two totes, at the store: each tote loses what was packed out of it, whenever it arrived."""

from __future__ import annotations

from app.domain.discrepancies import Discrepancy
from app.domain.orders import Order
from app.domain.packing import PackException, PackUndone
from app.domain.picking import PickTask, UnitPlaced
from app.domain.picklists import PicklistFinished
from app.domain.totes import ToteAssigned
from sync.protocol import Verdict
from tests.store.a_bench import ACarton, put_back
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PACKER, SOCKS
from tests.store.walk import a_take, a_walk

LOADS = ("TL-1", "TL-2")


async def a_packer(store: AStore) -> tuple[AStation, ACarton]:
    """Two socks in one tote, one in another; the carton was opened when only the first had come."""
    order_id = await store.order(SOCKS=3)
    await store.release()
    handset, packing = await store.station("handset"), await store.station("packing")
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    (task,) = store.rows(PickTask, picklist_id)
    started = a_walk(store, picklist_id)[0]
    totes = [
        ToteAssigned(tote_load_id=load, tote_id=tote_id, picklist_id=picklist_id, order_id=order_id, slot="A1")
        for load, tote_id in zip(LOADS, ("T-01", "T-02"), strict=True)
    ]
    placings = [
        UnitPlaced(
            task_id=task.task_id,
            tote_load_id=load,
            order_id=order_id,
            line_id=task.line_id,
            product_id=SOCKS,
            quantity_each=each,
        )
        for load, each in zip(LOADS, (2, 1), strict=True)
    ]
    finished = PicklistFinished(picklist_id=picklist_id, complete=True, tote_load_ids=LOADS)
    (first, second), (in_first, in_second) = totes, placings
    outcomes = await handset.do(
        *(started, first, *a_take(task, 2), in_first),
        *(second, a_take(task, 1)[1], in_second, finished),
    )
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    carton = ACarton(order_id=order_id, line_id=task.line_id, load_ids=LOADS[:1])
    await packing.do(carton.opened(), worker_id=PACKER)
    return packing, carton


def in_totes(store: AStore) -> list[int]:
    return [store.stock_each(f"tote_load:{load}", SOCKS) for load in LOADS]


async def test_units_of_a_tote_that_came_later_leave_that_tote(store: AStore) -> None:
    packing, carton = await a_packer(store)

    await packing.do(*[carton.verified()] * 3, worker_id=PACKER)

    assert (in_totes(store), store.stock_each("carton:C1", SOCKS)) == ([0, 0], 3)
    assert store.row(Order, carton.order_id).lines[0].packed_each == 3


async def test_a_unit_taken_out_again_is_in_the_tote_that_it_came_from(store: AStore) -> None:
    packing, carton = await a_packer(store)
    sock = carton.verified()
    undone = PackUndone(
        carton_id=sock.carton_id,
        order_id=sock.order_id,
        negates_seq=4,
        line_id=sock.line_id,
        product_id=SOCKS,
        quantity_each=1,
    )

    await packing.do(sock, sock, sock, undone, worker_id=PACKER)

    assert in_totes(store) == [0, 1]


async def test_an_abandoned_carton_gives_back_to_each_tote_what_was_its_own(store: AStore) -> None:
    packing, carton = await a_packer(store)

    await packing.do(*[carton.verified()] * 3, carton.given_up(), worker_id=PACKER)

    assert in_totes(store) == [2, 1]


async def test_what_is_missing_is_missing_in_the_tote_that_still_has_it(store: AStore) -> None:
    packing, carton = await a_packer(store)
    sock, missing = carton.verified(), carton.found(PackException.MISSING)

    await packing.do(sock, sock, missing, worker_id=PACKER)

    assert in_totes(store) == [0, 0]


async def test_what_was_too_much_is_put_back_out_of_the_tote_that_it_was_found_in(store: AStore) -> None:
    """The first tote is empty by then."""
    packing, carton = await a_packer(store)
    sock, extra = carton.verified(), carton.found(PackException.EXTRA)
    await packing.do(sock, sock, extra, worker_id=PACKER)
    (work,) = store.rows(Discrepancy)
    assert work.facts["tote_id"] == "T-02"

    await packing.do(put_back(work), worker_id=PACKER)

    assert in_totes(store) == [0, 1]
