"""Leaving the straight way while picking: short, skip, the end of a list, a list that goes away."""

from __future__ import annotations

import pytest

from app.domain.picking import PickState, ShortReason
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.workers import ScanRefused
from app.errors import (
    DiskFull,
    LeaseEnded,
)
from app.workflows.answers import Answer, Role
from app.workflows.pick import Pick
from tests.fakes.picking import (
    ANNA,
    LIST,
    SOCKS_EAN,
    Floor,
    a_list,
    a_task,
)

BIN, OTHER_BIN = "L.A-12-03-2", "L.A-12-04-1"


def said(answer: Answer) -> str:
    return answer.sentence.key


def near_misses(floor: Floor) -> list[tuple[str, str]]:
    return [(fact.step, fact.reason) for fact in floor.ledger.facts if isinstance(fact, ScanRefused)]


class TestShort:
    @pytest.mark.parametrize(
        ("command", "reason"),
        [
            ("X.SHORT.NONE", ShortReason.NONE),
            ("X.SHORT.FEWER", ShortReason.FEWER),
            ("X.SHORT.DAMAGED", ShortReason.DAMAGED),
            ("X.SHORT.WRONGITEM", ShortReason.WRONG_ITEM),
            ("X.SHORT.OUTOFREACH", ShortReason.OUT_OF_REACH),
            ("X.SHORT.EXPIRED", ShortReason.EXPIRED),
        ],
    )
    def test_each_reason_has_a_code_and_settles_the_line(self, command: str, reason: ShortReason) -> None:
        floor = Floor(a_task(1, quantity_each=3), a_task(2, place="A-13-01-1"))
        answer = floor.scan(BIN, command)
        assert (answer.role, said(answer)) == (Role.SHORT, "pick.short_next_place")
        assert floor.task().state is PickState.SHORT
        short = floor.ledger.facts[-1]
        assert (short.kind, getattr(short, "missing_each", 0), getattr(short, "reason", "")) == (
            "pick.shorted",
            3,
            reason,
        )

    def test_fewer_than_wanted_puts_what_there_is_into_the_tote(self) -> None:
        floor = Floor(a_task(quantity_each=3))
        assert said(floor.scan(BIN, SOCKS_EAN, "X.SHORT.FEWER")) == "pick.to_tote"
        floor.scan("T.T-1")
        task = floor.task()
        assert (task.state, task.placed_each, task.missing_each) == (PickState.SHORT, 1, 2)

    def test_nobody_says_short_from_afar(self) -> None:
        floor = Floor(a_task())
        assert said(floor.scan("X.SHORT.NONE")) == "pick.bin_first"
        assert floor.task().state is PickState.OPEN

    def test_out_of_reach_may_be_said_from_afar(self) -> None:
        floor = Floor(a_task())
        floor.scan("X.SHORT.OUTOFREACH")
        assert floor.task().state is PickState.SHORT

    def test_nothing_is_short_when_everything_is_in_the_hand(self) -> None:
        floor = Floor(a_task())
        assert said(floor.scan(BIN, SOCKS_EAN, "X.SHORT.FEWER")) == "pick.all_in_hand"

    def test_a_trigger_pulled_twice_makes_one_line_short_and_not_the_next_at_the_same_bin(self) -> None:
        floor = Floor(a_task(1), a_task(2, order_id="O-2"))
        floor.scan(BIN, "X.SHORT.NONE")
        floor.clock.advance(ms=300)
        answer = floor.scan("X.SHORT.NONE")
        assert (said(answer), answer.role) == ("pick.short_again", Role.CAUTION)
        assert (floor.task(1).state, floor.task(2).state) == (PickState.SHORT, PickState.AT_LOCATION)
        floor.scan("X.SHORT.NONE")
        assert floor.task(2).state is PickState.SHORT

    @pytest.mark.parametrize(
        "codes",
        [
            (BIN, "X.SHORT.NONE", "X.SHORT.FEWER"),
            (BIN, "X.SHORT.NONE", "X.UNDO", "X.SHORT.NONE", "X.SHORT.FEWER"),
            ("X.SHORT.NONE", BIN, "X.SHORT.NONE", "X.SHORT.FEWER"),
            ("X.SHORT.NONE", OTHER_BIN, "X.SHORT.NONE"),
        ],
        ids=["another reason", "taken back between", "refused at first", "refused, then elsewhere"],
    )
    def test_what_is_no_second_pull_of_one_trigger_is_taken_however_fast_it_comes(self, codes: tuple[str, ...]) -> None:
        floor = Floor(a_task(1), a_task(2, order_id="O-2"), a_task(3, place="A-12-04-1"))
        answers = [floor.scan(code) for code in codes]
        assert said(answers[-1]) in ("pick.short_next_place", "pick.short_same_place")
        assert "pick.short_again" not in [said(answer) for answer in answers]

    def test_the_next_line_is_short_too_when_somebody_has_looked(self) -> None:
        floor = Floor(a_task(1), a_task(2, order_id="O-2"))
        floor.scan(BIN, "X.SHORT.NONE")
        floor.clock.advance(ms=2_000)
        floor.scan("X.SHORT.NONE")
        assert floor.task(2).state is PickState.SHORT


