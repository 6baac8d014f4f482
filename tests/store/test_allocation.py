"""Which units an order gets."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import ShipPolicy
from store.allocation import FreeStock, Wanted, allot, kept

TODAY = date(2026, 3, 2)
days = st.none() | st.integers(-5, 60).map(lambda away: TODAY + timedelta(days=away))


def shelf(place: str = "A-01", free_each: int = 10, **facts: Any) -> FreeStock:
    return FreeStock(place=place, product_id="TEA", free_each=free_each, **facts)


def want(quantity_each: int, line_id: str = "1", product_id: str = "TEA") -> Wanted:
    return Wanted(line_id=line_id, product_id=product_id, quantity_each=quantity_each)


def got(*shelves: FreeStock, want_each: int) -> list[tuple[str, int]]:
    return [(each.place, each.quantity_each) for each in allot([want(want_each)], shelves, today=TODAY)]


@st.composite
def stocks(draw: st.DrawFn) -> list[FreeStock]:
    keys = st.tuples(st.sampled_from("ABCD"), st.sampled_from(["TEA", "JAM"]), st.sampled_from(["", "L1", "L2", "L3"]))
    expiry = {lot: draw(days) for lot in ("L1", "L2", "L3")} | {"": None}
    return [
        FreeStock(
            place=place,
            product_id=product_id,
            lot=lot,
            expires_on=expiry[lot],
            free_each=draw(st.integers(-3, 12)),
            walk_mm=draw(st.integers(0, 9)),
        )
        for place, product_id, lot in draw(st.lists(keys, unique=True, max_size=12))
    ]


wishes = st.lists(st.tuples(st.sampled_from(["TEA", "JAM", "NONE"]), st.integers(1, 20)), min_size=1, max_size=4).map(
    lambda lines: [want(each, str(number), sku) for number, (sku, each) in enumerate(lines)]
)


def test_the_lot_that_expires_first_goes_first_though_it_is_farther() -> None:
    soon = shelf("FAR", lot="L1", expires_on=TODAY + timedelta(days=9), walk_mm=900)
    late = shelf("NEAR", lot="L2", expires_on=TODAY + timedelta(days=90), walk_mm=1)
    assert got(late, soon, want_each=3) == [("FAR", 3)]


def test_of_equal_lots_the_nearest_goes_first() -> None:
    assert got(shelf("FAR", walk_mm=900), shelf("NEAR", walk_mm=1), want_each=3) == [("NEAR", 3)]


def test_one_stop_that_holds_all_beats_two_that_are_nearer() -> None:
    assert got(shelf("NEAR", 2, walk_mm=1), shelf("FAR", 5, walk_mm=900), want_each=4) == [("FAR", 4)]


def test_a_line_is_split_when_no_place_holds_enough() -> None:
    assert got(shelf("NEAR", 2, walk_mm=1), shelf("FAR", 3, walk_mm=900), want_each=4) == [("NEAR", 2), ("FAR", 2)]


def test_an_expired_lot_is_never_given_and_one_that_expires_today_is() -> None:
    gone = shelf("GONE", lot="L1", expires_on=TODAY - timedelta(days=1))
    today = shelf("TODAY", lot="L2", expires_on=TODAY)
    assert got(gone, today, want_each=12) == [("TODAY", 10)]


def test_an_order_that_must_go_complete_leaves_everything_when_something_is_missing() -> None:
    wanted = [want(3)]
    allotted = allot(wanted, [shelf(free_each=2)], today=TODAY)
    assert kept(ShipPolicy.COMPLETE, wanted, allotted) == ()
    assert kept(ShipPolicy.PARTIAL, wanted, allotted) == allotted


@given(wanted=wishes, stock=stocks())
def test_nobody_is_promised_more_than_there_is_or_than_was_asked(wanted: list[Wanted], stock: list[FreeStock]) -> None:
    allotted = allot(wanted, stock, today=TODAY)
    free = {(s.place, s.product_id, s.lot): s.free_each for s in stock}
    used: Counter[tuple[str, str, str]] = Counter()
    lines: Counter[str] = Counter()
    for each in allotted:
        assert each.quantity_each > 0
        used[each.place, each.product_id, each.lot] += each.quantity_each
        lines[each.line_id] += each.quantity_each
    assert all(each <= free[key] for key, each in used.items())
    assert all(lines[line.line_id] <= line.quantity_each for line in wanted)


@given(wanted=wishes, stock=stocks())
def test_everything_sound_is_given_before_anybody_goes_short(wanted: list[Wanted], stock: list[FreeStock]) -> None:
    allotted = allot(wanted, stock, today=TODAY)
    for product_id in {line.product_id for line in wanted}:
        asked = sum(line.quantity_each for line in wanted if line.product_id == product_id)
        there = sum(
            max(0, s.free_each)
            for s in stock
            if s.product_id == product_id and (s.expires_on is None or s.expires_on >= TODAY)
        )
        given_each = sum(each.quantity_each for each in allotted if each.product_id == product_id)
        assert given_each == min(asked, there)


@given(wanted=wishes, stock=stocks())
def test_no_lot_is_passed_over_for_one_that_expires_later(wanted: list[Wanted], stock: list[FreeStock]) -> None:
    allotted = allot(wanted, stock, today=TODAY)
    used: Counter[tuple[str, str, str]] = Counter()
    for each in allotted:
        used[each.place, each.product_id, each.lot] += each.quantity_each
    for each in allotted:
        for left in stock:
            if left.product_id != each.product_id or left.expires_on is None or left.expires_on < TODAY:
                continue
            unused_each = left.free_each - used[left.place, left.product_id, left.lot]
            assert unused_each <= 0 or left.expires_on >= (each.expires_on or date.max)
