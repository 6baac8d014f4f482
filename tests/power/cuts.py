"""Cuts a station's power at many moments, and counts the scans that it had said were good and does not have any more.

    python -m tests.power.cuts [--cuts 200] [--seed 1] [--synchronous NORMAL]

One station works through three lives (two end like a kill, one is closed; in the last it is enrolled anew) under
`shim.c`; then the disk is built as it was at each moment, with what was synced alone and with some of the rest, and
the book is opened as at a start.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from app.domain.catalogue import ROW_TYPES
from app.domain.rows import from_image
from app.errors import LedgerTrouble
from sync.book import open_book
from sync.ledger import SqliteLedger
from sync.protocol import GENESIS_HASH, fact_hash, read_envelope, read_fact
from sync.rebase import replay
from sync.signer import base64url
from sync.signer_file import FileSigner
from tests.fakes.clock import FakeClock
from tests.power.disk import ACKNOWLEDGED, Disk, read_journal

REPOSITORY = Path(__file__).parents[2]
SHIM = Path(__file__).with_name("shim.c")
SCANS_A_LIFE = 130
EXAMPLES = 3


@dataclass(slots=True)
class Report:
    """Args:
    acknowledged: scans that were said to be good before a cut, over all cuts.
    lost: of those, the ones that were not there after it.
    broken: books that did not open, or whose facts, numbers and rows contradicted each other.
    examples: what was found first.
    """

    cuts: int = 0
    starts: int = 0
    acknowledged: int = 0
    lost: int = 0
    broken: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.cuts > 0 and not (self.lost or self.broken)

    def found(self, what: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(what)


def compiler() -> str | None:
    """What compiles C here; None when nothing does."""
    found = shutil.which("cc") or shutil.which("gcc")
    if found is None:
        return None
    said = subprocess.run([found, "-E", "-"], input="#include <dlfcn.h>", text=True, capture_output=True)
    return found if said.returncode == 0 else None


def cut(cuts: int, *, seed: int = 1, synchronous: str = "", scans: int = SCANS_A_LIFE) -> Report:
    """Let a station work, and cut its power `cuts` times.

    Args:
        synchronous: a planted fault: SQLite's setting of that name, in place of the book's own.
    """
    report, chance = Report(), Random(seed)
    with tempfile.TemporaryDirectory(prefix="floorhand-power-") as made:
        work = Path(made).resolve()
        ops = list(read_journal(_journal(work, synchronous, scans)))
        begun = next(at for at, op in enumerate(ops) if op.kind == ACKNOWLEDGED)
        moments = sorted(chance.sample(range(begun, len(ops)), cuts))
        disk, said, at = Disk(), dict[str, object](), 0
        acknowledged = 0
        for moment in moments:
            for op in ops[at:moment]:
                if op.kind == ACKNOWLEDGED:
                    acknowledged, said = acknowledged + 1, json.loads(op.data)
                else:
                    disk.take(op)
            at = moment
            report.cuts += 1
            for drawn in (None, Random(chance.random())):
                report.starts += 1
                report.acknowledged += acknowledged
                where = f"cut {moment} of {len(ops)}, {'synced alone' if drawn is None else 'and some of the rest'}"
                _start_again(work / "after", disk.after_the_cut(drawn), said, acknowledged, report, where)
    return report


def _journal(work: Path, synchronous: str, scans: int) -> Path:
    """Let the station work under the shim; where that wrote what it did."""
    found = compiler()
    assert found is not None, "no C compiler"
    shim, folder, journal = work / "shim.so", work / "station", work / "journal"
    subprocess.run([found, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", shim, SHIM, "-ldl"], check=True)
    folder.mkdir()
    names = {"LD_PRELOAD": shim, "FLOORHAND_POWER_FOLDER": folder, "FLOORHAND_POWER_JOURNAL": journal}
    environment = os.environ | {name: str(path) for name, path in names.items()}
    for more in ([], ["--close"], ["--anew"]):
        how = [str(folder), str(work / "store"), str(scans), *([synchronous] if synchronous else []), *more]
        command = [sys.executable, "-m", "tests.power.station", *how]
        subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL, check=True)
    return journal


def _start_again(
    folder: Path, files: dict[str, bytes], said: dict[str, object], acknowledged: int, report: Report, where: str
) -> None:
    """Open what the disk holds as a station does, and compare it with what was said before the cut."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        ledger = SqliteLedger(open_book(folder / "book.db"), FakeClock())
    except LedgerTrouble as trouble:
        report.broken += 1
        report.lost += acknowledged
        report.found(f"{where}: {type(trouble).__name__} {trouble}")
        return
    try:
        lost = _lost(ledger, said)
        if said and base64url(asyncio.run(FileSigner(folder / "device.key").public_key())) != said["key"]:
            report.broken += 1
            report.found(f"{where}: the key is another one")
        report.lost += lost
        if lost:
            report.found(f"{where}: said {said['seq']}, the book ends with {ledger.last_seq}")
        if wrong := _contradiction(ledger):
            report.broken += 1
            report.found(f"{where}: {wrong}")
    finally:
        ledger.close()


