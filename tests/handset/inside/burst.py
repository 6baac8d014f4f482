"""A handset that scans as fast as it can, and says each number once it is on disk; the test kills its browser.

First it says what it found: `{"opened": {...}}`. Then, for each deed, how far it is: `{"seq": …, "commits": …,
"flushes": …}`, the latter two since the start.
"""

from __future__ import annotations

import json

from app.domain.picking import PickTask
from sync.book import open_book
from sync.ledger import SqliteLedger
from sync.protocol import GENESIS_HASH, fact_hash, read_envelope
from sync.web_lock import WebLock
from tests.fakes.clock import FakeClock
from tests.handset.inside.opfs import Folder, disk
from tests.sync.floor import ENROLLED, RANGE, a_change, a_pull, a_task, at_bin, do, picked


def contradiction(ledger: SqliteLedger) -> str:
    """What in the book cannot be; empty when all hangs together."""
    prev_hash = GENESIS_HASH
    texts = ledger.owed(1, 1_000_000)
    if len(texts) != ledger.last_seq:
        return f"{len(texts)} facts, and the last is {ledger.last_seq}"
    for seq, text in enumerate(texts, 1):
        envelope = read_envelope(text)
        if (envelope.seq, envelope.prev_hash) != (seq, prev_hash):
            return f"fact {seq} does not hang on the one before it"
        prev_hash = fact_hash(prev_hash, text)
    task = ledger.get(PickTask, "T1")
    # One fact takes the worker to the bin; each deed after it is two picks, there whole or not at all.
    if ledger.last_seq and (ledger.last_seq % 2 != 1 or task is None or task.picked_each != ledger.last_seq - 1):
        return f"{ledger.last_seq} facts, and the task is {task}"
    return ""


async def main() -> None:
    held = await disk.web_lock("book")
    # A name of its own: the folders of other tests are numbered.
    folder = Folder(name="book", slots=12)
    book = open_book(folder.path / "book.db", lock=WebLock(lambda: held), flushes=folder.flushes)
    ledger = SqliteLedger(book, FakeClock())
    if not ledger.station_id:
        ledger.enrol(ENROLLED)
        ledger.lease_numbers(RANGE)
    torn = list(folder.files.report.torn)
    found = {"last_seq": ledger.last_seq, "contradiction": contradiction(ledger), "torn": torn}
    disk.say(json.dumps({"opened": found}))
    if not ledger.last_seq:
        ledger.apply(a_pull(a_change(a_task(quantity_each=100_000_000))))
        do(ledger, at_bin())
    before, commits = folder.flushes(), 0
    while True:
        seq = do(ledger, picked(), picked())[-1]
        commits += 1
        disk.say(json.dumps({"seq": seq, "commits": commits, "flushes": folder.flushes() - before}))
