"""Returns that customers announce."""

from __future__ import annotations

from tests.store.shop import (
    Json,
    Shop,
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
