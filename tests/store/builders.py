"""A small warehouse on a running store, and stations that speak the wire to it as devices would.

`a_store(folder)` is a store with the warehouse W1 in it: products, bins, stock, workers. `store.station("handset")`
enrols one with a key of its own; its `tell` makes facts, its `push` sends what it owes.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import json
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from sqlalchemy import func, select

from app.domain.facts import Fact
from app.domain.picking import (
    LocationConfirmed,
    Picklist,
    PicklistFinished,
    PicklistStarted,
    PickTask,
    UnitPicked,
    UnitPlaced,
)
from app.domain.rows import Row, from_image, to_image
from app.domain.totes import ToteAssigned
from store.access import WAREHOUSE_HEADER
from store.backroom import Backroom
from store.row_book import RowBook
from store.service import build
from store.settings import StoreSettings
from store.stock import balance_each
from store.tables import stock_moves
from sync.protocol import (
    GENESIS_HASH,
    Cursor,
    Envelope,
    FactsJudged,
    Outcome,
    Pulled,
    fact_hash,
    fact_text,
)
from tests.store.w1 import CARTONS, LOCATIONS, NOW_UTC, OWNER_KEY, PICKER, PRODUCTS, SOCKS, STOCK, TOTES, W1, WORKERS

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
            return balance_each(connection, W1, place, product_id, **what)

    def moved_each(self, place: str, product_id: str) -> int:
        """The place's balance as the movements say, not the running figure."""
        total = func.coalesce(func.sum(stock_moves.c.quantity_each), 0)
        here = (stock_moves.c.warehouse_id == W1, stock_moves.c.product_id == product_id)
        with self.room.reading() as connection:
            came = connection.scalar(select(total).where(*here, stock_moves.c.to_place == place))
            went = connection.scalar(select(total).where(*here, stock_moves.c.from_place == place))
        return int(came or 0) - int(went or 0)


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


