"""A small warehouse on a running store.

`a_store(folder)` is a store with the warehouse W1 in it: products, bins, stock, workers. `store.station("handset")`
enrols a station (see `a_station`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from sqlalchemy import func, select

from app.domain.rows import Row
from store.access import WAREHOUSE_HEADER
from store.backroom import Backroom
from store.row_book import RowBook
from store.service import build
from store.settings import StoreSettings
from store.stock import Marks, StockBook
from store.tables import stock_moves
from tests.store.a_station import AStation
from tests.store.engines import engine
from tests.store.w1 import CARTONS, LOCATIONS, NOW_UTC, OWNER_KEY, PRODUCTS, SOCKS, STOCK, TOTES, W1, WORKERS, an_order

R = TypeVar("R", bound=Row)


@dataclass(slots=True)
class AStore:
    """A running store with the warehouse W1, and a shop's and administrator's way in.

    `http` is in the process; `url` is there when the store listens on a port (`a_listening_store`).
    """

    service: FastAPI
    http: httpx.AsyncClient
    clock: list[datetime]
    url: str = ""

    @property
    def room(self) -> Backroom:
        room = self.service.state.backroom
        assert isinstance(room, Backroom)
        return room

    @property
    def owner(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {OWNER_KEY}", WAREHOUSE_HEADER: W1}

    async def post(self, path: str, json: Any) -> Any:
        """Ask as the administrator; the answer's body. Anything but success fails the test."""
        answer = await self.http.post(path, json=json, headers=self.owner)
        assert answer.is_success, answer.text
        return answer.json()

    async def load(self, kind: str, lines: list[dict[str, Any]]) -> None:
        body = "\n".join(json.dumps(line) for line in lines)
        headers = {**self.owner, "Content-Type": "application/x-ndjson"}
        answer = await self.http.post(f"/v1/import/{kind}", content=body, headers=headers)
        assert answer.is_success, answer.text

    async def order(self, reference: str = "1001", *, ship_policy: str = "partial", **lines: int) -> str:
        """Take an order of `SKU=quantity`; its order id. Two socks when nothing is said."""
        said = await self.post("/v1/orders", an_order(reference, ship_policy=ship_policy, **(lines or {SOCKS: 2})))
        return str(said["order_id"])

    async def release(self, **how: Any) -> list[str]:
        """Send all orders to the floor; the new picklists."""
        released = await self.post("/v1/release", how)
        return list(released["picklist_ids"])

    async def history(self, reference: str = "1001") -> list[str]:
        answer = await self.http.get(f"/v1/orders/web/{reference}", headers=self.owner)
        return [entry["what"] for entry in answer.json()["history"]]

    async def station(self, kind: str = "handset", name: str = "One") -> AStation:
        code = await self.post("/v1/enrolments", {"station_kind": kind, "name": name})
        device = Ed25519PrivateKey.generate()
        station = AStation(store=self, device=device)
        wanted = {"code": code["code"], "public_key": station.public_key, "name": name}
        answer = await self.http.post("/v1/stations", json=wanted)
        assert answer.status_code == 201, answer.text
        station.station_id = answer.json()["station_id"]
        await station.sign_in()
        return station

    def row(self, row_type: type[R], row_id: str) -> R:
        with self.room.reading() as connection:
            row = RowBook(connection, W1).get(row_type, row_id)
        assert row is not None, f"no {row_type.row_kind} {row_id}"
        return row

    def rows(self, row_type: type[R], parent: str | None = None) -> list[R]:
        with self.room.reading() as connection:
            return RowBook(connection, W1).all(row_type, parent)

    def put(self, *rows: Row) -> None:
        """Rows as a store's own move would leave them."""
        self.room.writer.submit(lambda connection: RowBook(connection, W1).put(*rows)).result()

    def stock_each(self, place: str, product_id: str, **what: str) -> int:
        with self.room.reading() as connection:
            return StockBook(connection, W1).balance_each(place, product_id, **what)

    def held_at(self, place: str, product_id: str) -> Mapping[Marks, int]:
        with self.room.reading() as connection:
            return dict(StockBook(connection, W1).held_at(place, product_id))

    def moved_each(self, place: str, product_id: str) -> int:
        """The place's balance as the movements say, not the running figure."""
        total = func.coalesce(func.sum(stock_moves.c.quantity_each), 0)
        here = (stock_moves.c.warehouse_id == W1, stock_moves.c.product_id == product_id)
        with self.room.reading() as connection:
            came = connection.scalar(select(total).where(*here, stock_moves.c.to_place == place))
            went = connection.scalar(select(total).where(*here, stock_moves.c.from_place == place))
        return int(came or 0) - int(went or 0)


