"""How orders become walks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.locations import Location
from app.domain.routing import order_stops, walk_mm
from store.release_plan import ORDERS_A_LIST_MAX, TASKS_A_LIST, Due, Stop, plan

START = (0, 0)


def place(zone: str, aisle: int, bay: int) -> Location:
    block = 1 if zone == "A" else 2
    y_mm = bay * 1_200 + (block - 1) * 33_000
    return Location(
        location_id=f"{zone}-{aisle}-{bay}",
        zone=zone,
        aisle=aisle,
        bay=bay,
        level=1,
        x_mm=aisle * 4_000,
        y_mm=y_mm,
        block=block,
    )


def due(order_id: str, *places: Location, hour: int = 12) -> Due:
    stops = tuple(
        Stop(
            allocation_id=f"{order_id}/{number}",
            order_id=order_id,
            line_id=f"{order_id}/{number}",
            product_id="SOCKS",
            location=at,
            lot="",
            expires_on=None,
            quantity_each=number + 1,
        )
        for number, at in enumerate(places)
    )
    return Due(order_id=order_id, ship_by_utc=datetime(2026, 3, 2, hour, tzinfo=UTC), stops=stops)


places = st.builds(place, st.sampled_from("AB"), st.integers(1, 6), st.integers(1, 25))
orders = st.lists(st.tuples(st.lists(places, min_size=1, max_size=5), st.sampled_from([10, 12, 15])), max_size=14).map(
    lambda all_: [due(f"O{number}", *at, hour=hour) for number, (at, hour) in enumerate(all_)]
)


@settings(deadline=None, max_examples=40)
@given(waiting=orders)
def test_every_promised_unit_is_on_exactly_one_walk(waiting: list[Due]) -> None:
    walked = Counter(stop.allocation_id for walk in plan(waiting, start=START) for stop in walk.stops)
    assert walked == Counter(stop.allocation_id for order in waiting for stop in order.stops)


@settings(deadline=None, max_examples=40)
@given(waiting=orders)
def test_a_walk_has_one_slot_an_order_and_stays_within_its_cart(waiting: list[Due]) -> None:
    for walk in plan(waiting, start=START):
        assert len({slot.name for slot in walk.slots}) == len(walk.slots) <= ORDERS_A_LIST_MAX
        assert sorted(slot.order_id for slot in walk.slots) == sorted({stop.order_id for stop in walk.stops})
        assert len(walk.stops) <= TASKS_A_LIST or len(walk.slots) == 1


@settings(deadline=None, max_examples=40)
@given(waiting=orders)
def test_a_walk_is_for_one_cut_off_and_its_stops_are_in_walking_order(waiting: list[Due]) -> None:
    cut_offs = {order.order_id: order.ship_by_utc for order in waiting}
    for walk in plan(waiting, start=START):
        assert {cut_offs[slot.order_id] for slot in walk.slots} == {walk.ship_by_utc}
        at = [stop.location for stop in walk.stops]
        as_walked = walk_mm(at, range(len(at)), START)
        assert as_walked <= walk_mm(at, order_stops(at, START), START)


def test_the_earliest_cut_off_is_walked_first() -> None:
    waiting = [due("LATE", place("A", 1, 1), hour=15), due("SOON", place("A", 1, 1), hour=10)]
    assert [walk.slots[0].order_id for walk in plan(waiting, start=START)] == ["SOON", "LATE"]


def test_orders_of_one_aisle_share_a_walk() -> None:
    near = [due(f"NEAR{number}", place("A", 1, number)) for number in (1, 2)]
    far = [due(f"FAR{number}", place("A", 6, number)) for number in (1, 2)]
    shared = [{slot.order_id for slot in walk.slots} for walk in plan([*far, *near], start=START, orders_a_list_max=2)]
    assert shared == [{"NEAR1", "NEAR2"}, {"FAR1", "FAR2"}]


def test_an_order_with_more_stops_than_a_cart_takes_walks_alone() -> None:
    big = due("BIG", *(place("A", 1, bay) for bay in range(1, TASKS_A_LIST + 4)))
    walks = list(plan([big, due("SMALL", place("A", 1, 1))], start=START))
    assert sorted([slot.order_id for slot in walk.slots] for walk in walks) == [["BIG"], ["SMALL"]]
