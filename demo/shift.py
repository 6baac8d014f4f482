"""A running shift: the order store, a printer that prints PNGs, three stations, and the page that watches over them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from demo.cards import Card, cards, handset_card
from demo.control import control_page
from demo.desk import is_enrolled
from demo.orders import announced_returns, orders
from demo.processes import LEASHED, Child, ShiftTrouble, claim_port, port_refused
from demo.shop import Shop
from demo.warehouse import demo_warehouse, nearly_empty_warehouse
from demo.yesterday import A_DAY, work_yesterday
from devices.local_certificate import lan_address
from devices.simulated_printer import SimulatedPrinter

HOUSE = Path(__file__).parent.parent
HOST = "127.0.0.1"
SITE = HOUSE / "var" / "site"
STORE = ("-m", "store")
# A shift keeps its own books: whatever database or store somebody has set for other work is not for it.
STORE_SETTINGS = {"PYTHONPATH": str(HOUSE), "FLOORHAND_STORE_URL": ""}
SEED = 20260
W1 = "W1"
ORDERS_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is to do.

    Args:
        shipped: orders of yesterday, from which `returns` come back.
    """

    orders: int = 150
    shipped: int = 12
    returns: int = 8


def another(name: str) -> str:
    """How to choose another port for a part."""
    return f"--{name}-port or FLOORHAND_{name.upper()}_PORT"


@dataclass(frozen=True, slots=True)
class Ports:
    store: int = 8560
    handset: int = 8550
    packing: int = 8551
    bench: int = 8552
    page: int = 8570
    printer: int = 9100

    def claim(self) -> None:
        """Make sure that all of them can be had.

        Raises:
            ShiftTrouble: one cannot, or is named twice; the message says which, and the way to another.
        """
        named: dict[int, str] = {}
        for name, port in asdict(self).items():
            if (other := named.setdefault(port, name)) != name:
                raise ShiftTrouble(f"Port {port} is both {other} and {name}: choose another for one. {another(name)}")
            claim_port(HOST, port, name, another(name))


# kind → (name, what people know it as)
STATIONS: dict[str, tuple[str, str]] = {
    "handset": ("K1", "Handset"),
    "packing": ("P1", "Packing station"),
    "bench": ("R1", "Returns and supervisor"),
}
IN_THE_BROWSER = "Handset in the browser"


