"""A small floor for tests of picking: two aisles, a few products, one cart with two slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.codes import identify
from app.domain.gtin import check_digit
from app.domain.locations import Location
from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState, Slot
from app.domain.products import Pack, Product
from app.domain.rows import Row
from app.domain.scan import Scan, Source
from app.domain.totes import Content, Tote, ToteLoad
from app.domain.workers import Role, Worker
from app.workflows.answers import Answer
from app.workflows.pick import Pick
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.fakes.ledger import FakeLedger

ANNA = "W-anna"
LIST = "P-1042"
GS = "\x1d"
BERLIN = ZoneInfo("Europe/Berlin")


def gtin(number: int) -> str:
    """The 13-digit EAN of a made-up maker."""
    body = f"4012345{number:05}"
    return body + check_digit(body)


SOCKS_EAN, CASE_EAN, MILK_EAN, PHONE_EAN, GLOVES_EAN = (gtin(number) for number in (1, 2, 3, 4, 5))


def a_product(product_id: str, ean: str, *more: Pack, **facts: Any) -> Product:
    size = {"weight_g": 120, "length_mm": 200, "width_mm": 100, "height_mm": 40}
    packs = (Pack(code=ean.zfill(14)), *more)
    return Product(product_id=product_id, packs=packs, **{"name": product_id, **size, **facts})


SOCKS = a_product("socks", SOCKS_EAN, Pack(code=CASE_EAN.zfill(14), factor_each=12), name="Merino socks, grey 42")
GLOVES = a_product("gloves", GLOVES_EAN, Pack(code="OLD-GLOVES"), name="Work gloves, 9")
MILK = a_product("milk", MILK_EAN, name="Oat milk", tracks_lot=True)
PHONE = a_product("phone", PHONE_EAN, name="Phone", tracks_serial=True)
PRODUCTS = (SOCKS, GLOVES, MILK, PHONE)


def a_bin(location_id: str, *, check_digits: str = "") -> Location:
    zone, aisle, bay, level = location_id.split("-")
    return Location(
        location_id=location_id,
        zone=zone,
        aisle=int(aisle),
        bay=int(bay),
        level=int(level),
        x_mm=int(aisle) * 3_000,
        y_mm=int(bay) * 1_000,
        check_digits=check_digits,
    )


BINS = (a_bin("A-12-03-2", check_digits="47"), a_bin("A-12-04-1"), a_bin("A-13-01-1"), a_bin("A-14-09-3"))
TOTES = tuple(Tote(tote_id=name) for name in ("T-1", "T-2", "T-3"))
WORKER = Worker(worker_id=ANNA, name="Anna", badge="anna-badge", pin_hash="", roles=frozenset({Role.PICKER}))


def a_task(position: int = 1, *, product: Product = SOCKS, place: str = "A-12-03-2", **facts: Any) -> PickTask:
    """One unit of socks for the order in slot A1, unless told otherwise."""
    task = PickTask(
        task_id=f"T-{position}",
        picklist_id=LIST,
        position=position,
        order_id="O-1",
        line_id=f"L-{position}",
        product_id=product.product_id,
        location_id=place,
        quantity_each=1,
    )
    return replace(task, **facts)


def a_lot_task(position: int = 1, **facts: Any) -> PickTask:
    use_by: date = (SHIFT_BEGINS_UTC + timedelta(days=90)).date()
    return a_task(position, product=MILK, **{"lot": "L2409", "expires_on": use_by, **facts})


def a_list(task_count: int, **facts: Any) -> Picklist:
    row = Picklist(
        picklist_id=LIST,
        wave_id="W-1",
        zone="A",
        ship_by_utc=SHIFT_BEGINS_UTC + timedelta(hours=8),
        slots=(Slot(name="A1", order_id="O-1"), Slot(name="B2", order_id="O-2")),
        task_count=task_count,
        state=PicklistState.LEASED,
        station_id="K3",
        worker_id=ANNA,
        epoch=1,
    )
    return replace(row, **facts)


class Floor:
    """One picker at one station, with a list to walk."""

    def __init__(
        self,
        *tasks: PickTask,
        rows: tuple[Row, ...] = (),
        at_utc: datetime = SHIFT_BEGINS_UTC,
        zone: tzinfo = BERLIN,
    ) -> None:
        self.clock = FakeClock(at_utc)
        self.zone = zone
        picklist = a_list(len(tasks))
        known: tuple[Row, ...] = (*PRODUCTS, *BINS, *TOTES, WORKER, picklist, *tasks, *rows)
        self.ledger = FakeLedger(known, clock=self.clock)
        self.pick = self.reopened()

    def reopened(self) -> Pick:
        """The same list after a reload or a restart: nothing in memory, everything in the ledger."""
        pick = Pick(ledger=self.ledger, clock=self.clock, worker_id=ANNA, picklist_id=LIST, zone=self.zone)
        pick.open()
        return pick

    def scan(self, *texts: str) -> Answer:
        """Scan codes one after the other; the answer to the last."""
        answers = [self.pick.take(identify(Scan(text=text, source=Source.WEDGE))) for text in texts]
        return answers[-1]

    def task(self, position: int = 1) -> PickTask:
        task = self.ledger.get(PickTask, f"T-{position}")
        assert task is not None
        return task

    def kinds(self) -> list[str]:
        """Wire kinds of what was recorded, oldest first, without the beginning of the walk."""
        return [fact.kind for fact in self.ledger.facts if fact.kind != "picklist.started"]


def a_walked_cart(names: Sequence[str], *, quantity_each: int) -> tuple[list[PickTask], list[Row]]:
    """A list of which every stop is done, with an order in each slot and its units in totes 001, 002…

    Returns:
        Its tasks; the list and its totes.
    """
    slots = tuple(Slot(name=name, order_id=f"O-{name}") for name in names)
    tasks: list[PickTask] = []
    loads: list[Row] = []
    for n, slot in enumerate(slots, 1):
        tasks.append(
            a_task(
                n,
                order_id=slot.order_id,
                state=PickState.PLACED,
                quantity_each=quantity_each,
                picked_each=quantity_each,
                placed_each=quantity_each,
            )
        )
        loads.append(
            ToteLoad(
                tote_load_id=f"load {n}",
                tote_id=f"{n:03}",
                picklist_id=LIST,
                order_id=slot.order_id,
                slot=slot.name,
                contents=(Content(line_id=f"L-{n}", product_id=SOCKS.product_id, quantity_each=quantity_each),),
            )
        )
    return tasks, [a_list(len(slots), slots=slots), *loads]
