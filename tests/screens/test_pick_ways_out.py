"""The picker's screens where the straight way ends: a tote that is full, a walk that is left to somebody else."""

from __future__ import annotations

from dataclasses import replace

import flet as ft

from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.workers import Worker
from tests.fakes.picking import ANNA, LIST, SOCKS_EAN, a_list, a_task
from tests.screens.picker import Handset, Picker, a_picker, anna

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


async def test_before_the_bin_only_out_of_reach_can_be_said_and_the_strip_says_what_the_others_wait_for() -> None:
    _, picker = await a_picker(a_task(1), a_task(2, place="A-13-01-1"))

    async def open_reasons() -> set[str]:
        await picker.tap("pick.short")
        tiles = [one for one in picker.window.controls() if isinstance(one, ft.Button)]
        return {str(one.key) for one in tiles if str(one.key).startswith("short-") and not one.disabled}

    assert await open_reasons() == {"short-out_of_reach"}
    assert picker.sees("Out of reach? Else scan the bin first.")
    await picker.scan(BIN)
    assert len(await open_reasons()) == 6


def ben() -> Worker:
    return replace(anna(), worker_id="W-ben", name="Ben", badge="ben", pin_hash="5678")


def walker(handset: Handset) -> str | None:
    row = handset.ledger.get(Picklist, LIST)
    return row.worker_id if row else None


async def in_mid_walk() -> tuple[Handset, Picker]:
    handset, picker = await a_picker(a_task(quantity_each=2), rows=(ben(),))
    await picker.scan(BIN, SOCKS_EAN)
    # The store leases nothing more, whoever asks.
    handset.store.answers["get_work"] = {"picklist_ids": [], "current": None}
    return handset, picker


class TestHandingOver:
    async def test_signing_out_leaves_the_walk_and_a_colleague_takes_it_over_when_they_say_so(self) -> None:
        handset, picker = await in_mid_walk()
        await picker.scan("X.SIGNOUT")
        assert list_state(handset) is PicklistState.PAUSED
        await picker.scan("W.ben", "5678", "X.GETWORK")
        assert picker.sees("P-1042 is Anna's. OK takes it over.")
        assert list_state(handset) is PicklistState.PAUSED
        await picker.scan("X.OK")
        assert picker.sees("Scan the item")
        assert (list_state(handset), walker(handset)) == (PicklistState.IN_PROGRESS, "W-ben")

    async def test_offline_it_is_handed_over_too(self) -> None:
        handset, picker = await in_mid_walk()
        handset.store.away = True
        await picker.scan("X.SIGNOUT", "W.ben", "5678", "X.GETWORK", "X.OK")
        assert picker.sees("Scan the item")
        await picker.scan(SOCKS_EAN, "T.T-1", "X.FINISH")
        assert list_state(handset) is PicklistState.PICKED

    async def test_a_finger_is_asked_too(self) -> None:
        handset, picker = await in_mid_walk()
        await picker.scan("X.SIGNOUT", "W.ben", "5678")
        await picker.tap(f"list-{LIST}")
        assert list_state(handset) is PicklistState.PAUSED
        await picker.tap("work.take_over")
        assert walker(handset) == "W-ben"

    async def test_the_choice_of_work_says_whose_a_list_is(self) -> None:
        handset, picker = await in_mid_walk()
        handset.ledger.receive(a_list(0, picklist_id="P-2000", zone="B"))
        await picker.scan("X.SIGNOUT", "W.ben", "5678")
        assert picker.sees("Anna · 0 of 1 done")
        assert picker.sees("Anna · by 14:00")
        await picker.scan("X.SIGNOUT", "W.anna", "1234")
        assert picker.sees("Zone A · 0 of 1 done")
        assert picker.sees("Zone B · by 14:00")

    async def test_a_badge_over_somebody_who_is_still_in_leaves_their_walk(self) -> None:
        handset, picker = await in_mid_walk()
        await picker.scan("W.ben")
        assert list_state(handset) is PicklistState.IN_PROGRESS
        await picker.scan("5678")
        assert list_state(handset) is PicklistState.PAUSED

    async def test_back_leaves_the_walk_and_get_work_leads_back_to_the_same_line(self) -> None:
        handset, picker = await in_mid_walk()
        await picker.scan("X.BACK")
        assert list_state(handset) is PicklistState.PAUSED
        await picker.scan("X.GETWORK")
        assert picker.sees("Scan the item")
        assert (list_state(handset), walker(handset)) == (PicklistState.IN_PROGRESS, ANNA)

    async def test_an_idle_window_and_a_reload_leave_nothing(self) -> None:
        handset, picker = await in_mid_walk()
        handset.clock.advance(s=3600)
        await picker.scan("1234")
        again = await handset.window()
        await again.scan("1234")
        assert again.sees("Scan the item")
        assert "picklist.paused" not in [fact.kind for fact in handset.ledger.facts]
        assert list_state(handset) is PicklistState.IN_PROGRESS
