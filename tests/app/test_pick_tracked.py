"""Picking what is tracked: by lot with a date, or each unit by its serial number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.picking import PickState, UnitPicked
from app.domain.products import Pack
from app.errors import LotExpired, WrongItem, WrongLot
from tests.fakes.clock import SHIFT_BEGINS_UTC
from tests.fakes.picking import GS, MILK_EAN, PHONE, PHONE_EAN, SOCKS_EAN, Floor, a_lot_task, a_product, a_task

BIN = "L.A-12-03-2"
MILK_01 = "01" + MILK_EAN.zfill(14)
PHONE_01 = "01" + PHONE_EAN.zfill(14)


def test_one_code_with_the_reserved_lot_is_all_that_is_needed() -> None:
    floor = Floor(a_lot_task())
    floor.scan(BIN, f"]C1{MILK_01}17270101{''}10L2409")
    assert floor.ledger.facts[-1] == UnitPicked(task_id="T-1", product_id="milk", quantity_each=1, lot="L2409")


def test_another_lot_than_the_reserved_one_is_refused_by_name() -> None:
    floor = Floor(a_lot_task())
    floor.scan(BIN)
    with pytest.raises(WrongLot) as refused:
        floor.scan(f"]C1{MILK_01}10L9999")
    assert (refused.value.expected, refused.value.scanned) == ("L2409", "L9999")
    assert floor.task().picked_each == 0


def test_a_lot_past_its_date_is_refused() -> None:
    floor = Floor(a_lot_task())
    floor.scan(BIN)
    with pytest.raises(LotExpired):
        floor.scan(f"]C1{MILK_01}1726030110L2409")


def test_a_lot_that_the_store_knows_to_be_past_its_date_is_refused_without_a_date_on_the_code() -> None:
    yesterday = (SHIFT_BEGINS_UTC - timedelta(days=1)).date()
    floor = Floor(a_lot_task(expires_on=yesterday))
    floor.scan(BIN)
    with pytest.raises(LotExpired):
        floor.scan(f"]C1{MILK_01}10L2409")


def test_a_lot_is_past_its_date_as_soon_as_the_warehouse_has_the_next_day() -> None:
    floor = Floor(a_lot_task(expires_on=date(2026, 3, 1)), at_utc=datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
    floor.scan(BIN)
    with pytest.raises(LotExpired):
        floor.scan(f"]C1{MILK_01}10L2409")


def test_a_lot_is_good_until_the_last_minute_of_its_day_at_the_warehouse() -> None:
    evening, chicago = datetime(2026, 3, 2, 5, 0, tzinfo=UTC), ZoneInfo("America/Chicago")
    floor = Floor(a_lot_task(expires_on=date(2026, 3, 1)), at_utc=evening, zone=chicago)
    floor.scan(BIN, f"]C1{MILK_01}10L2409")
    assert floor.task().picked_each == 1


def test_a_plain_code_of_a_lot_tracked_product_asks_for_the_lot_next() -> None:
    floor = Floor(a_lot_task())
    answer = floor.scan(BIN, MILK_EAN)
    assert answer.sentence.key == "pick.now_lot"
    assert floor.pick.prompt().sentence.key == "pick.scan_lot"
    assert floor.task().picked_each == 0
    floor.scan("]C110L2409")
    assert floor.task().picked_each == 1


def test_the_lot_may_be_scanned_before_the_item() -> None:
    floor = Floor(a_lot_task())
    answer = floor.scan(BIN, "]C110L2409")
    assert answer.sentence.key == "pick.now_item"
    floor.scan(MILK_EAN)
    assert floor.task().picked_each == 1


def test_a_lot_that_is_printed_as_plain_text_is_taken_when_it_is_asked_for() -> None:
    floor = Floor(a_lot_task())
    floor.scan(BIN, MILK_EAN, "L2409")
    assert floor.task().picked_each == 1


def test_plain_text_that_is_another_lot_is_refused() -> None:
    floor = Floor(a_lot_task())
    floor.scan(BIN, MILK_EAN)
    with pytest.raises(WrongLot):
        floor.scan("L7777")


def test_each_unit_of_a_lot_tracked_product_proves_its_own_lot() -> None:
    floor = Floor(a_lot_task(quantity_each=2))
    floor.scan(BIN, f"]C1{MILK_01}10L2409")
    assert floor.scan(MILK_EAN).sentence.key == "pick.now_lot"
    assert floor.task().picked_each == 1


def test_half_a_proof_is_forgotten_by_undo_and_nothing_recorded_is_undone() -> None:
    floor = Floor(a_lot_task(quantity_each=2))
    floor.scan(BIN, f"]C1{MILK_01}10L2409", MILK_EAN)
    assert floor.scan("X.UNDO").sentence.key == "pick.cleared"
    assert floor.task().picked_each == 1
    assert floor.pick.prompt().sentence.key == "pick.scan_item"


def test_a_half_proved_unit_does_not_follow_to_the_next_line() -> None:
    floor = Floor(a_lot_task(1), a_task(2, place="A-13-01-1"))
    floor.scan(BIN, MILK_EAN, "X.SHORT.FEWER", "L.A-13-01-1", SOCKS_EAN)
    assert floor.task(2).picked_each == 1


def test_the_lot_goes_with_the_units_into_the_tote() -> None:
    floor = Floor(a_lot_task())
    floor.scan(BIN, f"]C1{MILK_01}10L2409", "T.T-1")
    assert getattr(floor.ledger.facts[-1], "lot", None) == "L2409"


def a_phone(number: int) -> str:
    return f"]C1{PHONE_01}21SN-{number}"


def test_every_serial_counts_once() -> None:
    floor = Floor(a_task(product=PHONE, quantity_each=2))
    assert floor.scan(BIN, a_phone(1), a_phone(1)).sentence.key == "pick.serial_again"
    assert floor.task().picked_each == 1
    floor.scan(a_phone(2))
    assert floor.task().serials == ("SN-1", "SN-2")


def test_a_serial_that_another_line_of_this_list_has_is_refused() -> None:
    floor = Floor(a_task(1, product=PHONE), a_task(2, product=PHONE, order_id="O-2"))
    floor.scan(BIN, a_phone(1), "T.T-1")
    assert floor.scan(a_phone(1)).sentence.key == "pick.serial_again"


def test_an_undone_serial_may_be_scanned_again() -> None:
    floor = Floor(a_task(product=PHONE))
    floor.scan(BIN, a_phone(1), "X.UNDO", a_phone(1))
    assert floor.task().state is PickState.ITEM_CONFIRMED


def test_a_plain_code_of_a_phone_asks_for_its_serial() -> None:
    floor = Floor(a_task(product=PHONE))
    assert floor.scan(BIN, PHONE_EAN).sentence.key == "pick.now_serial"
    floor.scan("356938035643809X")
    assert floor.task().serials == ("356938035643809X",)


def test_phones_are_not_counted_by_typing_a_number() -> None:
    floor = Floor(a_task(product=PHONE, quantity_each=3))
    assert floor.scan(BIN, a_phone(1), "X.D.3", "X.OK").sentence.key == "pick.serial_each"


def test_a_case_of_phones_is_opened() -> None:
    case = a_product("phone", PHONE_EAN, Pack(code="PHONE-CASE", factor_each=5), name="Phone", tracks_serial=True)
    floor = Floor(a_task(product=case, quantity_each=5), rows=(case,))
    assert floor.scan(BIN, "PHONE-CASE").sentence.key == "pick.serial_each"
    assert floor.task().picked_each == 0


def test_the_lot_code_of_another_product_still_is_another_product() -> None:
    floor = Floor(a_lot_task())
    floor.scan(BIN)
    with pytest.raises(WrongItem):
        floor.scan(f"]C1{PHONE_01}10L2409{GS}21SN-1")