@dataclass(slots=True)
class AStation:
    """A device that knows nothing but the wire."""

    store: AStore
    device: Ed25519PrivateKey
    station_id: str = ""
    token: str = ""
    seq: int = 0
    head: str = GENESIS_HASH
    owed: list[str] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    view: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    lease: str | None = None

    @property
    def public_key(self) -> str:
        return _unpadded(self.device.public_key().public_bytes_raw())

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def proof(self, nonce: str, issued_at_utc: str | None = None) -> dict[str, str]:
        issued = issued_at_utc or self.store.clock[0].isoformat()
        said = f"floorhand-token\n{self.station_id}\n{nonce}\n{issued}"
        signature = _unpadded(self.device.sign(said.encode()))
        return {"station_id": self.station_id, "nonce": nonce, "issued_at_utc": issued, "signature": signature}

    async def sign_in(self) -> None:
        nonce = _unpadded(Ed25519PrivateKey.generate().private_bytes_raw())
        answer = await self.store.http.post("/v1/stations/token", json=self.proof(nonce))
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["token"]

    def text_of(self, fact: Fact, worker_id: str, **changes: Any) -> str:
        """The next fact's text, not yet owed."""
        envelope = Envelope(
            **{
                "warehouse_id": W1,
                "station_id": self.station_id,
                "seq": self.seq + 1,
                "kind": fact.kind,
                "version": fact.version,
                "worker_id": worker_id,
                "occurred_at_utc": self.store.clock[0],
                "boot_id": "boot-1",
                "monotonic_ms": self.seq * 1000,
                "prev_hash": self.head,
                "body": to_image(fact),
                "lease": self.lease,
                **changes,
            }
        )
        return fact_text(envelope)

    def owe(self, text: str) -> str:
        """Record a text as the station's next fact."""
        self.seq, self.head = self.seq + 1, fact_hash(self.head, text)
        self.owed.append(text)
        return text

    def tell(self, *facts: Fact, worker_id: str = PICKER) -> None:
        """Record facts, offline."""
        for fact in facts:
            self.owe(self.text_of(fact, worker_id))

    async def send(self, *texts: str) -> httpx.Response:
        """One push, as it stands."""
        # Escaped, so that a test can send half a character.
        body = json.dumps({"station_id": self.station_id, "facts": texts})
        headers = {**self.headers, "Content-Type": "application/json"}
        return await self.store.http.post("/v1/facts", content=body, headers=headers)

    async def push(self) -> list[Outcome]:
        """Send everything that is owed; it is held from now on."""
        outcomes: list[Outcome] = []
        while self.owed:
            answer = await self.send(*self.owed[:100])
            assert answer.status_code == 200, answer.text
            judged = from_image(FactsJudged, answer.json())
            assert judged.outcomes, "no progress"
            outcomes += judged.outcomes
            self.owed = self.owed[len(judged.outcomes) :]
        return outcomes

    async def do(self, *facts: Fact, worker_id: str = PICKER) -> list[Outcome]:
        """Record facts and send them."""
        self.tell(*facts, worker_id=worker_id)
        return await self.push()

    async def ask(self, name: str, **body: Any) -> httpx.Response:
        return await self.store.http.post(f"/v1/asks/{name}", json={"key": "k1", **body}, headers=self.headers)

    async def get_work(self, worker_id: str = PICKER, key: str = "w1", **more: Any) -> str | None:
        """Lease the worker's next list; the list to walk now."""
        answer = await self.ask("get_work", key=key, worker_id=worker_id, **more)
        assert answer.status_code == 200, answer.text
        current: str | None = answer.json()["current"]
        if current is not None:
            self.lease = self.store.row(Picklist, current).lease
        return current

    async def pull(self, **query: Any) -> Pulled:
        """Pull once, and keep the rows in `view`."""
        asked = {"epoch": self.cursor.epoch, "change_seq": self.cursor.change_seq, **query}
        answer = await self.store.http.get("/v1/pull", params=asked, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text
        pulled = from_image(Pulled, answer.json())
        if pulled.must_refetch:
            self.view.clear()
        for change in pulled.rows:
            if change.image is None:
                self.view.pop((change.row_kind, change.row_id), None)
            else:
                self.view[change.row_kind, change.row_id] = dict(change.image)
        self.cursor = pulled.cursor
        return pulled

    def sees(self, row_kind: str) -> set[str]:
        """Ids of the rows of a kind that it has pulled."""
        return {row_id for kind, row_id in self.view if kind == row_kind}


def load_id(picklist_id: str, order_id: str) -> str:
    return f"L-{picklist_id}-{order_id}"


def a_walk(store: AStore, picklist_id: str) -> list[Fact]:
    """Every fact of picking a whole list without a hitch, each order into a tote of its own."""
    tasks = sorted(store.rows(PickTask, picklist_id), key=lambda task: task.position)
    orders = sorted({task.order_id for task in tasks})
    facts: list[Fact] = [PicklistStarted(picklist_id=picklist_id)]
    for number, order_id in enumerate(orders, start=1):
        facts.append(
            ToteAssigned(
                tote_load_id=load_id(picklist_id, order_id),
                tote_id=f"T-{number:02}",
                picklist_id=picklist_id,
                order_id=order_id,
                slot=f"A{number}",
            )
        )
    for task in tasks:
        facts += [*a_take(task), a_placing(task)]
    loads = tuple(load_id(picklist_id, order_id) for order_id in orders)
    return [*facts, PicklistFinished(picklist_id=picklist_id, complete=True, tote_load_ids=loads)]


def a_take(task: PickTask, each: int | None = None) -> list[Fact]:
    """Bin, then item."""
    picked = UnitPicked(
        task_id=task.task_id, product_id=task.product_id, quantity_each=each or task.left_each, lot=task.lot
    )
    return [LocationConfirmed(task_id=task.task_id, location_id=task.location_id), picked]


def a_placing(task: PickTask, each: int | None = None) -> UnitPlaced:
    return UnitPlaced(
        task_id=task.task_id,
        tote_load_id=load_id(task.picklist_id, task.order_id),
        order_id=task.order_id,
        line_id=task.line_id,
        product_id=task.product_id,
        quantity_each=each or task.quantity_each,
        lot=task.lot,
    )


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@asynccontextmanager
async def a_store(folder: Path, **settings: Any) -> AsyncIterator[AStore]:
    """A store in this process, with W1 opened and loaded through the outside contract. Nothing is on the floor yet."""
    clock = [NOW_UTC]
    new = not (folder / "store.db").exists()
    if new and (loaded := _loaded_before()) is not None:
        shutil.copy(loaded, folder / "store.db")
        new = False
    how = {"data": folder, "admin_key": OWNER_KEY, "release_quiet_s": None, **settings}
    service = build(StoreSettings(**how), lambda: clock[0])
    transport = httpx.ASGITransport(app=service)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://store") as http:
            store = AStore(service=service, http=http, clock=clock)
            if new:
                await _open_w1(store)
                _keep_loaded(store)
            yield store
    finally:
        service.state.backroom.close()


# Loading goes through the whole contract and takes half a second; the next stores begin with a copy of what it made.
_loaded: list[Path] = []


def _loaded_before() -> Path | None:
    return _loaded[0] if _loaded else None


def _keep_loaded(store: AStore) -> None:
    copy = Path(tempfile.mkdtemp(prefix="floorhand-w1-")) / "store.db"
    with sqlite3.connect(store.room.settings.data / "store.db") as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    database.close()
    atexit.register(shutil.rmtree, copy.parent, ignore_errors=True)
    _loaded.append(copy)


async def _open_w1(store: AStore) -> None:
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
        await server.shutdown()


def later(store: AStore, **passed: float) -> None:
    """Let time pass at the store, e.g. `later(store, minutes=11)`."""
    store.clock[0] += timedelta(**passed)


async def somebody_waits(store: AStore) -> None:
    """Go on once a pull waits for news."""
    while not store.room.notice.listeners:  # noqa: ASYNC110  (it waits in a request; nothing else says so)
        await asyncio.sleep(0)
