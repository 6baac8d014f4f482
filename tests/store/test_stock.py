"""Stock is the opening plus every movement, whatever the floor tells, in whatever order, right or wrong."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.discrepancies import Discrepancy
from app.domain.facts import Fact
from app.domain.orders import Order
from app.domain.packing import CartonOpened, PackException, PackExceptionFound, PackUndone, UnitVerified
from app.domain.picking import (
    LocationConfirmed,
    PickShorted,
    PickState,
    PickTask,
    PickUndone,
    ShortReason,
    UnitPicked,
    UnitPlaced,
)
from app.domain.picklists import PicklistFinished, PicklistStarted
from app.domain.returns import FoundBy, ReturnItemIdentified, ReturnItemPutAway, ReturnReceived
from app.domain.totes import ToteAssigned
from store.tables import stock, stock_moves
from sync.protocol import HELD_VERDICTS, Outcome
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_store
from tests.store.w1 import SUPERVISOR
from tests.store.walk import a_placing, a_take, a_walk, load_id


def anything(chance: random.Random, tasks: list[PickTask], lists: list[str], seq: int) -> Fact:
    """Some fact of the floor: often one that fits nothing."""
    task = chance.choice(tasks)
    each = chance.choice([1, 1, 1, 2, 50])
    names: dict[str, Any] = {"task_id": task.task_id}
    line: dict[str, Any] = {"line_id": task.line_id, "product_id": task.product_id, "quantity_each": each}
    load = load_id(task.picklist_id, task.order_id)
    carton = f"C-{task.order_id}"
    picklist_id = chance.choice(lists)
    makers: list[Fact] = [
        PicklistStarted(picklist_id=picklist_id),
        PicklistFinished(picklist_id=picklist_id, complete=False, tote_load_ids=(load,)),
        ToteAssigned(
            tote_load_id=load, tote_id="T-01", picklist_id=task.picklist_id, order_id=task.order_id, slot="A1"
        ),
        LocationConfirmed(**names, location_id=task.location_id),
        UnitPicked(**names, product_id=task.product_id, quantity_each=each, serial=chance.choice([None, "SN1"])),
        UnitPicked(**names, product_id=task.product_id, quantity_each=1, lot=chance.choice([None, task.lot, "LX"])),
        UnitPlaced(**names, **line, tote_load_id=load, order_id=task.order_id),
        PickShorted(**names, missing_each=each, reason=ShortReason.NONE),
        *(
            PickUndone(
                **names,
                negates_seq=max(1, seq - 1),
                negates_kind=kind,
                quantity_each=each,
                tote_load_id=load,
                line_id=task.line_id,
            )
            for kind in (UnitPicked.kind, UnitPlaced.kind, PickShorted.kind)
        ),
        CartonOpened(carton_id=carton, order_id=task.order_id, number=1, tote_load_ids=(load,)),
        UnitVerified(carton_id=carton, order_id=task.order_id, **line),
        PackUndone(carton_id=carton, order_id=task.order_id, negates_seq=max(1, seq - 1), **line),
        PackExceptionFound(
            order_id=task.order_id, carton_id=carton, exception=chance.choice(list(PackException)), **line
        ),
        ReturnReceived(return_id="R1", found_by=FoundBy.ORDER, order_id=task.order_id),
        ReturnItemIdentified(
            return_id="R1", item_id=f"I{chance.randrange(3)}", product_id=task.product_id, line_id=task.line_id
        ),
        ReturnItemPutAway(return_id="R1", item_id=f"I{chance.randrange(3)}", location_id=task.location_id),
    ]
    return chance.choice(makers)


def the_next_step(task: PickTask) -> Fact:
    """What a picker would do at a stop that stands like this."""
    if task.in_hand_each:
        return a_placing(task, task.in_hand_each)
    if task.state is PickState.AT_LOCATION and task.left_each:
        return a_take(task, 1)[1]
    return LocationConfirmed(task_id=task.task_id, location_id=task.location_id)


async def a_wild_shift(store: AStore, seed: int) -> tuple[list[AStation], list[Outcome]]:
    chance = random.Random(seed)
    for number in range(3):
        await store.order(f"10{number}", SOCKS=4, PEN=2, MILK=2, PHONE=1)
    lists = await store.release(max_orders_a_list=1)
    stations = [await store.station(name=f"H{number}") for number in range(2)]
    for number, station in enumerate(stations):
        await station.get_work(("ann", "abe")[number])
    tasks = store.rows(PickTask)
    for task in {task.order_id: task for task in tasks}.values():
        stations[0].tell(*a_walk(store, task.picklist_id)[:2], worker_id=SUPERVISOR)
    outcomes = await stations[0].push()
    for _ in range(120):
        station = chance.choice(stations)
        if chance.random() < 0.5:
            fact = the_next_step(store.row(PickTask, chance.choice(tasks).task_id))
        else:
            fact = anything(chance, tasks, lists, station.seq)
        station.tell(fact, worker_id=SUPERVISOR)
        if chance.random() < 0.1:
            await station.send(*station.owed)  # its reply is lost
        if chance.random() < 0.4:
            outcomes += await station.push()
        if chance.random() < 0.01:
            await store.http.post(f"/v1/orders/web/10{chance.randrange(3)}/cancel", headers=store.owner)
    for station in stations:
        outcomes += await station.push()
    return stations, outcomes


@pytest.mark.parametrize("seed", range(3))
async def test_stock_is_the_opening_plus_the_movements_whatever_the_floor_tells(tmp_path: Path, seed: int) -> None:
    async with a_store(tmp_path) as store:
        stations, outcomes = await a_wild_shift(store, seed)

        assert len(outcomes) == sum(station.seq for station in stations)
        assert {outcome.verdict for outcome in outcomes} <= HELD_VERDICTS - {"quarantined"}
        raised = {str(work.kind) for work in store.rows(Discrepancy)}
        assert {outcome.exception for outcome in outcomes if outcome.exception} <= raised
        with store.room.reading() as connection:
            balances = connection.execute(
                select(stock.c.place, stock.c.product_id, func.sum(stock.c.quantity_each)).group_by(
                    stock.c.place, stock.c.product_id
                )
            ).all()
            moved = connection.scalar(select(func.count()).select_from(stock_moves))
        assert moved
        for place, product_id, each in balances:
            assert each == store.moved_each(place, product_id), (place, product_id)
        # Double entry: nothing comes from nowhere.
        in_all: Counter[str] = Counter()
        for _, product_id, each in balances:
            in_all[product_id] += each
        assert set(in_all.values()) == {0}


@pytest.mark.parametrize("seed", [11, 12])
async def test_a_line_is_picked_by_what_its_stops_have_brought(tmp_path: Path, seed: int) -> None:
    async with a_store(tmp_path) as store:
        await a_wild_shift(store, seed)

        brought: Counter[tuple[str, str]] = Counter()
        for task in store.rows(PickTask):
            brought[task.order_id, task.line_id] += task.placed_each
        picked = {(order.order_id, line.line_id): line for order in store.rows(Order) for line in order.lines}
        assert {key: line.picked_each for key, line in picked.items()} == {key: brought[key] for key in picked}
        assert any(brought.values())
