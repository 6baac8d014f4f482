"""Files for import: from systems and from spreadsheets, good ones and bad ones."""

from __future__ import annotations

from datetime import date

from argon2 import PasswordHasher
from httpx import Response
from sqlalchemy import func, select

from app.domain.locations import Location
from app.domain.products import Pack, Product
from app.domain.workers import Role, Worker
from store.desk import Desk
from store.tables import codes, lots, stock_moves
from tests.store.shop import Json, Shop, a_line, a_location, a_product, a_stock, an_order, stocked

CSV = "text/csv"


def told(answer: Response) -> list[tuple[int, str]]:
    assert answer.status_code == 422, answer.text
    return [(problem["line"], problem["path"]) for problem in answer.json()["problems"]]


def a_worker(worker_id: str = "W01", **facts: object) -> Json:
    return {"worker_id": worker_id, "name": "Ada", "badge": "K7M2", "pin": "123456", "roles": ["picker"], **facts}


def moves(shop: Shop) -> int:
    return shop.on_floor(lambda desk: desk.connection.scalar(select(func.count()).select_from(stock_moves)) or 0)


def balance(shop: Shop, place: str = "A-01-01-1", sku: str = "SOCKS") -> int:
    return shop.on_floor(lambda desk: desk.stock.balance_each(place, sku))


def expires_on(shop: Shop, sku: str, lot: str) -> date | None:
    this = select(lots.c.expires_on).where(lots.c.product_id == sku, lots.c.lot == lot)
    found: date | None = shop.on_floor(lambda desk: desk.connection.execute(this).one().expires_on)
    return found


def test_a_products_codes_are_kept_in_fourteen_digits(shop: Shop) -> None:
    case = {"code": "19521234000003", "factor_each": 12}
    shop.load("products", a_product(packs=[case, {"code": "OLD-SOCKS", "factor_each": 1}]))

    def look(desk: Desk) -> tuple[Product | None, dict[str, int]]:
        known = desk.connection.execute(select(codes))
        return desk.book.get(Product, "SOCKS"), {code.code: code.factor_each for code in known}

    product, known = shop.on_floor(look)
    assert product is not None
    assert product.packs[0] == Pack(code="09521234000006")
    assert known == {"09521234000006": 1, "19521234000003": 12, "OLD-SOCKS": 1}


def test_a_spreadsheets_file_is_as_good_as_a_systems(shop: Shop) -> None:
    """Byte order mark, CRLF, semicolons, a quoted cell, an empty one: what a spreadsheet writes."""
    rows = (
        "sku;name;gtin;packs;weight_g;length_mm;width_mm;height_mm;tracks_lot;picture",
        '"SOCKS";"Socks ""Nº 5""; grey";9521234000006;"19521234000003*12;OLD*1";80;200;100;30;no;',
        "TEA;Tea;9521234000013;;80;200;100;30;TRUE;tea",
        "",
    )
    loaded = shop.send_file("products", ("\ufeff" + "\r\n".join(rows)).encode(), f"{CSV}; charset=utf-8")
    assert loaded.json() == {"imported": 2}
    socks, tea = shop.on_floor(lambda desk: desk.book.all(Product))
    assert (socks.name, socks.packs[1].factor_each, socks.picture) == ('Socks "Nº 5"; grey', 12, "")
    assert (tea.tracks_lot, tea.packs[1:], tea.picture) == (True, (), "tea")


def test_every_problem_is_told_by_its_line_and_nothing_is_kept(shop: Shop) -> None:
    lines = (
        '{"location_id": "A-1", "zone": "A", "aisle": 1, "bay": 1, "level": 1, "x_mm": 0, "y_mm": 0}',
        "{not json",
        "",
        "[1, 2]",
        '{"location_id": "A-2", "zone": "A", "aisle": "one", "bay": 1, "level": -1, "x_mm": 0}',
        '{"location_id": "A-1", "zone": "A", "aisle": 1, "bay": 1, "level": 1, "x_mm": 0, "y_mm": 0}',
    )
    refused = shop.send_file("locations", "\n".join(lines).encode(), "application/x-ndjson")
    assert told(refused) == [
        (2, "body"),
        (4, "body"),
        (5, "aisle"),
        (5, "level"),
        (5, "y_mm"),
        (6, "body"),
    ]
    assert shop.on_floor(lambda desk: desk.book.all(Location)) == []


def test_a_csv_names_its_bad_cells(shop: Shop) -> None:
    rows = b"tote_id,colour,tote_id\r\n001,red,002\r\n003\r\n"
    assert told(shop.send_file("totes", rows, CSV)) == [(1, "tote_id"), (2, "colour"), (3, "body")]
    assert told(shop.send_file("totes", b'tote_id\n"001\n', CSV)) == [(2, "body")]
    rows = b"carton_type_id,name,length_mm,width_mm,height_mm,tare_weight_g,max_weight_g\nC1,Flat,25cm,20,4,6,1000\n"
    assert told(shop.send_file("cartons", rows, CSV)) == [(2, "length_mm")]


