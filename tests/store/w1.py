"""The warehouse W1 of the store's tests: a handful of products, bins and people, as they are imported."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

OWNER_KEY = "fh_owner"
W1 = "W1"
NOW_UTC = datetime(2026, 3, 2, 8, tzinfo=UTC)
PIN_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$" + "A" * 43

PICKER, OTHER_PICKER, PACKER, RECEIVER, SUPERVISOR = "ann", "abe", "pat", "ria", "sue"
SOCKS, PEN, MILK, PHONE = "SOCKS", "PEN", "MILK", "PHONE"
SOCKS_BIN, SOCKS_RESERVE, PEN_BIN, MILK_BIN, PHONE_BIN = "A-01", "A-02", "A-03", "B-01", "B-02"

_SIZE = {"length_mm": 100, "width_mm": 80, "height_mm": 30}
PRODUCTS = [
    {"sku": SOCKS, "name": "Socks", "gtin": "4006381333931", "weight_g": 80, **_SIZE},
    {"sku": PEN, "name": "Pen", "gtin": "4012345000016", "weight_g": 12, **_SIZE},
    {"sku": MILK, "name": "Milk", "gtin": "4012345000023", "weight_g": 1030, "tracks_lot": True, **_SIZE},
    {"sku": PHONE, "name": "Phone", "gtin": "4012345000030", "weight_g": 190, "tracks_serial": True, **_SIZE},
]
_BINS = [(SOCKS_BIN, 1, 1), (SOCKS_RESERVE, 1, 2), (PEN_BIN, 1, 3), (MILK_BIN, 2, 1), (PHONE_BIN, 2, 2)]
LOCATIONS = [
    {
        "location_id": name,
        "zone": name[0],
        "aisle": aisle,
        "bay": bay,
        "level": 1,
        "x_mm": aisle * 3000,
        "y_mm": bay * 900,
    }
    for name, aisle, bay in _BINS
] + [
    {"location_id": "PACK", "zone": "P", "aisle": 0, "bay": 0, "level": 1, "x_mm": 0, "y_mm": 0, "kind": "packing"},
    {"location_id": "R-1", "zone": "R", "aisle": 0, "bay": 1, "level": 1, "x_mm": 0, "y_mm": 900, "kind": "returns"},
]
STOCK: list[dict[str, Any]] = [
    {"location_id": SOCKS_BIN, "sku": SOCKS, "quantity_each": 10},
    {"location_id": SOCKS_RESERVE, "sku": SOCKS, "quantity_each": 4},
    {"location_id": PEN_BIN, "sku": PEN, "quantity_each": 100},
    {"location_id": MILK_BIN, "sku": MILK, "quantity_each": 6, "lot": "L1", "expires_on": "2026-06-01"},
    {"location_id": PHONE_BIN, "sku": PHONE, "quantity_each": 2, "serials": ["SN1", "SN2"]},
]
WORKERS = [
    {"worker_id": name, "name": name.title(), "badge": f"badge-{name}", "pin_hash": PIN_HASH, "roles": [role]}
    for name, role in (
        (PICKER, "picker"),
        (OTHER_PICKER, "picker"),
        (PACKER, "packer"),
        (RECEIVER, "receiver"),
        (SUPERVISOR, "supervisor"),
    )
]
TOTES = [{"tote_id": f"T-{number:02}"} for number in range(1, 7)]
CARTONS = [{"carton_type_id": "BOX-S", "name": "Small", "tare_weight_g": 90, "max_weight_g": 9000, **_SIZE}]


def an_order(reference: str = "1001", *, ship_policy: str = "partial", **lines: int) -> dict[str, Any]:
    return {
        "channel": "web",
        "external_reference": reference,
        "placed_at_utc": "2026-03-02T07:00:00Z",
        "ship_by_utc": "2026-03-02T16:00:00Z",
        "currency": "EUR",
        "payment_mode": "prepaid",
        "ship_policy": ship_policy,
        "ship_to": {"name": "A. Person", "street": "Street 1", "postcode": "10115", "city": "Berlin", "country": "DE"},
        "lines": [
            {"external_line": str(number), "sku": sku, "quantity_each": each, "unit_price_minor": 499}
            for number, (sku, each) in enumerate(lines.items(), start=1)
        ],
    }
