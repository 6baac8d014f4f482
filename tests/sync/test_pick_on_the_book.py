"""A list walked on the real book: what is in a file is all that a station needs to go on."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from app.domain.codes import identify
from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.scan import Scan, Source
from app.domain.totes import ToteLoad, ToteLoadState
from app.workflows.pick import Pick
from sync.ledger import SqliteLedger
from tests.fakes.clock import FakeClock
from tests.fakes.picking import ANNA, BINS, LIST, PRODUCTS, SOCKS_EAN, TOTES, a_list, a_task
from tests.sync.floor import a_change, a_ledger, a_pull, gone

BIN = "L.A-12-03-2"
TASKS = (a_task(1, quantity_each=2), a_task(2, order_id="O-2"), a_task(3, place="A-13-01-1"))
WALK = (BIN, SOCKS_EAN, SOCKS_EAN, "T.T-1", SOCKS_EAN, "T.T-2", "L.A-13-01-1", SOCKS_EAN, "T.T-1", "X.FINISH")


def opened(ledger: SqliteLedger, clock: FakeClock) -> Pick:
    pick = Pick(ledger=ledger, clock=clock, worker_id=ANNA, picklist_id=LIST, zone=UTC)
    pick.open()
    return pick


def scan(pick: Pick, text: str) -> None:
    pick.take(identify(Scan(text=text, source=Source.WEDGE)))


def test_a_station_that_is_restarted_after_every_scan_finishes_the_list(tmp_path: Path) -> None:
    clock = FakeClock()
    a_ledger(tmp_path, *PRODUCTS, *BINS, *TOTES, a_list(3), *TASKS, clock=clock).book.close()
    for text in WALK:
        ledger = a_ledger(tmp_path, clock=clock)
        scan(opened(ledger, clock), text)
        ledger.book.close()
    ledger = a_ledger(tmp_path, clock=clock)
    picklist = ledger.get(Picklist, LIST)
    assert picklist is not None
    assert picklist.state is PicklistState.PICKED
    assert {task.state for task in ledger.all(PickTask)} == {PickState.PLACED}
    loads = {load.tote_id: load for load in ledger.all(ToteLoad)}
    assert {name: load.state for name, load in loads.items()} == dict.fromkeys(("T-1", "T-2"), ToteLoadState.READY)
    assert sum(item.quantity_each for item in loads["T-1"].contents) == 3
    ledger.book.close()


def test_undo_after_a_restart_takes_back_what_was_done_before_it(tmp_path: Path) -> None:
    clock = FakeClock()
    ledger = a_ledger(tmp_path, *PRODUCTS, *BINS, *TOTES, a_list(3), *TASKS, clock=clock)
    pick = opened(ledger, clock)
    for text in (BIN, SOCKS_EAN):
        scan(pick, text)
    ledger.book.close()
    ledger = a_ledger(tmp_path, clock=clock)
    scan(opened(ledger, clock), "X.UNDO")
    task = ledger.get(PickTask, "T-1")
    assert task is not None
    assert (task.picked_each, task.state) == (0, PickState.AT_LOCATION)
    ledger.book.close()


def test_a_stop_that_the_store_adds_in_mid_walk_is_walked_to(tmp_path: Path) -> None:
    clock = FakeClock()
    ledger = a_ledger(tmp_path, *PRODUCTS, *BINS, *TOTES, a_list(1), a_task(1), clock=clock)
    pick = opened(ledger, clock)
    for text in (BIN, "X.SHORT.NONE"):
        scan(pick, text)
    assert pick.walk().here is None
    ledger.apply(a_pull(a_change(a_task(2, place="A-13-01-1"), 2), at=2))
    here = pick.walk().here
    assert here is not None
    assert here.location_id == "A-13-01-1"
    ledger.book.close()


def test_a_line_that_the_store_takes_away_in_mid_walk_is_gone(tmp_path: Path) -> None:
    clock = FakeClock()
    ledger = a_ledger(tmp_path, *PRODUCTS, *BINS, *TOTES, a_list(2), *TASKS[1:], clock=clock)
    pick = opened(ledger, clock)
    ledger.apply(a_pull(gone(TASKS[1], 2), at=2))
    assert [task.task_id for task in pick.walk().left] == ["T-3"]
    ledger.book.close()
