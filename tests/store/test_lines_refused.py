"""A line of a file that is wrong in itself is told all that is wrong with it, also what the books have against it."""

from __future__ import annotations

import pytest

from tests.store.shop import Json, Shop, a_location, a_product, a_stock, stocked
from tests.store.test_imports import CSV, a_worker, told

TEA = a_product("TEA", "9521234000013", tracks_lot=True)
PHONE = a_product("PHONE", "9521234000037", tracks_serial=True)


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        (a_stock(-1, "Z-9", "NOPE"), ["quantity_each", "location_id", "sku"]),
        (a_stock(-1, "Z-9", "NO PE"), ["sku", "quantity_each", "location_id"]),
        (a_stock(-1, "Z 9", "NOPE"), ["location_id", "quantity_each", "sku"]),
        (a_stock(-1, sku="TEA"), ["quantity_each", "lot"]),
        (a_stock(1, sku="TEA", lot="ä"), ["lot"]),
        (a_stock(1, lot="ä"), ["lot", "lot"]),
        (a_stock(2, serials=["S1", 2]), ["serials[1]", "serials"]),
        (a_stock(2, sku="NOPE", serials=["S1"]), ["body", "sku"]),
        (a_stock(1, sku="NOPE", colour="red"), ["colour", "sku"]),
        ({"sku": "NOPE"}, ["location_id", "quantity_each", "sku"]),
    ],
)
def test_a_count_with_a_wrong_field_is_told_also_what_the_warehouse_does_not_know(
    shop: Shop, line: Json, paths: list[str]
) -> None:
    stocked(shop, products=[TEA])

    assert told(shop.load("stock", line)) == [(1, path) for path in paths]


def test_a_wrong_cell_of_a_spreadsheet_hides_no_unknown_product(shop: Shop) -> None:
    rows = b"location_id,sku,quantity_each\nA-01-01-1,NOPE,few\nA-01-01-1,NOPE,2\n"

    assert told(stocked(shop).send_file("stock", rows, CSV)) == [
        (2, "quantity_each"),
        (2, "sku"),
        (3, "body"),
        (3, "sku"),
    ]


def test_a_lots_day_that_cannot_be_read_contradicts_no_other(shop: Shop) -> None:
    stocked(shop, products=[TEA])
    lines = [a_stock(1, f"A-01-0{bay}-1", "TEA", lot="L1") for bay in (1, 2, 3)]
    days = ("2026-05-01", "soon", "2026-06-01")
    dated = [line | {"expires_on": day} for line, day in zip(lines, days, strict=True)]

    assert told(shop.load("stock", *dated)) == [(2, "expires_on"), (3, "expires_on")]


def test_a_serial_number_on_a_wrong_line_is_on_that_line_already(shop: Shop) -> None:
    stocked(shop, products=[PHONE])
    lines = [
        a_stock(3, sku="PHONE", serials=["S1", "S2"]),
        a_stock(1, "A-01-02-1", "PHONE", serials=["S2"]),
    ]

    assert told(shop.load("stock", *lines)) == [(1, "body"), (2, "serials")]


def test_a_product_with_a_wrong_field_is_told_also_whose_its_codes_are(shop: Shop) -> None:
    stocked(shop)
    packs = [{"code": "9521234000006", "factor_each": 0}, {"code": "SOCK", "factor_each": 1}, "HAT"]
    hats = a_product("HATS", "9521234000013", weight_g=-1, packs=packs)

    assert told(shop.load("products", hats)) == [
        (1, "packs[0].factor_each"),
        (1, "packs[2]"),
        (1, "weight_g"),
        (1, "packs[0].code"),
    ]
    nameless = a_product("H ATS", "9521234000006")
    assert told(shop.load("products", nameless)) == [(1, "sku")]


def test_a_line_that_is_there_twice_is_told_although_one_of_them_is_wrong(shop: Shop) -> None:
    twice = (a_location(1, 1, level=-1), a_location(1, 1))

    assert told(shop.load("locations", *twice)) == [(1, "level"), (2, "body")]


def test_a_person_with_a_wrong_field_is_told_also_whose_the_badge_is(shop: Shop) -> None:
    shop.load("workers", a_worker())

    refused = shop.load("workers", a_worker("W02", pin="1"), a_worker("W 3", pin="1"))

    assert told(refused) == [(1, "pin"), (1, "badge"), (2, "worker_id"), (2, "pin")]
