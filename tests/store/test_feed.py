"""Rows come down: to whom they concern, once, and at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.orders import Address, Order, OrderState
from app.domain.picklists import Picklist, PicklistState
from app.domain.rows import to_image
from app.domain.totes import ToteEmptied
from store.feed import changes
from store.station import Station
from sync.protocol import Cursor
from tests.store import engines
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_listening_store, somebody_waits
from tests.store.w1 import PACKER, SOCKS, W1
from tests.store.walk import a_walk, load_id


async def pull_all(station: AStation, **query: int) -> int:
    """Pull until there is nothing more; how many pulls it took."""
    pulls = 1
    while (await station.pull(**query)).more:
        pulls += 1
    return pulls


async def test_a_new_station_gets_the_whole_catalogue_and_nothing_of_anybody_elses(store: AStore) -> None:
    await store.order()
    await store.release()
    handset = await store.station("handset")

    await pull_all(handset)

    assert len(handset.sees("product")) == 4
    assert len(handset.sees("worker")) == 5
    assert handset.sees("picklist") == handset.sees("pick_task") == handset.sees("order") == set()
    assert handset.sees("address") == set()


async def test_a_snapshot_in_small_parts_is_the_same_as_in_one(store: AStore) -> None:
    whole, parts = await store.station(name="Whole"), await store.station(name="Parts")

    assert await pull_all(whole) == 1
    assert await pull_all(parts, limit=3) > 3

    assert parts.view == whole.view
    assert parts.cursor == whole.cursor


async def test_a_pull_without_news_is_empty_and_keeps_the_place(store: AStore) -> None:
    handset = await store.station()
    await pull_all(handset)
    place = handset.cursor

    assert (await handset.pull()).rows == ()
    assert handset.cursor == place


async def test_a_lease_brings_the_list_with_its_tasks_and_losing_it_takes_them_away(store: AStore) -> None:
    await store.order(SOCKS=3, PEN=1)
    await store.release()
    handset, bench = await store.station("handset"), await store.station("bench")
    await pull_all(handset)
    picklist_id = await handset.get_work()
    await pull_all(handset)
    assert handset.sees("picklist") == {picklist_id}
    assert len(handset.sees("pick_task")) == 2

    await bench.ask("reassign", picklist_id=picklist_id, to_worker_id=None, reason="broken", worker_id="sue")
    await pull_all(handset)

    assert handset.sees("picklist") == handset.sees("pick_task") == set()


async def test_a_walked_list_leaves_the_handset_and_its_totes_go_to_packing(store: AStore) -> None:
    await store.order()
    await store.release()
    handset, packing = await store.station("handset"), await store.station("packing")
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    await pull_all(handset)

    await handset.do(*a_walk(store, picklist_id))
    await pull_all(handset)
    await pull_all(packing)

    assert handset.sees("picklist") == handset.sees("pick_task") == set()
    assert len(packing.sees("tote_load")) == 1


async def test_every_picker_knows_which_totes_are_not_free_until_they_are_emptied(store: AStore) -> None:
    order_id = await store.order()
    await store.release()
    handset, other, packing = [await store.station(kind) for kind in ("handset", "handset", "packing")]
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    await handset.do(*a_walk(store, picklist_id))

    await pull_all(other)
    load = load_id(picklist_id, order_id)
    assert other.sees("tote_load") == {load}
    assert other.sees("picklist") == set()

    await packing.do(ToteEmptied(tote_load_id=load), worker_id=PACKER)
    await pull_all(other)
    assert other.sees("tote_load") == set()


async def test_addresses_reach_packing_stations_alone_and_are_taken_away_after_the_handing_over(store: AStore) -> None:
    order_id = await store.order()
    stations = [await store.station(kind) for kind in ("handset", "packing", "bench")]
    for station in stations:
        await pull_all(station)
    assert [station.sees("address") for station in stations] == [set(), {order_id}, set()]

    store.put(replace(store.row(Order, order_id), state=OrderState.HANDED_OVER))
    await pull_all(stations[1])

    assert stations[1].sees("address") == stations[1].sees("order") == set()
    assert store.row(Address, order_id).country == "DE"


async def test_rows_contain_the_stations_own_facts_up_to_the_number_said(store: AStore) -> None:
    await store.order()
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    handset.tell(*a_walk(store, picklist_id)[:3])
    await handset.send(*handset.owed[:1])

    pulled = await handset.pull()

    assert pulled.included_through_seq == 1
    assert handset.view["picklist", picklist_id]["state"] == PicklistState.IN_PROGRESS


async def test_snapshot_and_deltas_make_what_a_full_read_makes(store: AStore) -> None:
    follower = await store.station("bench")
    await pull_all(follower)
    for number in range(3):
        await store.order(f"10{number}")
        await pull_all(follower)
    await store.release()
    handset = await store.station()
    while (picklist_id := await handset.get_work(key=f"k{handset.seq}")) is not None:
        await handset.do(*a_walk(store, picklist_id))
        await pull_all(follower, limit=2)

    fresh = await store.station("bench")
    await pull_all(fresh)

    assert follower.view == fresh.view


async def test_what_left_one_scope_and_changed_in_another_comes_once_and_in_order(store: AStore) -> None:
    """A station takes an answer over in parts and counts by the numbers: what went backwards would be lost to it."""
    both = Station(warehouse_id=W1, station_id="B", kind="bench", scopes=("pack", "returns"))
    left, other = [replace(store.row(Order, await store.order(name)), state=OrderState.PACKED) for name in ("1", "2")]
    store.put(left)
    with store.room.reading() as connection:
        place = changes(connection, both, Cursor(), 100).about.cursor
    left = replace(left, state=OrderState.HANDED_OVER)
    store.put(left)  # it is the packers' no longer
    store.put(other)
    store.put(replace(left, gift_note="Again"))

    with store.room.reading() as connection:
        whole = changes(connection, both, place, 100).pulled()
        parts, cursor, more = [], place, True
        while more:
            parts.append(changes(connection, both, cursor, 1).pulled())
            cursor, more = parts[-1].cursor, parts[-1].more

    said = [row.row_id for row in whole.rows if row.row_kind == "order"]
    assert said == [left.order_id, other.order_id]
    numbers = [row.change_seq for row in whole.rows]
    assert numbers == sorted(numbers)
    assert cursor == whole.cursor
    images = {(row.row_kind, row.row_id): row.image for part in parts for row in part.rows}
    assert images == {(row.row_kind, row.row_id): row.image for row in whole.rows}


@pytest.mark.skipif(engines.CHOSEN != "sqlite", reason="PostgreSQL has statistics to choose its way by")
async def test_a_pull_reads_no_more_of_the_feed_than_it_brings(store: AStore) -> None:
    bench = Station(warehouse_id=W1, station_id="B", kind="bench", scopes=("all", "floor"))
    asked: list[tuple[str, Any]] = []
    with store.room.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        changes(connection, bench, Cursor(), 10)
        statement, parameters = asked[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()

    steps = [step.detail for step in plan if "row_scopes" in step.detail]
    by_change = "SEARCH row_scopes USING INDEX row_scopes_by_change (warehouse_id=? AND scope=? AND change_seq>?)"
    assert steps.count(by_change) == len(bench.scopes)
    assert all("scope=?" in step for step in steps)


async def test_a_cursor_of_another_numbering_or_from_the_future_is_told_to_begin_anew(store: AStore) -> None:
    handset = await store.station()
    await pull_all(handset)
    place = handset.cursor

    for wrong in (replace(place, epoch="another"), replace(place, change_seq=place.change_seq + 1)):
        handset.cursor = wrong
        assert (await handset.pull()).must_refetch

    assert len((await handset.pull()).rows) > 0


async def test_a_waiting_pull_wakes_when_something_is_committed(store: AStore) -> None:
    packing = await store.station("packing")
    await pull_all(packing)
    waiting = asyncio.create_task(packing.pull(wait_s=20))
    await somebody_waits(store)

    order_id = await store.order()

    pulled = await waiting
    assert ("order", order_id) in {(row.row_kind, row.row_id) for row in pulled.rows}


async def test_news_for_others_does_not_answer_a_waiting_pull(store: AStore) -> None:
    handset = await store.station("handset")
    await pull_all(handset)
    before = handset.cursor
    waiting = asyncio.create_task(handset.pull(wait_s=20))
    await somebody_waits(store)
    await store.order()
    assert not waiting.done()

    store.room.notice.close()

    assert (await waiting).rows == ()
    assert handset.cursor.change_seq > before.change_seq


async def test_over_a_real_wire_a_pull_waits_and_is_let_go_when_the_store_goes_down(tmp_path: Path) -> None:

    async with a_listening_store(tmp_path) as store:
        handset = await store.station()
        await pull_all(handset)
        waiting = asyncio.create_task(handset.pull(wait_s=20))
        await somebody_waits(store)
        store.room.notice.close()
        assert (await waiting).rows == ()


async def test_the_stores_picture_of_a_row_is_the_wires(store: AStore) -> None:
    order_id = await store.order()
    packing = await store.station("packing")

    await pull_all(packing)

    assert packing.view["order", order_id] == to_image(store.row(Order, order_id))


@pytest.mark.parametrize(
    "query",
    ["change_seq=-1", "limit=0", "limit=x", "wait_s=1000", "change_seq=99999999999999999999", "epoch=" + "e" * 99],
)
async def test_a_pull_that_makes_no_sense_is_told_why(store: AStore, query: str) -> None:
    handset = await store.station()

    answer = await store.http.get(f"/v1/pull?{query}", headers=handset.headers)

    assert answer.status_code == 422
    assert [problem["path"] for problem in answer.json()["problems"]] == [query.partition("=")[0]]


async def test_a_list_that_was_reassigned_while_it_was_walked_keeps_what_is_picked(store: AStore) -> None:
    await store.order(SOCKS=3)
    await store.release()
    first, bench, second = await store.station(), await store.station("bench"), await store.station()
    picklist_id = await first.get_work()
    assert picklist_id is not None
    await first.do(*a_walk(store, picklist_id)[:-1])

    await bench.ask("reassign", picklist_id=picklist_id, to_worker_id="abe", reason="shift ends", worker_id="sue")
    assert await second.get_work("abe") == picklist_id
    await pull_all(second)

    (task,) = [image for (kind, _), image in second.view.items() if kind == "pick_task"]
    assert (task["product_id"], task["placed_each"]) == (SOCKS, 3)
    assert len(second.sees("tote_load")) == 1
    assert store.row(Picklist, picklist_id).state is PicklistState.LEASED
