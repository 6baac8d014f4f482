"""Orders from outside: taken or refused, and what a customer sees of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.orders import Address, OrderState
from tests.store.shop import (
    Shop,
    a_line,
    a_stock,
    an_order,
    paths,
    put_state,
    released,
    stocked,
)


def test_a_new_order_is_taken_and_its_units_are_reserved(shop: Shop) -> None:
    taken = stocked(shop, a_stock(10)).post("/v1/orders", an_order(quantity_each=3))
    assert taken.status_code == 201
    assert taken.json()["state"] == "allocated"
    assert taken.json()["lines"][0]["allocated_each"] == 3
    assert [entry["what"] for entry in taken.json()["history"]] == ["order.received", "order.allocated"]


def test_the_same_order_again_is_the_same_order(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    again = shop.post("/v1/orders", an_order())
    assert again.status_code == 200
    assert again.json()["lines"][0]["allocated_each"] == 2
    assert len(again.json()["history"]) == 2


def test_a_retry_that_overtakes_its_original_makes_one_order(shop: Shop) -> None:
    stocked(shop, a_stock(10))
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: shop.post("/v1/orders", an_order()), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert {answer.json()["lines"][0]["allocated_each"] for answer in answers} == {2}
    assert shop.post("/v1/orders", an_order("1002", quantity_each=8)).json()["state"] == "allocated"


def test_the_same_moment_in_another_zone_is_the_same_order(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(placed_at_utc="2026-03-02T08:00:00Z"))
    assert shop.post("/v1/orders", an_order(placed_at_utc="2026-03-02T09:00:00+01:00")).status_code == 200


def test_the_same_reference_with_other_content_is_refused(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(quantity_each=2))
    other = shop.post("/v1/orders", an_order(quantity_each=3))
    assert other.status_code == 409
    assert "reason" in other.json()
    assert shop.get("/v1/orders/web/1001").json()["lines"][0]["quantity_each"] == 2


def test_every_problem_is_told_at_once(shop: Shop) -> None:
    bad = an_order(
        currency="euro",
        ship_by_utc="yesterday",
        lines=[a_line("1", "NOPE", -1), a_line("1", "SOCKS", 0)],
        coupon="SPRING",
    )
    bad["ship_to"] = {**bad["ship_to"], "country": "ZZ"}
    assert sorted(paths(stocked(shop).post("/v1/orders", bad))) == [
        "coupon",
        "currency",
        "lines[0].quantity_each",
        "lines[0].sku",
        "lines[1].external_line",
        "lines[1].quantity_each",
        "ship_by_utc",
        "ship_to.country",
    ]


def test_an_order_that_is_late_before_it_is_placed_hears_of_it_beside_its_bad_fields(shop: Shop) -> None:
    bad = an_order(ship_by_utc="2026-03-01T08:00:00Z", lines=[a_line(quantity_each=-1)])
    assert sorted(paths(stocked(shop).post("/v1/orders", bad))) == ["lines[0].quantity_each", "ship_by_utc"]
    assert sorted(paths(shop.post("/v1/orders", {**bad, "lines": []}))) == ["lines", "ship_by_utc"]


def test_an_order_that_is_late_before_it_is_placed_is_refused(shop: Shop) -> None:
    bad = an_order(placed_at_utc="2026-03-03T08:00:00Z", lines=[a_line(sku="NOPE")])
    assert paths(stocked(shop).post("/v1/orders", bad)) == ["ship_by_utc", "lines[0].sku"]


@pytest.mark.parametrize("quantity_each", [0, -1, 1.5, "2", None, True, 10**30])
def test_a_quantity_is_a_whole_number_above_nothing(shop: Shop, quantity_each: object) -> None:
    bad = an_order(lines=[{**a_line(), "quantity_each": quantity_each}])
    assert paths(stocked(shop).post("/v1/orders", bad)) == ["lines[0].quantity_each"]


def test_nothing_of_a_refused_order_is_kept(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(lines=[a_line("1"), a_line("2", "NOPE")]))
    assert shop.get("/v1/orders/web/1001").status_code == 404


def test_an_order_that_must_go_complete_waits_for_its_last_unit(shop: Shop) -> None:
    stocked(shop, a_stock(3)).post("/v1/orders", an_order(quantity_each=5))
    assert shop.state("1001") == "backordered"
    assert shop.post("/v1/orders", an_order("1002", quantity_each=3)).json()["state"] == "allocated"


def test_an_order_that_may_go_in_parts_takes_what_there_is(shop: Shop) -> None:
    taken = stocked(shop, a_stock(3)).post("/v1/orders", an_order(quantity_each=5, ship_policy="partial")).json()
    assert (taken["state"], taken["lines"][0]["allocated_each"], taken["lines"][0]["short_each"]) == ("allocated", 3, 2)


def test_an_order_that_waited_gets_its_units_when_stock_comes(shop: Shop) -> None:
    stocked(shop, a_stock(3)).post("/v1/orders", an_order(quantity_each=5))
    shop.load("stock", a_stock(9))
    released(shop)
    assert shop.state("1001") == "allocated"


def test_a_unit_is_promised_once(shop: Shop) -> None:
    stocked(shop, a_stock(10))
    states = [shop.post("/v1/orders", an_order(str(number), 4)).json()["state"] for number in range(3)]
    assert states == ["allocated", "allocated", "backordered"]


def test_the_address_goes_to_the_packers_alone(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    address = shop.on_floor(lambda desk: desk.book.get(Address, "web:1001"))
    assert address == Address(order_id="web:1001", lines=("Łucja Bąk", "Ulica Długa 3", "80-831 Gdańsk"), country="PL")
    assert "Bąk" not in shop.get("/v1/orders/web/1001").text


def test_a_packed_order_awaits_collection_to_its_customer(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    put_state(shop, OrderState.PACKED)
    assert shop.state("1001") == "awaiting_collection"
