"""What the supervisor sees, and how soon."""

from __future__ import annotations

from typing import Any

from app.domain.workers import ScanRefused
from tests.store.a_store import AStore, later
from tests.store.w1 import PICKER, SOCKS, SOCKS_BIN
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


async def test_a_bench_sees_the_board_and_a_handset_does_not(store: AStore) -> None:
    bench, handset = await store.station("bench"), await store.station("handset")

    assert (await store.http.get("/v1/board", headers=bench.headers)).status_code == 200
    assert (await store.http.get("/v1/board", headers=handset.headers)).status_code == 403
