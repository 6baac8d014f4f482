"""What every ledger does, whatever it is made of. Inherit from `LedgerContract` and say how one is made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol

import pytest

from app.domain.cartons import Carton, CartonState
from app.domain.deeds import Deed
from app.domain.orders import Order, OrderLine, OrderState, PaymentMode, ShipPolicy
from app.domain.packing import CartonClosed, CartonOpened, CartonVerified, CartonWeighed, UnitVerified, WeightSource
from app.domain.picking import LocationConfirmed, PickState, PickTask
from app.domain.printing import PrintState
from app.domain.products import Product
from app.domain.rows import Row
from app.domain.totes import ToteLoad
from app.errors import IllegalTransition
from app.ports import CodeHit, Ledger, PrintJobs
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.sync.floor import PICKER, a_job, a_product, a_task, at_bin, do, fit, picked, placed, tote_taken


class Station(Ledger, PrintJobs, Protocol):
    """Both ports in one book, as a station has them."""


def an_order(each: int = 1) -> Order:
    line = OrderLine(line_id="L1", external_line="1", product_id="SKU1", quantity_each=each, unit_price_minor=100)
    return Order(
        order_id="O1",
        channel="shop",
        external_reference="1001",
        placed_at_utc=SHIFT_BEGINS_UTC,
        ship_by_utc=SHIFT_BEGINS_UTC,
        currency="EUR",
        payment_mode=PaymentMode.PREPAID,
        ship_policy=ShipPolicy.PARTIAL,
        lines=(line,),
        state=OrderState.PICKED,
    )


def close_carton(ledger: Ledger, carton_id: str) -> str:
    """Pack one unit into a new carton and close it with the next number of the range."""
    do(ledger, CartonOpened(carton_id=carton_id, order_id="O1", number=1))
    unit = UnitVerified(carton_id=carton_id, order_id="O1", line_id="L1", product_id="SKU1", quantity_each=1)
    do(ledger, unit, CartonVerified(carton_id=carton_id))
    weighed = CartonWeighed(carton_id=carton_id, weight_g=1, expected_weight_g=1, source=WeightSource.TYPED)
    do(ledger, weighed)
    sscc = ledger.take_sscc()
    assert sscc is not None
    do(ledger, CartonClosed(carton_id=carton_id, order_id="O1", sscc=sscc, order_complete=False))
    return sscc


class LedgerContract(ABC):
    clock: FakeClock

    @abstractmethod
    def station(self, *rows: Row) -> Station:
        """A book of a station with numbers from serial 1, that knows `rows` and owes nothing; uses `self.clock`."""

    @pytest.fixture(autouse=True)
    def _clock(self) -> None:
        self.clock = FakeClock()

    def test_a_row_is_found_by_its_id_and_only_as_what_it_is(self) -> None:
        ledger = self.station(a_task())
        assert ledger.get(PickTask, "T1") == a_task()
        assert ledger.get(PickTask, "T2") is None
        assert ledger.get(ToteLoad, "T1") is None

    def test_rows_are_listed_by_id_and_under_their_parent(self) -> None:
        ledger = self.station(a_task(task_id="T2"), a_task(task_id="T1"), a_task(task_id="T3", picklist_id="P2"))
        assert [task.task_id for task in ledger.all(PickTask)] == ["T1", "T2", "T3"]
        assert [task.task_id for task in ledger.all(PickTask, parent="P1")] == ["T1", "T2"]
        assert ledger.all(PickTask, parent="P9") == []

    def test_a_case_code_stands_for_its_factor(self) -> None:
        ledger = self.station(a_product("SKU1", ("04012345000016", 1), ("14012345000013", 12)))
        assert ledger.find_code("14012345000013") == CodeHit(product_id="SKU1", factor_each=12)
        assert ledger.find_code("SKU1") is None
        assert ledger.get(Product, "SKU1") is not None

    def test_a_deed_is_seen_at_once_and_numbered_without_gaps(self) -> None:
        ledger = self.station(a_task())
        assert do(ledger, at_bin()) == (1,)
        assert do(ledger, picked(), picked()) == (2, 3)
        task = ledger.get(PickTask, "T1")
        assert task is not None
        assert (task.state, task.picked_each) == (PickState.AT_LOCATION, 2)
        assert ledger.owed_count() == 3

    def test_a_deed_may_bring_a_row_into_being(self) -> None:
        ledger = self.station(a_task())
        do(ledger, tote_taken(), at_bin(), picked(), placed())
        load = ledger.get(ToteLoad, "TL1")
        assert load is not None
        assert [unit.quantity_each for unit in load.contents] == [1]
        assert ledger.all(ToteLoad, parent="TOTE1") == [load]

    def test_the_oldest_owed_fact_says_since_when_something_is_owed(self) -> None:
        ledger = self.station(a_task())
        assert ledger.owed_since_utc() is None
        self.clock.advance(s=60)
        since = self.clock.now_utc()
        do(ledger, at_bin())
        self.clock.advance(s=60)
        do(ledger, picked())
        assert ledger.owed_since_utc() == since

    def test_the_newest_facts_come_first_with_their_bodies(self) -> None:
        ledger = self.station(a_task())
        do(ledger, at_bin())
        do(ledger, picked(each=2))
        newest: list[tuple[int, str, Any]] = ledger.last_facts(limit=1)
        assert [(seq, kind, body["quantity_each"]) for seq, kind, body in newest] == [(2, "pick.unit_picked", 2)]
        assert [seq for seq, _, _ in ledger.last_facts()] == [2, 1]

    def test_who_listens_sees_what_was_recorded(self) -> None:
        ledger = self.station(a_task())
        seen: list[int] = []
        leave = ledger.on_change(lambda: seen.append(ledger.owed_count()))
        do(ledger, at_bin())
        leave()
        do(ledger, picked())
        assert seen == [1]

    def test_a_number_is_only_looked_at_until_a_carton_is_closed_with_it(self) -> None:
        ledger = self.station(an_order(each=2))
        first = ledger.take_sscc()
        assert ledger.take_sscc() == first == "340123450000000017"
        assert close_carton(ledger, "C1") == first
        assert ledger.take_sscc() == "340123450000000024"
        carton = ledger.get(Carton, "C1")
        assert carton is not None
        assert (carton.state, carton.sscc) == (CartonState.CLOSED, first)

    def test_a_number_that_is_not_the_next_closes_no_carton(self) -> None:
        ledger = self.station(an_order(each=2))
        used = close_carton(ledger, "C1")
        again = CartonClosed(carton_id="C2", order_id="O1", sscc=used, order_complete=False)
        before = ledger.owed_count()
        with pytest.raises(IllegalTransition):
            ledger.record(Deed(facts=(again,)), worker_id=PICKER)
        assert ledger.owed_count() == before

    def test_a_label_is_owed_with_the_deed_that_calls_for_it(self) -> None:
        ledger = self.station(a_task())
        called: list[int] = []
        ledger.on_job(lambda: called.append(len(ledger.jobs())))
        ledger.record(Deed(facts=(at_bin(),), print_jobs=(a_job("J1"), a_job("J2"))), worker_id=PICKER)
        assert [job.job_id for job in ledger.jobs()] == ["J1", "J2"]
        assert ledger.job("J1") == a_job("J1")
        assert ledger.job("J9") is None
        assert called == [2]

    def test_a_print_job_moves_only_as_its_table_says(self) -> None:
        ledger = self.station()
        ledger.record(Deed(facts=(), print_jobs=(a_job(),)), worker_id=PICKER)
        ledger.mark("J1", PrintState.SENDING, printer_count=41)
        ledger.mark("J1", PrintState.UNCERTAIN, reason="cable")
        with pytest.raises(IllegalTransition):
            ledger.mark("J1", PrintState.SENDING)
        job = ledger.job("J1")
        assert job is not None
        assert (job.state, job.reason, job.attempt, job.printer_count) == (PrintState.UNCERTAIN, "cable", 1, 41)
        assert ledger.jobs(states={PrintState.QUEUED}) == []
        assert ledger.jobs(states={PrintState.UNCERTAIN}) == [job]

    def test_a_small_thing_is_remembered(self) -> None:
        ledger = self.station()
        assert ledger.recall("seat.1") is None
        ledger.remember("seat.1", "pick")
        ledger.remember("seat.1", "pack")
        assert ledger.recall("seat.1") == "pack"

    def test_a_deed_that_the_tables_forbid_is_never_recorded(self) -> None:
        ledger = self.station(a_task())
        with pytest.raises(IllegalTransition):
            fit(ledger, picked())
        assert do(ledger, LocationConfirmed(task_id="T1", location_id="A-01-01-1")) == (1,)