@asynccontextmanager
async def a_store(folder: Path, **settings: Any) -> AsyncIterator[AStore]:
    """A store in this process, with W1 opened and loaded through the outside contract. Nothing is on the floor yet."""
    clock = [NOW_UTC]
    new = not engine.begun(folder) and not engine.begin_alike(folder)
    how = {
        "data": folder,
        "url": engine.url(folder),
        "admin_key": OWNER_KEY,
        "release_quiet_s": None,
        "rate_limits": None,
        **settings,
    }
    if new:
        # Loading goes through the whole contract and takes half a second; the next stores begin with a copy of it.
        async with _running(how, clock) as store:
            await open_w1(store)
        engine.keep(folder)
    async with _running(how, clock) as store:
        yield store


@asynccontextmanager
async def _running(how: dict[str, Any], clock: list[datetime]) -> AsyncIterator[AStore]:
    service = build(StoreSettings(**how), lambda: clock[0], lambda: clock[0].timestamp())
    transport = httpx.ASGITransport(app=service)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://store") as http:
            yield AStore(service=service, http=http, clock=clock)
    finally:
        service.state.backroom.close()


async def open_w1(store: AStore) -> None:
    house = {"warehouse_id": W1, "name": "One", "time_zone": "Europe/Berlin", "sscc_company_prefix": "4012345"}
    await store.post("/v1/warehouses", house)
    for kind, lines in (
        ("products", PRODUCTS),
        ("locations", LOCATIONS),
        ("stock", STOCK),
        ("workers", WORKERS),
        ("totes", TOTES),
        ("cartons", CARTONS),
    ):
        await store.load(kind, lines)


@asynccontextmanager
async def a_listening_store(folder: Path, **settings: Any) -> AsyncIterator[AStore]:
    """The same behind a real server on a free port of 127.0.0.1: `store.url`."""
    async with a_store(folder, **settings) as store, listening(store.service) as url:
        store.url = url
        yield store


@asynccontextmanager
async def listening(service: FastAPI) -> AsyncIterator[str]:
    """`service` on a free port, on this event loop, until the block ends."""
    config = uvicorn.Config(service, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    server.config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    serving = asyncio.create_task(server.main_loop())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        service.state.backroom.notice.close()
        await serving
        await accept_nobody(*server.servers)
        await server.shutdown()


async def accept_nobody(*servers: asyncio.Server) -> None:
    """Take no call any more, so that these may be closed: one that is closed while it takes a call leaves that open.

    Source:
        https://github.com/python/cpython/issues/109564
    """
    for sock in [sock for server in servers for sock in server.sockets]:
        asyncio.get_running_loop().remove_reader(sock.fileno())
    # A call that was taken in this moment begins in the first turn of the loop, and is its protocol's in the second.
    for _ in range(2):
        await asyncio.sleep(0)


def later(store: AStore, **passed: float) -> None:
    """Let time pass at the store, e.g. `later(store, minutes=11)`."""
    store.clock[0] += timedelta(**passed)


async def somebody_waits(store: AStore) -> None:
    """Go on once a pull waits for news."""
    while not store.room.notice.listeners:  # noqa: ASYNC110  (it waits in a request; nothing else says so)
        await asyncio.sleep(0)
