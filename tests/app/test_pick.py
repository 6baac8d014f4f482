"""Picking, as the floor says it: bin, item, tote, and everything that may come between."""

from __future__ import annotations

import pytest

from app.domain.picking import PickState, UnitPicked
from app.domain.scan import Scan, Source
from app.domain.totes import ToteLoad
from app.domain.workers import ScanRefused
from app.errors import (
    ToteTaken,
    UnknownCode,
    UnreadableCode,
    WrongItem,
    WrongLocation,
    WrongStep,
    WrongTote,
)
from app.ports import Tone
from app.workflows.answers import Answer, Role, StepState
from tests.fakes.picking import (
    CASE_EAN,
    GLOVES,
    GLOVES_EAN,
    LIST,
    PHONE,
    SOCKS,
    SOCKS_EAN,
    Floor,
    a_task,
)

BIN, OTHER_BIN = "L.A-12-03-2", "L.A-12-04-1"


def said(answer: Answer) -> str:
    return answer.sentence.key


def near_misses(floor: Floor) -> list[tuple[str, str]]:
    return [(fact.step, fact.reason) for fact in floor.ledger.facts if isinstance(fact, ScanRefused)]


def test_a_line_is_bin_then_item_then_tote() -> None:
    floor = Floor(a_task())
    assert said(floor.scan(BIN)) == "pick.bin_right"
    assert said(floor.scan(SOCKS_EAN)) == "pick.to_tote"
    done = floor.scan("T.T-1")
    assert (said(done), done.tone) == ("pick.list_done", Tone.LIST_DONE)
    assert floor.task().state is PickState.PLACED
    assert floor.kinds() == ["pick.location_confirmed", "pick.unit_picked", "tote.assigned", "pick.unit_placed"]


def test_every_fact_is_done_under_the_lease_of_the_list() -> None:
    floor = Floor(a_task())
    floor.scan(BIN, SOCKS_EAN, "T.T-1")
    assert {deed.lease for deed in floor.ledger.deeds} == {f"picklist/{LIST}#1"}


def test_the_next_place_is_there_at_once_after_the_last_unit() -> None:
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
    answer = floor.scan(BIN, SOCKS_EAN, "T.T-1")
    assert (said(answer), answer.tone) == ("pick.next_place", Tone.LINE_DONE)
    assert floor.pick.prompt().sentence.facts["place"] == "A-13-01-1"


def test_the_strip_shows_how_many_of_the_item_are_done() -> None:
    floor = Floor(a_task(quantity_each=3))
    floor.scan(BIN, SOCKS_EAN)
    bin_step, item, tote = floor.pick.prompt().steps
    assert [bin_step.state, item.state, tote.state] == [StepState.DONE, StepState.NOW, StepState.LATER]
    assert (item.done, item.of) == (1, 3)


def test_scanning_another_bin_names_the_expected_bin() -> None:
    floor = Floor(a_task())
    with pytest.raises(WrongLocation) as refused:
        floor.scan(OTHER_BIN)
    assert (refused.value.expected, refused.value.scanned) == ("A-12-03-2", "A-12-04-1")
    assert near_misses(floor) == [("pick.bin", "WrongLocation")]
    assert floor.task().state is PickState.OPEN


def test_a_bin_that_nobody_knows_is_unknown() -> None:
    with pytest.raises(UnknownCode):
        Floor(a_task()).scan("L.Z-99-99-9")


def test_scanning_the_item_before_its_bin_asks_for_the_bin() -> None:
    floor = Floor(a_task())
    assert said(floor.scan(SOCKS_EAN)) == "pick.bin_first"
    assert near_misses(floor) == [("pick.bin", "WrongStep")]


def test_the_wrong_item_is_named_with_the_right_one() -> None:
    floor = Floor(a_task())
    floor.scan(BIN)
    with pytest.raises(WrongItem) as refused:
        floor.scan(GLOVES_EAN)
    assert (refused.value.expected, refused.value.scanned) == (SOCKS.name, GLOVES.name)
    assert floor.task().picked_each == 0
    assert near_misses(floor) == [("pick.item", "WrongItem")]


def test_a_code_that_nobody_knows_is_shown_as_it_was_scanned() -> None:
    floor = Floor(a_task())
    floor.scan(BIN)
    with pytest.raises(UnknownCode) as refused:
        floor.scan("SOMETHING-ELSE")
    assert refused.value.scanned == "SOMETHING-ELSE"


