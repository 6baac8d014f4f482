"""The returns bench as its receiver sees it."""

from __future__ import annotations

import flet as ft
import pytest

from app.domain.printing import PrinterLamp, PrintState
from app.domain.returns import Disposition, ReturnState
from app.domain.workers import Role
from app.workflows.answers import Role as AnswerRole
from screens.home import HomeScreen
from screens.parts.text_width import lines_in, width_dp
from screens.theme import GAP, SMALL
from tests.fakes.returning import (
    BIN,
    LAMP,
    LAMP_EAN,
    QUARANTINE_SHELF,
    RETURNS_SHELF,
    ROSE,
    SHIRT,
    SHIRT_EAN,
    VASE,
    VASE_EAN,
    BenchFloor,
    shipped,
)
from tests.screens.benches import Lamps, a_worker, returns_bench, signed_in
from tests.screens.picker import WORDS, Picker


async def a_receiver(floor: BenchFloor) -> Picker:
    return await signed_in(returns_bench(floor))


async def test_a_receiver_is_asked_for_anything_on_the_parcel() -> None:
    assert (await a_receiver(BenchFloor())).sees("Scan RMA, tracking, order or item")


async def test_back_leads_home_from_an_empty_bench_and_sets_a_parcel_aside_from_a_full_one() -> None:
    floor = BenchFloor()
    bench = returns_bench(floor)
    floor.ledger.receive(a_worker(ROSE, Role.RECEIVER, Role.SUPERVISOR))
    receiver = await signed_in(bench)
    await receiver.tap("home.returns")
    await receiver.scan("R.20418", "X.BACK")
    assert receiver.sees("Set aside.")
    await receiver.scan("X.BACK")
    assert isinstance(receiver.seat.screen, HomeScreen)


async def test_a_double_click_answers_one_question() -> None:
    floor = BenchFloor(shipped(SHIRT))
    receiver = await a_receiver(floor)
    await receiver.scan("R.20418", SHIRT_EAN)
    for _ in range(2):
        await receiver.window.tap("answer-1")
    assert receiver.sees("Noted. Next question")


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
    assert (receiver.sees("Printing"), receiver.sees("Waits for the printer")) == (True, False)
    for state in (PrintState.SENDING, PrintState.CONFIRMED):
        floor.ledger.mark(floor.job().job_id, state)
    await receiver.window.settle()
    assert receiver.sees("Printed")


async def test_a_reload_comes_back_to_the_same_unit() -> None:
    bench = returns_bench(BenchFloor())
    receiver = await signed_in(bench)
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    again = await bench.window(width=1280, height=800)
    assert again.sees("Back to stock")


async def test_without_paper_the_strip_says_so_and_the_unit_can_still_be_put_away() -> None:
    lamps = Lamps()
    lamps.now = PrinterLamp.PAPER_OUT
    receiver = await signed_in(returns_bench(BenchFloor(), lamps=lamps))
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    assert receiver.strip() == "caution"
    texts = receiver.texts()
    assert "Load a roll of labels" in texts
    assert texts.count("Printer out of labels. Load a roll; it prints by itself.") == 1
    assert not receiver.sees("Put on")
    await receiver.scan(f"L.{RETURNS_SHELF}")
    assert receiver.strip() == "go"


async def test_signing_in_where_a_parcel_is_on_the_bench_says_which_one() -> None:
    receiver = await a_receiver(BenchFloor())
    await receiver.scan("R.20418", VASE_EAN, "X.SIGNOUT", "W.robin", "1234")
    assert receiver.sees("Return 20418 is on this bench. Go on.")


async def test_a_narrow_window_asks_first_and_shows_the_parcel_below() -> None:
    receiver = await returns_bench(BenchFloor()).window(width=360, height=640)
    await receiver.scan("W.robin", "1234", "R.20418", VASE_EAN)
    texts = receiver.texts()
    assert texts.index("How is the packaging?") < texts.index("Announced")


async def test_whether_the_plate_came_out_is_asked_before_anything_else() -> None:
    floor = BenchFloor()
    receiver = await a_receiver(floor)
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    for state in (PrintState.SENDING, PrintState.UNCERTAIN):
        floor.ledger.mark(floor.job().job_id, state)
    await receiver.window.settle()
    assert receiver.strip() == "caution"
    texts = receiver.texts()
    assert texts.index("Did the label come out?") < texts.index("Goes to")
    assert receiver.sees("Printer ready")
    assert not receiver.sees("Print again")
    await receiver.tap("answer-1")
    assert floor.job().state is PrintState.CONFIRMED


async def test_print_again_is_offered_once_something_was_printed() -> None:
    floor = BenchFloor()
    receiver = await a_receiver(floor)
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    assert not receiver.sees("Print again")
    for state in (PrintState.SENDING, PrintState.CONFIRMED):
        floor.ledger.mark(floor.job().job_id, state)
    await receiver.window.settle()
    assert receiver.sees("Print again")


