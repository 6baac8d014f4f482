"""Orders that are changed or cancelled, in each state; and what the floor hears of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import Carton, PackedUnit
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.orders import OrderState
from app.domain.picking import PickState
from app.domain.picklists import PicklistState
from app.domain.totes import Content, ToteLoad
from store.desk import Desk
from store.reservations import not_found
from tests.store.shop import (
    Shop,
    a_line,
    a_product,
    a_stock,
    an_order,
    paths,
    put_state,
    released,
    rows_of_order,
    stocked,
)

BEGUN = [OrderState.PICKING, OrderState.PICKED, OrderState.PACKING, OrderState.PACKED]


def work_for(shop: Shop, kind: DiscrepancyKind) -> list[Discrepancy]:
    return [found for found in shop.on_floor(lambda desk: desk.book.all(Discrepancy)) if found.kind is kind]


def test_a_changed_order_on_paper_is_reserved_anew(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(quantity_each=8))
    changed = released(shop).put("/v1/orders/web/1001", an_order(quantity_each=9))
    assert changed.status_code == 200
    assert changed.json()["lines"][0]["allocated_each"] == 9
    _, tasks, picklists = rows_of_order(released(shop))
    assert [task.quantity_each for task in tasks] == [9]
    assert sorted(picklist.state for picklist in picklists) == [PicklistState.CANCELLED, PicklistState.RELEASED]
    assert shop.put("/v1/orders/web/1001", an_order(quantity_each=9)).status_code == 200


def test_a_changed_order_leaves_its_neighbours_on_their_list(shop: Shop) -> None:
    stocked(shop, a_stock(10))
    for reference in ("1001", "1002"):
        shop.post("/v1/orders", an_order(reference))
    released(shop).put("/v1/orders/web/1001", an_order(quantity_each=1))
    _, left, [picklist] = rows_of_order(shop, "1002")
    assert ([slot.order_id for slot in picklist.slots], picklist.task_count) == (["web:1002"], 1)
    assert [task.position for task in left] == [1]


@pytest.mark.parametrize("state", BEGUN)
def test_a_change_of_what_somebody_walks_for_is_put_to_the_supervisor_once(shop: Shop, state: OrderState) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    put_state(released(shop), state)
    for _ in range(2):
        assert shop.put("/v1/orders/web/1001", an_order(quantity_each=5)).status_code == 202
    [asked] = work_for(shop, DiscrepancyKind.ORDER_CHANGED)
    assert asked.facts["lines_changed"] == "1"
    assert rows_of_order(shop)[0].lines[0].quantity_each == 2


def asked_for(shop: Shop) -> list[str]:
    """How each question about a changed order stands, the eldest first: empty while it is open."""
    return [asked.how for asked in work_for(shop, DiscrepancyKind.ORDER_CHANGED)]


def a_walked_order(shop: Shop) -> Shop:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    put_state(released(shop), OrderState.PICKING)
    return shop


def wants(shop: Shop, quantity_each: int) -> int:
    return shop.put("/v1/orders/web/1001", an_order(quantity_each=quantity_each)).status_code


def settle(shop: Shop) -> None:
    for asked in work_for(shop, DiscrepancyKind.ORDER_CHANGED):
        if asked.state is DiscrepancyState.OPEN:
            settled = replace(asked, state=DiscrepancyState.SETTLED, how="reviewed")
            shop.on_floor(lambda desk, row=settled: desk.book.put(row))  # type: ignore[misc]


def test_a_change_that_is_taken_back_leaves_nobody_asked(shop: Shop) -> None:
    a_walked_order(shop)
    assert [wants(shop, 5), wants(shop, 2), wants(shop, 2)] == [202, 200, 200]
    assert asked_for(shop) == ["withdrawn"]
    what = [step["what"] for step in shop.get("/v1/orders/web/1001").json()["history"]]
    assert what[-2:] == ["order.change_asked", "order.change_withdrawn"]


def test_a_change_that_was_settled_or_taken_back_is_asked_about_anew(shop: Shop) -> None:
    a_walked_order(shop)
    assert [wants(shop, 5), wants(shop, 2), wants(shop, 5), wants(shop, 5)] == [202, 200, 202, 202]
    assert asked_for(shop) == ["withdrawn", ""]
    settle(shop)
    assert wants(shop, 5) == 202
    assert asked_for(shop) == ["withdrawn", "reviewed", ""]


def test_only_the_newest_change_is_asked_about(shop: Shop) -> None:
    a_walked_order(shop)
    assert [wants(shop, 5), wants(shop, 4)] == [202, 202]
    assert sorted(asked_for(shop)) == ["", "withdrawn"]


def test_a_change_that_came_about_on_paper_leaves_nobody_asked(shop: Shop) -> None:
    """It was asked for in mid-walk; then everything was missing, the order waits anew, and its shop asks again."""
    a_walked_order(shop)
    wants(shop, 5)
    put_state(shop, OrderState.BACKORDERED)
    assert wants(shop, 5) == 200
    assert asked_for(shop) == ["withdrawn"]


def test_nobody_is_asked_about_the_change_of_a_cancelled_order(shop: Shop) -> None:
    a_walked_order(shop)
    wants(shop, 5)
    shop.post("/v1/orders/web/1001/cancel")
    assert asked_for(shop) == ["withdrawn"]


@pytest.mark.parametrize("state", [OrderState.HANDED_OVER, OrderState.CANCELLED])
def test_an_order_that_is_over_cannot_be_changed(shop: Shop, state: OrderState) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    put_state(shop, state)
    assert shop.put("/v1/orders/web/1001", an_order(quantity_each=5)).status_code == 409


def test_a_change_is_of_the_order_that_the_address_names(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    assert paths(shop.put("/v1/orders/web/1001", an_order("1002"))) == ["external_reference"]
    assert shop.put("/v1/orders/web/9999", an_order("9999")).status_code == 404


@pytest.mark.parametrize("quantity_each", [2, 50])
def test_an_order_on_paper_is_cancelled_without_a_trace_on_the_floor(shop: Shop, quantity_each: int) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(quantity_each=quantity_each))
    cancelled = released(shop).post("/v1/orders/web/1001/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    _, tasks, picklists = rows_of_order(shop)
    assert tasks == []
    assert all(picklist.state is PicklistState.CANCELLED for picklist in picklists)
    assert work_for(shop, DiscrepancyKind.ORDER_CANCELLED) == []
    assert shop.post("/v1/orders", an_order("1002", 10)).json()["state"] == "allocated"


def test_cancelling_again_changes_nothing(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    first = shop.post("/v1/orders/web/1001/cancel").json()
    again = shop.post("/v1/orders/web/1001/cancel")
    assert (again.status_code, again.json()) == (200, first)


def test_what_was_picked_for_a_cancelled_order_is_put_back(shop: Shop) -> None:
    """Two of five are in tote 017 and one is in the hand: the tote and the hand are told, the rest is walked past."""
    stocked(shop, a_stock(10), a_stock(10, "A-02-01-1", "TEA"), products=[a_product("TEA", "9521234000013")])
    shop.post("/v1/orders", an_order(lines=[a_line("1", "SOCKS", 5), a_line("2", "TEA", 1)]))
    order, tasks, [picklist] = rows_of_order(released(shop))
    begun = next(task for task in tasks if task.product_id == "SOCKS")

    def pick(desk: Desk) -> None:
        in_tote = Content(line_id=begun.line_id, product_id="SOCKS", quantity_each=2)
        desk.book.put(
            replace(order, state=OrderState.PICKING),
            replace(picklist, state=PicklistState.IN_PROGRESS, station_id="S1"),
            replace(begun, state=PickState.AT_LOCATION, picked_each=3, placed_each=2),
            ToteLoad(
                tote_load_id="L1",
                tote_id="017",
                picklist_id=picklist.picklist_id,
                order_id=order.order_id,
                slot="A1",
                contents=(in_tote,),
            ),
        )

    shop.on_floor(pick)
    cancelled = shop.post("/v1/orders/web/1001/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
    work = {found.about[0]: found.facts for found in work_for(shop, DiscrepancyKind.ORDER_CANCELLED)}
    assert (work["tote_load"]["tote_id"], work["tote_load"]["quantity_each"]) == ("017", "2")
    assert (work["tote_load"]["location_id"], work["pick_task"]["quantity_each"]) == ("A-01-01-1", "1")
    assert {task.state for task in rows_of_order(shop)[1]} == {PickState.CANCELLED}


def test_an_order_that_waits_again_after_a_vain_walk_keeps_its_walked_list(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    order, [task], [picklist] = rows_of_order(released(shop))

    def walk_in_vain(desk: Desk) -> None:
        not_found(desk, task.task_id, task.quantity_each)
        desk.book.put(
            replace(picklist, state=PicklistState.PARTLY_PICKED),
            replace(task, state=PickState.SHORT, missing_each=task.quantity_each),
            replace(order, state=OrderState.BACKORDERED),
        )

    shop.on_floor(walk_in_vain)
    assert shop.post("/v1/orders/web/1001/cancel").status_code == 200
    _, [kept], [walked] = rows_of_order(shop)
    assert (kept.state, walked.state) == (PickState.SHORT, PicklistState.CLOSED)


def test_what_was_packed_for_a_cancelled_order_is_put_back_once(shop: Shop) -> None:
    """Three are picked, one of them is in a carton already: one to take out of the carton, two out of the tote."""
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(quantity_each=3))
    order, [task], [picklist] = rows_of_order(released(shop))

    def pack(desk: Desk) -> None:
        unit = PackedUnit(line_id=task.line_id, product_id="SOCKS", quantity_each=1)
        in_tote = Content(line_id=task.line_id, product_id="SOCKS", quantity_each=3)
        desk.book.put(
            replace(order, state=OrderState.PACKING),
            replace(task, state=PickState.PLACED, picked_each=3, placed_each=3),
            Carton(carton_id="C1", order_id=order.order_id, number=1, units=(unit,)),
            ToteLoad(
                tote_load_id="L1",
                tote_id="017",
                picklist_id=picklist.picklist_id,
                order_id=order.order_id,
                slot="A1",
                contents=(in_tote,),
            ),
        )

    shop.on_floor(pack)
    assert shop.post("/v1/orders/web/1001/cancel").status_code == 202
    work = work_for(shop, DiscrepancyKind.ORDER_CANCELLED)
    assert sorted((found.about[0], found.facts["quantity_each"]) for found in work) == [
        ("carton", "1"),
        ("tote_load", "2"),
    ]


def test_what_was_handed_over_cannot_be_cancelled(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    put_state(shop, OrderState.HANDED_OVER)
    assert shop.post("/v1/orders/web/1001/cancel").status_code == 409
    assert shop.state("1001") == "handed_over"
