"""The packing bench as its packer sees it."""

from __future__ import annotations

from dataclasses import replace

import flet as ft
import pytest

from app.domain.cartons import CartonState
from app.domain.orders import OrderState, ShipPolicy
from app.ports import Tone
from app.workflows.pack_step import PackStep
from tests.fakes.packing import MUG, MUG_EAN, PEN, PEN_EAN, SUE, PackFloor, a_line, a_load, an_order
from tests.screens.benches import TO_LABEL, a_packer, packing_station, signed_in

NEEDLE_DP = 10


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


async def test_an_order_that_was_opened_by_mistake_is_set_aside_by_a_tap_until_something_is_in_its_carton() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    packer = await a_packer(floor)
    await packer.scan("T.T-1")
    assert not packer.sees("Carton full")
    await packer.tap("pack.back")
    assert packer.sees("Set aside.")
    await packer.scan("T.T-1", MUG_EAN)
    assert packer.sees("Carton full")


async def test_an_order_in_two_totes_says_so_from_the_first_one_on() -> None:
    order = an_order(a_line(1, MUG, 2))
    floor = PackFloor(order, a_load(order, "T-2"))
    packer = await a_packer(floor)
    await packer.scan("T.T-1")
    assert packer.sees("This order lies in the totes T-1, T-2.")


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
    # Whoever answers for a weight sees it beside the one that was expected.
    assert packer.sees("Weighed: 900 g")
    assert packer.sees("400 g ± 30 g")
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


async def test_a_blind_order_says_so_until_its_picks_are_here() -> None:
    floor = PackFloor(bare=True)
    packer = await a_packer(floor)
    await packer.scan("T.T-1")
    assert packer.sees("It lies in the tote. Its number may be typed too.")
    await packer.scan("O.O-1")
    assert packer.sees("they are compared when they are")
    assert packer.sees("Order REF-O-1; its picks are not all here yet")
    floor.ledger.receive(a_load(floor.order()))
    await packer.window.settle()
    assert not packer.sees("not all here yet")
    assert packer.sees("The picks are known now.")


async def test_a_closed_carton_says_nothing_of_picks_that_are_still_coming() -> None:
    packer = await a_packer(PackFloor(bare=True))
    await packer.scan("T.T-1", "O.O-1")
    assert packer.sees("not all here yet")
    await packer.scan(*TO_LABEL[1:])
    assert packer.sees("its label waits for the address"), packer.texts()
    assert not packer.sees("not all here yet")


# -- who comes, and where ---------------------------------------------------------------------------------------------


async def test_signing_in_where_a_carton_stands_open_says_which_one() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    bench = packing_station(floor)
    packer = await signed_in(bench)
    await packer.scan("T.T-1", MUG_EAN, "X.SIGNOUT", "W.robin", "1234")
    assert packer.sees("Order REF-O-1, carton 1 stands open here. Go on.")
    assert packer.sees("Scan each unit")


async def test_signing_in_at_another_window_offers_the_carton_that_stands_open() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    bench = packing_station(floor)
    packer = await signed_in(bench)
    await packer.scan("T.T-1", MUG_EAN, "X.SIGNOUT")
    other = await bench.window("seat-2", width=1280, height=800)
    await other.scan("W.robin", "1234")
    assert other.sees("1 carton stands open here.")
    assert other.sees("Order REF-O-1, carton 1 · tote T-1")
    await other.tap("answer-1")
    assert other.sees("Order REF-O-1, carton 1")
    assert other.sees("1 of 2")


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (700, 2), (699, 1), (320, 1)])
async def test_a_narrow_window_has_one_column(width: int, columns: int) -> None:
    bench = packing_station(PackFloor())
    packer = await bench.window(width=width, height=640)
    await packer.scan("W.robin", "1234", "T.T-1")
    assert sum(isinstance(c, ft.Column) and c.scroll is ft.ScrollMode.AUTO for c in packer.window.controls()) == columns