class TestSkip:
    def test_a_skipped_stop_comes_again_at_the_end_of_the_walk(self) -> None:
        floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
        assert said(floor.scan("X.SKIP")) == "pick.next_place"
        floor.scan("L.A-13-01-1", SOCKS_EAN, "T.T-1")
        assert floor.pick.prompt().sentence.facts["place"] == "A-12-03-2"

    def test_stops_that_are_skipped_again_take_turns(self) -> None:
        floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
        floor.scan("X.SKIP", "X.SKIP")
        assert floor.pick.prompt().sentence.facts["place"] == "A-12-03-2"
        floor.scan("X.SKIP")
        assert floor.pick.prompt().sentence.facts["place"] == "A-13-01-1"

    def test_a_stop_that_is_skipped_goes_behind_those_that_were_skipped_before(self) -> None:
        floor = Floor(a_task(1), a_task(2, place="A-12-04-1"))
        floor.scan(OTHER_BIN, "X.SKIP")
        assert floor.pick.walk().here == floor.task(1)
        assert said(floor.scan("X.SKIP")) == "pick.next_place"
        assert floor.pick.walk().here == floor.task(2)

    def test_a_stop_that_came_later_is_skipped_by_one_scan_and_one_undo_brings_it_back(self) -> None:
        floor = Floor(a_task(1, skips=3), a_task(2, place="A-12-04-1", skips=4), a_task(3, place="A-13-01-1"))
        floor.scan("X.SKIP")
        assert floor.pick.walk().here == floor.task(1)
        assert floor.task(3).skips == 4
        floor.scan("X.UNDO")
        assert floor.pick.walk().here == floor.task(3) == a_task(3, place="A-13-01-1")

    def test_with_a_unit_in_the_hand_nothing_is_skipped(self) -> None:
        floor = Floor(a_task(1, quantity_each=2), a_task(2, place="A-13-01-1"))
        assert said(floor.scan(BIN, SOCKS_EAN, "X.SKIP")) == "pick.put_first"
        assert floor.task().state is PickState.AT_LOCATION

    def test_the_only_stop_that_is_left_cannot_be_skipped(self) -> None:
        assert said(Floor(a_task()).scan("X.SKIP")) == "pick.last_stop"


