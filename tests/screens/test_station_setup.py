"""What a station says of itself, and what its worker chooses."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft
import pytest

from app.domain.printing import LabelDesign, PrinterLamp, PrinterState
from app.domain.workers import Role, WorkerSignedIn
from devices.label_layout import LabelLayout
from screens.home import HomeScreen
from screens.station_setup import StationSetupScreen
from screens.theme import ThemeName
from tests.screens.floor import Bench, a_bench, a_worker
from tests.screens.picker import Picker


class OnePrinter:
    """A label printer's lamp that a test turns."""

    def __init__(self, lamp: PrinterLamp = PrinterLamp.READY) -> None:
        self.is_now = lamp

    def lamp(self, printer_id: str) -> PrinterState:
        return PrinterState(printer_id=printer_id, lamp=self.is_now)

    def on_lamp(self, listener: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    def settle(self, job_id: str, came_out: bool) -> None: ...

    def reprint(self, job_id: str, *, reason: str) -> None: ...


async def a_setup(name: str = "petra", *, bench: Bench | None = None, width: int = 1280) -> tuple[Bench, Picker]:
    """Somebody stands in front of their station's set-up, having come from home."""
    bench = bench or a_bench(rows=[a_worker("petra", Role.PACKER)], printing=OnePrinter(), printer="zpl+tcp://p:9100")
    somebody = await bench.signed_in(name, width=width)
    await somebody.tap("station_setup.title")
    await somebody.window.settle()
    assert isinstance(somebody.seat.screen, StationSetupScreen)
    return bench, somebody


async def test_it_says_what_the_station_is_and_how_it_stands() -> None:
    _, petra = await a_setup()
    wanted = {"Bench 1", "ST-7F3A", "Demo warehouse", "Europe/Berlin", "Store connected", "zpl+tcp://p:9100", "Ready"}
    assert wanted <= set(petra.texts())


async def test_it_says_which_decoders_there_are_and_which_are_missing() -> None:
    _, petra = await a_setup()
    assert {"zxing-cpp", "3.1.0", "pyzbar", "Not installed here"} <= set(petra.texts())


async def test_owed_facts_are_counted_with_the_oldest_ones_time() -> None:
    _, petra = await a_setup()
    assert petra.sees("1 fact to send, oldest from 07:00")


async def test_a_printer_that_is_out_of_labels_is_said() -> None:
    bench = a_bench(printing=OnePrinter(PrinterLamp.PAPER_OUT), printer="zpl+tcp://p:9100")
    _, petra = await a_setup(bench=bench)
    assert petra.sees("Out of labels")


async def test_a_station_without_a_printer_says_so_and_offers_no_test() -> None:
    _, petra = await a_setup(bench=a_bench())
    assert petra.sees("This station prints no labels.")
    with pytest.raises(LookupError):
        petra.window.find(ft.Button, key="test-label")


async def test_a_test_label_is_queued_can_be_drawn_and_is_no_fact() -> None:
    bench, petra = await a_setup()
    await petra.tap("test-label")
    (job,) = bench.ledger.jobs()
    assert (job.printer_id, job.intent.design) == ("label", LabelDesign.LICENCE_PLATE)
    assert LabelLayout(dpi=203).preview_png(job.intent).startswith(b"\x89PNG")
    assert {type(fact) for fact in bench.ledger.facts} == {WorkerSignedIn}
    assert petra.sees("A test label is on its way")


@pytest.mark.parametrize(
    ("key", "seen"), [("theme-night", "This station"), ("language-de", "Diese Station"), ("hand-left", "This station")]
)
async def test_a_choice_counts_at_once_and_after_a_reload(key: str, seen: str) -> None:
    bench, petra = await a_setup()
    await petra.tap(key)
    await petra.window.settle()
    chosen = petra.seat.look
    assert petra.sees(seen)
    again = await bench.window()
    assert (again.seat.look.theme, again.seat.look.left_handed) == (chosen.theme, chosen.left_handed)
    assert again.seat.look.words.language == chosen.words.language
    assert (chosen.theme.name is ThemeName.NIGHT) == (key == "theme-night")


async def test_a_choice_goes_with_whoever_made_it_and_not_with_the_seat() -> None:
    bench, petra = await a_setup()
    await petra.tap("theme-contrast")
    boris = await bench.signed_in("boris")
    assert boris.seat.look.theme.name is ThemeName.DAY
    elsewhere = await bench.window("seat-2")
    await elsewhere.scan("W.petra", "1234")
    assert elsewhere.seat.look.theme.name is ThemeName.CONTRAST


@pytest.mark.parametrize("leaves", ["X.SIGNOUT", "W.boris"])
async def test_the_door_speaks_and_looks_as_the_station_does_whoever_was_here_before(leaves: str) -> None:
    _, petra = await a_setup()
    at_first = (ThemeName.DAY, "en")
    for key in ("theme-contrast", "language-de"):
        await petra.tap(key)
    await petra.scan(leaves)
    assert (petra.seat.look.theme.name, petra.seat.look.words.language) == at_first
    assert petra.sees("Scan your badge" if leaves == "X.SIGNOUT" else "Type your PIN, then OK")
    await petra.scan("W.petra", "1234")
    assert (petra.seat.look.theme.name, petra.seat.look.words.language) == (ThemeName.CONTRAST, "de")


async def test_a_choice_that_another_program_kept_otherwise_is_chosen_again() -> None:
    bench = a_bench()
    bench.ledger.remember("look of W-petra", '["night"]')
    petra = await bench.signed_in("petra")
    assert petra.seat.look.theme.name is ThemeName.DAY


async def test_back_leads_home() -> None:
    _, petra = await a_setup()
    await petra.window.fire(petra.window.find(ft.IconButton, key="back"), "click")
    assert isinstance(petra.seat.screen, HomeScreen)


async def test_the_supervisor_comes_back_to_the_shift() -> None:
    bench = a_bench()
    sue = await bench.signed_in("sue")
    await sue.tap("set-up")
    await sue.window.settle()
    assert sue.sees("This station")
    await sue.window.fire(sue.window.find(ft.IconButton, key="back"), "click")
    assert sue.sees("The shift")