def _lost(ledger: SqliteLedger, said: dict[str, object]) -> int:
    """How much of what was said last is not there: facts behind the book's end, and labels."""
    if not said:
        return 0
    seq, jobs = said["seq"], said["jobs"]
    assert isinstance(seq, int)
    assert isinstance(jobs, int)
    lost = max(0, jobs - len(ledger.jobs()))
    if ledger.station_id != said["station"]:
        # It was enrolled anew since, and had no time to say anything more; or nothing of it is left.
        newest = [read_envelope(text).resent for text in ledger.owed(ledger.last_seq, 1)]
        return lost + (0 if newest == [f"{said['station']}#{seq}"] else seq)
    lost += max(0, seq - ledger.last_seq)
    if not lost and seq >= ledger.oldest_kept_seq():
        (text,) = ledger.owed(seq, 1)
        lost += hashlib.sha256(text.encode()).hexdigest() != said["hash"]
    return lost


def _contradiction(ledger: SqliteLedger) -> str:
    """What in a book cannot be: facts that do not hang together, or rows that are not what the facts make of them."""
    first = ledger.oldest_kept_seq()
    if first > min(ledger.held_through_seq, ledger.included_through_seq) + 1:
        return f"begins with fact {first}, the store holds {ledger.held_through_seq}"
    prev_hash = GENESIS_HASH if first == 1 else None
    facts = []
    for seq, text in enumerate(ledger.owed(first, 1_000_000), first):
        envelope = read_envelope(text)
        if envelope.seq != seq or prev_hash not in (None, envelope.prev_hash):
            return f"fact {seq} does not hang on the one before it"
        prev_hash = fact_hash(envelope.prev_hash, text)
        facts.append((seq, read_fact(envelope)))
    if facts and facts[-1][0] != ledger.last_seq:
        return f"ends with {facts[-1][0]} and says {ledger.last_seq}"
    if ledger.book.recall("fetching") is not None:
        return ""  # the rows are those of the id before until all have come anew
    rows = ledger.book.db.execute("SELECT row_kind, row_id, held, view FROM rows").fetchall()
    for kind, row_id, held, view in rows:
        row_type = ROW_TYPES[kind]
        owed = [fact for seq, fact in facts if seq > ledger.included_through_seq and (kind, row_id) in fact.subjects()]
        row = replay(row_type, from_image(row_type, json.loads(held)) if held else None, owed)
        if row != from_image(row_type, json.loads(view or held)):
            return f"{kind} {row_id} is not what the facts make of it"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--synchronous", default="")
    asked = parser.parse_args()
    report = cut(asked.cuts, seed=asked.seed, synchronous=asked.synchronous)
    print(json.dumps(asdict(report)))
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())