def test_a_file_that_is_no_text_is_named_by_the_line_that_breaks_it(shop: Shop) -> None:
    assert told(shop.send_file("totes", b"tote_id\n001\n\xff\xfe\n", CSV)) == [(3, "body")]


def test_an_empty_file_and_another_kind_of_file_are_refused(shop: Shop) -> None:
    assert told(shop.send_file("totes", b"", CSV)) == [(1, "body")]
    assert told(shop.send_file("totes", b"tote_id\n", CSV)) == [(1, "body")]
    assert shop.send_file("totes", b"PK", "application/zip").status_code == 415
    assert shop.send_file("nonsense", b"", CSV).status_code == 422


def test_a_gtin_with_a_wrong_check_digit_is_refused(shop: Shop) -> None:
    bad_case = {"code": "19521234000004", "factor_each": 12}
    assert told(shop.load("products", a_product(gtin="9521234000007", packs=[bad_case]))) == [
        (1, "gtin"),
        (1, "packs[0].code"),
    ]


def test_a_code_belongs_to_one_product(shop: Shop) -> None:
    shop.load("products", a_product())
    other = a_product("HATS", "9521234000013", packs=[{"code": "9521234000006", "factor_each": 1}])
    assert told(shop.load("products", other)) == [(1, "packs[0].code")]
    assert told(shop.load("products", a_product("A", "9521234000020"), a_product("B", "9521234000020"))) == [
        (2, "gtin")
    ]


def test_a_code_moves_when_its_product_gives_it_up(shop: Shop) -> None:
    shop.load("products", a_product(gtin="9521234000006"))
    moved = shop.load("products", a_product(gtin="9521234000013"), a_product("HATS", "9521234000006"))
    assert moved.status_code == 200
    known = shop.on_floor(lambda desk: {code.code: code.product_id for code in desk.connection.execute(select(codes))})
    assert known == {"09521234000006": "HATS", "09521234000013": "SOCKS"}


def test_the_same_file_again_tells_no_station_anything(shop: Shop) -> None:
    stocked(shop, a_stock(10))
    before = shop.on_floor(lambda desk: desk.book.change_seq()), moves(shop)
    stocked(shop, a_stock(10))
    assert (shop.on_floor(lambda desk: desk.book.change_seq()), moves(shop)) == before


def test_a_changed_line_alone_travels(shop: Shop) -> None:
    stocked(shop)
    before = shop.on_floor(lambda desk: desk.book.change_seq())
    shop.load("locations", a_location(1, 1), a_location(1, 2, zone="B"))
    assert shop.on_floor(lambda desk: desk.book.change_seq()) == before + 1
    changed = shop.on_floor(lambda desk: desk.book.get(Location, "A-01-02-1"))
    assert changed is not None
    assert changed.zone == "B"


def test_stock_is_what_the_file_says_and_the_difference_is_booked(shop: Shop) -> None:
    stocked(shop, a_stock(10))
    shop.load("stock", a_stock(7))
    assert (balance(shop), moves(shop)) == (7, 2)
    assert balance(shop, "adjustment") == -7
    shop.load("stock", a_stock(0))
    assert (balance(shop), balance(shop, "adjustment")) == (0, 0)


def test_stock_by_serial_number_is_kept_unit_by_unit(shop: Shop) -> None:
    phone = a_product("PHONE", "9521234000013", tracks_serial=True)
    stocked(shop, a_stock(2, sku="PHONE", serials=["S1", "S2"]), products=[phone])
    shop.load("stock", a_stock(2, sku="PHONE", serials=["S2", "S3"]))
    assert (balance(shop, sku="PHONE"), moves(shop)) == (2, 4)
    assert told(shop.load("stock", a_stock(3, sku="PHONE", serials=["S2", "S3"]))) == [(1, "body")]
    elsewhere = a_stock(1, "A-01-02-1", "PHONE", serials=["S2"])
    assert told(shop.load("stock", a_stock(1, sku="PHONE", serials=["S2"]), elsewhere)) == [(2, "serials")]


def test_a_count_that_says_no_day_leaves_a_lots_day_as_it_is(shop: Shop) -> None:
    """A count says how many units of a lot there are; their day stands on another paper. Past goods stay unpromised."""
    tea = a_product("TEA", "9521234000013", tracks_lot=True)
    stocked(shop, a_stock(5, sku="TEA", lot="L1", expires_on="2026-03-01"), products=[tea])
    assert shop.send_file("stock", b"location_id,sku,quantity_each,lot\nA-01-01-1,TEA,9,L1\n", CSV).status_code == 200
    assert expires_on(shop, "TEA", "L1") == date(2026, 3, 1)
    taken = shop.post("/v1/orders", an_order(lines=[a_line(sku="TEA", quantity_each=1)]))
    assert taken.json()["lines"][0]["allocated_each"] == 0