async def test_finish_is_green_only_when_all_that_was_announced_is_put_away() -> None:
    receiver = await a_receiver(BenchFloor(shipped(VASE, SHIRT)))
    greens = []
    for codes in (["R.20418"], [VASE_EAN, "X.A.1", f"L.{RETURNS_SHELF}"], [SHIRT_EAN, "X.A.1", "X.A.1", f"L.{BIN}"]):
        await receiver.scan(*codes)
        screen = receiver.seat.screen
        assert screen is not None
        greens.append(next(action.role for action in screen.actions() if action.key == "returns.finish"))
    assert greens == [None, None, AnswerRole.GO]


async def test_a_parcel_that_nobody_announced_is_called_so() -> None:
    receiver = await a_receiver(BenchFloor(announce=False))
    await receiver.scan("X.BLINDRETURN")
    assert receiver.sees("Unannounced parcel")
    await receiver.scan("X.SIGNOUT", "W.robin", "1234")
    assert receiver.sees("An unannounced parcel is on this bench. Go on.")


async def test_a_parcel_of_an_order_is_called_as_the_order_is_outside() -> None:
    receiver = await a_receiver(BenchFloor(announce=False))
    await receiver.scan("REF-O-1")
    assert receiver.sees("Return REF-O-1")


async def test_an_unknown_code_is_answered_by_what_helps() -> None:
    receiver = await a_receiver(BenchFloor())
    await receiver.scan("SOMETHING-ELSE")
    assert receiver.sees("SOMETHING-ELSE is not known. Scan another code, or: Not announced.")
    await receiver.scan("R.20418", "SOMETHING-ELSE")
    assert receiver.sees("SOMETHING-ELSE is not known. Scan its other code, or lay it aside.")
    assert receiver.strip() == "wrong"


async def test_parcels_that_may_be_meant_are_told_apart_by_their_day() -> None:
    floor = BenchFloor(shipped(), shipped(order_id="O-2"), announce=False)
    receiver = await a_receiver(floor)
    await receiver.scan(VASE_EAN)
    assert receiver.sees("REF-O-2, ordered 2026-03-02")


async def test_every_page_of_the_parcels_is_a_question_and_the_last_leads_to_the_first() -> None:
    floor = BenchFloor(shipped(), *(shipped(order_id=f"O-{number}") for number in range(2, 6)), announce=False)
    receiver = await a_receiver(floor)
    await receiver.scan(VASE_EAN)
    assert (receiver.strip(), receiver.sees("More: page 2 of 2")) == ("caution", True)
    await receiver.scan("X.A.4")
    assert (receiver.strip(), receiver.sees("Back to page 1")) == ("caution", True)


async def test_finish_is_offered_only_when_nothing_waits_to_be_put_away() -> None:
    receiver = await a_receiver(BenchFloor())
    await receiver.scan("R.20418", VASE_EAN, "X.A.1")
    assert not receiver.sees("Finish")
    await receiver.scan(f"L.{RETURNS_SHELF}")
    assert receiver.sees("Finish")


async def test_a_buttons_words_take_two_lines_where_one_is_too_narrow() -> None:
    receiver = await returns_bench(BenchFloor()).window(width=320, height=480)
    await receiver.scan("W.robin", "1234")
    words = receiver.window.find(ft.Text, value="Not announced")
    assert words.max_lines == 2
    assert receiver.window.find(ft.Text, value="Sign out").max_lines == 1


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize(
    ("language", "asks"),
    [("en", f"Put on {RETURNS_SHELF}, scan the bin"), ("de", f"Auf {RETURNS_SHELF} legen, Fach scannen")],
)
async def test_where_to_put_a_unit_is_not_cut_in_a_narrow_window(width: int, language: str, asks: str) -> None:
    receiver = await returns_bench(BenchFloor(), language=language).window(width=width, height=480)
    await receiver.scan("W.robin", "1234", "R.20418", VASE_EAN, "X.A.1")
    asked = receiver.window.find(ft.Text, value=asks)
    assert lines_in(asked.value, asked.size or 0, width - 2 * GAP - 28 - 40 - 12) <= (asked.max_lines or 0)


@pytest.mark.parametrize("disposition", Disposition)
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_becomes_of_a_unit_leaves_two_lines_of_a_handset_to_where_it_goes(
    language: str, disposition: Disposition
) -> None:
    said = WORDS[language].say(f"returns.goes_to_{disposition}")
    assert lines_in(said, SMALL, 360 - 2 * GAP - 28 - 40 - 12) == 1


async def test_the_buttons_of_a_put_away_are_not_cut_in_a_narrow_window() -> None:
    floor = BenchFloor()
    narrower = await returns_bench(floor).window(width=320, height=480)
    await narrower.scan("W.robin", "1234", "R.20418", VASE_EAN, "X.A.1")
    for state in (PrintState.SENDING, PrintState.CONFIRMED):
        floor.ledger.mark(floor.job().job_id, state)
    await narrower.window.settle()
    words = narrower.window.find(ft.Text, value="Print again")
    beside = sum(isinstance(one, ft.Button) and bool(one.expand) for one in narrower.window.controls())
    room = (320 - 2 * GAP - 8 * (beside - 1)) / beside
    assert words.max_lines == 2 or width_dp("Print again", words.size or 0) <= room
