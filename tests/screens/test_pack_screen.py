"""The packing bench as its packer sees it."""

from __future__ import annotations

import flet as ft
import pytest

from app.domain.packing import CartonState
from app.domain.printing import PrinterLamp, PrintState
from app.ports import Tone
from tests.fakes.packing import MUG, MUG_EAN, PEN, PEN_EAN, SUE, PackFloor, a_line, an_order
from tests.screens.benches import Lamps, packing_station, signed_in
from tests.screens.picker import Picker


async def a_packer(floor: PackFloor, **facts: object) -> Picker:
    lamps = facts.get("lamps")
    return await signed_in(packing_station(floor, lamps=lamps if isinstance(lamps, Lamps) else None))


async def test_a_packer_comes_straight_to_the_bench_and_is_asked_for_a_tote() -> None:
    packer = await a_packer(PackFloor())
    assert packer.sees("Scan a tote or an order slip")
    assert packer.sees("Printer ready")


async def test_what_is_left_stands_on_top_and_what_is_done_is_ticked() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN, 2)))
    packer = await a_packer(floor)
    await packer.scan("T.T-1", MUG_EAN)
    texts = packer.texts()
    assert texts.index("Pen") < texts.index("Blue mug")
    assert any(control.icon == ft.Icons.CHECK for control in packer.window.controls() if isinstance(control, ft.Icon))
    assert packer.strip() == "go"


async def test_the_carton_is_proposed_before_the_first_unit_is_in() -> None:
    packer = await a_packer(PackFloor())
    await packer.scan("T.T-1")
    assert packer.sees("Proposed")
    assert packer.sees("inside")


async def test_a_wrong_item_stays_said_until_a_good_scan() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan("T.T-1", PEN_EAN)
    assert packer.strip() == "wrong"
    assert packer.sees("That is Pen. Take Blue mug.")
    assert packer.tones.heard[-1] is Tone.WRONG
    await packer.scan(MUG_EAN)
    assert packer.strip() == "go"


async def test_the_weight_is_typed_by_finger() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan("T.T-1", "C.S", MUG_EAN)
    for key in ("4", "1", "delete", "0", "0", "ok"):
        await packer.tap(f"pad-{key}")
    assert floor.carton().state is CartonState.CLOSED
    assert floor.carton().weight_g == 400


async def test_the_preview_is_the_label_that_prints() -> None:
    floor = PackFloor()
    bench = packing_station(floor)
    packer = await signed_in(bench)
    await packer.scan("T.T-1", "C.S", MUG_EAN, "X.D.4", "X.D.0", "X.D.0", "X.OK")
    pictures = [control.src for control in packer.window.controls() if isinstance(control, ft.Image)]
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
    assert packer.sees("The label is out. Stick it on.")
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


async def test_missing_is_two_taps() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN, 2)))
    packer = await a_packer(floor)
    await packer.scan("T.T-1", MUG_EAN)
    await packer.tap("pack.missing")
    assert packer.sees("What is missing?")
    await packer.tap("answer-1")
    assert floor.order().left_to_pack_each == 0


async def test_a_supervisors_badge_approves_and_does_not_sign_the_packer_out() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan("T.T-1", "C.S", MUG_EAN, "X.D.9", "X.D.0", "X.D.0", "X.OK", "X.D.9", "X.D.0", "X.D.0", "X.OK")
    await packer.scan(f"W.{SUE}-badge")
    assert packer.sees("say why")
    await packer.tap("answer-1")
    assert floor.carton().state is CartonState.CLOSED


async def test_a_reload_comes_back_to_the_same_carton() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    bench = packing_station(floor)
    packer = await signed_in(bench)
    await packer.scan("T.T-1", MUG_EAN)
    again = await bench.window(width=1280, height=800)
    assert again.sees("Order REF-O-1, carton 1")
    assert again.sees("1 of 2")


async def test_a_blind_order_says_so_for_as_long_as_it_is_open() -> None:
    packer = await a_packer(PackFloor(bare=True))
    await packer.scan("T.T-1", "O.O-1")
    assert packer.sees("Packed blind")
