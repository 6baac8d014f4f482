"""Hands that know what to scan: they read the row that the screen would show, and scan what stands before them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, tzinfo

from app.domain.cartons import CartonType
from app.domain.codes import CodeKind, Command, printed
from app.domain.picking import PickTask
from app.domain.products import Product
from app.domain.totes import Tote, ToteLoad, ToteLoadState
from app.domain.walk import Stage
from app.ports import View
from app.workflows.pack import Pack
from app.workflows.pack_step import MAY_GO_ON, PackStep
from app.workflows.pick import Pick
from app.workflows.work import Work
from demo.desk import Desk, wedge


def item_code(product: Product, lot: str | None = None, expires_on: date | None = None) -> str:
    """What a scanner says of one unit: its EAN, or its GS1 DataMatrix where lots are tracked."""
    gtin = product.packs[0].code
    if not lot:
        return gtin.lstrip("0")
    expiry = f"17{expires_on:%y%m%d}" if expires_on else ""
    return f"]d201{gtin}{expiry}10{lot}"


def free_totes(view: View) -> Iterator[str]:
    """Totes in which nothing lies, by their numbers."""
    used = {load.tote_id for load in view.all(ToteLoad) if load.state is not ToteLoadState.EMPTIED}
    return (tote.tote_id for tote in view.all(Tote) if tote.tote_id not in used)


async def pick_all(desk: Desk, worker_id: str, totes: Iterator[str], zone: tzinfo) -> list[str]:
    """Get work and walk it, until there is none; returns the picklists that were finished.

    Args:
        totes: empty ones; each order takes the next.
    """
    finished: list[str] = []
    work = Work(ledger=desk.ledger, store=desk.courier, clock=desk.clock, worker_id=worker_id)
    while (found := await work.get()).picklist_id is not None:
        pick = Pick(ledger=desk.ledger, clock=desk.clock, worker_id=worker_id, picklist_id=found.picklist_id, zone=zone)
        pick.open()
        walk_through(desk.ledger, pick, totes)
        finished.append(found.picklist_id)
        await desk.quiet()
    return finished


def walk_through(view: View, pick: Pick, totes: Iterator[str]) -> None:
    """Scan one picklist from where it stands to its end."""
    serial = 0
    while (walk := pick.walk()).stage is not Stage.FINISH:
        task = walk.here
        assert task is not None
        match walk.stage:
            case Stage.BIN:
                pick.scan(wedge(printed(CodeKind.LOCATION, task.location_id)))
            case Stage.ITEM:
                serial += 1
                pick.scan(wedge(_unit_code(view, pick, task, serial)))
            case Stage.TOTE:
                load = walk.load_of(task.order_id)
                pick.scan(wedge(printed(CodeKind.TOTE, load.tote_id if load else next(totes))))
    pick.scan(wedge(printed(CodeKind.COMMAND, Command.FINISH)))


def _unit_code(view: View, pick: Pick, task: PickTask, serial: int) -> str:
    if pick.prompt().sentence.key == "pick.scan_serial":
        return f"SN{task.task_id}{serial:03d}"
    product = view.get(Product, task.product_id)
    assert product is not None
    return item_code(product, task.lot, task.expires_on)


def pack_order(desk: Desk, worker_id: str, tote_id: str, zone: tzinfo, *, printer_id: str = "") -> None:
    """Scan one tote's order through, up to where its label is awaited."""
    pack = Pack(
        ledger=desk.ledger,
        jobs=desk.ledger,
        clock=desk.clock,
        worker_id=worker_id,
        seat_id="desk",
        zone=zone,
        printer_id=printer_id,
    )
    pack.scan(wedge(printed(CodeKind.TOTE, tote_id)))
    serial = 0
    while (view := pack.view()).step not in MAY_GO_ON:
        match view.step:
            case PackStep.UNIT:
                card = next(card for card in view.lines if card.left_each)
                assert card.product is not None
                pack.scan(wedge(item_code(card.product, card.lots[0] if card.lots else None)))
            case PackStep.SERIAL:
                serial += 1
                pack.scan(wedge(f"SN{tote_id}{serial:03d}"))
            case PackStep.CARTON:
                carton = view.proposed or max(desk.ledger.all(CartonType), key=lambda one: one.max_weight_g)
                pack.scan(wedge(printed(CodeKind.CARTON_TYPE, carton.carton_type_id)))
            case PackStep.WEIGHT:
                pack.weigh(view.expected_weight_g or 1)
            case other:
                raise RuntimeError(f"nobody told these hands what to do at {other}")
