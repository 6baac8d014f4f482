"""A carton that is closed: its number, its address, its label, and the label scanned back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import Carton, CartonState
from app.domain.orders import Order, OrderState
from app.domain.printing import PrintState
from app.domain.totes import ToteLoad, ToteLoadState
from app.errors import (
    WrongCarton,
)
from app.ports import Tone
from app.workflows.answers import Role
from app.workflows.pack_step import PackStep
from tests.fakes.ledger import DEMO_RANGE
from tests.fakes.packing import (
    ADDRESS,
    MUG_EAN,
    PEN,
    PEN_EAN,
    PackFloor,
    a_line,
    a_load,
    an_order,
    closed,
)
from tests.fakes.said import said


def test_without_a_number_the_carton_waits_and_the_packer_may_go_on() -> None:
    other = an_order(a_line(1, PEN), order_id="O-2")
    floor = PackFloor(None, other, a_load(other, "T-2"), number_range=None)
    floor.scan("T.T-1", "C.S", MUG_EAN)
    answer = floor.digits(400)
    assert (said(answer), answer.tone) == ("pack.no_number", Tone.NEEDS_PERSON)
    assert floor.carton().state is CartonState.WEIGHED
    assert floor.pack.step() is PackStep.NUMBER
    assert said(floor.scan("T.T-2")) == "pack.opened"


@pytest.mark.parametrize("gone", [True, False], ids=["row taken away", "row says so"])
def test_a_carton_whose_order_is_cancelled_while_it_waits_for_a_number_is_put_back(gone: bool) -> None:
    floor = PackFloor(number_range=None)
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    floor.scan("X.BACK")
    if gone:
        floor.ledger.lose(floor.order())
    else:
        floor.ledger.receive(replace(floor.order(), state=OrderState.CANCELLED))
    floor.ledger.lease_numbers()
    floor.pack.tend()
    assert floor.pack.view().owed == ()
    assert said(floor.scan("X.A.1")) == "pack.resumed"
    assert said(floor.scan("X.OK")) == "pack.put_back"
    assert floor.carton().state is CartonState.ABANDONED


def test_a_carton_that_waited_for_a_number_closes_when_one_comes() -> None:
    floor = PackFloor(number_range=None)
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    floor.ledger.lease_numbers()
    floor.pack.tend()
    assert floor.carton().state is CartonState.CLOSED
    assert floor.pack.step() is PackStep.LABEL


def test_without_an_address_the_carton_closes_and_its_label_waits_for_it() -> None:
    order = an_order()
    floor = PackFloor(order, a_load(order), bare=True)
    floor.scan("T.T-1", "C.S", MUG_EAN)
    assert said(floor.digits(400)) == "pack.no_address"
    assert floor.carton().state is CartonState.CLOSED
    assert not floor.ledger.jobs()
    floor.ledger.receive(ADDRESS)
    floor.pack.tend()
    assert floor.job().subject == floor.carton().sscc
    assert floor.pack.step() is PackStep.LABEL


# -- another tote while this carton waits ------------------------------------------------------------------------------


def next_tote() -> tuple[Order, ToteLoad]:
    order = an_order(a_line(1, PEN), order_id="O-2")
    return order, a_load(order, "T-2")


def test_the_next_tote_before_the_label_is_stuck_on_says_to_stick_it_on_and_scan_it() -> None:
    floor = closed()
    floor.ledger.receive(*next_tote())
    floor.label_comes_out()
    answer = floor.scan("T.T-2")
    assert (said(answer), answer.role) == ("pack.tote_later.scan_back", Role.WRONG)
    assert said(floor.scan_back()) == "pack.order_done"


def test_a_tote_while_nobody_knows_of_the_label_asks_whether_it_came_out() -> None:
    floor = closed()
    floor.printer_does(PrintState.SENDING, PrintState.UNCERTAIN)
    assert said(floor.scan("T.T-1")) == "pack.tote_later.uncertain"


def refilled() -> tuple[Order, ToteLoad]:
    """The freed tote of the first order, full of the next one."""
    order = an_order(a_line(1, PEN), order_id="O-2")
    return order, a_load(order, "T-1", tote_load_id="TL-refilled")


def test_a_freed_tote_that_is_full_of_another_order_is_not_taken_for_this_cartons_own() -> None:
    floor = closed()
    floor.ledger.receive(*refilled())
    floor.label_comes_out()
    assert floor.scan("T.T-1").role is Role.WRONG


@pytest.mark.parametrize("state", [ToteLoadState.FILLING, ToteLoadState.READY])
def test_a_tote_refilled_for_another_order_opens_that_one_while_the_label_is_owed(state: ToteLoadState) -> None:
    floor = closed()
    order, load = refilled()
    floor.ledger.receive(order, replace(load, state=state))
    assert said(floor.scan("T.T-1")) == ("pack.opened_blind" if state is ToteLoadState.FILLING else "pack.opened")
    assert len(floor.cartons("O-2")) == 1


def test_a_tote_refilled_by_a_picker_who_is_offline_asks_for_its_slip_while_the_label_is_owed() -> None:
    floor = closed()
    order, _ = refilled()
    floor.ledger.receive(order)
    assert said(floor.scan("T.T-1")) == "pack.picks_not_here"
    assert said(floor.scan("O.O-2")) == "pack.opened_blind"


# -- labels -----------------------------------------------------------------------------------------------------------


def test_a_printer_that_is_away_leaves_the_label_owed_and_the_packer_free() -> None:
    floor = closed()
    assert floor.pack.step() is PackStep.LABEL
    assert floor.carton().state is CartonState.CLOSED
    assert floor.label_comes_out() is not None
    assert [fact.kind for fact in floor.ledger.deeds[-1].facts] == ["label.printed"]


def test_a_label_that_comes_out_while_the_next_order_is_packed_is_scanned_back_there() -> None:
    other = an_order(a_line(1, PEN, 2), order_id="O-2")
    floor = PackFloor(None, other, a_load(other, "T-2"))
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    first = floor.carton()
    floor.scan("T.T-2", PEN_EAN)
    assert floor.label_comes_out() is None
    assert said(floor.scan(f"00{first.sscc}")) == "pack.label_on"
    labelled = floor.ledger.get(Carton, first.carton_id)
    assert labelled is not None
    assert labelled.state is CartonState.LABELLED
    # The order that is open stays open.
    assert floor.pack.step() is PackStep.UNIT
    assert said(floor.scan(PEN_EAN)) == "pack.all_in"


def test_nobody_counts_a_label_twice() -> None:
    floor = closed()
    floor.label_comes_out()
    floor.pack.tend()
    floor.reopened().tend()
    assert floor.kinds().count("label.printed") == 1


@pytest.mark.parametrize(("answer", "state"), [("X.A.1", PrintState.CONFIRMED), ("X.A.2", PrintState.QUEUED)])
def test_when_nobody_knows_whether_it_came_out_the_packer_is_asked(answer: str, state: PrintState) -> None:
    floor = closed()
    assert said(floor.printer_does(PrintState.SENDING, PrintState.UNCERTAIN)) == "pack.did_it_come_out"
    floor.scan(answer)
    assert floor.job().state is state
    assert floor.carton().printed_count == (state is PrintState.CONFIRMED)


def test_scanning_the_label_answers_whether_it_came_out() -> None:
    floor = closed()
    floor.printer_does(PrintState.SENDING, PrintState.UNCERTAIN)
    floor.scan_back()
    assert floor.kinds()[-2:] == ["label.printed", "label.applied"]
    assert floor.job().state is PrintState.VERIFIED


def test_another_cartons_label_is_refused() -> None:
    floor = closed()
    floor.label_comes_out()
    with pytest.raises(WrongCarton) as refused:
        floor.scan(f"00{DEMO_RANGE.sscc(499)}")
    assert refused.value.expected == floor.carton().sscc


def test_a_label_scanned_faster_than_the_printer_answers_counts() -> None:
    floor = closed()
    floor.ledger.mark(floor.job().job_id, PrintState.SENDING)
    floor.scan_back()
    floor.printer_does(PrintState.CONFIRMED)
    assert floor.carton().state is CartonState.LABELLED
    assert floor.carton().printed_count == 1
    assert floor.job().state is PrintState.VERIFIED


def test_a_label_of_a_carton_that_was_left_is_stuck_on_later() -> None:
    other = an_order(a_line(1, PEN), order_id="O-2")
    floor = PackFloor(None, other, a_load(other, "T-2"))
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    floor.scan("T.T-2", "X.BACK")
    assert floor.pack.view().owed == (floor.carton().carton_id,)
    floor.label_comes_out()
    assert said(floor.scan_back()) == "pack.order_done"
    assert floor.pack.view().owed == ()


def test_a_label_is_printed_again_with_a_reason() -> None:
    floor = closed()
    floor.label_comes_out()
    floor.scan("X.REPRINT")
    assert said(floor.scan("X.A.1")) == "pack.reprinting"
    assert floor.kinds()[-1] == "label.reprinted"
    assert floor.job().state is PrintState.QUEUED
    floor.label_comes_out()
    assert floor.carton().printed_count == 2


def test_a_label_that_is_on_its_way_is_not_asked_for_twice() -> None:
    floor = closed()
    assert said(floor.scan("X.REPRINT")) == "pack.on_its_way"
    assert "label.reprinted" not in floor.kinds()
