"""The supervisor gives a list to somebody else: which, to whom, why."""

from __future__ import annotations

from typing import Any

import flet as ft
import pytest

from app.errors import StoreRefused
from app.ports import Tone
from screens.reassign import ReassignScreen
from screens.supervisor import SupervisorScreen
from screens.theme import BODY, CODES_BOLD
from tests.screens.floor import (
    BORIS,
    Bench,
    a_board,
    a_list,
    a_watch,
)
from tests.screens.picker import Picker


async def reassigning(**facts: Any) -> tuple[Bench, Picker]:
    bench, sue = await a_watch(**facts)
    await sue.tap("reassign-P-1042")
    await sue.window.settle()
    return bench, sue


def ticks(button: ft.Button) -> int:
    """How many ticks stand in the row of a button."""
    row = button.content
    assert isinstance(row, ft.Row)
    inside = [one for end in row.controls for one in (end.controls if isinstance(end, ft.Row) else [end])]
    return sum(isinstance(one, ft.Icon) and one.icon == ft.Icons.CHECK_CIRCLE for one in inside)


async def test_a_list_is_given_on_by_scanning_alone() -> None:
    bench, sue = await reassigning()
    bench.store.boards.put_nowait(a_board())
    await sue.scan("W.boris", "X.A.2", "X.OK")
    name, body = bench.store.asked[-1]
    assert (name, body["picklist_id"], body["to_worker_id"], body["reason"]) == (
        "reassign",
        "P-1042",
        "W-boris",
        "station_down",
    )
    assert isinstance(sue.seat.screen, SupervisorScreen)
    assert sue.sees("P-1042 is handed over")


async def test_from_the_picture_to_given_on_by_scanning_alone() -> None:
    second = a_list(1043, worker_id=None, station_id=None, state="released")
    bench, sue = await a_watch(picklists=[a_list(), second])
    await sue.scan("X.D.4", "X.D.3")
    assert sue.sees("43: nobody yet, zone A. OK?")
    await sue.scan("X.OK", "W.boris", "X.D.3")
    assert sue.sees("OK hands it over to Boris")
    bench.store.boards.put_nowait(a_board())
    await sue.scan("X.OK")
    await sue.window.settle()
    (body,) = [body for name, body in bench.store.asked if name == "reassign"]
    assert (body["picklist_id"], body["to_worker_id"], body["reason"]) == ("P-1043", "W-boris", "cutoff")
    assert sue.sees("P-1043 is handed over")


async def test_what_is_given_on_says_by_when_its_list_is_wanted() -> None:
    _, sue = await reassigning()
    assert any(text.startswith("Anna · by ") for text in sue.texts())


async def test_the_badge_of_whoever_walks_a_list_opens_that_list() -> None:
    _, sue = await a_watch()
    await sue.scan("W.anna")
    assert isinstance(sue.seat.screen, ReassignScreen)
    assert sue.sees("Reassign P-1042")


async def test_a_list_is_given_on_by_tapping_alone() -> None:
    bench, sue = await reassigning()
    bench.store.boards.put_nowait(a_board())
    await sue.tap("to-anybody")
    await sue.tap("because-break")
    await sue.tap("supervisor.give_on")
    body = bench.store.asked[-1][1]
    assert (body["to_worker_id"], body["reason"]) == (None, "break")


async def test_what_is_chosen_has_a_tick_and_numbers_are_keys_as_on_every_screen() -> None:
    _, sue = await reassigning()
    await sue.scan("W.boris", "X.A.2")
    chosen = sue.window.find(ft.Button, key="because-station_down")
    other = sue.window.find(ft.Button, key="because-break")
    assert [ticks(button) for button in (chosen, other)] == [1, 0]
    two = sue.window.find(ft.Text, value="2")
    assert (two.size, two.font_family) == (BODY, CODES_BOLD)


async def test_a_list_for_whoever_comes_next_is_asked_about_in_a_sentence() -> None:
    _, sue = await reassigning()
    await sue.tap("to-anybody")
    await sue.scan("X.A.1")
    assert sue.sees("OK hands it over to whoever comes next")


async def test_without_a_reason_nothing_is_asked() -> None:
    bench, sue = await reassigning()
    await sue.scan("W.boris", "T.T-17")
    assert (bench.store.asked, sue.strip(), sue.sees("Now say why.")) == ([], "wrong", True)


async def test_a_reason_before_a_person_asks_for_the_person() -> None:
    bench, sue = await reassigning()
    await sue.scan("X.A.1")
    assert (bench.store.asked, sue.sees("First say who takes it.")) == ([], True)


@pytest.mark.parametrize(
    ("badge", "said"),
    [
        ("W.petra", "Petra does not pick."),
        ("W.anna", "Anna has this list already."),
        ("W.nobody", "This badge is not known. Ask the supervisor."),
    ],
)
async def test_who_cannot_take_it_is_told_apart(badge: str, said: str) -> None:
    _, sue = await reassigning()
    await sue.scan(badge)
    assert (sue.strip(), sue.sees(said)) == ("wrong", True)


async def test_whoever_walks_the_list_and_who_does_not_pick_is_not_offered() -> None:
    _, sue = await reassigning()
    keys = {str(button.key) for button in sue.window.controls() if isinstance(button, ft.Button)}
    assert {key for key in keys if key.startswith("to-")} == {"to-anybody", f"to-{BORIS.worker_id}"}


async def test_back_leads_from_the_reason_to_the_person_and_then_to_the_shift() -> None:
    _, sue = await reassigning()
    await sue.scan("W.boris", "X.BACK")
    assert sue.sees("Scan their badge, or a number")
    await sue.scan("X.BACK")
    assert sue.sees("42 of 60 orders")


async def test_no_word_from_the_store_keeps_the_answers_and_asks_the_same_question_again() -> None:
    bench, sue = await reassigning()
    bench.store.away = True
    await sue.scan("W.boris", "X.A.3", "X.OK")
    assert isinstance(sue.seat.screen, ReassignScreen)
    assert sue.sees("No answer from the store. Try again.")
    bench.store.away = False
    bench.store.boards.put_nowait(a_board())
    await sue.scan("X.OK")
    first, second = [body for name, body in bench.store.asked if name == "reassign"]
    assert first == second


async def test_a_list_that_is_closed_meanwhile_is_said_in_the_stores_words() -> None:
    bench, sue = await reassigning()
    bench.store.answers["reassign"] = StoreRefused("the picklist P-1042 is not open")
    await sue.scan("W.boris", "X.A.1", "X.OK")
    assert sue.sees("the picklist P-1042 is not open")
    assert sue.tones.heard[-1] is Tone.WRONG


async def test_a_picked_list_cannot_be_given_on() -> None:
    _, sue = await a_watch(picklists=[a_list(state="picked")])
    with pytest.raises(LookupError):
        sue.window.find(ft.Button, key="reassign-P-1042")


@pytest.mark.parametrize("code", ["A7" * 2000, "]C1\x1d\x1d10", "\U0001f4e6q7-03"])
async def test_what_is_no_code_is_said_and_nothing_is_asked_of_the_store(code: str) -> None:
    bench, sue = await reassigning()
    await sue.scan(code)
    assert sue.sees("That code cannot be read")
    assert bench.store.asked == []
