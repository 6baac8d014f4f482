"""Undo, and what must hold whatever a person scans: never too many, and the facts alone tell the story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain.codes import identify
from app.domain.deeds import play
from app.domain.facts import Fact
from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist
from app.domain.rows import Row
from app.domain.scan import Scan, Source
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.walk import Stage
from app.errors import FloorError
from tests.fakes.picking import (
    CASE_EAN,
    GLOVES,
    GLOVES_EAN,
    LIST,
    MILK_EAN,
    PHONE,
    PHONE_EAN,
    SOCKS_EAN,
    Floor,
    a_list,
    a_lot_task,
    a_task,
)

BIN = "L.A-12-03-2"
SECOND = "L.A-13-01-1"


def stops(floor: Floor) -> tuple[PickTask, ...]:
    return tuple(floor.ledger.all(PickTask))


def test_undo_takes_back_the_newest_step_first() -> None:
    floor = Floor(a_task(quantity_each=2))
    floor.scan(BIN, SOCKS_EAN, SOCKS_EAN, "T.T-1")
    floor.scan("X.UNDO")
    assert (floor.task().state, floor.task().in_hand_each) == (PickState.ITEM_CONFIRMED, 2)
    floor.scan("X.UNDO")
    assert floor.task().picked_each == 1
    floor.scan("X.UNDO", "X.UNDO")
    assert floor.task() == a_task(quantity_each=2)


def test_undo_takes_nothing_of_an_older_stop_when_the_store_has_cancelled_the_one_between() -> None:
    floor = Floor(a_task(1), a_task(2, order_id="O-2", place=SECOND[2:]), a_task(3, place="A-12-04-1"))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", SECOND, "L.A-12-04-1")
    skipped = next(task for task in stops(floor) if task.order_id == "O-2")
    floor.ledger.receive(replace(skipped, state=PickState.CANCELLED))
    floor.scan("X.UNDO")
    assert (floor.task(1).state, floor.task(1).placed_each) == (PickState.PLACED, 1)
    assert floor.task(3).state is PickState.OPEN


def test_placing_makes_half_a_proof_void_so_that_undo_takes_the_placing_back() -> None:
    floor = Floor(a_lot_task(1, quantity_each=3))
    floor.scan(BIN, f"]C101{MILK_EAN.zfill(14)}10L2409")
    floor.scan(MILK_EAN, "T.T-1", "X.UNDO")
    assert (floor.task().picked_each, floor.task().placed_each) == (1, 0)


def test_when_nothing_is_left_to_undo_it_says_so() -> None:
    assert Floor(a_task()).scan("X.UNDO").sentence.key == "pick.nothing_to_undo"


def test_undoing_the_first_placing_frees_the_tote_for_another_slot() -> None:
    floor = Floor(a_task(1), a_task(2, order_id="O-2"))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", "X.UNDO", "T.T-2", SOCKS_EAN, "T.T-1")
    filling = {load.slot: load.tote_id for load in floor.ledger.all(ToteLoad) if load.state is ToteLoadState.FILLING}
    assert filling == {"A1": "T-2", "B2": "T-1"}


def test_a_place_that_was_begun_along_with_the_last_placing_is_undone_with_it() -> None:
    floor = Floor(a_task(1), a_task(2, order_id="O-2"))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", "X.UNDO")
    assert (floor.task(1).state, floor.task(2).state) == (PickState.ITEM_CONFIRMED, PickState.OPEN)


def test_undoing_a_short_from_afar_leaves_the_place_unvisited() -> None:
    floor = Floor(a_task(), a_task(2, place="A-13-01-1"))
    floor.scan("X.SHORT.OUTOFREACH", "X.UNDO")
    assert floor.task() == a_task()


def test_undoing_a_skip_leads_back_to_the_place() -> None:
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
    floor.scan(BIN, "X.SKIP", "X.UNDO")
    assert floor.task(1).state is PickState.AT_LOCATION


def test_undoing_the_arrival_at_a_skipped_stop_leaves_it_skipped() -> None:
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
    floor.scan("X.SKIP", BIN, "X.UNDO")
    assert (floor.task(1).state, floor.task(1).skips) == (PickState.POSTPONED, 1)


def test_undo_works_over_the_border_between_two_stops() -> None:
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
    floor.scan(BIN, SOCKS_EAN, "T.T-1", SECOND, "X.UNDO", "X.UNDO")
    assert floor.pick.walk().here == floor.task(1)
    assert floor.task(1).in_hand_each == 1


def test_undo_survives_a_restart() -> None:
    floor = Floor(a_task())
    floor.scan(BIN, SOCKS_EAN)
    floor.pick = floor.reopened()
    floor.scan("X.UNDO")
    assert floor.task().picked_each == 0


CODES = (
    BIN,
    SECOND,
    "L.A-12-04-1",
    SOCKS_EAN,
    CASE_EAN,
    GLOVES_EAN,
    MILK_EAN,
    "]C110L2409",
    f"]C101{MILK_EAN.zfill(14)}10L2409",
    f"]C101{PHONE_EAN.zfill(14)}21SN-1",
    f"]C101{PHONE_EAN.zfill(14)}21SN-2",
    "T.T-1",
    "T.T-2",
    "T.T-3",
    "X.SKIP",
    "X.SHORT.FEWER",
    "X.SHORT.OUTOFREACH",
    "X.FINISH",
    "X.D.3",
    "X.OK",
    "X.BACK",
    "NONSENSE",
)


ITEMS = (SOCKS_EAN, CASE_EAN, f"]C101{MILK_EAN.zfill(14)}10L2409", f"]C101{PHONE_EAN.zfill(14)}21SN-1")


def a_walk() -> tuple[PickTask, ...]:
    return (
        a_task(1, quantity_each=3),
        a_task(2, quantity_each=14, order_id="O-2"),
        a_lot_task(3, quantity_each=3, place="A-13-01-1"),
        a_task(4, product=PHONE, quantity_each=2, place="A-13-01-1", order_id="O-2"),
        a_task(5, product=GLOVES, place="A-12-04-1"),
    )


def replayed(facts: list[Fact], rows: Mapping[tuple[str, str], Row]) -> dict[tuple[str, str], Row]:
    """The rows as the store would make them: each fact played over what was sent down, one after the other."""
    book = dict(rows)

    def known(row_type: type[Row], row_id: str) -> Row | None:
        return book.get((row_type.row_kind, row_id))

    for fact in facts:
        book.update(play(known, fact))
    return book


class AnythingAnybodyScans(RuleBasedStateMachine):
    """A picker who scans whatever lies about."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(*a_walk())

    def finished(self) -> bool:
        picklist = self.floor.ledger.get(Picklist, LIST)
        return picklist is None or picklist.state.value.endswith("picked")

    def do(self, text: str) -> bool:
        """Whether the scan moved any stop."""
        before = stops(self.floor)
        try:
            self.floor.pick.take(identify(Scan(text=text, source=Source.WEDGE)))
        except FloorError:
            assert stops(self.floor) == before
        return stops(self.floor) != before

    @precondition(lambda self: not self.finished())
    @rule(text=st.sampled_from(CODES))
    def scan(self, text: str) -> None:
        self.do(text)

    @precondition(lambda self: not self.finished() and self.floor.pick.walk().stage is Stage.ITEM)
    @rule(text=st.sampled_from(ITEMS))
    def take_whatever_lies_in_the_bin(self, text: str) -> None:
        """Units, cases and serials at the bin: a random hand would seldom be there with one."""
        self.do(text)

    @precondition(lambda self: not self.finished())
    @rule()
    def scan_what_is_asked(self) -> None:
        """Without it a random hand would hardly ever get to a tote."""
        walk = self.floor.pick.walk()
        task = walk.here
        if task is None:
            return
        items = {
            "socks": SOCKS_EAN,
            "gloves": GLOVES_EAN,
            "milk": f"]C101{MILK_EAN.zfill(14)}10L2409",
            "phone": f"]C101{PHONE_EAN.zfill(14)}21SN-{len(task.serials) + 1}",
        }
        load = walk.load_of(task.order_id)
        tote = f"T.{load.tote_id}" if load else f"T.T-{task.order_id[-1]}"
        wanted = {"bin": f"L.{task.location_id}", "item": items[task.product_id], "tote": tote}
        self.do(wanted[str(walk.stage)])

    @precondition(lambda self: self.finished())
    @rule()
    def put_the_scanner_down(self) -> None:
        """A list that is finished early leaves nothing else to do."""

    @precondition(lambda self: not self.finished())
    @rule(text=st.sampled_from([code for code in CODES if code != "X.FINISH"]))
    def a_scan_and_its_undo_change_nothing(self, text: str) -> None:
        before, contents = stops(self.floor), self.contents()
        if self.do(text):
            self.do("X.UNDO")
            assert stops(self.floor) == before
            assert self.contents() == contents

    @precondition(lambda self: not self.finished())
    @rule()
    def undo(self) -> None:
        self.do("X.UNDO")

    @precondition(lambda self: not self.finished())
    @rule()
    def restart(self) -> None:
        self.floor.pick = self.floor.reopened()

    def contents(self) -> set[tuple[str, str, int]]:
        """Order, line, and how many lie in its totes: a full one and the one that took its slot count together."""
        each = Counter[tuple[str, str]]()
        for load in self.floor.ledger.all(ToteLoad):
            for item in load.contents if load.state is not ToteLoadState.EMPTIED else ():
                each[load.order_id, item.line_id] += item.quantity_each
        return {(*line, quantity_each) for line, quantity_each in each.items()}

    @invariant()
    def never_more_than_wanted(self) -> None:
        for task in stops(self.floor):
            assert 0 <= task.placed_each <= task.picked_each <= task.quantity_each
            assert task.picked_each + task.missing_each <= task.quantity_each

    @invariant()
    def what_lies_in_the_totes_is_what_was_placed(self) -> None:
        placed = {(task.order_id, task.line_id, task.placed_each) for task in stops(self.floor) if task.placed_each}
        assert self.contents() == placed

    @invariant()
    def one_tote_holds_one_order(self) -> None:
        loads = [load for load in self.floor.ledger.all(ToteLoad) if load.state is ToteLoadState.FILLING]
        assert len({load.tote_id for load in loads}) == len({load.order_id for load in loads}) == len(loads)

    @invariant()
    def the_facts_alone_give_the_same_rows(self) -> None:
        sent: dict[tuple[str, str], Row] = {("pick_task", task.task_id): task for task in a_walk()}
        sent["picklist", LIST] = a_list(len(a_walk()))
        rows = replayed(self.floor.ledger.facts, sent)
        for key in sent:
            if key[0] == "pick_task":
                assert rows[key] == self.floor.ledger.get(PickTask, key[1])


AnythingAnybodyScans.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAnythingAnybodyScans = AnythingAnybodyScans.TestCase
