"""A carton's label as its packer sees it: that it comes, waits, or cannot be made."""

from __future__ import annotations

from dataclasses import replace

import flet as ft
import pytest

from app.domain.printing import PrinterLamp, PrintState
from app.errors import LabelFault
from app.ports import Tone
from tests.fakes.packing import ADDRESS, MUG_EAN, PackFloor
from tests.screens.benches import TO_LABEL, Lamps, a_packer, packing_station, signed_in


async def test_the_preview_is_the_label_that_prints() -> None:
    floor = PackFloor()
    bench = packing_station(floor)
    packer = await signed_in(bench)
    await packer.scan("T.T-1", "C.S", MUG_EAN, "X.D.4", "X.D.0", "X.D.0", "X.OK")
    pictures = [control.src for control in packer.window.controls() if isinstance(control, ft.Image)]
    assert bench.station.drawer is not None
    assert bench.station.drawer.preview_png(floor.job().intent) in pictures


@pytest.mark.parametrize(
    ("lamp", "words"), [(PrinterLamp.PAPER_OUT, "Load a roll"), (PrinterLamp.MISSING, "Switch it on")]
)
async def test_a_printer_that_cannot_print_says_what_to_do_and_the_label_comes_when_it_is_back(
    lamp: PrinterLamp, words: str
) -> None:
    floor, lamps = PackFloor(), Lamps()
    lamps.now = lamp
    packer = await a_packer(floor, lamps=lamps)
    await packer.scan("T.T-1", "C.S", MUG_EAN, "X.D.4", "X.D.0", "X.D.0", "X.OK")
    assert packer.sees(words)
    for state in (PrintState.SENDING, PrintState.CONFIRMED):
        floor.ledger.mark(floor.job().job_id, state)
    await packer.window.settle()
    assert packer.sees("The label is out.")
    assert floor.carton().printed_count == 1
    await packer.scan(f"00{floor.carton().sscc}")
    assert packer.sees("is packed. Next tote.")


async def test_nobody_knows_whether_it_came_out_until_the_packer_taps() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan("T.T-1", "C.S", MUG_EAN, "X.D.4", "X.D.0", "X.D.0", "X.OK")
    for state in (PrintState.SENDING, PrintState.UNCERTAIN):
        floor.ledger.mark(floor.job().job_id, state)
    await packer.window.settle()
    await packer.tap("answer-1")
    assert floor.job().state is PrintState.CONFIRMED
    assert packer.sees("Stick it on, scan it")


@pytest.mark.parametrize(
    ("lamp", "asked"),
    [
        (PrinterLamp.PAPER_OUT, "Load a roll of labels"),
        (PrinterLamp.HEAD_OPEN, "Close the printer's cover"),
        (PrinterLamp.MISSING, "Switch the printer on"),
        (PrinterLamp.SILENT, "Look at the printer"),
    ],
)
async def test_the_strip_itself_says_what_the_printer_needs_before_the_label_can_come(
    lamp: PrinterLamp, asked: str
) -> None:
    lamps = Lamps()
    lamps.now = lamp
    packer = await a_packer(PackFloor(), lamps=lamps)
    await packer.scan(*TO_LABEL)
    assert packer.strip() == "caution"
    assert packer.sees(asked)
    assert packer.sees("Carton 1 is closed. Its label waits.")
    assert not packer.sees("The label is printing")


async def test_paper_that_runs_out_while_the_label_is_awaited_is_heard_once_and_over_when_it_is_out() -> None:
    floor, lamps = PackFloor(), Lamps()
    packer = await a_packer(floor, lamps=lamps)
    await packer.scan(*TO_LABEL)
    assert packer.strip() == "go"
    heard = len(packer.tones.heard)
    for _ in range(2):
        lamps.turn(PrinterLamp.PAPER_OUT)
        await packer.window.settle()
    assert packer.tones.heard[heard:] == [Tone.CAUTION]
    assert packer.strip() == "caution"
    lamps.turn(PrinterLamp.READY)
    await packer.window.settle()
    assert packer.sees("The label is printing")
    for state in (PrintState.SENDING, PrintState.CONFIRMED):
        floor.ledger.mark(floor.job().job_id, state)
    await packer.window.settle()
    assert packer.strip() == "go"
    assert packer.sees("The label is out.")


async def test_a_label_that_cannot_be_drawn_is_not_promised() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan(*TO_LABEL)
    floor.ledger.mark(floor.job().job_id, PrintState.FAILED, reason=LabelFault.TOWN_TOO_LONG)
    await packer.window.settle()
    assert packer.strip() == "caution"
    assert packer.sees("Try again, or call the supervisor")
    assert packer.sees("The town is too long for a label. The shop has to shorten it.")
    assert not packer.sees("The label is printing")
    # Nothing came out, so nobody is asked what is wrong with it.
    await packer.tap("pack.try_again")
    assert floor.job().state is PrintState.QUEUED
    assert packer.sees("The label is printing")


async def test_what_is_wrong_with_an_address_is_said_before_a_printer_without_labels_has_tried_it() -> None:
    floor = PackFloor()
    # Nothing of this address is left on a label.
    floor.ledger.receive(replace(ADDRESS, lines=("😀",), country=""))
    lamps = Lamps()
    lamps.turn(PrinterLamp.PAPER_OUT)
    packer = await a_packer(floor, lamps=lamps)
    await packer.scan(*TO_LABEL)
    assert floor.job().state is PrintState.QUEUED
    assert packer.sees("The order has no address. The shop has to give one.")


async def test_no_label_is_printed_again_before_it_came_out() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan(*TO_LABEL)
    assert not packer.sees("Print again")
    assert not packer.sees("Waits for the printer")
    floor.ledger.mark(floor.job().job_id, PrintState.SENDING)
    floor.ledger.mark(floor.job().job_id, PrintState.UNCERTAIN)
    await packer.window.settle()
    assert not packer.sees("Print again")
    await packer.scan("X.A.1")
    assert packer.sees("Print again")


async def test_a_wrong_scan_is_still_said_while_the_printer_needs_a_hand() -> None:
    lamps = Lamps()
    lamps.now = PrinterLamp.PAPER_OUT
    packer = await a_packer(PackFloor(), lamps=lamps)
    await packer.scan(*TO_LABEL, "L.A-01-01-1")
    assert packer.strip() == "wrong"


async def test_without_a_label_to_come_the_printer_does_not_stop_the_packer() -> None:
    lamps = Lamps()
    lamps.now = PrinterLamp.PAPER_OUT
    packer = await a_packer(PackFloor(), lamps=lamps)
    await packer.scan("T.T-1")
    assert packer.strip() == "go"
