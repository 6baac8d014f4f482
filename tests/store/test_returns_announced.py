"""Returns that customers announce."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from store.keys import KeyRole, make_key
from tests.store.shop import (
    Json,
    Shop,
    a_line,
    a_stock,
    an_order,
    paths,
    stocked,
)


def a_return(**facts: object) -> Json:
    lines = [{"external_line": "1", "quantity_each": 1, "reason": "too small"}]
    return {"rma": "7001", "channel": "web", "external_reference": "1001", "lines": lines, **facts}


def test_an_announced_return_is_awaited_once(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    assert [shop.post("/v1/returns", a_return()).status_code for _ in range(2)] == [201, 200]
    assert shop.post("/v1/returns", a_return(tracking="952999")).status_code == 409


def test_no_more_comes_back_than_went_out(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(quantity_each=2))
    lines = [{"external_line": "1", "quantity_each": 2}, {"external_line": "9", "quantity_each": 1}]
    shop.post("/v1/returns", a_return())
    refused = shop.post("/v1/returns", a_return(rma="7002", lines=lines))
    assert paths(refused) == ["lines[0].quantity_each", "lines[1].external_line"]
    assert paths(shop.post("/v1/returns", a_return(external_reference="9"))) == ["external_reference"]


@pytest.mark.parametrize(
    "more", [[{"external_line": "9", "quantity_each": 1}], [{"external_line": "1", "quantity_each": 1}]]
)
def test_an_announcement_with_a_line_more_is_not_the_same_again(shop: Shop, more: list[Json]) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    assert shop.post("/v1/returns", a_return()).status_code == 201
    assert shop.post("/v1/returns", a_return(lines=[*a_return()["lines"], *more])).status_code == 409


def test_two_channels_number_their_returns_each_for_itself(shop: Shop) -> None:
    stocked(shop, a_stock(10))
    for channel in ("web", "shopb"):
        shop.post("/v1/orders", an_order(channel=channel))
    answers = [shop.post("/v1/returns", a_return(channel=channel)) for channel in ("web", "shopb", "shopb")]
    assert [answer.status_code for answer in answers] == [201, 201, 200]
    assert [answer.json()["rma"] for answer in answers] == ["7001"] * 3
    assert len({answer.json()["return_id"] for answer in answers}) == 2


def test_every_problem_of_a_return_is_told_at_once(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    lines = [
        {"external_line": "1", "quantity_each": -1},
        {"external_line": "1", "quantity_each": 9},
        {"external_line": "9", "quantity_each": 1},
        {"external_line": "\0"},
    ]
    assert sorted(paths(shop.post("/v1/returns", a_return(lines=lines)))) == [
        "lines[0].quantity_each",
        "lines[1].external_line",
        "lines[1].quantity_each",
        "lines[2].external_line",
        "lines[3].external_line",
        "lines[3].quantity_each",
    ]
    nowhere = a_return(external_reference="9", lines=lines[:2])
    assert sorted(paths(shop.post("/v1/returns", nowhere))) == [
        "external_reference",
        "lines[0].quantity_each",
        "lines[1].external_line",
    ]
    assert shop.post("/v1/returns", a_return()).status_code == 201


def test_a_shops_key_hears_nothing_of_another_channels_orders(shop: Shop) -> None:
    stocked(shop, a_stock(10)).post("/v1/orders", an_order(lines=[a_line("7")]))

    def give(connection: Connection) -> str:
        return make_key(connection, KeyRole.SHOP, "W1", "shopb")

    theirs = {"Authorization": f"Bearer {shop.room.writer.submit(give).result()}"}
    guess = a_return(lines=[{"external_line": "1", "quantity_each": 0}])
    for reference in ("1001", "9"):
        refused = shop.request("POST", "/v1/returns", json={**guess, "external_reference": reference}, headers=theirs)
        assert paths(refused) == ["lines[0].quantity_each"]
