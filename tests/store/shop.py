"""A store with its API, as a shop and an administrator see it, over a database of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Connection

from app.domain.orders import Order, OrderState
from app.domain.picking import PickTask
from app.domain.picklists import Picklist
from store.backroom import Backroom
from store.desk import Desk
from store.service import build
from store.settings import StoreSettings
from tests.store.engines import engine

T = TypeVar("T")
Json = dict[str, Any]

NOW_UTC = datetime(2026, 3, 2, 9, tzinfo=UTC)
OWNER_KEY = "owner-key-of-the-tests"


class Shop:
    """Speaks to the store with the owner's key, for the warehouse W1; every request runs on one event loop."""

    def __init__(self, portal: BlockingPortal, client: AsyncClient, room: Backroom) -> None:
        self.room = room
        self._portal = portal
        self._client = client

    def request(self, method: str, path: str, **content: Any) -> Response:
        return self._portal.call(lambda: self._client.request(method, path, **content))

    def get(self, path: str) -> Response:
        return self.request("GET", path)

    def post(self, path: str, body: object = None) -> Response:
        return self.request("POST", path, json=body)

    def put(self, path: str, body: object) -> Response:
        return self.request("PUT", path, json=body)

    def load(self, kind: str, *lines: Json) -> Response:
        body = "\n".join(json.dumps(line) for line in lines)
        return self.send_file(kind, body.encode(), "application/x-ndjson")

    def send_file(self, kind: str, body: bytes, content_type: str) -> Response:
        return self.request("POST", f"/v1/import/{kind}", content=body, headers={"Content-Type": content_type})

    def state(self, reference: str) -> str:
        seen: Json = self.get(f"/v1/orders/web/{reference}").json()
        return str(seen["state"])

    def on_floor(self, work: Callable[[Desk], T]) -> T:
        """Do something in the store's own books, in one transaction of its writer."""

        def working(connection: Connection) -> T:
            desk = Desk.at(connection, "W1", NOW_UTC)
            done = work(desk)
            desk.flush()
            return done

        return self.room.writer.submit(working).result()

    def wait_for(self, look: Callable[[Desk], T]) -> T:
        """What `look` finds in the books once it finds something; the store says when it has written."""

        async def waiting() -> T:
            with anyio.fail_after(20):
                while True:
                    with self.room.notice.listening() as written:
                        with self.room.reading() as connection:
                            if found := look(Desk.at(connection, "W1", NOW_UTC)):
                                return found
                        await written.wait()

        return self._portal.call(waiting)


@contextmanager
def a_shop(data: Path, *, release_quiet_s: float | None = None, opened_before: bool = False) -> Iterator[Shop]:
    """An empty store with the warehouse W1, that releases orders only when it is told to."""
    settings = StoreSettings(
        data=data,
        url=engine.url(data),
        admin_key=OWNER_KEY,
        release_quiet_s=release_quiet_s,
        rate_limits=None,
    )
    service = build(settings, now_utc=lambda: NOW_UTC)
    headers = {"Authorization": f"Bearer {OWNER_KEY}", "Floorhand-Warehouse": "W1"}
    with start_blocking_portal() as portal, _client(portal, service, headers) as client:
        shop = Shop(portal, client, service.state.backroom)
        opened = shop.post("/v1/warehouses", a_warehouse())
        assert opened.status_code == (200 if opened_before else 201), opened.text
        yield shop


@contextmanager
def _client(portal: BlockingPortal, service: FastAPI, headers: dict[str, str]) -> Iterator[AsyncClient]:
    # An error inside the store shall be what a shop sees of it: an answer.
    transport = ASGITransport(service, raise_app_exceptions=False)
    client = AsyncClient(transport=transport, base_url="http://store", headers=headers)
    with (
        portal.wrap_async_context_manager(service.router.lifespan_context(service)),
        portal.wrap_async_context_manager(client),
    ):
        yield client


def stocked(shop: Shop, *stock: Json, products: Sequence[Json] = ()) -> Shop:
    """Two aisles, socks (and `products`), and the stock lines given."""
    for kind, lines in (
        ("products", [a_product(), *products]),
        ("locations", [a_location(aisle, bay) for aisle in (1, 2) for bay in (1, 2, 3)]),
        ("stock", list(stock)),
    ):
        if lines:
            loaded = shop.load(kind, *lines)
            assert loaded.status_code == 200, loaded.text
    return shop


def a_warehouse(warehouse_id: str = "W1") -> Json:
    return {
        "warehouse_id": warehouse_id,
        "name": "Quay",
        "time_zone": "Europe/Berlin",
        "sscc_company_prefix": "9521234",
    }


def a_product(sku: str = "SOCKS", gtin: str = "9521234000006", **facts: Any) -> Json:
    size = {"weight_g": 80, "length_mm": 200, "width_mm": 100, "height_mm": 30}
    return {"sku": sku, "name": "Merino socks", "gtin": gtin, **size, **facts}


def a_location(aisle: int = 1, bay: int = 1, **facts: Any) -> Json:
    place = {"zone": "A", "aisle": aisle, "bay": bay, "level": 1, "x_mm": aisle * 4_000, "y_mm": bay * 1_200}
    return {"location_id": f"A-{aisle:02d}-{bay:02d}-1", **place, **facts}


def a_stock(quantity_each: int = 10, location_id: str = "A-01-01-1", sku: str = "SOCKS", **facts: Any) -> Json:
    return {"location_id": location_id, "sku": sku, "quantity_each": quantity_each, **facts}


def an_order(reference: str = "1001", quantity_each: int = 2, **facts: Any) -> Json:
    return {
        "channel": "web",
        "external_reference": reference,
        "placed_at_utc": "2026-03-02T08:00:00Z",
        "ship_by_utc": "2026-03-02T17:00:00+01:00",
        "currency": "EUR",
        "payment_mode": "prepaid",
        "ship_policy": "complete",
        "ship_to": {
            "name": "Łucja Bąk",
            "street": "Ulica Długa 3",
            "postcode": "80-831",
            "city": "Gdańsk",
            "country": "PL",
        },
        "lines": [a_line(quantity_each=quantity_each)],
        **facts,
    }


def a_line(external_line: str = "1", sku: str = "SOCKS", quantity_each: int = 2) -> Json:
    return {"external_line": external_line, "sku": sku, "quantity_each": quantity_each, "unit_price_minor": 999}


def paths(answer: Response) -> list[str]:
    """Which fields a refusal names."""
    assert answer.status_code == 422, answer.text
    return [problem["path"] for problem in answer.json()["problems"]]


def rows_of_order(shop: Shop, reference: str = "1001") -> tuple[Order, list[PickTask], list[Picklist]]:
    def look(desk: Desk) -> tuple[Order, list[PickTask], list[Picklist]]:
        order = desk.book.get(Order, f"web:{reference}")
        assert order is not None
        tasks = [task for task in desk.book.all(PickTask) if task.order_id == order.order_id]
        return order, tasks, desk.book.all(Picklist)

    return shop.on_floor(look)


def put_state(shop: Shop, state: OrderState, reference: str = "1001") -> None:
    order, _, _ = rows_of_order(shop, reference)
    shop.on_floor(lambda desk: desk.book.put(replace(order, state=state)))


def released(shop: Shop) -> Shop:
    assert shop.post("/v1/release", {}).status_code == 200
    return shop
