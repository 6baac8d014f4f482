"""Returns as the floor says it: find the parcel, scan each unit, answer, put it away, close; money is asked once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import Carton, CartonState
from app.domain.orders import OrderState
from app.domain.returns import (
    Disposition,
    FoundBy,
    Grade,
    ItemState,
    Money,
    MoneyRequested,
    ReturnClosed,
    ReturnReceived,
    ReturnState,
)
from app.domain.workers import ScanRefused
from app.errors import UnknownCode, WrongLocation, WrongStep
from app.workflows.returns_step import ReturnStep
from tests.fakes.ledger import DEMO_RANGE
from tests.fakes.returning import (
    BIN,
    QUARANTINE_SHELF,
    RETURNS_SHELF,
    SHIRT,
    SHIRT_EAN,
    VASE,
    VASE_EAN,
    BenchFloor,
    announced,
    graded,
    shipped,
)
from tests.fakes.said import said


def test_a_return_is_found_graded_put_away_and_paid() -> None:
    floor = BenchFloor()
    assert said(floor.scan("R.20418")) == "returns.opened"
    assert said(floor.scan(VASE_EAN)) == "returns.identified"
    assert said(floor.scan("X.A.1")) == "returns.goes_to_restock"
    assert said(floor.scan(f"L.{RETURNS_SHELF}")) == "returns.all_put_away"
    assert said(floor.scan("X.FINISH")) == "returns.closed_refund"
    assert floor.parcel().state is ReturnState.CLOSED
    assert floor.kinds() == [
        "return.received",
        "return.item_identified",
        "return.item_graded",
        "return.item_disposed",
        "return.item_put_away",
        "return.money_requested",
        "return.closed",
    ]
    assert floor.bench.step() is ReturnStep.PARCEL


# -- finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "found_by"),
    [
        ("R.20418", FoundBy.RMA),
        ("20418", FoundBy.RMA),
        ("95200000000417", FoundBy.TRACKING),
        ("O.O-1", FoundBy.ORDER),
        ("REF-O-1", FoundBy.ORDER),
        (VASE_EAN, FoundBy.ITEM),
    ],
)
def test_a_parcel_is_found_by_anything_that_is_on_it(code: str, found_by: FoundBy) -> None:
    floor = BenchFloor()
    floor.scan(code)
    (received,) = [fact for fact in floor.ledger.facts if isinstance(fact, ReturnReceived)]
    assert (received.return_id, received.found_by) == ("RMA-20418", found_by)


def test_a_parcel_is_found_by_the_label_it_was_sent_with() -> None:
    sscc = DEMO_RANGE.sscc(7)
    floor = BenchFloor(None, Carton(carton_id="C-1", order_id="O-1", number=1, sscc=sscc, state=CartonState.LABELLED))
    assert said(floor.scan(f"00{sscc}")) == "returns.opened"


@pytest.mark.parametrize("code", ["R.20418", "20418", "O.1001"])
def test_a_number_that_two_shops_use_is_chosen_by_the_shop(code: str) -> None:
    ours = shipped(external_reference="1001", channel="web")
    theirs = shipped(order_id="O-2", external_reference="1001", channel="shopb")
    floor = BenchFloor(ours, theirs, announced(theirs, return_id="RMA-shopb:20418", tracking=""))
    assert said(floor.scan(code)) == "returns.which_one"
    shops = [choice.facts.get("reference") for choice in floor.bench.view().choices]
    assert shops == ["RMA 20418 web", "RMA 20418 shopb", None]
    floor.scan("X.A.2")
    assert floor.parcel("RMA-shopb:20418").state is ReturnState.RECEIVED


def test_an_order_number_that_two_shops_use_is_chosen_by_the_shop() -> None:
    orders = [shipped(order_id=f"O-{shop}", external_reference="1001", channel=shop) for shop in ("web", "shopb")]
    floor = BenchFloor(*orders, announce=False)
    assert said(floor.scan("1001")) == "returns.which_one"
    assert {choice.facts.get("reference") for choice in floor.bench.view().choices} == {"1001 web", "1001 shopb", None}


def test_an_item_that_several_orders_had_is_chosen_newest_first() -> None:
    older = shipped()
    newer = replace(shipped(order_id="O-2"), placed_at_utc=older.placed_at_utc.replace(hour=7))
    floor = BenchFloor(older, newer, announce=False)
    assert said(floor.scan(VASE_EAN)) == "returns.which_one"
    assert [choice.facts.get("reference") for choice in floor.bench.view().choices] == ["REF-O-2", "REF-O-1", None]
    floor.scan("X.A.2")
    assert floor.newest().order_id == "O-1"


def test_a_licence_plate_names_the_parcel_as_people_call_it() -> None:
    floor = BenchFloor()
    floor.scan("R.20418", VASE_EAN, "X.A.1")
    assert floor.ledger.jobs()[-1].intent.fields["note"] == "20418"


def test_the_licence_plate_of_a_parcel_that_nobody_announced_carries_no_id_that_nobody_reads() -> None:
    floor = BenchFloor(announce=False)
    floor.scan("X.BLINDRETURN", VASE_EAN, "X.A.1")
    assert floor.ledger.jobs()[-1].intent.fields["note"] == ""


def test_the_fifth_of_five_orders_that_had_the_item_is_chosen_on_the_second_page() -> None:
    placed = shipped().placed_at_utc
    others = [replace(shipped(order_id=f"O-{n}"), placed_at_utc=placed.replace(minute=59 - n)) for n in range(2, 6)]
    floor = BenchFloor(shipped(), *others, announce=False)
    floor.scan(VASE_EAN)
    assert [choice.facts.get("reference") for choice in floor.bench.view().choices][:3] == [
        "REF-O-2",
        "REF-O-3",
        "REF-O-4",
    ]
    floor.scan("X.A.4")
    assert [choice.key for choice in floor.bench.view().choices][2:] == [
        "returns.choice.none_of_these",
        "answers.first_page",
    ]
    floor.scan("X.BACK", "X.A.4", "X.A.1")
    assert floor.newest().order_id == "O-5"


def test_an_order_without_an_announcement_is_worked_all_the_same() -> None:
    floor = BenchFloor(announce=False)
    assert said(floor.scan("REF-O-1")) == "returns.opened_unannounced"
    floor.scan(VASE_EAN, "X.A.1", f"L.{RETURNS_SHELF}")
    assert said(floor.scan("X.FINISH")) == "returns.closed_refund"


def test_an_order_that_was_never_sent_cannot_come_back() -> None:
    floor = BenchFloor(shipped(state=OrderState.PICKED), announce=False)
    with pytest.raises(UnknownCode):
        floor.scan("REF-O-1")


def test_of_a_parcel_that_nobody_announced_no_unit_is_said_to_be_the_last() -> None:
    floor = BenchFloor(announce=False)
    floor.scan("X.BLINDRETURN", VASE_EAN, "X.A.1")
    assert said(floor.scan(f"L.{QUARANTINE_SHELF}")) == "returns.put_away"


def test_a_parcel_that_nothing_explains_is_worked_and_kept_in_quarantine_unpaid() -> None:
    floor = BenchFloor(announce=False)
    assert said(floor.scan("X.BLINDRETURN")) == "returns.opened_blind"
    floor.scan(SHIRT_EAN, "X.A.1", "X.A.1")
    item = floor.newest().items[0]
    assert (item.grade, item.disposition) == (Grade.NEW, Disposition.QUARANTINE)
    with pytest.raises(WrongLocation):
        floor.scan(f"L.{RETURNS_SHELF}")
    floor.scan(f"L.{QUARANTINE_SHELF}")
    assert said(floor.scan("X.FINISH")) == "returns.closed_none"
    assert not [fact for fact in floor.ledger.facts if isinstance(fact, MoneyRequested)]


def test_a_code_that_nothing_is_known_of_is_a_near_miss() -> None:
    floor = BenchFloor()
    with pytest.raises(UnknownCode):
        floor.scan("SOMETHING-ELSE")
    (near_miss,) = [fact for fact in floor.ledger.facts if isinstance(fact, ScanRefused)]
    assert (near_miss.step, near_miss.reason) == ("returns.parcel", "UnknownParcel")


# -- put away ---------------------------------------------------------------------------------------------------------


def test_scrap_must_not_lie_where_goods_are_sold_from() -> None:
    floor = graded("X.A.2", "X.A.3")
    assert floor.item().disposition is Disposition.SCRAP
    with pytest.raises(WrongLocation) as refused:
        floor.scan(f"L.{BIN}")
    assert (refused.value.expected, refused.value.scanned) == (QUARANTINE_SHELF, BIN)


def test_a_place_that_does_not_exist_is_unknown() -> None:
    with pytest.raises(UnknownCode):
        graded("X.A.1").scan("L.Z-99-99-9")


def test_of_several_units_the_plate_says_which_one_is_in_the_hand() -> None:
    floor = BenchFloor(shipped(VASE, SHIRT))
    floor.scan("R.20418", VASE_EAN, "X.A.1", SHIRT_EAN, "X.A.1", "X.A.1")
    vase, shirt = floor.parcel().items
    floor.reopened()
    assert floor.bench.step() is ReturnStep.PLATE
    with pytest.raises(WrongStep):
        floor.scan(f"L.{RETURNS_SHELF}")
    floor.scan(str(vase.licence_plate), f"L.{RETURNS_SHELF}")
    assert [item.state for item in floor.parcel().items] == [ItemState.PUT_AWAY, ItemState.DISPOSED]
    assert floor.bench.hand == shirt


# -- closing ----------------------------------------------------------------------------------------------------------


def test_a_unit_that_goes_into_a_bin_and_not_onto_the_proposed_shelf_is_said_to_lie_there() -> None:
    floor = BenchFloor()
    answer = floor.scan("R.20418", VASE_EAN, "X.A.1", f"L.{BIN}")
    assert (said(answer), answer.sentence.facts["wanted"]) == ("returns.put_elsewhere", RETURNS_SHELF)
    assert floor.item().location_id == BIN


def test_units_on_the_bench_must_be_put_away_first() -> None:
    assert said(graded("X.A.1").scan("X.FINISH")) == "returns.not_put_away"


def test_what_is_missing_is_asked_once_and_told_to_the_store() -> None:
    floor = BenchFloor(shipped(VASE, SHIRT))
    floor.scan("R.20418", VASE_EAN, "X.A.1", f"L.{RETURNS_SHELF}")
    answer = floor.scan("X.FINISH")
    assert (said(answer), answer.sentence.facts) == ("returns.one_kind_missing", {"count": 1, "product": "Shirt"})
    floor.scan("X.OK")
    (closed,) = [fact for fact in floor.ledger.facts if isinstance(fact, ReturnClosed)]
    assert closed.missing_each == 1


def test_finish_scanned_twice_does_not_close_a_parcel_of_which_units_are_missing() -> None:
    floor = BenchFloor()
    floor.scan("R.20418")
    said_each_time = {said(floor.scan("X.FINISH")) for _ in range(3)}
    assert said_each_time == {"returns.one_kind_missing"}
    assert floor.kinds() == ["return.received"]


def test_of_several_products_that_are_missing_the_units_are_counted() -> None:
    floor = BenchFloor(shipped(VASE, SHIRT))
    floor.scan("R.20418")
    answer = floor.scan("X.FINISH")
    assert (said(answer), answer.sentence.facts) == ("returns.is_it_all", {"count": 2})


def test_an_empty_parcel_is_closed_without_money() -> None:
    floor = BenchFloor()
    floor.scan("R.20418", "X.FINISH", "X.A.1")
    assert floor.kinds() == ["return.received", "return.closed"]


def test_money_is_asked_for_once_by_an_identifier_that_a_repetition_shares() -> None:
    requests = []
    for _ in range(2):
        floor = graded("X.A.1", f"L.{RETURNS_SHELF}", "X.FINISH")
        requests += [fact for fact in floor.ledger.facts if isinstance(fact, MoneyRequested)]
    assert [one.request_id for one in requests] == ["RMA-20418-money"] * 2
    assert requests[0].money is Money.REFUND


def test_a_closed_return_is_not_found_again() -> None:
    floor = graded("X.A.1", f"L.{RETURNS_SHELF}", "X.FINISH")
    with pytest.raises(UnknownCode):
        floor.scan("R.20418")
