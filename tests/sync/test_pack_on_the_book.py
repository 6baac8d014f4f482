"""A tote packed, and a parcel received, on the real book: what is in a file is all that a bench needs to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.cartons import Carton, CartonState
from app.domain.codes import identify
from app.domain.orders import Order, OrderState
from app.domain.packing import PackException
from app.domain.printing import PrintState
from app.domain.returns import Return, ReturnState
from app.domain.rows import Row
from app.domain.scan import Scan, Source
from app.domain.totes import ToteLoad, ToteLoadState
from app.workflows.pack import Pack
from app.workflows.pack_step import PackStep
from app.workflows.receive_return import ReceiveReturn
from sync.ledger import SqliteLedger
from tests.fakes.clock import FakeClock
from tests.fakes.packing import (
    ADDRESS,
    CATALOGUE,
    MUG,
    MUG_EAN,
    PEN,
    PEN_EAN,
    PETE,
    a_line,
    a_load,
    an_order,
)
from tests.fakes.returning import RETURNS_SHELF, SHELVES, VASE, VASE_EAN, announced, shipped
from tests.sync.floor import a_change, a_ledger, a_pull

ORDER = an_order(a_line(1, MUG), a_line(2, PEN))
ROWS: tuple[Row, ...] = (*CATALOGUE, ORDER, a_load(ORDER))
TO_WEIGHT = ("T.T-1", MUG_EAN, "X.UNDO", MUG_EAN, PEN_EAN, "C.M")


class Bench:
    """A station that is restarted before each act."""

    def __init__(self, folder: Path, *rows: Row) -> None:
        self._folder = folder
        self._clock = FakeClock()
        a_ledger(folder, *rows, clock=self._clock).book.close()

    @contextmanager
    def opened(self) -> Iterator[SqliteLedger]:
        ledger = a_ledger(self._folder, clock=self._clock)
        try:
            yield ledger
        finally:
            ledger.book.close()

    def packing(self, act: Callable[[Pack, SqliteLedger], object]) -> None:
        with self.opened() as ledger:
            act(
                Pack(
                    ledger=ledger,
                    jobs=ledger,
                    clock=self._clock,
                    worker_id=PETE,
                    seat_id="seat-1",
                    zone=ZoneInfo("Europe/Berlin"),
                    printer_id="labels",
                ),
                ledger,
            )

    def scan(self, text: str) -> None:
        self.packing(lambda pack, _ledger: pack.take(identify(Scan(text=text, source=Source.WEDGE))))

    def printer_does(self, *states: PrintState) -> None:
        def act(pack: Pack, ledger: SqliteLedger) -> None:
            for state in states:
                ledger.mark(ledger.jobs()[-1].job_id, state)
            pack.tend()

        self.packing(act)


def test_a_bench_that_is_restarted_after_every_act_packs_the_order(tmp_path: Path) -> None:
    bench = Bench(tmp_path, *ROWS, ADDRESS)
    for text in TO_WEIGHT:
        bench.scan(text)
    bench.packing(lambda pack, _ledger: pack.weigh(700))
    bench.printer_does(PrintState.SENDING, PrintState.CONFIRMED)
    with bench.opened() as ledger:
        (carton,) = ledger.all(Carton)
    bench.scan(f"00{carton.sscc}")
    with bench.opened() as ledger:
        (carton,) = ledger.all(Carton)
        assert (carton.state, carton.printed_count) == (CartonState.LABELLED, 1)
        assert [order.state for order in ledger.all(Order)] == [OrderState.PACKED]
        assert [load.state for load in ledger.all(ToteLoad)] == [ToteLoadState.EMPTIED]
        assert [job.state for job in ledger.jobs()] == [PrintState.VERIFIED]


def test_what_was_missing_and_came_back_is_still_so_when_the_store_sends_its_order_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, *ROWS, ADDRESS)
    for text in ("T.T-1", MUG_EAN):
        bench.scan(text)
    bench.packing(lambda pack, _ledger: (pack.leave_out(PackException.MISSING), pack.choose(1)))
    bench.scan("X.UNDO")
    bench.scan(PEN_EAN)
    with bench.opened() as ledger:
        before = ledger.get(Order, "O-1")
        assert before is not None
        assert [(line.packed_each, line.short_each) for line in before.lines] == [(1, 0), (1, 0)]
        ledger.apply(a_pull(a_change(replace(ORDER, gift_note="For you"), 2), at=2))
        assert ledger.get(Order, "O-1") == replace(before, gift_note="For you")


def test_an_order_that_comes_packed_by_another_station_has_the_units_here_put_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, *ROWS, ADDRESS)
    for text in ("T.T-1", MUG_EAN):
        bench.scan(text)
    lines = tuple(replace(line, packed_each=line.quantity_each) for line in ORDER.lines)
    packed = replace(ORDER, state=OrderState.PACKED, lines=lines, cartons_closed=1)
    with bench.opened() as ledger:
        ledger.apply(a_pull(a_change(packed, 2), at=2))
        assert ledger.get(Order, "O-1") == packed
    for text in ("X.BACK", "T.T-1"):
        bench.scan(text)
    bench.scan("X.OK")
    with bench.opened() as ledger:
        (carton,) = ledger.all(Carton)
        assert (carton.state, len(carton.units)) == (CartonState.ABANDONED, 1)


def test_a_label_whose_address_comes_late_is_asked_for_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, *ROWS)
    for text in TO_WEIGHT:
        bench.scan(text)
    bench.packing(lambda pack, _ledger: pack.weigh(700))
    with bench.opened() as ledger:
        assert not ledger.jobs()
        ledger.apply(a_pull(a_change(ADDRESS, 2), at=2))
    bench.packing(lambda pack, _ledger: pack.tend())
    bench.packing(lambda pack, _ledger: pack.tend())
    with bench.opened() as ledger:
        assert [job.state for job in ledger.jobs()] == [PrintState.QUEUED]


def test_a_label_is_printed_again_after_a_restart_in_mid_print(tmp_path: Path) -> None:
    bench = Bench(tmp_path, *ROWS, ADDRESS)
    for text in TO_WEIGHT:
        bench.scan(text)
    bench.packing(lambda pack, _ledger: pack.weigh(700))
    bench.printer_does(PrintState.SENDING, PrintState.UNCERTAIN)

    def uncertain(pack: Pack, _ledger: SqliteLedger) -> None:
        assert pack.step() is PackStep.UNCERTAIN

    bench.packing(uncertain)
    bench.scan("X.A.2")
    bench.printer_does(PrintState.SENDING, PrintState.CONFIRMED)
    with bench.opened() as ledger:
        (carton,) = ledger.all(Carton)
        assert (carton.printed_count, carton.printed_attempt) == (1, 2)


def test_a_parcel_that_is_worked_over_restarts_is_closed_once(tmp_path: Path) -> None:
    order = shipped()
    clock = FakeClock()
    a_ledger(tmp_path, VASE, *SHELVES, order, announced(order), clock=clock).book.close()
    for text in ("R.20418", VASE_EAN, "X.A.1", "X.UNDO", "X.A.1", f"L.{RETURNS_SHELF}", "X.FINISH"):
        ledger = a_ledger(tmp_path, clock=clock)
        bench = ReceiveReturn(
            ledger=ledger,
            jobs=ledger,
            clock=clock,
            worker_id="W-rose",
            seat_id="seat-1",
            zone=ZoneInfo("Europe/Berlin"),
            printer_id="labels",
        )
        bench.take(identify(Scan(text=text, source=Source.WEDGE)))
        ledger.book.close()
    ledger = a_ledger(tmp_path, clock=clock)
    (parcel,) = ledger.all(Return)
    assert parcel.state is ReturnState.CLOSED
    assert [job.state for job in ledger.jobs()] == [PrintState.DROPPED, PrintState.QUEUED]
    ledger.book.close()
