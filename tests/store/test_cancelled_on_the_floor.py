"""An order is cancelled while its units are on their way: the work to put them back goes where they go."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyState
from app.domain.facts import Fact
from app.domain.orders import Order
from app.domain.packing import (
    CartonAbandoned,
    CartonOpened,
    PackException,
    PackExceptionFound,
    PackUndone,
    UnitVerified,
)
from app.domain.picking import PickTask, PickUndone, UnitPicked, UnitPlaced
from app.domain.totes import ToteLoad, ToteLoadState
from tests.store.a_bench import put_back
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PACKER, SOCKS, SOCKS_BIN
from tests.store.walk import a_placing, a_take, a_walk, load_id


def open_work(store: AStore) -> list[tuple[str, str]]:
    """What is to be put back: how many, and out of which carton or tote; out of a hand when neither is named."""
    found = [one.facts for one in store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN]
    return sorted((facts["quantity_each"], facts.get("carton") or facts.get("tote_id", "")) for facts in found)


async def cancel(store: AStore) -> None:
    answer = await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)
    assert answer.is_success, answer.text


async def put_back_all(store: AStore, station: AStation) -> None:
    for work in store.rows(Discrepancy):
        if work.state is DiscrepancyState.OPEN:
            await station.do(put_back(work))


def nothing_lies_anywhere_else(store: AStore, *stations: AStation, load: str) -> None:
    places = [f"tote_load:{load}", "carton:C1", *(f"hand:{station.station_id}" for station in stations)]
    assert {place: store.stock_each(place, SOCKS) for place in places} == dict.fromkeys(places, 0)
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10
    assert store.row(ToteLoad, load).state is ToteLoadState.EMPTIED


async def a_list(store: AStore) -> tuple[AStation, str]:
    await store.order(SOCKS=3)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    return handset, picklist_id


async def in_the_hand(store: AStore) -> tuple[AStation, PickTask]:
    """Three are in the hand when the order is cancelled, and a tote is on the cart."""
    handset, picklist_id = await a_list(store)
    (task,) = store.rows(PickTask, picklist_id)
    await handset.do(*a_walk(store, picklist_id)[:2], *a_take(task))
    await cancel(store)
    assert open_work(store) == [("3", "")]
    return handset, task


def undone(task: PickTask, negated: type[UnitPicked] | type[UnitPlaced], load: str | None = None) -> PickUndone:
    return PickUndone(
        task_id=task.task_id,
        negates_seq=4,
        negates_kind=negated.kind,
        quantity_each=3,
        tote_load_id=load,
        line_id=task.line_id,
    )


async def test_a_hand_that_put_them_into_the_bin_again_has_nothing_left_to_put_back(store: AStore) -> None:
    handset, task = await in_the_hand(store)

    await handset.do(undone(task, UnitPicked))

    assert open_work(store) == []
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10


async def test_a_hand_that_put_them_into_the_tote_says_so_to_whoever_puts_them_back(store: AStore) -> None:
    handset, task = await in_the_hand(store)
    other = await store.station(name="Two")

    await handset.do(a_placing(task), a_walk(store, task.picklist_id)[-1])
    assert open_work(store) == [("3", "T-01")]
    await put_back_all(store, other)

    nothing_lies_anywhere_else(store, handset, other, load=load_id(task.picklist_id, task.order_id))


async def test_units_out_of_the_hand_are_put_back_from_the_hand_that_had_them(store: AStore) -> None:
    handset, _ = await in_the_hand(store)
    other = await store.station(name="Two")

    await put_back_all(store, other)

    assert [store.stock_each(f"hand:{one.station_id}", SOCKS) for one in (handset, other)] == [0, 0]


async def test_a_tote_emptied_by_undo_before_the_news_came_has_nothing_to_put_back(store: AStore) -> None:
    handset, picklist_id = await a_list(store)
    walk = a_walk(store, picklist_id)
    await handset.do(*walk[:-1])
    await cancel(store)
    assert open_work(store) == [("3", "T-01")]
    (task,) = store.rows(PickTask, picklist_id)

    await handset.do(undone(task, UnitPlaced, load_id(picklist_id, task.order_id)))
    assert open_work(store) == [("3", "")]
    await handset.do(undone(task, UnitPicked))

    assert open_work(store) == []
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10


async def test_more_units_after_a_put_back_are_one_piece_of_work_again(store: AStore) -> None:
    handset, task = await in_the_hand(store)
    await put_back_all(store, handset)
    one = UnitPicked(task_id=task.task_id, product_id=SOCKS, quantity_each=1)

    await handset.do(one, one, a_placing(task, 2))
    assert open_work(store) == [("2", "T-01")]
    await put_back_all(store, handset)
    await handset.do(one, one, a_placing(task, 2))

    assert open_work(store) == [("2", "T-01")]


async def packing(store: AStore, facts: Sequence[str]) -> tuple[AStation, AStation, str]:
    """Three socks are in tote T-01, their order is cancelled, and the packer does what `facts` name."""
    handset, picklist_id = await a_list(store)
    await handset.do(*a_walk(store, picklist_id))
    bench, load = await store.station("packing"), load_id(picklist_id, "web:1001")
    line_id = store.row(Order, "web:1001").lines[0].line_id
    unit = {"carton_id": "C1", "order_id": "web:1001", "line_id": line_id, "product_id": SOCKS}
    known: dict[str, Fact] = {
        "open": CartonOpened(
            carton_id="C1", order_id="web:1001", number=1, tote_load_ids=(load,), tote_id="T-01", station_id="P1"
        ),
        "two in": UnitVerified(**unit, quantity_each=2),
        "two out": PackUndone(**unit, quantity_each=2, negates_seq=2, exception=None),
        "give up": CartonAbandoned(carton_id="C1", order_id="web:1001"),
        "one missing": PackExceptionFound(**unit, quantity_each=1, exception=PackException.MISSING),
        "it is there": PackUndone(
            **unit,
            quantity_each=1,
            negates_seq=2,
            negates_kind=PackExceptionFound.kind,
            exception=PackException.MISSING,
        ),
    }
    for fact in facts:
        if fact == "cancel":
            await cancel(store)
        else:
            await bench.do(known[fact], worker_id=PACKER)
    return handset, bench, load


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (("cancel", "open"), [("3", "T-01")]),
        (("cancel", "open", "two in"), [("1", "T-01"), ("2", "1")]),
        (("cancel", "open", "two in", "two out"), [("3", "T-01")]),
        (("open", "two in", "cancel", "two out"), [("3", "T-01")]),
        (("open", "two in", "cancel", "give up"), [("3", "T-01")]),
        (("cancel", "open", "one missing"), [("2", "T-01")]),
        (("cancel", "open", "one missing", "it is there"), [("3", "T-01")]),
    ],
)
async def test_what_a_packer_does_to_a_cancelled_order_is_put_back_from_where_it_is(
    store: AStore, facts: Sequence[str], wanted: list[tuple[str, str]]
) -> None:
    handset, bench, load = await packing(store, facts)
    assert open_work(store) == wanted

    await put_back_all(store, handset)

    if "one missing" not in facts:
        nothing_lies_anywhere_else(store, handset, bench, load=load)


async def test_a_carton_that_was_emptied_by_a_picker_gives_nothing_back_when_its_packer_gives_it_up(
    store: AStore,
) -> None:
    handset, picklist_id = await a_list(store)
    await handset.do(*a_walk(store, picklist_id))
    (task,) = store.rows(PickTask, picklist_id)
    load = load_id(picklist_id, task.order_id)
    packing = await store.station("packing")
    order_id = task.order_id
    opened = CartonOpened(carton_id="C1", order_id=order_id, number=1, tote_load_ids=(load,), tote_id="T-01")
    unit = UnitVerified(carton_id="C1", order_id=order_id, line_id=task.line_id, product_id=SOCKS, quantity_each=2)
    await packing.do(opened, unit, worker_id=PACKER)
    await cancel(store)
    await put_back_all(store, handset)

    await packing.do(CartonAbandoned(carton_id="C1", order_id=order_id), worker_id=PACKER)

    nothing_lies_anywhere_else(store, handset, load=load)
