"""The door of a handset: who comes in, who is asked again, and what stands there."""

from __future__ import annotations

from dataclasses import replace

import flet as ft

from app.domain.picking import PickTask
from app.domain.workers import Role
from app.settings import StationKind
from tests.fakes.discrepancies import recount
from tests.fakes.picking import a_task
from tests.screens.picker import Picker, a_handset, a_picker, anna

BIN = "L.A-12-03-2"


def buttons(picker: Picker) -> set[str]:
    return {str(control.key) for control in picker.window.controls() if isinstance(control, ft.Button)}


async def test_a_pin_that_is_typed_is_counted_in_the_strip_and_not_read_there() -> None:
    handset = a_handset()
    picker = await handset.window()
    await picker.scan("W.anna")
    for digit in "1234":
        await picker.window.key(digit)
        handset.clock.advance(ms=300)
    assert picker.sees("Typed: •••")
    assert not picker.sees("123")
    await picker.window.key("Enter")
    assert picker.sees("Good shift, Anna")


async def test_the_wrong_pin_is_said_and_the_keypad_is_empty_again() -> None:
    picker = await a_handset().window()
    await picker.scan("W.anna")
    for key in ("pad-9", "pad-9", "pad-ok"):
        await picker.tap(key)
    assert picker.sees("Not that PIN. 4 tries are left.")
    for key in ("pad-1", "pad-2", "pad-3", "pad-4", "pad-ok"):
        await picker.tap(key)
    assert picker.sees("Scan GET WORK")


async def test_a_pin_is_never_shown() -> None:
    picker = await a_handset().window()
    await picker.scan("W.anna")
    for key in ("pad-7", "pad-7"):
        await picker.tap(key)
    assert not picker.sees("77")


async def test_ten_idle_minutes_ask_for_the_pin_and_drop_the_scan() -> None:
    handset, picker = await a_picker(a_task())
    handset.clock.advance(s=600)
    await picker.scan(BIN)
    assert picker.sees("Still Anna? Your place is kept.")
    assert handset.ledger.get(PickTask, "T-1") == a_task()
    await picker.scan("1234")
    assert picker.sees("aisle 12, bay 3, level 2")


async def test_an_idle_window_asks_by_itself() -> None:
    handset, picker = await a_picker(a_task())
    handset.clock.advance(s=600)
    handset.ledger.receive(recount())
    await picker.window.settle()
    assert picker.sees("Still Anna? Your place is kept.")


async def test_another_badge_asks_for_its_pin_and_back_changes_nothing() -> None:
    boris = replace(anna(), worker_id="W-boris", name="Boris", badge="boris")
    handset = a_handset(a_task(), rows=(boris,))
    picker = await handset.window()
    await picker.scan("W.anna", "1234", "X.GETWORK", "W.boris")
    assert picker.sees("Hello Boris. Now your PIN.")
    await picker.tap("sign_in.not_me")
    assert picker.sees("aisle 12, bay 3, level 2")


async def test_the_same_worker_elsewhere_takes_over_and_both_windows_say_so() -> None:
    handset, first = await a_picker(a_task())
    second = await handset.window("seat-2")
    await second.scan("W.anna", "1234")
    assert second.sees("Signed in here. The other window is closed.")
    await first.window.settle()
    assert first.sees("Anna signed in at another window.")
    assert second.sees("aisle 12, bay 3, level 2")


async def test_signing_out_shows_the_door() -> None:
    _, picker = await a_picker(a_task())
    await picker.scan("X.SIGNOUT")
    assert picker.sees("Scan your badge")


async def test_somebody_who_may_do_nothing_here_is_told_where_to_go() -> None:
    picker = await a_handset(worker=anna(roles=frozenset())).window()
    await picker.scan("W.anna", "1234")
    assert picker.sees("Nothing to do for you here")


async def test_home_offers_what_role_and_station_allow() -> None:
    handset = a_handset(worker=anna(roles=frozenset({Role.RECEIVER, Role.SUPERVISOR, Role.PICKER})))
    settings = replace(handset.station.settings, kind=StationKind.BENCH)
    handset.station = replace(handset.station, settings=settings)
    picker = await handset.window()
    await picker.scan("W.anna", "1234")
    assert {"home.returns", "home.supervise"} <= buttons(picker)
    assert "home.pick" not in buttons(picker)


async def test_the_screen_speaks_the_workers_language() -> None:
    picker = await a_handset(worker=anna(language="de")).window()
    await picker.scan("W.anna", "1234")
    assert picker.sees("ARBEIT HOLEN scannen")


async def test_a_badge_that_is_not_known_has_a_sentence() -> None:
    picker = await a_handset().window()
    await picker.scan("W.nobody")
    assert picker.sees("This badge is not known. Ask the supervisor.")
    assert picker.strip() == "wrong"