def test_an_old_code_that_is_an_alias_counts() -> None:
    floor = Floor(a_task(product=GLOVES))
    floor.scan(BIN, "OLD-GLOVES")
    assert floor.task().picked_each == 1


@pytest.mark.parametrize("text", ["A" * 4000, "\x00\x01\x02", "🧦🧦", f"]C101{SOCKS_EAN.zfill(14)}17991399", "", " "])
def test_rubbish_is_a_near_miss_and_nothing_else(text: str) -> None:
    floor = Floor(a_task())
    floor.scan(BIN)
    with pytest.raises(UnreadableCode):
        floor.pick.scan(Scan(text=text, source=Source.WEDGE))
    assert near_misses(floor) == [("pick.item", "UnreadableCode")]
    assert floor.task().picked_each == 0


def test_the_item_of_another_line_says_where_that_line_is() -> None:
    floor = Floor(a_task(1), a_task(2, product=GLOVES, place="A-13-01-1"))
    answer = floor.scan(BIN, GLOVES_EAN)
    assert said(answer) == "pick.other_line"
    assert answer.sentence.facts["place"] == "A-13-01-1"
    assert answer.role is Role.WRONG


def test_scanning_another_lines_bin_with_an_empty_hand_jumps_there() -> None:
    floor = Floor(a_task(1), a_task(2, product=GLOVES, place="A-13-01-1"))
    assert said(floor.scan("L.A-13-01-1")) == "pick.jumped"
    floor.scan(GLOVES_EAN, "T.T-1")
    assert floor.task(2).state is PickState.PLACED
    assert floor.pick.prompt().sentence.facts["place"] == "A-12-03-2"


def test_jumping_away_from_a_place_postpones_it() -> None:
    floor = Floor(a_task(1), a_task(2, place="A-13-01-1"), a_task(3, place="A-14-09-3"))
    floor.scan(BIN, "L.A-13-01-1")
    assert floor.task(1).state is PickState.POSTPONED
    floor.scan(SOCKS_EAN, "T.T-1")
    assert floor.pick.prompt().sentence.facts["place"] == "A-14-09-3"


def test_nobody_jumps_with_units_in_the_hand() -> None:
    floor = Floor(a_task(1, quantity_each=2), a_task(2, place="A-13-01-1"))
    assert said(floor.scan(BIN, SOCKS_EAN, "L.A-13-01-1")) == "pick.put_first"
    assert floor.task(2).state is PickState.OPEN


def test_a_case_code_adds_its_factor() -> None:
    floor = Floor(a_task(quantity_each=15))
    answer = floor.scan(BIN, CASE_EAN)
    assert (answer.sentence.facts["done"], answer.sentence.facts["of"]) == (12, 15)
    assert floor.task().picked_each == 12


def test_a_label_that_says_how_many_it_stands_for_adds_them_all() -> None:
    floor = Floor(a_task(quantity_each=5))
    floor.scan(BIN, f"(02){SOCKS_EAN.zfill(14)}(37)3")
    assert floor.task().picked_each == 3
    assert floor.scan(f"(02){SOCKS_EAN.zfill(14)}(37)3").sentence.facts == {"factor": 3, "count": 2}


def test_a_case_of_twelve_for_five_asks_to_open_it() -> None:
    floor = Floor(a_task(quantity_each=5))
    answer = floor.scan(BIN, CASE_EAN)
    assert said(answer) == "pick.open_case"
    assert (answer.sentence.facts["factor"], answer.sentence.facts["count"]) == (12, 5)
    assert floor.task().picked_each == 0


def test_one_more_than_wanted_is_refused_with_where_to_put_what_is_there() -> None:
    floor = Floor(a_task(quantity_each=2))
    answer = floor.scan(BIN, SOCKS_EAN, SOCKS_EAN, SOCKS_EAN)
    assert said(answer) == "pick.enough"
    assert answer.sentence.facts["slot"] == "A1"
    assert floor.task().picked_each == 2
    assert near_misses(floor) == [("pick.tote", "TooMany")]


def test_the_same_code_twice_is_two_units() -> None:
    floor = Floor(a_task(quantity_each=2))
    floor.scan(BIN, SOCKS_EAN, SOCKS_EAN)
    assert floor.task().picked_each == 2


