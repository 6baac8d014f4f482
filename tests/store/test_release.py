"""Allocated orders on their way to the floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import select

from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from store.claims import Claim
from store.desk import Desk
from store.release import WALKS_A_GO
from store.reservations import not_found
from store.tables import allocations
from tests.store.shop import Shop, a_line, a_product, a_shop, a_stock, an_order, stocked

TEA = a_product("TEA", "9521234000013", tracks_lot=True)


def tea(lot: str, quantity_each: int, location_id: str, expires_on: str) -> dict[str, object]:
    return a_stock(quantity_each, location_id, "TEA", lot=lot, expires_on=expires_on)


def test_every_reserved_unit_is_in_exactly_one_task(shop: Shop) -> None:
    stocked(
        shop,
        a_stock(6),
        a_stock(9, "A-02-02-1"),
        tea("L2", 4, "A-01-02-1", "2026-09-01"),
        tea("L1", 4, "A-02-03-1", "2026-04-01"),
        products=[TEA],
    )
    for number in range(3):
        shop.post("/v1/orders", an_order(str(number), lines=[a_line("1", "SOCKS", 4), a_line("2", "TEA", 2)]))
    answer = shop.post("/v1/release", {"max_orders_a_list": 2}).json()
    assert (len(answer["picklist_ids"]), answer["order_count"]) == (2, 3)

    def look(desk: Desk) -> tuple[list[PickTask], dict[str, tuple[str, str, int]]]:
        reserved = desk.connection.execute(select(allocations).where(allocations.c.state == Claim.RESERVED))
        return desk.book.all(PickTask), {
            claim.task_id: (claim.place, claim.lot, claim.quantity_each) for claim in reserved
        }

    tasks, claims = shop.on_floor(look)
    assert {task.task_id: (task.location_id, task.lot or "", task.quantity_each) for task in tasks} == claims
    units = Counter[str]()
    for task in tasks:
        units[task.product_id] += task.quantity_each
    assert units == {"SOCKS": 12, "TEA": 6}
    assert {task.expires_on for task in tasks if task.lot == "L1"} == {date(2026, 4, 1)}


def test_tasks_are_numbered_in_walking_order(shop: Shop) -> None:
    stocked(shop, a_stock(1, "A-01-03-1"), a_stock(1, "A-01-01-1"), a_stock(1, "A-01-02-1"))
    shop.post("/v1/orders", an_order(quantity_each=3))
    shop.post("/v1/release", {})
    tasks = sorted(shop.on_floor(lambda desk: desk.book.all(PickTask)), key=lambda task: task.position)
    assert [(task.position, task.location_id) for task in tasks] == [
        (1, "A-01-01-1"),
        (2, "A-01-02-1"),
        (3, "A-01-03-1"),
    ]


def test_many_orders_are_released_in_several_goes_and_none_is_left(shop: Shop) -> None:
    """More lists than the writer makes at once: scans come in between."""
    stocked(shop, a_stock(100))
    count = 2 * WALKS_A_GO + 1
    for number in range(count):
        shop.post("/v1/orders", an_order(str(number), 1))
    answer = shop.post("/v1/release", {"max_orders_a_list": 1}).json()
    assert (len(answer["picklist_ids"]), answer["order_count"]) == (count, count)
    assert len({picklist.wave_id for picklist in shop.on_floor(lambda desk: desk.book.all(Picklist))}) == 1


def test_nothing_is_released_twice(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    assert shop.post("/v1/release", {}).json()["order_count"] == 1
    assert shop.post("/v1/release", {}).json() == {"wave_id": None, "picklist_ids": [], "order_count": 0}


def test_one_zone_alone_can_be_released(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    assert shop.post("/v1/release", {"zone": "B"}).json()["order_count"] == 0
    assert shop.post("/v1/release", {"zone": "A"}).json()["order_count"] == 1


def test_an_expired_lot_is_not_promised(shop: Shop) -> None:
    stocked(shop, tea("L1", 9, "A-01-01-1", "2026-03-01"), products=[TEA])
    assert shop.post("/v1/orders", an_order(lines=[a_line(sku="TEA")])).json()["state"] == "backordered"


def test_orders_reach_the_floor_by_themselves(tmp_path: Path) -> None:
    with a_shop(tmp_path, release_quiet_s=0.01) as shop:
        stocked(shop, a_stock(10)).post("/v1/orders", an_order())
        [picklist] = shop.wait_for(lambda desk: desk.book.all(Picklist))
        assert picklist.state is PicklistState.RELEASED


def test_orders_that_were_taken_before_the_store_went_down_are_released_when_it_is_back(tmp_path: Path) -> None:
    with a_shop(tmp_path) as shop:
        stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    with a_shop(tmp_path, release_quiet_s=0.01, opened_before=True) as shop:
        assert len(shop.wait_for(lambda desk: desk.book.all(Picklist))) == 1


def test_units_in_a_hand_are_free_for_nobody_and_again_when_put_back(shop: Shop) -> None:
    """The order has four of five; two of them are picked, and the balance is booked apart: the claim must shrink."""
    stocked(shop, a_stock(5)).post("/v1/orders", an_order(quantity_each=4))
    shop.post("/v1/release", {})
    assert claims(shop, lambda desk: desk.claims.take(task_of(desk), 2)) == {Claim.RESERVED: 2}
    assert claims(shop, lambda desk: desk.claims.take(task_of(desk), 2)) == {Claim.TAKEN: 0}
    assert claims(shop, lambda desk: desk.claims.take(task_of(desk), -4)) == {Claim.RESERVED: 4}


def test_units_that_a_picker_did_not_find_are_nobodys_until_a_count(shop: Shop) -> None:
    stocked(shop, a_stock(5)).post("/v1/orders", an_order(quantity_each=4))
    shop.post("/v1/release", {})
    assert claims(shop, lambda desk: not_found(desk, task_of(desk), 3)) == {Claim.RESERVED: 1, Claim.MISSING: 3}
    assert shop.post("/v1/orders", an_order("1002", 2)).json()["state"] == "backordered"
    shop.load("stock", a_stock(5))
    shop.post("/v1/release", {})
    assert shop.state("1002") == "allocated"


def task_of(desk: Desk) -> str:
    [task] = desk.book.all(PickTask)
    return task.task_id


def claims(shop: Shop, work: Callable[[Desk], None]) -> dict[str, int]:
    """What stands in the book of claims after `work`."""

    def look(desk: Desk) -> dict[str, int]:
        work(desk)
        desk.claims.flush()
        return {claim.state: claim.quantity_each for claim in desk.connection.execute(select(allocations))}

    return shop.on_floor(look)
