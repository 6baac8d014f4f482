"""A tote that is full: another one takes its slot, and both go to packing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.deeds import deed_of
from app.domain.picking import PickState
from app.domain.picklists import PicklistState
from app.domain.totes import ToteLoad, ToteLoadState
from app.errors import LeaseEnded, ToteTaken
from tests.fakes.picking import SOCKS_EAN, Floor, a_task

BIN, NEXT_BIN = "L.A-12-03-2", "L.A-13-01-1"


def half_picked() -> Floor:
    """One unit of the order lies in T-1, the next one is in the hand."""
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", NEXT_BIN, SOCKS_EAN)
    return floor


def loads(floor: Floor) -> dict[str, ToteLoadState]:
    return {load.tote_id: load.state for load in floor.ledger.all(ToteLoad)}


def test_finish_with_a_unit_in_the_hand_says_that_its_tote_is_full_and_the_next_free_one_takes_the_slot() -> None:
    floor = half_picked()
    answer = floor.scan("X.FINISH")
    assert (answer.sentence.key, dict(answer.sentence.facts)) == ("pick.tote_filled", {"tote": "T-1", "slot": "A1"})
    assert floor.task(2).state is PickState.ITEM_CONFIRMED
    floor.scan("T.T-2")
    assert floor.task(2).state is PickState.PLACED
    assert loads(floor) == {"T-1": ToteLoadState.FULL, "T-2": ToteLoadState.FILLING}


def test_both_totes_of_the_order_go_to_packing_when_the_list_is_finished() -> None:
    floor = half_picked()
    answer = floor.scan("X.FINISH", "T.T-2", "X.FINISH")
    assert (answer.sentence.key, answer.sentence.facts["count"]) == ("pick.finished", 2)
    assert loads(floor) == {"T-1": ToteLoadState.READY, "T-2": ToteLoadState.READY}


def test_some_units_go_into_the_full_tote_and_the_rest_into_the_next() -> None:
    floor = Floor(a_task(quantity_each=3))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", SOCKS_EAN, "X.FINISH", SOCKS_EAN, "T.T-2")
    in_totes = {load.tote_id: load.contents[0].quantity_each for load in floor.ledger.all(ToteLoad)}
    assert (floor.task().state, in_totes) == (PickState.PLACED, {"T-1": 1, "T-2": 2})


def test_a_full_tote_takes_nothing_more() -> None:
    floor = half_picked()
    floor.scan("X.FINISH")
    with pytest.raises(ToteTaken) as refused:
        floor.scan("T.T-1")
    assert (refused.value.expected, refused.value.scanned) == ("A1", "T-1")


def test_with_an_empty_hand_finish_says_how_many_stops_are_left_as_before() -> None:
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
    assert floor.scan(BIN, SOCKS_EAN, "T.T-1", "X.FINISH").sentence.key == "pick.stops_left"
    assert loads(floor) == {"T-1": ToteLoadState.FILLING}


def test_no_tote_is_full_before_the_slot_has_one() -> None:
    floor = Floor(a_task(1))
    assert floor.scan(BIN, SOCKS_EAN, "X.FINISH").sentence.key == "pick.stops_left"


def test_undo_opens_the_tote_again_that_was_said_to_be_full() -> None:
    floor = half_picked()
    floor.scan("X.FINISH", "X.UNDO", "T.T-1")
    assert (floor.task(2).state, loads(floor)) == (PickState.PLACED, {"T-1": ToteLoadState.FILLING})


def test_undo_leads_back_step_by_step_over_the_change_of_totes() -> None:
    floor = half_picked()
    floor.scan("X.FINISH", "T.T-2", "X.UNDO")
    assert loads(floor) == {"T-1": ToteLoadState.FULL, "T-2": ToteLoadState.EMPTIED}
    floor.scan("X.UNDO")
    assert loads(floor)["T-1"] is ToteLoadState.FILLING
    floor.scan("X.UNDO")
    assert (floor.task(2).state, floor.task(2).picked_each) == (PickState.AT_LOCATION, 0)
    floor.scan("X.UNDO", "X.UNDO")
    assert (floor.task(1).state, loads(floor)["T-1"]) == (PickState.ITEM_CONFIRMED, ToteLoadState.EMPTIED)


def test_a_full_tote_is_not_opened_again_while_another_has_its_slot() -> None:
    floor = Floor(a_task(quantity_each=4))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", SOCKS_EAN, "X.FINISH", "T.T-2")
    floor.ledger.receive(replace(floor.task(), state=PickState.CANCELLED))
    floor.scan("X.UNDO")
    assert loads(floor) == {"T-1": ToteLoadState.FULL, "T-2": ToteLoadState.FILLING}


def test_the_last_unit_of_a_full_tote_may_be_taken_out_and_goes_into_the_next() -> None:
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1", quantity_each=2))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", NEXT_BIN, SOCKS_EAN, "X.FINISH", "T.T-2")
    floor.ledger.receive(replace(floor.task(2), state=PickState.CANCELLED))
    floor.scan("X.UNDO", "T.T-2")
    assert floor.task(1).state is PickState.PLACED
    assert loads(floor) == {"T-1": ToteLoadState.EMPTIED, "T-2": ToteLoadState.FILLING}


def test_a_tote_may_be_full_opened_again_and_full_again() -> None:
    floor = half_picked()
    floor.scan("X.FINISH", "X.UNDO", "X.FINISH", "X.UNDO")
    assert loads(floor) == {"T-1": ToteLoadState.FILLING}
    floor.scan("X.FINISH", "T.T-2", "X.FINISH")
    with pytest.raises(LeaseEnded):
        floor.pick.walk()


def test_a_restart_in_between_asks_for_the_next_tote() -> None:
    floor = half_picked()
    floor.scan("X.FINISH")
    floor.pick = floor.reopened()
    floor.scan("T.T-3")
    assert floor.task(2).state is PickState.PLACED
    assert floor.pick.walk().picklist.state is PicklistState.IN_PROGRESS


def test_the_facts_alone_make_the_same_totes() -> None:
    floor = half_picked()
    floor.scan("X.FINISH", "X.UNDO", "X.FINISH", "T.T-2")
    sent = Floor(a_task(1), a_task(2, place="A-13-01-1")).ledger
    for fact in floor.ledger.facts[1:]:
        sent.record(deed_of(sent.get, fact), worker_id="W-anna")
    assert {load.tote_load_id: load for load in sent.all(ToteLoad)} == {
        load.tote_load_id: load for load in floor.ledger.all(ToteLoad)
    }