@pytest.mark.parametrize(("code", "first"), [("T.T-1", "Blue mug"), (MUG_EAN, "Carton")])
async def test_in_one_column_what_is_done_now_is_on_top(code: str, first: str) -> None:
    bench = packing_station(PackFloor())
    packer = await bench.window(width=360, height=640)
    await packer.scan("W.robin", "1234", "T.T-1", code)
    texts = packer.texts()
    assert min(texts.index("Blue mug"), texts.index("Carton")) == texts.index(first)


async def test_an_order_that_must_ship_complete_is_parked_in_caution_and_says_why() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN), ship_policy=ShipPolicy.COMPLETE))
    packer = await a_packer(floor)
    await packer.scan("T.T-1", "X.SHORT.NONE", "X.A.3", MUG_EAN)
    assert packer.strip() == "caution"
    assert packer.sees("Something is missing, and it must ship complete.")
    assert packer.sees("Scan a supervisor's badge")
    assert packer.sees("1 of 2")


async def test_a_weight_that_is_off_stays_on_the_bar_while_it_is_looked_at() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan("T.T-1", "C.S", MUG_EAN, "440")
    assert packer.sees("440 g, wanted 400 g ± 30 g.")
    needles = [c for c in packer.window.controls() if isinstance(c, ft.Container) and c.width == NEEDLE_DP]
    assert len(needles) == 1


async def test_a_unit_too_many_is_kept_out() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN)))
    packer = await a_packer(floor)
    await packer.scan("T.T-1", MUG_EAN, MUG_EAN)
    assert packer.sees("No more of it is wanted. Keep it out.")


async def test_the_last_thing_in_the_tote_is_reported_as_extra_by_finger_at_the_weight() -> None:
    floor = PackFloor()
    packer = await a_packer(floor)
    await packer.scan("T.T-1", "C.S", MUG_EAN)
    await packer.tap("pack.extra")
    await packer.scan(MUG_EAN)
    assert packer.sees("Extra: Blue mug. Put it aside.")
    assert floor.pack.step() is PackStep.WEIGHT


async def test_units_whose_order_another_station_has_packed_go_back_by_finger() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    packer = await a_packer(floor)
    await packer.scan("T.T-1", MUG_EAN)
    lines = (a_line(1, MUG, 2, packed_each=2),)
    floor.ledger.receive(replace(floor.order(), state=OrderState.PACKED, lines=lines))
    await packer.window.settle()
    assert packer.sees("The order is packed without this carton.")
    await packer.tap("answer-1")
    assert packer.sees("Put back. Next tote.")
    assert floor.carton().state is CartonState.ABANDONED


@pytest.mark.parametrize(("width", "rows"), [(1280, 1), (360, 2), (320, 2)])
async def test_five_buttons_stand_in_two_rows_where_the_window_is_narrow(width: int, rows: int) -> None:
    packer = await packing_station(PackFloor()).window(width=width, height=640)
    await packer.scan("W.robin", "1234", "T.T-1")
    buttons = [c for c in packer.window.controls() if isinstance(c, ft.Button) and str(c.key).startswith("pack.")]
    assert len(buttons) == 5
    beside = [c for c in packer.window.controls() if isinstance(c, ft.Row) and any(b in c.controls for b in buttons)]
    assert len(beside) == rows


async def test_back_on_a_turned_page_of_what_stands_open_turns_it_back() -> None:
    orders = [an_order(a_line(1, MUG), order_id=f"O-{number}") for number in range(2, 7)]
    floor = PackFloor(None, *orders, *(a_load(order, f"T-{order.order_id}") for order in orders))
    for order in orders:
        floor.scan(f"O.{order.order_id}", "X.BACK")
    packer = await a_packer(floor)
    await packer.scan("X.A.4")
    assert packer.sees("Back to page 1")
    await packer.scan("X.BACK")
    assert packer.sees("More: page 2 of 2")
