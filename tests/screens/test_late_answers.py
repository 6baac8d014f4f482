"""The store takes its time: what it says is for whoever asked, where they asked, and for nobody else."""

from __future__ import annotations

import pytest

from app.domain.picklists import PicklistState
from app.domain.workers import Role, Worker
from app.errors import StoreRefused
from app.ports import Tone
from screens.sign_in import SignInScreen
from screens.supervisor import SupervisorScreen
from screens.work import WorkScreen
from tests.fakes.picking import LIST, a_list, a_task
from tests.screens.floor import a_board, a_watch
from tests.screens.picker import Handset, Picker, a_handset

BORIS = Worker(worker_id="W-2", name="Boris", badge="boris", pin_hash="1234", roles=frozenset({Role.PICKER}))
REFUSED = StoreRefused("the worker W-1 does not pick")


async def a_question() -> tuple[Handset, Picker]:
    """Anna has asked for work, and the store has not answered yet."""
    handset = a_handset(rows=(BORIS,))
    picker = await handset.window()
    await picker.scan("W.anna", "1234")
    handset.store.answers_now.clear()
    await picker.scan("X.GETWORK")
    return handset, picker


async def answered(handset: Handset, picker: Picker) -> None:
    handset.store.answers_now.set()
    await picker.window.settle()


@pytest.mark.parametrize("answer", [{}, REFUSED])
async def test_what_the_store_says_after_its_asker_has_signed_out_is_not_said_to_the_next(
    answer: dict[str, object] | Exception,
) -> None:
    handset, picker = await a_question()
    handset.store.answers["get_work"] = answer
    await picker.scan("X.SIGNOUT", "W.boris", "1234")
    assert picker.sees("Boris")
    before = (picker.strip(), picker.texts(), list(picker.tones.heard))
    await answered(handset, picker)
    assert (picker.strip(), picker.texts(), picker.tones.heard) == before


async def test_what_the_store_refused_does_not_stand_at_the_door() -> None:
    handset, picker = await a_question()
    handset.store.answers["get_work"] = REFUSED
    await picker.scan("X.SIGNOUT")
    await answered(handset, picker)
    assert isinstance(picker.seat.screen, SignInScreen)
    assert (picker.strip(), picker.sees("does not pick")) == ("go", False)


async def test_a_list_that_came_after_its_asker_had_signed_out_is_there_at_the_next_look() -> None:
    handset, picker = await a_question()
    handset.store.answers["get_work"] = {"picklist_ids": [LIST], "current": LIST, "elsewhere": []}
    handset.store.on_pull = lambda: handset.ledger.receive(a_list(1, state=PicklistState.LEASED), a_task())
    await picker.scan("X.SIGNOUT")
    await answered(handset, picker)
    assert isinstance(picker.seat.screen, SignInScreen)
    await picker.scan("W.anna", "1234")
    assert picker.sees(LIST)
    await picker.tap(f"list-{LIST}")
    assert picker.sees("aisle 12, bay 3, level 2")


async def test_who_has_come_back_and_asked_again_is_told_once() -> None:
    handset, picker = await a_question()
    await picker.scan("X.SIGNOUT", "W.anna", "1234", "X.GETWORK")
    heard = len(picker.tones.heard)
    await answered(handset, picker)
    assert picker.sees("No work right now")
    assert picker.tones.heard[heard:] == [Tone.CAUTION]


async def test_who_waits_for_the_store_is_told_as_ever() -> None:
    handset, picker = await a_question()
    handset.store.answers["get_work"] = REFUSED
    await answered(handset, picker)
    assert isinstance(picker.seat.screen, WorkScreen)
    assert (picker.strip(), picker.sees("does not pick")) == ("wrong", True)


async def test_a_list_that_the_store_refused_to_give_on_is_not_refused_to_the_picture_of_the_shift() -> None:
    bench, sue = await a_watch()
    await sue.tap("reassign-P-1042")
    bench.store.answers["reassign"] = StoreRefused("the picklist P-1042 is not open")
    bench.store.answers_now.clear()
    await sue.scan("W.boris", "X.A.1", "X.OK")
    sue.seat.go_back()
    assert isinstance(sue.seat.screen, SupervisorScreen)
    bench.store.answers_now.set()
    await bench.post(sue, a_board())
    assert (sue.strip(), sue.sees("is not open")) == ("waiting", False)


async def test_a_list_that_was_given_on_says_so_on_the_picture_that_it_leads_to() -> None:
    bench, sue = await a_watch()
    await sue.tap("reassign-P-1042")
    bench.store.answers_now.clear()
    await sue.scan("W.boris", "X.A.1", "X.OK")
    bench.store.answers_now.set()
    await bench.post(sue, a_board())
    assert isinstance(sue.seat.screen, SupervisorScreen)
    assert sue.sees("P-1042 is handed over")
