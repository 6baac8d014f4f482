"""A whole shift for a journey: real processes on free ports, and people who read the screen and scan the sheet."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

import app.domain.catalogue  # noqa: F401  (rows and facts by their kinds)
from app.domain.cartons import Carton
from app.domain.codes import CodeKind, Command, printed
from app.domain.orders import Order
from app.domain.returns import Return
from app.domain.totes import ToteLoad
from app.domain.walk import Walk
from demo.hands import item_code
from demo.shift import SITE, STATIONS, Ports, RunningShift, Size
from demo.shop import Shop
from tests.browser.chromium import Screen
from tests.journeys.shift_books import ShiftBooks, eventually, the
from tests.screens.picker import WORDS

# A switch answers when what it started answers.
SWITCHES_S = 60.0
QUESTIONS = tuple(WORDS["en"].under("returns.question").values())


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


def standing(walk: Walk) -> tuple[str, str, int, int]:
    """Where a picker stands: the stage, the stop, units taken there, stops settled. Any good scan changes it.

    The rest of a walk may change by itself, when the store's word on it comes down.
    """
    task = walk.here
    return walk.stage, task.task_id if task else "", task.picked_each if task else 0, walk.settled_count


@dataclass(frozen=True, slots=True)
class ShiftRig(ShiftBooks):
    """One shift, as an onlooker with the sheet in the hand sees it."""

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

    async def gets_work(self, handset: Screen) -> Walk:
        """GET WORK, until a list is begun; returns its walk."""
        await self.command(handset, Command.GET_WORK)
        await self.until(lambda: self.walk() is not None, "a list is leased and begun")
        walk = self.walk()
        assert walk is not None
        return walk

    async def picks_on(self, handset: Screen, totes: dict[str, str], *, worker_id: str | None = None) -> Walk | None:
        """Scan what the walk asks for and wait until it counts; the walk after it, None once the list is finished.

        Args:
            totes: as for `next_code`.
            worker_id: as for `walk`.
        """
        before = self.walk(worker_id)
        assert before is not None
        await handset.scan(self.next_code(before, totes))
        task = before.here
        if before.stage == "item" and task is not None and self.product("handset", task.product_id).tracks_serial:
            await handset.sees("Scan its serial number")
            await handset.scan(f"SN{task.task_id}{task.picked_each:03d}")

        def moved() -> bool:
            now = self.walk(worker_id)
            return now is None or standing(now) != standing(before)

        try:
            await self.until(moved, f"the scan at {before.stage} counts")
        except AssertionError as late:
            raise AssertionError(f"{late}; {standing(before)}; the screen says {await handset.words()!r}") from None
        return self.walk(worker_id)

    async def works_return(self, bench: Screen, rma: str) -> str:
        """A parcel of one announced unit, from its RMA to the shelf; returns the place it was put on."""
        await bench.scan(printed(CodeKind.RETURN, rma))
        await bench.sees("1 unit announced")
        (announced,) = self.parcel(rma).announced
        place = await self.returns_unit(
            bench, item_code(self.product("bench", announced.product_id)), lambda: self.parcel(rma)
        )
        await self.command(bench, Command.FINISH)
        await bench.sees("Scan RMA, tracking, order or item")
        return place

    async def returns_unit(self, bench: Screen, code: str, parcel: Callable[[], Return]) -> str:
        """The last unit of a parcel, graded as new and put away; returns the place it was put on.

        Args:
            parcel: the parcel as the bench's book has it now; nothing of it is out yet.
        """
        await bench.scan(code)
        await self.until(lambda: bool(parcel().items), "the unit is out of the parcel")
        await self.grades_as_new(bench, parcel)
        asked = await bench.reads(r"Put on ([\w-]+), scan")
        await bench.scan(printed(CodeKind.LOCATION, asked[1]))
        await bench.sees(re.compile(rf"It lies on {asked[1]}"))
        return asked[1]

    async def grades_as_new(self, bench: Screen, parcel: Callable[[], Return]) -> None:
        """Each question about the unit in the hand gets its first answer."""
        answered = asked = ""

        async def goes_on() -> bool:
            nonlocal asked
            words = await bench.words()
            asked = next((question for question in QUESTIONS if question in words), "")
            return parcel().items[0].disposition is not None or asked not in ("", answered)

        while True:
            await eventually(goes_on, "a question is asked, or the unit is graded")
            if parcel().items[0].disposition is not None:
                return
            answered = asked
            await self.command(bench, Command.ANSWER_1)

    async def packs(self, packing: Screen, order_id: str) -> Carton:
        """The open order, unit by unit as the handset picked it, up to the closed carton; returns that."""
        await self.packs_units(packing, order_id)
        await packing.scan(await self.proposed_carton(packing))
        await packing.sees("Type the weight")
        return await self.weighs(packing, order_id)

    async def packs_units(self, packing: Screen, order_id: str) -> None:
        loads = (*self.rows("handset", ToteLoad), *self.rows("packing", ToteLoad))
        picked = [item for load in loads if load.order_id == order_id for item in load.contents]
        lots = {item.line_id: item.lot for item in picked}
        while (order := self.order("packing", order_id)).left_to_pack_each:
            line = next(one for one in order.lines if one.quantity_each - one.packed_each - one.short_each)
            product = self.product("packing", line.product_id)
            await packing.scan(item_code(product, lots.get(line.line_id)))
            if product.tracks_serial:
                await packing.scan(f"SN{order_id}{line.line_id}{line.packed_each}")
            await self.until(
                lambda before=order: self.order("packing", order_id) != before,  # type: ignore[misc]
                f"a unit of {product.name} counts",
            )

    async def proposed_carton(self, packing: Screen) -> str:
        """What stands on the carton that the screen asks for."""
        proposed = await packing.reads(r"Scan carton (\w+ \d)")
        carton_type = next(one for one in self.warehouse.cartons if one["name"] == proposed[1])
        return printed(CodeKind.CARTON_TYPE, carton_type["carton_type_id"])

    async def weighs(self, packing: Screen, order_id: str) -> Carton:
        """Type the weight that is expected; returns the closed carton."""
        expected = await packing.reads(r"([\d., ]+) g ±")
        for digit in re.sub(r"\D", "", expected[1]):
            await self.command(packing, Command(f"D.{digit}"))
        await self.command(packing, Command.OK)
        await self.until(
            lambda: any(one.sscc for one in self.cartons(order_id)), "the carton is closed and has its number"
        )
        return self.cartons(order_id)[-1]

    async def sticks_the_label_on(self, packing: Screen, carton: Carton) -> None:
        await packing.sees("Stick it on, scan it")
        await packing.scan(f"]C100{carton.sscc}")
        await packing.sees("is packed. Next tote.")

    def order(self, station: str, order_id: str) -> Order:
        return the(self.rows(station, Order), lambda one: one.order_id == order_id)

    def cartons(self, order_id: str) -> list[Carton]:
        """The cartons of an order, as the packing station knows them."""
        return [one for one in self.rows("packing", Carton) if one.order_id == order_id]

    def parcel(self, rma: str) -> Return:
        return the(self.rows("bench", Return), lambda one: one.rma == rma)

    @staticmethod
    async def command(screen: Screen, command: Command) -> None:
        await screen.scan(printed(CodeKind.COMMAND, command))

    # -- the world around ---------------------------------------------------------------------------------------------

    def shop(self) -> Shop:
        return self.shift.shop()

    async def control(self, path: str, **form: str) -> None:
        """Press a switch on the control page."""
        async with httpx.AsyncClient(timeout=SWITCHES_S) as client:
            reply = await client.post(f"{self.shift.addresses['Printer and control page']}{path}", data=form)
            assert reply.status_code == 303, reply.text

    async def labels(self) -> list[dict[str, Any]]:
        async with httpx.AsyncClient() as client:
            reply = await client.get(f"{self.shift.addresses['Printer and control page']}/labels")
            found: list[dict[str, Any]] = reply.json()
            return found


@asynccontextmanager
async def a_shift(folder: Path, size: Size, *stations: str, site: Path = SITE) -> AsyncIterator[ShiftRig]:
    """The store, the printer and stations, with a demo warehouse of this size; ended with the block.

    Args:
        stations: which of the three there are; all where none is named.
        site: of the handset that lives in a browser.
    """
    shift = RunningShift(folder, free_ports(), size=size, site=site)
    shift.stations = {kind: child for kind, child in shift.stations.items() if kind in (stations or STATIONS)}
    try:
        await shift.start()
        yield ShiftRig(shift=shift, warehouse=shift.warehouse)
    finally:
        await shift.stop()