def test_the_next_stop_at_the_same_place_needs_no_second_scan_of_the_bin() -> None:
    floor = Floor(a_task(1), a_task(2, order_id="O-2"))
    answer = floor.scan(BIN, SOCKS_EAN, "T.T-1")
    assert said(answer) == "pick.same_place"
    assert floor.task(2).state is PickState.AT_LOCATION
    floor.scan(SOCKS_EAN, "T.T-2")
    assert floor.task(2).state is PickState.PLACED


def test_scanning_the_bin_again_records_nothing_new() -> None:
    floor = Floor(a_task())
    floor.scan(BIN, BIN)
    assert floor.kinds() == ["pick.location_confirmed"]


class TestTotes:
    def test_the_first_tote_of_a_slot_may_be_any_free_one(self) -> None:
        floor = Floor(a_task())
        floor.scan(BIN, SOCKS_EAN, "T.T-3")
        (load,) = floor.ledger.all(ToteLoad)
        assert (load.tote_id, load.slot, load.order_id) == ("T-3", "A1", "O-1")
        assert load.contents[0].quantity_each == 1

    def test_later_units_go_into_the_same_tote(self) -> None:
        floor = Floor(a_task(1), a_task(2, place="A-13-01-1"))
        floor.scan(BIN, SOCKS_EAN, "T.T-1", "L.A-13-01-1", SOCKS_EAN)
        with pytest.raises(WrongTote) as refused:
            floor.scan("T.T-2")
        assert (refused.value.expected, refused.value.scanned) == ("A1 (T-1)", "T-2")
        floor.scan("T.T-1")
        assert len(floor.ledger.all(ToteLoad)) == 1

    def test_a_tote_of_another_slot_is_refused_by_its_slot(self) -> None:
        floor = Floor(a_task(1), a_task(2, order_id="O-2"))
        floor.scan(BIN, SOCKS_EAN, "T.T-1", SOCKS_EAN)
        with pytest.raises(WrongTote) as refused:
            floor.scan("T.T-1")
        assert (refused.value.expected, refused.value.scanned) == ("B2", "A1 (T-1)")

    def test_a_tote_that_fills_for_another_list_is_refused(self) -> None:
        taken = ToteLoad(tote_load_id="X", tote_id="T-2", picklist_id="P-9", order_id="O-9", slot="C1")
        floor = Floor(a_task(), rows=(taken,))
        floor.scan(BIN, SOCKS_EAN)
        with pytest.raises(ToteTaken) as refused:
            floor.scan("T.T-2")
        # The other cart has a C1 of its own: its name would lead astray here.
        assert (refused.value.expected, refused.value.scanned) == ("A1", "T-2")

    def test_a_tote_of_nobody_is_unknown(self) -> None:
        floor = Floor(a_task())
        floor.scan(BIN, SOCKS_EAN)
        with pytest.raises(UnknownCode):
            floor.scan("T.T-99")

    def test_a_full_hand_may_be_put_down_before_the_line_is_complete(self) -> None:
        floor = Floor(a_task(quantity_each=3))
        assert said(floor.scan(BIN, SOCKS_EAN, "T.T-1")) == "pick.placed"
        task = floor.task()
        assert (task.placed_each, task.left_each, task.state) == (1, 2, PickState.AT_LOCATION)

    def test_an_empty_hand_puts_nothing_down(self) -> None:
        floor = Floor(a_task())
        floor.scan(BIN)
        with pytest.raises(WrongStep):
            floor.scan("T.T-1")


