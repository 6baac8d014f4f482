"""A whole shift for a journey: real processes on free ports, and people who read the screen and scan the sheet."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

import app.domain.catalogue  # noqa: F401  (rows and facts by their kinds)
from app.domain.codes import CodeKind, Command, printed
from app.domain.picking import Picklist, PicklistState, PickTask
from app.domain.products import Product
from app.domain.rows import Row, from_image
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.walk import Walk
from demo.hands import item_code
from demo.shift import Ports, RunningShift, Size
from demo.shop import Shop
from demo.warehouse import Warehouse
from tests.browser.chromium import Screen

R = TypeVar("R", bound=Row)
APPEARS_S = 20.0


def free_ports() -> Ports:
    """Ports that nobody listens on now."""
    probes = [socket.socket() for _ in range(6)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return Ports(*(probe.getsockname()[1] for probe in probes))
    finally:
        for probe in probes:
            probe.close()


async def eventually(look: Callable[[], Awaitable[bool]], what: str, *, within_s: float = APPEARS_S) -> None:
    """Look again and again until it is so.

    Raises:
        AssertionError: it was not so within the time; names `what`.
    """
    give_up_at_s = time.monotonic() + within_s
    while not await look():
        assert time.monotonic() < give_up_at_s, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(0.05)


@dataclass(frozen=True, slots=True)
class ShiftRig:
    """One shift, as an onlooker with the sheet in the hand sees it."""

    shift: RunningShift
    warehouse: Warehouse

    # -- what a person does -------------------------------------------------------------------------------------------

    async def sign_in(self, screen: Screen, name: str) -> None:
        """Badge and PIN, by scanning alone."""
        person = next(worker for worker in self.warehouse.workers if worker["name"] == name)
        await screen.sees("Scan your badge")
        await screen.scan(printed(CodeKind.BADGE, person["badge"]))
        await screen.sees("Type your PIN")
        for digit in person["pin"]:
            await self.command(screen, Command(f"D.{digit}"))
        await self.command(screen, Command.OK)
        await screen.sees(f"Good shift, {name}")

    @staticmethod
    async def command(screen: Screen, command: Command) -> None:
        await screen.scan(printed(CodeKind.COMMAND, command))

    # -- what the books say -------------------------------------------------------------------------------------------

    def rows(self, station: str, row_type: type[R]) -> list[R]:
        """Rows of a station's book, read from outside, as the screen shows them."""
        path = self.shift.data / station / "book.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as book:
            found = book.execute(
                "SELECT coalesce(view, held) FROM rows WHERE row_kind = ? ORDER BY row_id", (row_type.row_kind,)
            ).fetchall()
        book.close()
        return [from_image(row_type, json.loads(text)) for (text,) in found]

    def owed(self, station: str) -> int:
        """Facts of a station that the store has not judged."""
        with sqlite3.connect(f"file:{self.shift.data / station / 'book.db'}?mode=ro", uri=True) as book:
            (count,) = book.execute("SELECT count(*) FROM facts WHERE outcome IS NULL").fetchone()
        book.close()
        return int(count)

    def walk(self) -> Walk | None:
        """The picklist in progress on the handset."""
        lists = [one for one in self.rows("handset", Picklist) if one.state is PicklistState.IN_PROGRESS]
        if not lists:
            return None
        tasks = (task for task in self.rows("handset", PickTask) if task.picklist_id == lists[0].picklist_id)
        loads = (load for load in self.rows("handset", ToteLoad) if load.picklist_id == lists[0].picklist_id)
        return Walk(picklist=lists[0], tasks=tuple(tasks), loads=tuple(loads))

    def next_code(self, walk: Walk, totes: dict[str, str], station: str = "handset") -> str:
        """What stands on the thing that the walk asks for.

        Args:
            totes: order → the tote that was chosen for it; a new order takes the first free one.
        """
        task = walk.here
        if task is None:
            return printed(CodeKind.COMMAND, Command.FINISH)
        if walk.stage == "bin":
            return printed(CodeKind.LOCATION, task.location_id)
        if walk.stage == "item":
            product = next(one for one in self.rows(station, Product) if one.product_id == task.product_id)
            return item_code(product, task.lot, task.expires_on)
        if task.order_id not in totes:
            used = {
                load.tote_id for load in self.rows(station, ToteLoad) if load.state is not ToteLoadState.EMPTIED
            } | set(totes.values())
            totes[task.order_id] = next(tote["tote_id"] for tote in self.warehouse.totes if tote["tote_id"] not in used)
        return printed(CodeKind.TOTE, totes[task.order_id])

    # -- the world around ---------------------------------------------------------------------------------------------

    def shop(self) -> Shop:
        return self.shift.shop()

    async def control(self, path: str, **form: str) -> None:
        """Press a switch on the control page."""
        async with httpx.AsyncClient() as client:
            reply = await client.post(f"{self.shift.addresses['Printer and control page']}{path}", data=form)
            assert reply.status_code == 303, reply.text

    async def labels(self) -> list[dict[str, Any]]:
        async with httpx.AsyncClient() as client:
            reply = await client.get(f"{self.shift.addresses['Printer and control page']}/labels")
            found: list[dict[str, Any]] = reply.json()
            return found


@asynccontextmanager
async def a_shift(folder: Path, size: Size) -> AsyncIterator[ShiftRig]:
    """The store, the printer and three stations, with a demo warehouse of this size; ended with the block."""
    shift = RunningShift(folder, free_ports(), size=size)
    try:
        await shift.start()
        yield ShiftRig(shift=shift, warehouse=shift.warehouse)
    finally:
        await shift.stop()