class TestEnd:
    def test_a_list_is_finished_when_every_stop_is_settled(self) -> None:
        floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
        floor.scan(BIN, SOCKS_EAN, "T.T-1")
        answer = floor.scan("X.FINISH")
        assert (said(answer), answer.sentence.facts["count"]) == ("pick.stops_left", 1)

    @pytest.mark.parametrize(
        ("codes", "state"),
        [((SOCKS_EAN, "T.T-1"), PicklistState.PICKED), (("X.SHORT.NONE",), PicklistState.PARTLY_PICKED)],
    )
    def test_a_short_line_makes_the_list_partly_picked(self, codes: tuple[str, ...], state: PicklistState) -> None:
        floor = Floor(a_task())
        floor.scan(BIN, *codes, "X.FINISH")
        picklist = floor.ledger.get(Picklist, LIST)
        assert picklist is not None
        assert picklist.state is state

    def test_finishing_makes_the_totes_ready_for_packing(self) -> None:
        floor = Floor(a_task())
        floor.scan(BIN, SOCKS_EAN, "T.T-1", "X.FINISH")
        assert [load.state for load in floor.ledger.all(ToteLoad)] == [ToteLoadState.READY]

    def test_after_the_end_the_list_takes_no_more_scans(self) -> None:
        floor = Floor(a_task())
        floor.scan(BIN, SOCKS_EAN, "T.T-1", "X.FINISH")
        with pytest.raises(LeaseEnded):
            floor.scan("X.UNDO")


class TestAway:
    def test_a_reload_comes_back_to_the_same_unit(self) -> None:
        floor = Floor(a_task(1, quantity_each=3))
        floor.scan(BIN, SOCKS_EAN)
        floor.pick = floor.reopened()
        assert floor.pick.prompt().steps[1].done == 1
        floor.scan(SOCKS_EAN)
        assert floor.task().picked_each == 2

    def test_a_list_that_went_to_somebody_else_takes_no_more_scans(self) -> None:
        floor = Floor(a_task())
        floor.ledger.receive(a_list(1, station_id="K4", epoch=2))
        recorded = len(floor.ledger.facts)
        with pytest.raises(LeaseEnded):
            floor.scan(BIN)
        assert len(floor.ledger.facts) == recorded

    def test_a_list_that_was_taken_away_takes_no_more_scans(self) -> None:
        floor = Floor(a_task())
        floor.ledger.lose(a_list(1))
        with pytest.raises(LeaseEnded):
            floor.pick.prompt()

    def test_a_line_that_is_cancelled_in_mid_walk_is_walked_past(self) -> None:
        floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
        floor.ledger.receive(a_task(1, state=PickState.CANCELLED))
        assert floor.pick.prompt().sentence.facts["place"] == "A-13-01-1"

    def test_a_paused_list_is_resumed_by_opening_it(self) -> None:
        floor = Floor(a_task())
        floor.pick.pause()
        floor.pick = floor.reopened()
        assert floor.kinds() == ["picklist.paused", "picklist.resumed"]

    def test_whoever_begins_a_list_that_was_meant_for_a_colleague_is_its_walker(self) -> None:
        floor = Floor(a_task())
        floor.ledger.receive(a_list(1, worker_id="W-ben"))
        floor.reopened()
        picklist = floor.ledger.get(Picklist, LIST)
        assert picklist is not None
        assert (picklist.state, picklist.worker_id) == (PicklistState.IN_PROGRESS, ANNA)

    def test_whoever_goes_on_with_a_list_that_was_left_is_its_walker(self) -> None:
        floor = Floor(a_task())
        floor.pick.pause()
        ben = Pick(ledger=floor.ledger, clock=floor.clock, worker_id="W-ben", picklist_id=LIST, zone=floor.zone)
        ben.open()
        picklist = floor.ledger.get(Picklist, LIST)
        assert picklist is not None
        assert (picklist.worker_id, picklist.state) == ("W-ben", PicklistState.IN_PROGRESS)

    def test_when_the_station_is_full_nothing_is_shown_good(self) -> None:
        floor = Floor(a_task())
        floor.ledger.trouble = DiskFull()
        with pytest.raises(DiskFull):
            floor.scan(BIN)
        assert floor.task().state is PickState.OPEN
