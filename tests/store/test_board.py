"""What the supervisor sees, and how soon."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.domain.packing import PackUndone
from app.domain.picking import UnitPlaced
from app.domain.returns import ReturnItemIdentified, ReturnUndone
from app.domain.workers import ScanRefused
from tests.store.a_bench import a_bench
from tests.store.a_store import AStore, later
from tests.store.test_returns_bench import a_packed_order, an_inspection
from tests.store.w1 import PACKER, PICKER, RECEIVER, SOCKS, SOCKS_BIN
from tests.store.walk import a_walk


async def the_board(store: AStore) -> dict[str, Any]:
    answer = await store.http.get("/v1/board", headers=store.owner)
    assert answer.status_code == 200, answer.text
    board: dict[str, Any] = answer.json()
    return board


async def test_a_pick_is_on_the_board_with_the_next_look(store: AStore) -> None:
    await store.order(SOCKS=2, PEN=1)
    await store.order("1002", MILK=1)
    await store.release(max_orders_a_list=1)
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    walk = a_walk(store, picklist_id)

    await handset.do(*walk[:5], ScanRefused(step="pick.item", reason="WrongItem"))

    board = await the_board(store)
    (cutoff,) = board["cutoffs"]
    assert (cutoff["orders_total"], cutoff["orders_done"]) == (2, 0)
    assert (cutoff["lines_total"], cutoff["lines_done"]) == (3, 1)
    assert cutoff["risk"] == "ok"
    assert sum(zone["lines_done"] for zone in board["zones"]) == 1
    ann = next(person for person in board["people"] if person["worker_id"] == PICKER)
    assert ann["doing"] == "picking"
    assert (ann["lines_today"], ann["near_misses_today"]) == (1, 1)
    assert (ann["picklist_id"], ann["station_id"]) == (picklist_id, handset.station_id)
    walked = next(one for one in board["picklists"] if one["picklist_id"] == picklist_id)
    assert walked["state"] == "in_progress"
    assert board["pace"][-1]["lines"] == 1
    assert board["warehouse"] == {"id": "W1", "name": "One", "time_zone": "Europe/Berlin"}


async def test_what_went_wrong_is_on_the_board_until_it_is_settled(store: AStore) -> None:
    await store.order(SOCKS=3)
    await store.release()
    await store.load("stock", [{"location_id": SOCKS_BIN, "sku": SOCKS, "quantity_each": 1}])
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None

    await handset.do(*a_walk(store, picklist_id))

    (work,) = (await the_board(store))["exceptions"]
    assert (work["kind"], work["remedy"]) == ("negative_stock", "recount")
    assert work["facts"]["location_id"] == SOCKS_BIN


async def test_whoever_packs_is_counted_by_cartons_and_units_and_the_pace_of_picking_is_not(store: AStore) -> None:
    bench = await a_bench(store)
    await bench.pack(bench.opened(), bench.verified(2), bench.verified(1))
    undone = PackUndone(
        carton_id="C1",
        order_id=bench.order_id,
        line_id=bench.verified(1).line_id,
        product_id=SOCKS,
        quantity_each=1,
        negates_seq=bench.packing.seq,
    )
    picked = (await the_board(store))["pace"][-1]
    await bench.pack(undone, bench.verified(1), *bench.closed())

    board = await the_board(store)
    packer = next(person for person in board["people"] if person["worker_id"] == PACKER)
    assert (packer["cartons_today"], packer["units_today"], packer["lines_today"]) == (1, 3, 0)
    assert board["pace"][-1] == picked


async def test_whoever_works_returns_is_counted_by_units(store: AStore) -> None:
    order = await a_packed_order(store, socks=2)
    bench = await store.station("bench")
    second = ReturnItemIdentified(return_id="R1", item_id="I2", product_id=SOCKS, line_id=order.lines[0].line_id)
    await bench.do(*an_inspection(order), second, worker_id=RECEIVER)
    receiver = next(one for one in (await the_board(store))["people"] if one["worker_id"] == RECEIVER)
    assert receiver["units_today"] == 2
    await bench.do(
        ReturnUndone(return_id="R1", item_id="I2", negates_seq=bench.seq, negates_kind=ReturnItemIdentified.kind),
        worker_id=RECEIVER,
    )
    receiver = next(one for one in (await the_board(store))["people"] if one["worker_id"] == RECEIVER)
    assert receiver["units_today"] == 1


async def test_a_list_is_called_by_one_number_from_its_release_on_and_no_other_work_is_called_so(store: AStore) -> None:
    for reference in ("1001", "1002"):
        await store.order(reference, SOCKS=3)
    await store.release(max_orders_a_list=1)
    assert sorted(one["number"] for one in (await the_board(store))["picklists"]) == [1, 2]
    await store.load("stock", [{"location_id": SOCKS_BIN, "sku": SOCKS, "quantity_each": 1}])
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    walked = next(one for one in (await the_board(store))["picklists"] if one["picklist_id"] == picklist_id)

    await handset.do(*a_walk(store, picklist_id))
    await store.order("1003", PEN=1)
    await store.release()

    board = await the_board(store)
    assert walked["number"] in (one["number"] for one in board["picklists"] if one["picklist_id"] == picklist_id)
    numbers = [one["number"] for one in (*board["picklists"], *board["exceptions"])]
    assert sorted(numbers) == [1, 2, 3, 4]
    assert [one["number"] for one in board["exceptions"]] == [3]


async def test_a_station_that_is_behind_shows_how_much_it_owes_and_since_when(store: AStore) -> None:
    handset = await store.station(name="K3")
    since = "2026-03-02T07:30:00+00:00"
    await handset.pull(owed_count=7, owed_since_utc=since, app_version="0.1.0")
    # The note is written behind the answer's back; the next write comes after it.
    store.room.writer.submit(lambda _connection: None).result()

    (station,) = (await the_board(store))["stations"]
    assert (station["name"], station["owed_count"], station["app_version"]) == ("K3", 7, "0.1.0")
    assert station["owed_since_utc"] == "2026-03-02T07:30:00Z"

    await handset.pull(owed_count=0)
    store.room.writer.submit(lambda _connection: None).result()
    (station,) = (await the_board(store))["stations"]
    assert (station["owed_count"], station["owed_since_utc"]) == (0, None)


async def test_a_cut_off_that_is_over_with_work_left_is_late(store: AStore) -> None:
    await store.order()
    await store.release()
    later(store, hours=7, minutes=45)
    assert (await the_board(store))["cutoffs"][0]["risk"] == "tight"

    later(store, minutes=30)

    assert (await the_board(store))["cutoffs"][0]["risk"] == "late"


async def test_when_a_cut_off_is_through_is_told_by_the_time_that_was_worked_and_not_after_one_pick(
    store: AStore,
) -> None:
    await store.order(SOCKS=2, PEN=1, MILK=1)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    walk = a_walk(store, picklist_id)
    placed = [place for place, fact in enumerate(walk) if isinstance(fact, UnitPlaced)]
    await handset.do(*walk[: placed[1] + 1])
    (cutoff,) = (await the_board(store))["cutoffs"]
    assert (cutoff["lines_done"], cutoff["projected_finish_utc"], cutoff["risk"]) == (2, None, "ok")

    later(store, minutes=40)

    board = await the_board(store)
    ends = datetime.fromisoformat(board["cutoffs"][0]["projected_finish_utc"])
    left = ends - datetime.fromisoformat(board["as_of_utc"])
    assert timedelta(minutes=19) < left < timedelta(minutes=21)


async def test_a_bench_sees_the_board_and_a_handset_does_not(store: AStore) -> None:
    bench, handset = await store.station("bench"), await store.station("handset")

    assert (await store.http.get("/v1/board", headers=bench.headers)).status_code == 200
    assert (await store.http.get("/v1/board", headers=handset.headers)).status_code == 403
