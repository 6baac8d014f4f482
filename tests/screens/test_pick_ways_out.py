"""The picker's screens where the straight way ends: a tote that is full."""

from __future__ import annotations

from app.domain.picking import Picklist, PicklistState, PickState, PickTask
from app.domain.totes import ToteLoad, ToteLoadState
from tests.fakes.picking import LIST, SOCKS_EAN, a_task
from tests.screens.picker import Handset, Picker, a_picker

BIN, NEXT_BIN = "L.A-12-03-2", "L.A-13-01-1"


async def before_a_full_tote() -> tuple[Handset, Picker]:
    """One unit lies in T-1, one is in the hand; a third stop waits."""
    tasks = (a_task(1), a_task(2, place="A-13-01-1"), a_task(3, place="A-14-09-3"))
    handset, picker = await a_picker(*tasks)
    await picker.scan(BIN, SOCKS_EAN, "T.T-1", NEXT_BIN, SOCKS_EAN)
    return handset, picker


def task(handset: Handset, position: int) -> PickTask:
    row = handset.ledger.get(PickTask, f"T-{position}")
    assert row is not None
    return row


def list_state(handset: Handset) -> PicklistState:
    row = handset.ledger.get(Picklist, LIST)
    assert row is not None
    return row.state


class TestAFullTote:
    async def test_the_tote_says_what_to_do_when_it_is_full(self) -> None:
        handset, picker = await before_a_full_tote()
        assert picker.sees("Full? Scan FINISH")
        await picker.scan("X.FINISH")
        assert picker.sees("T-1 is full. Another for A1")
        assert picker.sees("Any free tote")
        assert not picker.sees("Full? Scan FINISH")
        await picker.scan("T.T-2")
        assert task(handset, 2).state is PickState.PLACED
        assert list_state(handset) is PicklistState.IN_PROGRESS

    async def test_a_finger_may_say_it_too_and_take_it_back(self) -> None:
        handset, picker = await before_a_full_tote()
        await picker.tap("pick.full")
        assert {load.state for load in handset.ledger.all(ToteLoad)} == {ToteLoadState.FULL}
        await picker.tap("pick.undo")
        assert {load.state for load in handset.ledger.all(ToteLoad)} == {ToteLoadState.FILLING}

    async def test_the_end_of_the_walk_names_both_totes(self) -> None:
        handset, picker = await before_a_full_tote()
        await picker.scan("X.FINISH", "T.T-2", "L.A-14-09-3", SOCKS_EAN, "T.T-2")
        assert picker.sees("T 1")
        assert picker.sees("T 2")
        await picker.scan("X.FINISH")
        assert list_state(handset) is PicklistState.PICKED
