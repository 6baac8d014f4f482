"""The returns bench as its receiver sees it."""

from __future__ import annotations

from app.domain.printing import PrintState
from app.domain.returns import Disposition, ReturnState
from tests.fakes.returning import LAMP, LAMP_EAN, QUARANTINE_SHELF, RETURNS_SHELF, VASE_EAN, BenchFloor, shipped
from tests.screens.benches import returns_bench, signed_in
from tests.screens.picker import Picker


async def a_receiver(floor: BenchFloor) -> Picker:
    return await signed_in(returns_bench(floor))


async def test_a_receiver_is_asked_for_anything_on_the_parcel() -> None:
    assert (await a_receiver(BenchFloor())).sees("Scan RMA, tracking, order or item")


async def test_one_question_at_a_time_is_answered_by_a_tap() -> None:
    floor = BenchFloor(shipped(LAMP))
    receiver = await a_receiver(floor)
    await receiver.scan("R.20418", LAMP_EAN)
    assert receiver.sees("Is the seal whole?")
    await receiver.tap("answer-2")
    assert receiver.sees("Does it switch on?")
    assert not receiver.sees("Is the seal whole?")
    await receiver.tap("answer-2")
    assert floor.item().disposition is Disposition.SCRAP


async def test_the_decision_says_what_and_where_to() -> None:
    receiver = await a_receiver(BenchFloor())
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    assert receiver.sees("Back to stock")
    assert receiver.sees(RETURNS_SHELF)
    await receiver.scan(f"L.{QUARANTINE_SHELF}")
    assert receiver.strip() == "wrong"
    assert receiver.sees(f"Go to {RETURNS_SHELF}.")


async def test_a_whole_return_by_scan_ends_with_the_money_asked_for() -> None:
    floor = BenchFloor()
    receiver = await a_receiver(floor)
    await receiver.scan("R.20418", VASE_EAN, "X.A.1", f"L.{RETURNS_SHELF}", "X.FINISH")
    assert receiver.sees("A refund is asked for.")
    assert floor.parcel().state is ReturnState.CLOSED
    assert receiver.sees("Scan RMA, tracking, order or item")


async def test_a_parcel_that_nobody_announced_is_begun_by_a_tap() -> None:
    receiver = await a_receiver(BenchFloor(announce=False))
    await receiver.tap("returns.blind")
    assert receiver.sees("Nothing was announced")


async def test_an_item_of_several_orders_is_chosen_by_a_tap() -> None:
    floor = BenchFloor(shipped(), shipped(order_id="O-2"), announce=False)
    receiver = await a_receiver(floor)
    await receiver.scan(VASE_EAN)
    assert receiver.sees("None of these")
    await receiver.tap("answer-1")
    assert floor.newest().order_id == "O-1"


async def test_the_bench_follows_its_licence_plate() -> None:
    floor = BenchFloor()
    receiver = await a_receiver(floor)
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    assert receiver.sees("Waits for the printer")
    floor.ledger.mark(floor.job().job_id, PrintState.SENDING)
    await receiver.window.settle()
    assert receiver.sees("Printing")


async def test_a_reload_comes_back_to_the_same_unit() -> None:
    bench = returns_bench(BenchFloor())
    receiver = await signed_in(bench)
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    again = await bench.window(width=1280, height=800)
    assert again.sees("Back to stock")