class RunningShift:
    """Start it, leave it, start it again: it comes back as it was.

    Args:
        data: folder of everything that the shift keeps.
        site: the handset's site, where it has been built.
    """

    def __init__(
        self, data: Path, ports: Ports, *, lan: bool = False, size: Size | None = None, site: Path = SITE
    ) -> None:
        self.data = data
        self.site = site if site.exists() else None
        self.ports = ports
        self.lan = lan
        self.size = size or Size()
        born_utc = self._born_utc()
        self.warehouse = demo_warehouse(SEED, born_utc.date())
        rng = random.Random(SEED)
        goods = self.warehouse.products
        # Due a day before they were packed: begun late in the evening, yesterday's cut-offs reach into today.
        self.shipped = list(orders(rng, goods, self.size.shipped, born_utc - 2 * A_DAY, prefix="Y"))
        self.orders = list(orders(rng, goods, self.size.orders, born_utc))
        self.parcels = list(announced_returns(rng, self.shipped, self.size.returns))
        self.cards = cards(self.warehouse, self.orders, self.parcels)
        self.printer = SimulatedPrinter(data / "printer", HOST, ports.printer)
        store_url = f"http://{HOST}:{ports.store}"
        self.store = Child(
            "order store",
            [*LEASHED, *STORE, "--host", HOST, "--port", str(ports.store), "--data", str(data / "store")],
            env={
                **STORE_SETTINGS,
                "FLOORHAND_ADMIN_KEY": self._admin_key(),
                "FLOORHAND_STORE_SITE": str(self.site or ""),
            },
            log_dir=data / "logs",
            answers_at=f"{store_url}/v1/health",
        )
        self.stations = {kind: self._station(kind, store_url) for kind in STATIONS}
        stations_at = f"https://{lan_address()}" if lan else f"http://{HOST}"
        self.addresses = {
            **{title: f"{stations_at}:{getattr(ports, kind)}" for kind, (_, title) in STATIONS.items()},
            **({IN_THE_BROWSER: f"{store_url}/handset/"} if self.site else {}),
            "Printer and control page": f"http://{HOST}:{ports.page}",
            "Printable sheet": f"http://{HOST}:{ports.page}/sheet",
            "Order store": store_url,
            "Printer socket": f"tcp://{HOST}:{ports.printer}",
        }
        self._page: uvicorn.Server | None = None
        self._page_task: asyncio.Task[None] | None = None
        self._keepers: list[asyncio.Task[None]] = []

    def _station(self, kind: str, store_url: str) -> Child:
        port = getattr(self.ports, kind)
        name, _ = STATIONS[kind]
        scheme = "https" if self.lan else "http"
        settings = {
            "FLOORHAND_KIND": kind,
            "FLOORHAND_NAME": name,
            "FLOORHAND_DATA_DIR": str(self.data / kind),
            "FLOORHAND_STORE_URL": store_url,
            "FLOORHAND_PORT": str(port),
            "FLOORHAND_PRINTER": "" if kind == "handset" else f"zpl+tcp://{HOST}:{self.ports.printer}",
            "FLOORHAND_LAN": "yes" if self.lan else "",
        }
        return Child(
            f"station {name}",
            [*LEASHED, str(HOUSE / "main.py")],
            env=settings,
            log_dir=self.data / "logs",
            answers_at=f"{scheme}://{HOST}:{port}/",
        )

    async def start(self) -> None:
        """Bring everything up, load the demo warehouse the first time.

        Raises:
            ShiftTrouble: a port is in use, or a part did not come up.
        """
        self.ports.claim()
        # Whoever claims a port lets go of it again: somebody may have been quicker.
        try:
            await self.printer.start()
        except OSError as reason:
            raise port_refused(self.ports.printer, "printer", another("printer"), reason) from None
        await self._serve_page()
        print("Starting the order store …", flush=True)
        await self.store.start()
        if not (self.data / "loaded").exists():
            print("Loading the demo warehouse …", flush=True)
            await self._load()
            (self.data / "loaded").touch()
        print("Starting the stations …", flush=True)
        await asyncio.gather(*(self._start_station(kind) for kind in self.stations))
        self._keepers = [asyncio.create_task(child.keep()) for child in (self.store, *self.stations.values())]

    async def _start_station(self, kind: str) -> None:
        station = self.stations[kind]
        # Not whether there is a book: it is made a moment before the station is enrolled, and power may go in between.
        if not is_enrolled(self.data / kind):
            async with self.shop() as shop:
                station.env["FLOORHAND_ENROLMENT_CODE"] = await shop.enrolment_code(kind, STATIONS[kind][0])
        await station.start()

    async def stop(self) -> None:
        """End everything: the page first, whose switches could start a part again, then the stations, so that they can
        hand over what they owe."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        if self._page is not None and self._page_task is not None:
            self._page.should_exit = True
            await self._page_task
        await asyncio.gather(*(station.stop() for station in self.stations.values()))
        await self.store.stop()
        await self.printer.stop()

    def _born_utc(self) -> datetime:
        """When this shift began: expiry dates and cut-offs are set around it, also when it is taken up again."""
        path = self.data / "shift.json"
        self.data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(json.dumps({"born_utc": datetime.now(UTC).isoformat(timespec="seconds")}))
        return datetime.fromisoformat(json.loads(path.read_text())["born_utc"])

    def _admin_key(self) -> str:
        """The key of the shift's administrator, made at its beginning; the store hears of it at each start."""
        path = self.data / "admin.key"
        # Power may go between the file and what stands in it.
        if not path.exists() or not path.stat().st_size:
            path.touch(mode=0o600)
            path.write_text(f"fh_{secrets.token_urlsafe(32)}")
        return path.read_text()

    def shop(self, warehouse_id: str = W1) -> Shop:
        """The shop and administrator of one warehouse; there once the shift was loaded."""
        return Shop(f"http://{HOST}:{self.ports.store}", self._admin_key(), warehouse_id)

    async def handset_cards(self) -> list[Card]:
        """A card with a fresh code, by which any device becomes a handset; none while the store is away."""
        if self.site is None or not self.store.running:
            return []
        name = self._next_handset()
        try:
            async with self.shop() as shop:
                code = await shop.enrolment_code("handset", name)
        except (ShiftTrouble, httpx.HTTPError):
            return []
        return [handset_card(self.addresses[IN_THE_BROWSER], name, code)]

    def _next_handset(self) -> str:
        path = self.data / "handsets"
        number = int(path.read_text() or 1) + 1 if path.exists() else 2
        path.write_text(str(number))
        return f"K{number}"

    async def _load(self) -> None:
        """Everything through the outside contract. Cut off half-way it is done again: the same again is harmless."""
        async with self.shop("W2") as shop:
            await shop.import_warehouse(nearly_empty_warehouse(SEED, self._born_utc().date()))
        async with self.shop() as shop:
            await shop.import_warehouse(self.warehouse)
            if self.shipped:
                print("Working yesterday's shift …", flush=True)
                await work_yesterday(shop, self.addresses["Order store"], self.data / "yesterday", self.shipped)
            for parcel in self.parcels:
                await shop.post("/v1/returns", parcel)
            print("Placing today's orders …", flush=True)
            turn = asyncio.Semaphore(ORDERS_AT_ONCE)

            async def place(order: dict[str, Any]) -> None:
                async with turn:
                    await shop.post("/v1/orders", order)

            await asyncio.gather(*(place(order) for order in self.orders))

    async def _serve_page(self) -> None:
        app = control_page(self, font_dir=HOUSE / "assets" / "fonts")
        # log_config=None: the launcher's own log takes what uvicorn says.
        config = uvicorn.Config(app, host=HOST, port=self.ports.page, log_config=None, access_log=False)
        # A switch that waits for what it started does not hold up the end of the shift.
        config.timeout_graceful_shutdown = 1
        try:
            listening = socket.create_server((HOST, self.ports.page))
        except OSError as reason:
            raise port_refused(self.ports.page, "page", another("page"), reason) from None
        self._page = uvicorn.Server(config)
        # The launcher ends on Ctrl-C, in its own order; uvicorn must not take the signal from it.
        setattr(self._page, "capture_signals", contextlib.nullcontext)  # noqa: B010  (mypy knows it as a method)
        self._page_task = asyncio.create_task(self._page.serve(sockets=[listening]))
        while not self._page.started:
            if self._page_task.done():
                raise ShiftTrouble("The control page could not be served; see launcher.log.")
            await asyncio.sleep(0.02)