class TestNumbers:
    def test_many_units_are_typed_once_one_is_scanned(self) -> None:
        floor = Floor(a_task(quantity_each=12))
        floor.scan(BIN, SOCKS_EAN, "X.D.1", "X.D.2", "X.OK")
        assert floor.task().picked_each == 12
        assert floor.ledger.facts[-1] == UnitPicked(task_id="T-1", product_id="socks", quantity_each=11)

    def test_a_number_without_a_scanned_unit_proves_nothing(self) -> None:
        floor = Floor(a_task(quantity_each=12))
        assert said(floor.scan(BIN, "X.D.9", "X.OK")) == "pick.scan_one_first"
        assert floor.task().picked_each == 0

    def test_a_number_above_what_is_wanted_is_refused(self) -> None:
        floor = Floor(a_task(quantity_each=12))
        answer = floor.scan(BIN, SOCKS_EAN, "X.D.1", "X.D.3", "X.OK")
        assert (said(answer), answer.sentence.facts["count"]) == ("pick.number_wrong", 12)
        assert floor.task().picked_each == 1

    def test_a_number_is_the_whole_and_below_what_is_counted_it_is_told_so(self) -> None:
        floor = Floor(a_task(quantity_each=12))
        floor.scan(BIN, SOCKS_EAN, SOCKS_EAN, SOCKS_EAN)
        for typed in ("X.D.2", "X.D.3"):
            answer = floor.scan(typed, "X.OK")
            assert (said(answer), answer.sentence.facts["count"]) == ("pick.in_already", 3)
        floor.scan("X.D.5", "X.OK")
        assert floor.task().picked_each == 5

    @pytest.mark.parametrize("command", ["X.D.2", "X.OK"])
    @pytest.mark.parametrize(
        ("before", "asked"),
        [
            ((), "pick.bin_first"),
            (("L.A-12-04-1",), "pick.scan_one_first"),
            (("L.A-12-04-1", SOCKS_EAN), "pick.scan_free_tote"),
            (("L.A-12-04-1", SOCKS_EAN, "T.T-1"), "pick.scan_finish"),
        ],
    )
    def test_where_no_number_is_asked_for_a_digit_and_ok_are_refused_with_what_is(
        self, before: tuple[str, ...], asked: str, command: str
    ) -> None:
        floor = Floor(a_task(place="A-12-04-1"))
        answer = floor.scan(*before, command)
        assert (answer.role, said(answer), floor.pick.typed) == (Role.WRONG, asked, "")

    def test_what_is_typed_is_shown_as_what_it_is(self) -> None:
        floor = Floor(a_task(quantity_each=12))
        digits = floor.scan("X.D.4").sentence
        assert (digits.key, digits.facts) == ("pick.typed_digits", {"place": "A-12-03-2", "typed": "4"})
        in_all = floor.scan(BIN, SOCKS_EAN, "X.D.1", "X.D.2").sentence
        assert (in_all.key, in_all.facts) == ("pick.typed_in_all", {"typed": "12"})

    def test_a_digit_says_nothing_of_serials(self) -> None:
        floor = Floor(a_task(product=PHONE, quantity_each=2))
        assert said(floor.scan(BIN, "X.D.2")) == "pick.serial_each"

    def test_ok_with_no_check_digits_asks_for_the_bin(self) -> None:
        assert said(Floor(a_task()).scan("X.OK")) == "pick.bin_first"

    def test_a_large_number_is_asked_for_twice(self) -> None:
        floor = Floor(a_task(quantity_each=60))
        assert said(floor.scan(BIN, SOCKS_EAN, "X.D.6", "X.D.0", "X.OK")) == "pick.confirm_number"
        assert floor.task().picked_each == 1
        floor.scan("X.OK")
        assert floor.task().picked_each == 60

    def test_another_number_in_between_is_asked_for_anew(self) -> None:
        floor = Floor(a_task(quantity_each=60))
        floor.scan(BIN, SOCKS_EAN, "X.D.6", "X.D.0", "X.OK", "X.BACK", "X.D.5", "X.D.0")
        assert said(floor.scan("X.OK")) == "pick.confirm_number"

    def test_back_forgets_what_was_typed(self) -> None:
        floor = Floor(a_task(quantity_each=12))
        assert said(floor.scan(BIN, SOCKS_EAN, "X.D.9", "X.BACK", "X.OK")) == "pick.no_number"

    def test_a_scan_forgets_what_was_typed(self) -> None:
        floor = Floor(a_task(quantity_each=12))
        assert said(floor.scan(BIN, "X.D.9", SOCKS_EAN, "X.OK")) == "pick.no_number"

    def test_check_digits_may_be_typed_instead_of_scanning_the_bin(self) -> None:
        floor = Floor(a_task())
        floor.scan("X.D.4", "X.D.7", "X.OK")
        assert floor.task().state is PickState.AT_LOCATION

    def test_other_check_digits_are_another_place(self) -> None:
        floor = Floor(a_task())
        assert said(floor.scan("X.D.4", "X.D.8", "X.OK")) == "pick.check_digits_wrong"
        assert floor.task().state is PickState.OPEN
