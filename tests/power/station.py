"""A station at work, for power cuts: it picks as people do, and says what is recorded once `record` has returned.

    python -m tests.power.station FOLDER STORE SCANS [SYNCHRONOUS] [--close] [--anew]

Each line on standard output is an acknowledgement, a JSON object: the newest fact, its text's hash, the labels asked
for, and whose key the store was told. Every few scans the store (a model, kept in the file STORE between two lives)
hears and answers, so that settling, pulling and forgetting stand between the scans. Ends without closing its book,
like a kill, unless it is told to. With `--anew` it is enrolled anew in the middle.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from app.domain.codes import identify
from app.domain.deeds import Deed
from app.domain.picklists import Picklist
from app.domain.scan import Scan, Source
from app.domain.workers import ScanRefused
from app.workflows.pick import Pick
from devices.clock import SystemClock
from sync.book import open_book
from sync.ledger import SqliteLedger
from sync.protocol import FactsPushed
from sync.signer import base64url
from sync.signer_file import FileSigner
from tests.fakes.picking import ANNA, BINS, LIST, PRODUCTS, SOCKS_EAN, TOTES, a_list, a_task
from tests.sync.floor import ENROLLED, a_job
from tests.sync.model_store import ModelStore

SYNC_EVERY = 7
EACH = 12
# Far less than SQLite's own thousand pages, so that what was written ahead is carried over in mid-shift.
CHECKPOINT_PAGES = 60


@dataclass
class Shift:
    ledger: SqliteLedger
    store: ModelStore
    key: str
    jobs: int

    def acknowledge(self) -> None:
        (text,) = self.ledger.owed(self.ledger.last_seq, 1)
        text_hash = hashlib.sha256(text.encode()).hexdigest()
        said = {
            "station": self.ledger.station_id,
            "seq": self.ledger.last_seq,
            "hash": text_hash,
            "jobs": self.jobs,
            "key": self.key,
        }
        os.write(1, (json.dumps(said) + "\n").encode())

    def sync(self) -> None:
        """Carry what is owed up and what changed down, a few at a time."""
        ledger = self.ledger
        while ledger.owed_count():
            facts = ledger.owed(ledger.held_through_seq + 1, 5)
            ledger.settle(self.store.push(FactsPushed(station_id=ledger.station_id, facts=facts)))
        more = True
        while more:
            pulled = self.store.pull(ledger.station_id, ledger.cursor(), 5)
            ledger.apply(pulled)
            more = pulled.more

    def enrol_anew(self) -> None:
        old_id, new_id = self.ledger.station_id, f"{self.ledger.station_id}+"
        self.store.replace_station(old_id, new_id)
        self.ledger.enrol_anew(replace(ENROLLED, station_id=new_id))

    def new_list(self, number: int) -> str:
        """The store gives out a list of two stops, in totes that are free."""
        name, orders = f"{LIST}-{number}", (f"O-{number}-1", f"O-{number}-2")
        picklist = a_list(2, picklist_id=name, station_id=self.ledger.station_id)
        slots = tuple(replace(slot, order_id=order) for slot, order in zip(picklist.slots, orders, strict=True))
        self.store.put(replace(picklist, slots=slots))
        for position, (order, bin_) in enumerate(zip(orders, BINS, strict=False), 1):
            task = a_task(position, place=bin_.location_id, quantity_each=EACH)
            self.store.put(replace(task, task_id=f"T-{number}-{position}", picklist_id=name, order_id=order))
            self.store.put(replace(TOTES[0], tote_id=f"T-{number}-{position}"))
        self.sync()
        return name

    def scans(self, number: int) -> Iterator[None]:
        """Walk one list from its first bin to its end, scan by scan, with a mistake that is undone."""
        name = self.new_list(number)
        pick = Pick(ledger=self.ledger, clock=SystemClock(), worker_id=ANNA, picklist_id=name, zone=UTC)
        pick.open()
        yield
        for position, bin_ in enumerate(BINS[:2], 1):
            codes = [f"L.{bin_.location_id}", SOCKS_EAN, "X.UNDO", *[SOCKS_EAN] * EACH, f"T.T-{number}-{position}"]
            for code in codes:
                pick.take(identify(Scan(text=code, source=Source.WEDGE)))
                yield
        pick.take(identify(Scan(text="X.FINISH", source=Source.WEDGE)))
        yield
        refused = ScanRefused(step="pick.item", reason="after the list")
        self.jobs += 1
        self.ledger.record(Deed(facts=(refused, refused), print_jobs=(a_job(f"J-{number}"),)), worker_id=ANNA)
        yield


def main() -> None:
    logging.disable(logging.WARNING)
    folder, kept, scans, *how = sys.argv[1:]
    synchronous = next((word for word in how if not word.startswith("--")), "")
    ledger = SqliteLedger(open_book(Path(folder) / "book.db"), SystemClock())
    ledger.book.db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    if synchronous:
        ledger.book.db.execute(f"PRAGMA synchronous = {synchronous}")
    key = base64url(asyncio.run(FileSigner(Path(folder) / "device.key").public_key()))
    store = pickle.loads(Path(kept).read_bytes()) if Path(kept).exists() else ModelStore()
    if not ledger.station_id:
        ledger.enrol(ENROLLED)
        store.put(*PRODUCTS, *BINS)
    shift = Shift(ledger, store, key, len(ledger.jobs()))
    left = int(scans)
    number = sum(1 for kind, _ in store.rows if kind == Picklist.row_kind)
    while left:
        number += 1
        for _ in shift.scans(number):
            shift.acknowledge()
            left -= 1
            if "--anew" in how and left == int(scans) // 2:
                shift.enrol_anew()
            if left % SYNC_EVERY == 0:
                shift.sync()
            if not left:
                break
    Path(kept).write_bytes(pickle.dumps(store))
    if "--close" in how:
        ledger.close()
    os._exit(0)


if __name__ == "__main__":
    main()