def test_a_lots_day_may_stand_on_one_of_its_lines_alone(shop: Shop) -> None:
    tea = a_product("TEA", "9521234000013", tracks_lot=True)
    dated = [a_stock(1, f"A-01-0{bay}-1", "TEA", lot="L1", expires_on="2026-05-01") for bay in (1, 2, 3)]
    bare = [a_stock(1, f"A-02-0{bay}-1", "TEA", lot="L1") for bay in (1, 2)]
    stocked(shop, bare[0], dated[0], bare[1], products=[tea])
    assert expires_on(shop, "TEA", "L1") == date(2026, 5, 1)
    other = {**dated[1], "expires_on": "2026-06-01"}
    assert told(shop.load("stock", bare[0], dated[0], other)) == [(3, "expires_on")]
    assert shop.load("stock", other).status_code == 200
    assert expires_on(shop, "TEA", "L1") == date(2026, 6, 1)


def test_stock_names_places_products_and_lots_that_are_known(shop: Shop) -> None:
    stocked(shop, products=[a_product("TEA", "9521234000013", tracks_lot=True)])
    refused = shop.load(
        "stock",
        a_stock(1, "Z-99-99-9"),
        a_stock(1, sku="NOPE"),
        a_stock(1, lot="L1"),
        a_stock(1, sku="TEA"),
        a_stock(1, sku="TEA", lot="L1", expires_on="2026-05-01"),
        a_stock(1, "A-01-02-1", sku="TEA", lot="L1", expires_on="2026-06-01"),
        a_stock(1, "A-01-03-1", serials=["S1"]),
        a_stock(-1, "A-02-01-1"),
        a_stock(1, "A-02-02-1", sku="TEA", lot="L2", expires_on="2026-02-30"),
    )
    assert told(refused) == [
        (1, "location_id"),
        (2, "sku"),
        (3, "lot"),
        (4, "lot"),
        (6, "expires_on"),
        (7, "serials"),
        (8, "quantity_each"),
        (9, "expires_on"),
    ]
    assert moves(shop) == 0


def test_a_pin_is_kept_as_a_hash_and_the_same_pin_keeps_its_hash(shop: Shop) -> None:
    shop.load("workers", a_worker())
    first = shop.on_floor(lambda desk: desk.book.get(Worker, "W01"))
    assert first is not None
    assert PasswordHasher().verify(first.pin_hash, "123456")
    assert first.roles == {Role.PICKER}
    shop.load("workers", a_worker())
    assert shop.on_floor(lambda desk: desk.book.get(Worker, "W01")) == first
    shop.load("workers", a_worker(pin="654321"))
    changed = shop.on_floor(lambda desk: desk.book.get(Worker, "W01"))
    assert changed is not None
    assert PasswordHasher().verify(changed.pin_hash, "654321")


def test_workers_have_a_badge_of_their_own_a_role_and_a_secret(shop: Shop) -> None:
    nobody = a_worker("W03", badge="K9", pin=None)
    refused = shop.load("workers", a_worker(), a_worker("W02", roles=["king"]), nobody, a_worker("W04", badge="K7M2"))
    assert told(refused) == [(2, "roles[0]"), (2, "badge"), (3, "body"), (4, "badge")]
    assert told(shop.load("workers", a_worker(pin="1234"))) == [(1, "pin")]


def test_a_roster_comes_from_a_spreadsheet_too(shop: Shop) -> None:
    rows = b"worker_id,name,badge,pin,roles,left_handed\nW01,Ada,K7M2,012345,picker;supervisor,yes\n"
    assert shop.send_file("workers", rows, CSV).status_code == 200
    ada = shop.on_floor(lambda desk: desk.book.get(Worker, "W01"))
    assert ada is not None
    assert (ada.roles, ada.left_handed) == (frozenset({Role.PICKER, Role.SUPERVISOR}), True)
    assert PasswordHasher().verify(ada.pin_hash, "012345")


def test_another_warehouse_knows_nothing_of_it(shop: Shop) -> None:
    stocked(shop, a_stock(10))
    shop.post(
        "/v1/warehouses", {"warehouse_id": "W2", "name": "Yard", "time_zone": "UTC", "sscc_company_prefix": "9521235"}
    )
    elsewhere = shop.request("POST", "/v1/orders", json=an_order(), headers={"Floorhand-Warehouse": "W2"})
    assert [problem["path"] for problem in elsewhere.json()["problems"]] == ["lines[0].sku"]
    nowhere = shop.request("POST", "/v1/orders", json=an_order(), headers={"Floorhand-Warehouse": "W9"})
    assert nowhere.status_code == 404


def test_a_warehouse_is_opened_once(shop: Shop) -> None:
    yard = {"warehouse_id": "W2", "name": "Yard", "time_zone": "Mars/Base", "sscc_company_prefix": "95x"}
    assert shop.post("/v1/warehouses", yard).json()["problems"][0]["path"] == "time_zone"
    yard |= {"time_zone": "UTC", "sscc_company_prefix": "9521235"}
    assert [shop.post("/v1/warehouses", yard).status_code for _ in range(2)] == [201, 200]
    assert shop.post("/v1/warehouses", {**yard, "name": "Other"}).status_code == 409
